"""Where and in which numbers loaded networks compute: devices, precision, memory."""
