"""What a browser asks for: the views, a room for each kind of page, and what all pages share."""
