"""The address on the cover, and the telephone number in it (form-6k-cover.md 4.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filings.forms.form_6k.captions import Stretch
from filings.forms.text.running import Running

_LABEL = r"(?:tel(?:ephone)?|phone)\s*(?:no|number|nr)?\.?\s*:?\s*"
_DIGITS = r"[+(]?\s?[\d(][\d\s().+/-]{5,30}\d"
_LABELLED = re.compile(rf"{_LABEL}(?P<number>{_DIGITS})", re.IGNORECASE)
_PLUS = re.compile(r"(?P<number>\+\s?[\d(][\d\s().+/-]{5,30}\d)")
_BARE = re.compile(rf"(?P<number>{_DIGITS})")
_FEWEST_DIGITS = 8
"""``463-711`` is a Korean postcode, ``20031-912`` a Brazilian one: a telephone number with its area has more digits."""


@dataclass(frozen=True, slots=True)
class Address:
    """The lines of the address, and the telephone number, as characters of the running text."""

    lines: tuple[Stretch, ...]
    phone: Stretch | None


def address(running: Running, lines: Sequence[Stretch]) -> Address:
    """One entry a line as shown; a line that is only a telephone number fills the phone (form-6k-cover.md 4.6).

    A line whose plus sign or word tells that it is one leaves the address; of digits alone it stays in both, since
    nobody can tell it from a line of the address.
    """
    kept: list[Stretch] = []
    found: Stretch | None = None
    for line in lines:
        number, is_sure = _phone(running, line)
        found = found or number
        if number is None or not is_sure:
            kept.append(line)
    return Address(tuple(kept), found)


def phone_behind(running: Running, lines: Sequence[Stretch]) -> Stretch | None:
    """A telephone number on the line behind the caption: it is no line of the address (form-6k-cover.md 4.6)."""
    return _phone(running, lines[0])[0] if lines else None


def _phone(running: Running, line: Stretch) -> tuple[Stretch | None, bool]:
    held = running.text[line.start : line.end]
    for pattern, is_sure in ((_LABELLED, True), (_PLUS, True), (_BARE, False)):
        if (found := pattern.fullmatch(held)) and sum(map(str.isdigit, held)) >= _FEWEST_DIGITS:
            start, end = found.span("number")
            return Stretch(line.start + start, line.start + end), is_sure
    return None, False
