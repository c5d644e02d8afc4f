"""Header values that both dialects spell differently, or that mean *none*, in one form (edgar.md C.2)."""

from __future__ import annotations

import re

_SIC = re.compile(r"([^\[]*)\[\s*([0-9]*)\s*\]?")
_ACT_YEAR = re.compile(r"(?:19)?([0-9]{2})(?: ACT)?")
_ACT_NAMES = {"DODD FRANK ACT": "DF", "DODD-FRANK ACT": "DF"}
_NO = frozenset({"N", "NO", "FALSE", "0"})
_YES = frozenset({"Y", "YES", "TRUE", "1", "X"})


def industry(value: str) -> tuple[str | None, str | None]:
    """Code and name of the industry from ``NAME [1234]``, ``[]``, a bare code (IMS, tag dialect), or a bare name.

    0000 is no code. A code that lost its zeros gets them back.
    """
    found = _SIC.fullmatch(value)
    code, name = (
        (found[2], found[1].strip()) if found else (value, "") if value.isascii() and value.isdigit() else ("", value)
    )
    return (code.zfill(4) if code.strip("0") else None), name or None


def act(value: str) -> str:
    """The tag dialect's code of an act: ``1934 Act`` is 34, ``Dodd Frank Act`` is DF; another text stays as stated."""
    folded = " ".join(value.upper().split())
    found = _ACT_YEAR.fullmatch(folded)
    return found[1] if found else _ACT_NAMES.get(folded, value)


def employer_number(value: str) -> str | None:
    """The IRS number as stated; None for zeros alone, which mean that there is none."""
    return value if value.strip("0") else None


def party_cik(value: str) -> str | None:
    """The CIK as stated; None for zeros alone."""
    return value if value.strip("0") else None


def form_type(value: str) -> str:
    """The form type in upper case with single blanks."""
    return " ".join(value.upper().split())


def flag(value: str | None) -> bool | None:
    """A flag that a bare label states: it stands there, unless its value says no; None for any other value."""
    if value is None or value.upper() in _YES:
        return True
    return False if value.upper() in _NO else None
