"""What guards the site from too much: where a request comes from, how large and how often."""
