"""The parts of a page of text: sections, facts, small grids, numbers for people."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from filings.query import grid
from filings.query.grid import Look, visible

WIDTH = 100
"""Where lines of prose are broken when no terminal says otherwise."""


def section(title: str, body: Iterable[str], look: Look) -> Iterator[str]:
    """A title and what stands below it; nothing where that is empty."""
    for number, line in enumerate(body):
        if not number:
            yield ""
            yield look.bold(title)
        yield f"  {line}" if line else line


def facts(pairs: Iterable[tuple[str, str | None]], look: Look) -> Iterator[str]:
    """Name and value, one under the other; those without a value are left out."""
    known = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        room = (look.width or WIDTH) - width - 4
        first, *more = textwrap.wrap(visible(value), max(room, 30)) or [""]
        yield f"  {name.ljust(width)}  {first}"
        yield from (f"  {'':{width}}  {line}" for line in more)


def number(text: str | None) -> str | None:
    """A number for people: thousands apart, no empty digits behind the point."""
    if text is None:
        return None
    value = Decimal(text)
    whole = value.to_integral_value()
    return f"{whole:,f}" if value == whole else f"{value.normalize():,f}"


def words(name: str | None) -> str:
    """A name of ours as words."""
    return (name or "").replace("_", " ")


def plain(value: str) -> str:
    """A value of one fact: a list in its own words, true as yes."""
    if value.startswith("["):
        return ", ".join(str(each) for each in json.loads(value))
    return "yes" if value == "true" else value


def narrow(
    columns: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    numeric: Iterable[int] = (),
    look: Look = grid.PLAIN,
) -> Iterator[str]:
    """A grid without the columns that are empty in all rows; what is empty in one is a blank."""
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    right = set(numeric)
    fitted = Look(look.width - 2 if look.width else None, look.is_styled)
    if rows and kept:
        yield from grid.lines(
            [columns[place] for place in kept],
            ([row[place] for place in kept] for row in rows),
            is_number=[place in right for place in kept],
            look=fitted,
            null="",
        )
