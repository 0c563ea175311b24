"""What manage.py does: thin, as pages are."""
