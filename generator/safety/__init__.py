"""What may be drawn, and what may be trained on: nothing sexual, nothing violent."""

from generator.safety.rules import UnsafePrompt, check_prompt, unsafe_words

__all__ = ["UnsafePrompt", "check_prompt", "unsafe_words"]
