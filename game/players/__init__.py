"""Who plays: their cookie and their day, their record, what is kept of them and exported."""
