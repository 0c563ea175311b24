"""From how many places a puzzle's plays came, without keeping any place.

Of each play a number below 4,096 is kept, worked out from the network address, the puzzle and the
site's secret. About a million addresses have the same one, another one for each puzzle: it tells
different places apart, mostly, and says nothing of whose it is.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.crypto import salted_hmac

NUMBERS = 4096


def number(address: str | None, puzzle_pk: int) -> int | None:
    """None when the address isn't known; whoever has addresses of IPv6 may have a whole /48."""
    if not address:
        return None
    place = address
    if isinstance(ip_address(address), IPv6Address):
        place = str(ip_network(f"{address}/48", strict=False))
    digest = salted_hmac("game.sources", f"{puzzle_pk} {place}", algorithm="sha256").digest()
    return int.from_bytes(digest[:4], "big") % NUMBERS
