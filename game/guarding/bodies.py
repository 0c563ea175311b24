"""How large the body of a request may be, by the address that it is sent to."""

# A try, a sentence or a code, with room.
PLAYERS = 10_000
# A list of prompts, a form of the admin with all its rows: as much as Django reads of fields.
STAFF = 2_621_440
FOR_STAFF = "/admin/"


def most_bytes(path: str) -> int:
    return STAFF if path.startswith(FOR_STAFF) else PLAYERS
