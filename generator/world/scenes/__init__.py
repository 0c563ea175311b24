"""What one picture shows, how it is drawn at random, laid out and painted."""
