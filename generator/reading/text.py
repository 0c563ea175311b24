"""What happens to a prompt before the tokenizer sees it."""

import unicodedata


def plain(text: str) -> str:
    """Lower case, single spaces, no accents on ASCII letters: the form of our captions.

    Marks of other scripts stay, for they make other letters there: й is not и, ビ is not ヒ.
    """
    kept, takes_marks = [], False
    for c in unicodedata.normalize("NFKD", text):
        if unicodedata.category(c).startswith("M"):
            kept += [c] if takes_marks else []
        else:
            kept.append(c if c.isalnum() else " ")
            takes_marks = c.isalnum() and not c.isascii()
    return " ".join(unicodedata.normalize("NFC", "".join(kept).lower()).split())
