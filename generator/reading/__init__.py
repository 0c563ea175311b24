"""Reading prompts: captions in, token ids out."""
