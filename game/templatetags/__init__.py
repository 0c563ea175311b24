"""What templates load: {% load studio %} and its like."""
