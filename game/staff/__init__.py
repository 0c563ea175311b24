"""How those who work on the site log in, and how long wrong codes keep them out."""
