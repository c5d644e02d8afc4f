"""Names of the header's sections, and the one spelling by which labels and tags are compared."""

from __future__ import annotations

from functools import lru_cache

PARTS = frozenset(
    {
        "COMPANY DATA",
        "OWNER DATA",
        "FILING VALUES",
        "BUSINESS ADDRESS",
        "MAIL ADDRESS",
        "FORMER COMPANY",
        "FORMER NAME",
    }
)
"""Parts of a party, by key (edgar.md C.1)."""

ROLES = frozenset(
    {
        "FILER",
        "ISSUER",
        "REPORTING OWNER",
        "SUBJECT COMPANY",
        "FILED BY",
        "FILED FOR",
        "SERIAL COMPANY",
        "DEPOSITOR",
        "SECURITIZER",
        "UNDERWRITER",
        "ISSUING ENTITY",
    }
)
"""Roles of a party, by key (edgar.md C.4). A role is known by its parts; only one that is empty or cut off needs this."""

LONGEST_NAME = 120
"""Characters of a label or tag; what is longer is text that strayed into the header."""

_SPELLING = str.maketrans("-_", "  ")


def key(label: str) -> str:
    """A label or tag in one spelling: upper case, single blanks for hyphens and underscores."""
    return _spelled(label[:LONGEST_NAME])


@lru_cache(maxsize=4096)
def _spelled(label: str) -> str:
    return " ".join(label.upper().translate(_SPELLING).split())
