"""Addresses and names of files, read so that a listener could type them."""

import re

SIGNS = {
    ".": "dot",
    "/": "slash",
    "-": "dash",
    "_": "underscore",
    "@": "at",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "#": "hash",
    "~": "tilde",
    "%": "percent",
    ":": "colon",
    "+": "plus",
}
DOMAIN = (
    r"(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|io|dev|app|ai|co|eu|uk|de|fr|ch|at|nl|us|ca|au)"
)
LAST = r"(?<![.,;:!?)\]”\"'])"
"""Punctuation at the end belongs to the sentence."""
ADDRESS = re.compile(
    rf"(?:https?://|www\.)\S+{LAST}|[\w.+-]+@{DOMAIN}\b|(?<![\w@.]){DOMAIN}\b(?:/\S*{LAST})?",
    re.IGNORECASE,
)
BRACKETED = re.compile(r"<([^\s<>]{2,})>")
FILE = re.compile(
    r"\b([\w-]+)\.(txt|pdf|md|csv|json|ya?ml|html?|css|js|ts|py|png|jpe?g|gif|svg|mp[34]|wav|webm|"
    r"vtt|srt|docx?|xlsx?|pptx?|zip|exe)\b",
    re.IGNORECASE,
)
WORDS = {"json": "Jason", "yaml": "yammel", "jpeg": "jay peg", "exe": "E X E", "wav": "wave"}
PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")


def name_addresses(text: str) -> str:
    """ "https://lectern.org/a-b" as "lectern dot org slash A dash b"."""
    text = ADDRESS.sub(_address, BRACKETED.sub(r"\1", text))
    return FILE.sub(lambda m: f"{m[1]} dot {WORDS.get(m[2].lower(), _ending(m[2]))}", text)


def _address(match: re.Match[str]) -> str:
    address = re.sub(r"^https?://", "", match[0]).rstrip("/")
    return " ".join(map(_piece, PIECE.findall(address)))


def _piece(piece: str) -> str:
    """Signs by their names; what is too short to be a word by its letters."""
    short = piece.isalpha() and (len(piece) < 3 or piece == "www")
    return SIGNS.get(piece, " ".join(piece.upper()) if short else piece)


def _ending(ending: str) -> str:
    return " ".join(ending.upper()) if len(ending) < 4 and ending != "zip" else ending
