"""When the public could know: `available_at` and its basis (tables.md 4).

No field of EDGAR states when a filing became public. The rule is built never to be too early. Here stands what a filing's
own versions and sightings say; what daily indexes say of it beside that is in `evidence.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")

_CUT_OFF = time(17, 30)
_OPENING = time(7, 30)
_END_OF_DAY = time(22, 0)
WITHHELD = frozenset({"UPLOAD", "CORRESP", "DRS", "DRSLTR", "DOS", "DOSLTR"})
"""Forms that are withheld at first; their amendments, too."""

_OPEN_TO_22 = frozenset({"3", "4", "5", "144", "SC 13D", "SC 13G", "SCHEDULE 13D", "SCHEDULE 13G", "SC 14N"})


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a filing from which the rule decides. `accepted` is the Eastern wall clock as stated.

    `archive_days` are the days of the feed archives that hold it, `feed_seen_at` the times at which the feed of latest
    filings named it.
    """

    form_type: str | None
    accepted: datetime | None
    filed_on: date | None
    public_release_on: date | None
    is_private_to_public: bool
    disseminated_on: Iterable[date]
    first_seen_at: datetime
    archive_days: Iterable[date] = ()
    feed_seen_at: Iterable[datetime] = ()


def to_utc(eastern: datetime) -> datetime | None:
    """An Eastern wall clock in UTC; of the hour that comes twice in autumn the first is taken.

    None at the ends of the calendar, where a filing states a day like 9999-12-31.
    """
    try:
        return eastern.replace(tzinfo=EASTERN, fold=0).astimezone(UTC)
    except OverflowError:
        return None


def _at(day: date, clock: time) -> datetime | None:
    return to_utc(datetime.combine(day, clock))


def _unamended(form_type: str | None) -> str:
    return (form_type or "").removesuffix("/A")


def _next_weekday(day: date) -> date:
    try:
        return day + timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))
    except OverflowError:
        return day


def _by_acceptance(clocks: Clocks, accepted: datetime) -> datetime | None:
    day, filed = accepted.date(), clocks.filed_on
    if accepted.time() <= _CUT_OFF or filed == day:
        return to_utc(accepted)
    if filed and filed > day:
        return _at(filed, _OPENING)
    form = _unamended(clocks.form_type)
    if form in _OPEN_TO_22 or form.endswith("MEF"):
        return to_utc(accepted)
    return _at(_next_weekday(day), _OPENING)


def available_at(clocks: Clocks) -> tuple[datetime, str]:
    """The time from which the public could have the filing, in UTC, and the basis (`filing.available_at_basis`)."""
    withheld = (
        clocks.is_private_to_public or clocks.public_release_on is not None or _unamended(clocks.form_type) in WITHHELD
    )
    bounds: list[tuple[datetime | None, str]] = []
    if clocks.accepted and not withheld:
        bounds.append((_by_acceptance(clocks, clocks.accepted), "acceptance"))
    else:
        if clocks.public_release_on:
            bounds.append((_at(clocks.public_release_on, _END_OF_DAY), "release_date"))
        bounds += [(_at(day, _END_OF_DAY), "dissemination_line") for day in clocks.disseminated_on]
        bounds += [(_at(day, _END_OF_DAY), "feed_entry") for day in clocks.archive_days]
        bounds += [(moment, "feed_entry") for moment in clocks.feed_seen_at]
        if not bounds and clocks.filed_on and not withheld:
            bounds.append((_at(clocks.filed_on, _END_OF_DAY), "filed_date"))
    known = [(at, basis) for at, basis in bounds if at is not None]
    known.append((clocks.first_seen_at, "first_seen"))
    return min(known, key=lambda bound: bound[0])  # of equal ones the first named
