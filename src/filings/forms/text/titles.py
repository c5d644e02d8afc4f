"""Words that tell a person's title from a person's name (form-6k-cover.md 7 and 8)."""

from __future__ import annotations

import re

_PERSONAL = (
    r"officer|director|manager|secretary|president|chairman|chairwoman|chairperson|chair|chief|head|counsel|treasurer|vice"
    r"|representative|partner|controller|comptroller|attorney|signatory|ceo|cfo|coo|cto|evp|svp|vp|executive|founder"
    r"|co-founder|member|accountant|principal|administrator|superintendent|leader|analyst|coordinator|deputy|assistant|specialist"
    r"|associate|consultant|spokesperson|spokesman|spokeswoman|chairman's|actuary|trustee|supervisor|general\s+counsel"
)
_TITLE = re.compile(rf"(?<![A-Za-z])(?:{_PERSONAL})s?(?![A-Za-z])", re.IGNORECASE)
_COMMA = re.compile(r"\s*(?:,|\s[-–—])\s+")


def is_title(text: str) -> bool:
    """The text holds a word of a person's title."""
    return _TITLE.search(text) is not None


def split_title(text: str) -> tuple[str, str | None]:
    """Name and title of ``Lars Rebien Sørensen, President and Chief Executive Officer``: parted at the first comma that
    a title follows; None where there is no title."""
    for comma in _COMMA.finditer(text):
        title = _TITLE.search(text, comma.end())
        if title and "," not in text[comma.end() : title.start()]:
            return text[: comma.start()].strip(), text[comma.end() :].strip()
    return text.strip(), None
