"""What Sixpix is measured against: as bare a Django site as does a comparable piece of work."""
