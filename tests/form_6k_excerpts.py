"""Lines for tests of the 6-K's rules: covers quoted as text, of which a line that is only ``|`` is the border of a cell."""

from __future__ import annotations

from filings.forms.text.running import Running
from filings.parse.text.line import Line
from filings.parse.text.reader import lines as read_lines

_WRAPPED = {"simec-2007"}
"""Excerpts whose rendering kept the line ends of the HTML source: what stands between two borders is one cell."""
_PLAIN = {"cemex-2002"}
"""Excerpts of plain text, which the text layer itself reads."""


def excerpt(text: str, name: str = "") -> Running:
    """The excerpt as the text layer would give it; its bytes are those of the text, not of the filing."""
    if name in _PLAIN:
        return Running(read_lines(text.encode(), "utf-8"))
    rows = [row.strip() for row in text.split("\n")]
    if name in _WRAPPED:
        rows = _joined(rows)
    return Running(
        [
            _line(" ".join(row.removeprefix("|").removesuffix(" |").split(" ")).strip(), place)
            for place, row in enumerate(rows)
            if row.strip("| ")
        ],
        is_plain=False,
    )


def plain(text: str) -> Running:
    """Plain text, read by the text layer."""
    return Running(read_lines(text.encode(), "utf-8"))


def _joined(rows: list[str]) -> list[str]:
    """Within a table, which begins at the first border, cells are joined; elsewhere each row is a line."""
    found: list[str] = []
    is_cell = False
    for row in rows:
        is_cell = row.startswith("|") or (is_cell and not found[-1].endswith(")"))  # a caption ends the table
        if row.startswith("|") or not is_cell:
            found.append(row)
        else:
            found[-1] += f" {row}"
    return [row.replace("|", " ").strip() for row in found]


def _line(text: str, place: int) -> Line:
    start = place * 10_000
    return Line(text, start, start + len(text), range(start, start + len(text)), text, begins_paragraph=True)
