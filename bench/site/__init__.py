"""What measurements of the site are made of: a database full of play, and who asks for pages."""
