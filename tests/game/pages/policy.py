"""What the content security policy forbids, to look for in pages."""

import re

FORBIDDEN = (
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>",
    r"<[^>]+\s(?:style|on[a-z]+)=[^>]*>",
    r"<style[^>]*>",
    r"\ssrc=\"(?:data|https?):[^\"]*",
    r"\shref=\"javascript:[^\"]*",
)


def inline_code(page: str) -> list[str]:
    return [found for pattern in FORBIDDEN for found in re.findall(pattern, page)]
