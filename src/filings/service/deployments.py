"""The deployments, one table: what `filings up` serves, what `filings schedule` changes, what `prefect.yaml` repeats.

A flow has the name of its file and of its function, and its one deployment has that name, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from filings.errors import UsageError

EASTERN = "America/New_York"
"""EDGAR's clock."""

_HERE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, order=True)
class Schedule:
    """A cron line of five fields, in a time zone."""

    cron: str
    timezone: str = EASTERN


@dataclass(frozen=True, slots=True)
class Deployment:
    """A flow that is served: what it is for, its tags, when it runs by itself.

    `is_single`: while one run is on, a new one is cancelled, since the one that is on does its work, too. Where runs have
    work of their own, as a backfill of other days, each of them runs.
    """

    name: str
    about: str
    tags: tuple[str, ...]
    schedules: tuple[Schedule, ...] = ()
    is_single: bool = True

    @property
    def entrypoint(self) -> str:
        """Where its flow stands, from the folder above `flows/`."""
        return f"flows/{self.name}.py:{self.name}"


DEPLOYMENTS: tuple[Deployment, ...] = (
    Deployment(
        "daily",
        "Fetch and load what EDGAR lists and is not here, from the first day that is not complete.",
        ("filings", "edgar", "scheduled"),
        (Schedule("30 22 * * *"), Schedule("30 6 * * *")),
    ),
    Deployment(
        "watch",
        "Load filings as they come, from EDGAR's opening to 23:00.",
        ("filings", "edgar", "scheduled"),
        (Schedule("0 6 * * 1-5"),),
    ),
    Deployment(
        "backfill",
        "Fetch and load the filings of a span of days that are not here.",
        ("filings", "edgar"),
        is_single=False,
    ),
    Deployment(
        "ingest",
        "Load filings from files and folders of this machine, or what EDGAR lists for a day.",
        ("filings", "files"),
        is_single=False,
    ),
    Deployment(
        "reconcile",
        "Read all quarters again, and fetch what is new of the days that were once complete.",
        ("filings", "edgar", "scheduled"),
        (Schedule("0 10 * * 6"),),
    ),
    Deployment(
        "companies",
        "Read company data and tickers again.",
        ("filings", "edgar", "scheduled"),
        (Schedule("0 9 * * 0"),),
    ),
    Deployment(
        "verify",
        "Check every byte and every count; after daily and watch, of what is new.",
        ("filings", "care"),
        is_single=False,  # a full one must not be cancelled since one of what is new is on; they wait for each other
    ),
    Deployment("rebuild", "Make the database again from the raw bytes.", ("filings", "care")),
    Deployment("upgrade", "Read again what older versions of filings loaded.", ("filings", "care")),
)
"""All of them."""


def deployment(name: str) -> Deployment:
    """The deployment of that name. Raises UsageError."""
    for each in DEPLOYMENTS:
        if each.name == name:
            return each
    raise UsageError(f"there is no deployment {name!r}", f"There are {', '.join(each.name for each in DEPLOYMENTS)}.")


def project() -> Path:
    """The folder above `flows/`: the checkout, or the package itself in a wheel. Flows are served from there."""
    return _HERE if (_HERE / "flows").is_dir() else _HERE.parents[1]


_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_NAMES = {
    "month": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    "weekday": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?", re.ASCII)


def schedule(cron: str, timezone: str | None = None) -> Schedule:
    """A schedule as a person writes it. Raises UsageError for what is no cron line of five fields, or no time zone."""
    zone = timezone or EASTERN
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError) as error:
        raise UsageError(f"{zone!r} is no time zone", "Write one as America/New_York or UTC.") from error
    fields = cron.split()
    if len(fields) != len(_FIELDS):
        raise UsageError(
            f"{cron!r} is no cron line",
            'Write five fields in quotes: "minute hour day month weekday", as "30 22 * * *".',
        )
    for text, (name, least, most) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            _check(part, name, least, most, cron)
    return Schedule(" ".join(fields), zone)


def _check(part: str, name: str, least: int, most: int, cron: str) -> None:
    found = _PART.fullmatch(part)
    if not found:
        raise UsageError(f"{part!r} is no {name} of the cron line {cron!r}")
    numbers = [_number(word, name, least) for word in (found["first"], found["last"]) if word]
    if any(number is None or not least <= number <= most for number in numbers):
        raise UsageError(f"{part!r} is no {name} of the cron line {cron!r}", f"It goes from {least} to {most}.")
    if found["step"] is not None and int(found["step"]) < 1:
        raise UsageError(f"{part!r} is no {name} of the cron line {cron!r}", "A step is 1 or more.")
    if len(numbers) == 2 and numbers[0] > numbers[1]:  # type: ignore[operator]
        raise UsageError(f"{part!r} is no {name} of the cron line {cron!r}", "Write the smaller one first.")


def _number(word: str, name: str, least: int) -> int | None:
    names = _NAMES.get(name, [])
    if word.lower() in names:
        return names.index(word.lower()) + least
    return int(word) if word.isdigit() else None
