"""Which characters are blanks, which are nothing, and what an entity stands for (form-6k-cover.md 3.3)."""

from __future__ import annotations

import html
import re

BLANKS = "\t\n\x0b\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What `str.split` parts words at, as the inside of a character class."""
NOTHING = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""Controls, soft hyphens and what has no width: they vanish. As the inside of a character class."""
ENTITY = r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]{1,31};?)"

MISREAD = re.compile("[\x80-\x9f]")
CP1252 = {at: text for at in range(0x80, 0xA0) if (text := bytes([at]).decode("cp1252", "ignore"))}
"""What the controls of C1 mean where numbers of HTML or misread bytes name them (edgar.md B.11)."""

UNSEEN = re.compile(f"[{NOTHING}]+")
_ENTITY = re.compile(ENTITY)


class _Entities(dict[str, str]):
    """What an entity stands for, remembered: a document repeats a few of them many times."""

    _MOST = 4096

    def __missing__(self, entity: str) -> str:
        # Numbers 128 to 159 mean cp1252, as browsers have it (edgar.md B.11). A number of many digits is no character,
        # and slow to read.
        text = html.unescape(entity) if len(entity) < 40 else ""
        if len(self) < self._MOST:
            self[entity] = text
        return text


ENTITIES = _Entities()


def _stands_for(found: re.Match[str]) -> str:
    return ENTITIES[found[0]]


def decoded(text: str) -> str:
    """The text with its entities decoded, by HTML's rules: also without ``;`` where HTML knows the name so."""
    return _ENTITY.sub(_stands_for, text)
