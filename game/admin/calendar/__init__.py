"""The studio's calendar, and proposals for its free days."""
