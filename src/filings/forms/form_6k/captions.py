"""The captions of the cover: which lines they name, and where one block ends and the next begins (form-6k-cover.md 4.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from filings.forms.text.running import Running, is_ruler

Kind = Literal["exact", "translation", "jurisdiction", "address", "former"]

_WHO = r"(?:registrant|issuer|company)"
_TEXTS: dict[Kind, str] = {
    "translation": rf"translations?\s+of\s+(?:the\s+)?{_WHO}s?\s*'?\s*s?\s*'?\s+(?:exact\s+)?names?\s+in\s?to\s+(?:the\s+)?english[^()\n]{{0,40}}",
    "exact": (
        rf"exact\s+(?:legal\s+)?names?\s+of\s+(?:each\s+)?(?:the\s+)?{_WHO}s?[^()]{{0,80}}"
        rf"|{_WHO}'?s?'?\s+names?|names?\s+of\s+(?:the\s+)?{_WHO}s?(?:\s+as\s+specified[^()]{{0,40}})?"
    ),
    "jurisdiction": r"[^()\n]{0,60}?jurisdiction\s+of\s+(?:incorporation|organi[sz]ation)[^()]{0,60}",
    "address": rf"address(?:es)?\s+of\s+(?:the\s+)?(?:{_WHO}'?s?'?\s+)?principal\s+(?:executive\s+)?offices?[^()]{{0,60}}",
    "former": r"(?:formerly|former\s+name)\b[^()]{0,200}",
}
_CAPTIONS: dict[Kind, re.Pattern[str]] = {
    kind: re.compile(rf"[(\[]\s*(?:{text})\s*[)\]]|^\s*(?:{text})\s*$", re.IGNORECASE | re.MULTILINE)
    for kind, text in _TEXTS.items()
}
_PLURAL = re.compile(r"names\s+of|registrants", re.IGNORECASE)
_FORMERLY = re.compile(r"^[(\[]\s*(?:formerly(?:\s+known\s+as)?|former\s+name)\s*:?,?\s*", re.IGNORECASE)
_LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption of the blank, in characters `start` to `end` (half-open)."""

    kind: Kind
    start: int
    end: int
    is_plural: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters `start` to `end` (half-open) of the running text: a line of a block of the cover."""

    start: int
    end: int


def captions(text: str, limit: int) -> list[Caption]:
    """The captions in brackets, or alone on their line, in their order (form-6k-cover.md 4.5, 4.6)."""
    found = [
        Caption(kind, *match.span(), kind == "exact" and _PLURAL.search(match.group()) is not None)
        for kind, pattern in _CAPTIONS.items()
        for match in pattern.finditer(text, 0, limit)
    ]
    return sorted(found, key=lambda caption: caption.start)


def former_name(running: Running, caption: Caption) -> str | None:
    """What stands in the bracket ``(Formerly …)`` (form-6k-cover.md 4.5)."""
    held = running.as_filed[caption.start : caption.end].strip()
    name = " ".join(_FORMERLY.sub("", held).rstrip(")] ").split())
    return name or None


def is_former_name(text: str) -> bool:
    """The line is the bracket ``(Formerly …)``: it stands among other lines, and names none."""
    return _CAPTIONS["former"].fullmatch(text) is not None


def lines_between(running: Running, start: int, end: int) -> list[Stretch]:
    """The lines, or parts of lines, between two places that hold letters or digits; rulers are dropped."""
    return list(_lines(running, start, end))


def _lines(running: Running, start: int, end: int) -> Iterator[Stretch]:
    if start >= end:
        return
    for number in range(running.line_at(start), running.line_at(end - 1) + 1):
        if running.is_furniture(number):
            continue
        first, last = max(start, running.starts[number]), min(end, running.end_of(number))
        for cell in re.finditer(r"[^\x1f]+", running.unruled[first:last]) if first < last else ():
            held = cell.group().strip()
            begin = first + cell.start() + cell.group().find(held)
            stop = begin + len(held)
            if held and not is_ruler(held) and _LETTER.search(held):
                yield Stretch(begin, stop)
