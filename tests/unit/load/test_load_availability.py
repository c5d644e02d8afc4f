"""`available_at` by the examples that tables.md 4 and edgar.md A.3 name."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from filings.load.availability import Clocks, available_at

LONG_AFTER = datetime(2030, 1, 1, tzinfo=UTC)


def clocks(
    form: str | None,
    accepted: str | None = None,
    filed: str | None = None,
    released: str | None = None,
    private: bool = False,
    days: tuple[str, ...] = (),
    seen: datetime = LONG_AFTER,
    archives: tuple[str, ...] = (),
    feed: tuple[str, ...] = (),
) -> Clocks:
    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    return Clocks(
        form_type=form,
        accepted=datetime.fromisoformat(accepted) if accepted else None,
        filed_on=day(filed),
        public_release_on=day(released),
        is_private_to_public=private,
        disseminated_on=[date.fromisoformat(one) for one in days],
        first_seen_at=seen,
        archive_days=[date.fromisoformat(one) for one in archives],
        feed_seen_at=[datetime.fromisoformat(one) for one in feed],
    )


@pytest.mark.parametrize(
    ("asked", "moment", "basis"),
    [
        (clocks("8-K", "2023-11-14T17:30:00", "2023-11-14"), "2023-11-14T22:30:00", "acceptance"),
        # 0001493152-23-041369: accepted in the evening, filed the next day, written 07:15:10 Eastern of that day
        (
            clocks("10-Q", "2023-11-14T20:35:00", "2023-11-15", days=("2023-11-15",)),
            "2023-11-15T12:30:00",
            "acceptance",
        ),
        # 0000912938-20-000142, SC 13G/A: open until 22:00, but filed the next day
        (clocks("SC 13G/A", "2020-02-13T17:59:55", "2020-02-14"), "2020-02-14T12:30:00", "acceptance"),
        # 0001675365-19-000012, ATS-N: the same evening
        (clocks("ATS-N", "2019-02-07T17:34:10", "2019-02-07"), "2019-02-07T22:34:10", "acceptance"),
        (clocks("4", "2024-03-01T21:59:00"), "2024-03-02T02:59:00", "acceptance"),
        (clocks("S-3MEF", "2024-03-01T18:00:00"), "2024-03-01T23:00:00", "acceptance"),
        (clocks("8-K", "2024-03-01T18:00:00"), "2024-03-04T12:30:00", "acceptance"),  # Friday evening → Monday
        # filed earlier than accepted (S-T 13(b)): filed_on is no help
        (clocks("8-K", "2023-06-09T18:01:52", "2023-06-08"), "2023-06-12T11:30:00", "acceptance"),
        (
            clocks("UPLOAD", "2024-04-02T10:00:00", "2024-04-02", days=("2024-06-14",)),
            "2024-06-15T02:00:00",
            "dissemination_line",
        ),
        (clocks("CORRESP", "2024-04-02T10:00:00", "2024-04-02"), LONG_AFTER.isoformat()[:19], "first_seen"),
        (
            clocks("ATS-N", "2024-04-02T10:00:00", "2024-04-02", released="2024-05-01"),
            "2024-05-02T02:00:00",
            "release_date",
        ),
        (
            clocks("ATS-N", "2024-04-02T10:00:00", released="2024-05-01", days=("2024-05-01",)),
            "2024-05-02T02:00:00",
            "release_date",
        ),
        (
            clocks("10-K", None, "1996-03-29", days=("1996-04-01", "1999-01-01")),
            "1996-04-02T03:00:00",
            "dissemination_line",
        ),
        (clocks("10-K", None, "1996-03-29"), "1996-03-30T03:00:00", "filed_date"),
        (
            clocks("10-K", None, "2010-03-29", days=("2012-01-01",), archives=("2010-03-30",)),
            "2010-03-31T02:00:00",
            "feed_entry",
        ),
        # an archive without another day is the day of dissemination, and that is named first
        (
            clocks("10-K", None, "2010-03-29", days=("2010-03-30",), archives=("2010-03-30",)),
            "2010-03-31T02:00:00",
            "dissemination_line",
        ),
        (
            clocks("CORRESP", None, "2010-03-29", feed=("2010-06-01T13:00:00+00:00",)),
            "2010-06-01T13:00:00",
            "feed_entry",
        ),
        (
            clocks("8-K", "2010-03-29T12:00:00", "2010-03-29", archives=("2010-03-28",)),
            "2010-03-29T16:00:00",
            "acceptance",
        ),
        (clocks(None), LONG_AFTER.isoformat()[:19], "first_seen"),
        (
            clocks("8-K", "2023-11-14T12:00:00", "2023-11-14", seen=datetime(2023, 11, 14, 16, 59, tzinfo=UTC)),
            "2023-11-14T16:59:00",
            "first_seen",
        ),
    ],
)
def test_rule(asked: Clocks, moment: str, basis: str) -> None:
    assert available_at(asked) == (datetime.fromisoformat(moment).replace(tzinfo=UTC), basis)


def test_of_the_hour_that_comes_twice_the_first_is_taken() -> None:
    assert available_at(clocks("4", "2024-11-03T01:30:00", "2024-11-03"))[0] == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)
