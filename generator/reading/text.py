"""What happens to a prompt before the tokenizer sees it."""

import unicodedata


def plain(text: str) -> str:
    """Lower case, no accents, single spaces: the form of the bundled model's captions."""
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(kept.lower().split())
