"""From a prompt to pictures, their words' warmth and a forecast; alone knows the generator."""
