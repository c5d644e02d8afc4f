"""EDGAR's hours: when a watch runs, by New York's clock, whatever its offset is that day (edgar.md A.3, prefect.md 0.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from filings.errors import UsageError

EASTERN = ZoneInfo("America/New_York")
OPENS, CLOSES = time(6), time(23)
"""A watch begins with EDGAR, and ends when the last acceptances of the day are out, which are stamped up to 22:43."""

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)", re.ASCII)
_HOUR = timedelta(hours=1)
_HOW = "Write a time of New York's clock as 18:30, or one with its day as 2026-11-27T18:30."


def day_of(moment: datetime) -> date:
    """The day of an instant in New York."""
    return moment.astimezone(EASTERN).date()


def closing(moment: datetime) -> datetime:
    """The next time at which a watch ends by itself, after `moment`."""
    return _next(moment, CLOSES)


def is_open(moment: datetime) -> bool:
    """Whether a watch runs then by its schedule: a weekday between the two hours."""
    there = moment.astimezone(EASTERN)
    return there.weekday() < 5 and OPENS <= there.time() < CLOSES


def until(text: str, now: datetime) -> datetime:
    """The end that somebody writes: a time of New York's clock, the next one after `now`; or one with its day, whose zone
    is New York's where it states none. Raises UsageError for anything else, and for an end that is past."""
    found = _CLOCK.fullmatch(text.strip())
    try:
        if found:
            return _next(now, time(int(found[1]), int(found[2])))
        stated = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no time", _HOW) from None
    end = (stated if stated.tzinfo else stated.replace(tzinfo=EASTERN)).astimezone(UTC)
    if end <= now:
        raise UsageError(f"{text} is past", _HOW)
    return end


def every(seconds: float) -> float:
    """What somebody asks for as the time from one look at the feed to the next. Raises UsageError below 5 s, which would
    only take requests from what is fetched, and above an hour, in which the feed may drop some."""
    if not 5 <= seconds <= 3600:
        raise UsageError(f"a look at the feed every {seconds:g} s", "Every 5 to 3,600 seconds can be asked for.")
    return seconds


def stretches(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From `begin` to `end`, cut at each full hour."""
    at = begin.astimezone(UTC)
    last = end.astimezone(UTC)
    while at < last:
        after = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, last)
        yield at, after
        at = after


def stretch_name(begin: datetime, end: datetime) -> str:
    """A stretch by New York's clock: ``06:00 to 07:00``."""
    return " to ".join(f"{moment.astimezone(EASTERN):%H:%M}" for moment in (begin, end))


def _next(moment: datetime, clock: time) -> datetime:
    there = moment.astimezone(EASTERN)
    end = datetime.combine(there.date(), clock, EASTERN)
    if end.astimezone(UTC) <= moment.astimezone(UTC):
        end = datetime.combine(there.date() + timedelta(1), clock, EASTERN)
    return end.astimezone(UTC)
