"""Making the files that the words room reads, once, from sources that no site needs."""
