"""Players with their plays, and the second factors of those who work on the site."""
