"""Many prompts at once: imported from lists, or suggested."""
