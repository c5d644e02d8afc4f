"""Names of companies as filers write them: what ends one, and when two are the same (form-6k-cover.md 4.5)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SUFFIX = (
    r"p\.?l\.?c|ltd|limited|inc|incorporated|corp|corporation|company|co|ag|aktiengesellschaft|aktiebolag(?:et)?|ab|a/?s|asa"
    r"|oyj|s\.?p\.?a|s\.?a\.?(?:\s*(?:de\s+c\.?v|b\.?\s*de\s+c\.?v|s|u))?|s\.?a\.?b\.?(?:\s*de\s+c\.?v)?|n\.?v|b\.?v|se|kgaa"
    r"|gmbh|l\.?l\.?c|l\.?p|s\.?\s?a\.?\s?r\.?\s?l|berhad|bhd|tbk|k\.?k|trust|group|holdings?"
)
_ENDS_COMPANY = re.compile(rf"(?:^|[\s,.])(?:{_SUFFIX})\.?(?:\s*\(publ\.?\))?[*†‡]?$", re.IGNORECASE)
_SUFFIXES = re.compile(rf"(?:[\s,]+(?:{_SUFFIX})\.?)+$", re.IGNORECASE)
_LEGAL = re.compile(rf"(?:^|[\s,])(?:{_SUFFIX})\.?(?=$|[\s,*†‡)])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as filed, and its characters `start` to `end` (half-open) of the running text."""

    text: str
    start: int
    end: int


def folded(name: str) -> str:
    """A name to compare: case folded, without accents' composition, punctuation and legal suffixes (form-6k-cover.md 4.5)."""
    held = _SUFFIXES.sub("", unicodedata.normalize("NFKC", name).strip(" .,"))
    return " ".join(re.sub(r"[^\w\s]", " ", held.casefold()).split())


def is_same(one: str, other: str) -> bool:
    """The same name but for case, punctuation and legal suffixes, or one that begins with the whole of the other."""
    first, second = folded(one), folded(other)
    return first == second or (
        bool(first and second) and (f"{first} ".startswith(f"{second} ") or f"{second} ".startswith(f"{first} "))
    )


def is_company(text: str) -> bool:
    """The text holds a word that the names of companies end with."""
    return _LEGAL.search(text) is not None


def ends_company(text: str) -> bool:
    """The text ends as the names of companies do."""
    return _ENDS_COMPANY.search(text) is not None
