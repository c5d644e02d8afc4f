"""When a watch runs: New York's clock, on the nights on which it is changed, too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from filings.errors import UsageError
from filings.pipeline.hours import EASTERN, closing, is_open, stretch_name, stretches, until


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-11-27 05:59:59", False),
        ("2026-11-27 06:00:00", True),
        ("2026-11-27 22:59:59", True),
        ("2026-11-27 23:00:00", False),
        ("2026-11-28 12:00:00", False),  # Saturday
        ("2026-03-09 06:00:00", True),  # the Monday after the clocks went forward
        ("2026-11-02 06:00:00", True),  # and after they went back
    ],
)
def test_it_is_open_on_weekdays_from_six_to_eleven(moment: str, wanted: bool) -> None:
    assert is_open(there(moment)) is wanted
    assert is_open(there(moment).astimezone(UTC)) is wanted


def test_it_ends_at_the_next_eleven_whatever_the_offset() -> None:
    assert closing(there("2026-11-27 06:00")) == datetime(2026, 11, 28, 4, tzinfo=UTC)
    assert closing(there("2026-06-01 06:00")) == datetime(2026, 6, 2, 3, tzinfo=UTC)
    assert closing(there("2026-11-27 23:00")) == there("2026-11-28 23:00")
    assert closing(there("2026-03-07 23:30")) == there("2026-03-08 23:00")


def test_an_end_as_people_write_it() -> None:
    now = there("2026-11-27 12:00").astimezone(UTC)
    assert until("18:30", now) == there("2026-11-27 18:30")
    assert until("9:00", now) == there("2026-11-28 09:00")
    assert until("2026-11-27T18:30", now) == there("2026-11-27 18:30")
    assert until("2026-11-27T18:30+00:00", now) == datetime(2026, 11, 27, 18, 30, tzinfo=UTC)
    for wrong in ("25:00", "noon", "2026-11-27T11:59", "12:60"):
        with pytest.raises(UsageError, match=wrong):
            until(wrong, now)


def test_the_stretches_are_hours_and_tile_the_day() -> None:
    begin, end = there("2026-11-27 06:00:07"), there("2026-11-27 23:00")
    parts = list(stretches(begin, end))
    assert len(parts) == 17
    assert (parts[0][0], parts[-1][1]) == (begin, end)
    assert all(one[1] == next_one[0] for one, next_one in pairwise(parts))
    assert stretch_name(*parts[1]) == "07:00 to 08:00"
    assert list(stretches(end, end)) == []
    night = list(stretches(there("2026-11-01 00:30"), there("2026-11-01 03:00")))  # an hour comes twice
    assert sum((last - first for first, last in night), timedelta()) == timedelta(hours=3.5)
