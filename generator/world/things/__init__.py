"""What the world can show: its nouns, the art sets that draw them, and their colours."""
