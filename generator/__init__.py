"""Prompts into ranked pictures: a PyTorch package that knows nothing of the site around it."""
