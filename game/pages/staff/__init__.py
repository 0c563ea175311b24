"""The pages of those who work on the site, outside Django's admin."""
