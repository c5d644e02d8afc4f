"""The page itself: findings into one HTML file that asks the network for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from filings.disk import write_whole
from filings.faults import Point
from filings.query.completeness import SIGNS, Day, Proof, State, last_line
from filings.query.completeness_page import chart
from filings.query.completeness_page.calendar import calendar
from filings.query.completeness_page.questions import Findings
from filings.query.grid import visible
from filings.selection import Selection

_HERE = Path(__file__).parent
_SHOWN = 20  # days to look at, and stretches of days that were not read, that are listed; the rest is counted
_DETAIL = 240  # characters of a reason's facts; a traceback is longer, and its end says most


def render(findings: Findings, made_at: datetime | None = None) -> str:
    """The page, as text to be written in UTF-8. `made_at` is the time that it states, now where it is not given.

    Whatever comes from filings is escaped by the template engine, and control characters in it are spelled out.
    """
    proof = findings.proof
    days = [day for day in proof.to_look_at if day.state is not State.NOT_READ]
    unread = _stretches(proof.days)
    return _template().render(
        asked=findings,
        proof=proof,
        last_line=last_line(proof),
        share=share(proof),
        selected=_selected(findings.selection),
        days=days[:_SHOWN],
        days_more=len(days[_SHOWN:]),
        unread=unread[:_SHOWN],
        unread_more=len(unread[_SHOWN:]),
        unread_days=sum(day.state is State.NOT_READ for day in proof.days),
        calendar=calendar(proof),
        legend=_legend(proof),
        chart=chart.chart(findings.waiting, proof.span),
        most=max((volume.listed for volume in findings.volumes), default=0),
        made_at=f"{(made_at or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        style=Markup((_HERE / "style.css").read_text(encoding="utf-8")),  # a file of ours
    )


def write(page: str, path: Path) -> None:
    """Let the page stand at `path`, whole or not at all. Raises Full, StoreError."""
    write_whole(path, page.encode(), Point.PAGE_WRITE, Point.PAGE_RENAME)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {
        "number": lambda value: f"{value:,}",
        "count": _count,
        "duration": chart.duration,
        "stretch": chart.stretch,
        "visible": visible,
        "short": _short,
        "slug": lambda state: state.name.lower(),
    }
    return environment.get_template("page.html")


def _count(number: int, one: str, many: str = "") -> str:
    """A number and what is counted, not to be broken over two lines."""
    return f"{number:,}\u00a0{one if number == 1 else many or f'{one}s'}"


def share(proof: Proof) -> str | None:
    """How much of what is listed is here, in percent, never rounded up to all of it."""
    listed, here = proof.total("listed"), proof.total("loaded") + proof.total("quarantined")
    if not listed:
        return None
    return "100" if here == listed else f"{here * 10_000 // listed / 100:.2f}"


def _selected(selection: Selection) -> str:
    words = [
        f"{name} {', '.join(chosen)}"
        for name, chosen in (("Forms", selection.forms), ("CIK", selection.ciks), ("Tickers", selection.tickers))
        if chosen
    ]
    if not selection.amendments:
        words.append("without amendments")
    return "; ".join(words) or "All forms, all companies"


def _legend(proof: Proof) -> list[tuple[State, str, int]]:
    """The states that occur, what each means, and on how many days."""
    counts = {state: sum(day.state is state for day in proof.days) for state in SIGNS}
    return [(state, SIGNS[state][1].partition(":")[0], count) for state, count in counts.items() if count]


def _stretches(days: Sequence[Day]) -> list[tuple[date, date, int]]:
    """First day, last day and number of days that were not read, in a row but for days on which nothing is filed."""
    found: list[tuple[date, date, int]] = []
    is_open = False
    for day in days:
        if day.state is State.NOT_READ:
            first, _, count = found.pop() if is_open else (day.date, day.date, 0)
            found.append((first, day.date, count + 1))
            is_open = True
        elif day.state is not State.NOTHING_FILED:
            is_open = False
    return found


def _short(text: str) -> str:
    if len(text) <= _DETAIL:
        return text
    return f"{text[: _DETAIL // 2]} … {text[-_DETAIL // 2 :]}"
