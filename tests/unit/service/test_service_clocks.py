"""The nights on which New York's clocks change, by the class with which Prefect's server plans runs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from filings.service.deployments import DEPLOYMENTS, EASTERN

ASK = """
import asyncio, json, sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from prefect.server.schemas.schedules import CronSchedule

async def planned(cron, zone, first, days):
    start = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
    one = CronSchedule(cron=cron, timezone=zone)
    dates = await one.get_dates(n=200, start=start, end=start + timedelta(days))
    return [date.astimezone(ZoneInfo(zone)).isoformat() for date in dates]

print(json.dumps([asyncio.run(planned(*each)) for each in json.loads(sys.argv[1])]))
"""
CRONS = ("30 22 * * *", "30 6 * * *", "0 6 * * 1-5")
NIGHTS = {
    "back, 1 November 2026": ("2026-10-30", -4, -5, "2026-11-01"),
    "forward, 14 March 2027": ("2027-03-12", -5, -4, "2027-03-14"),
}


@pytest.fixture(scope="module")
def planned() -> dict[tuple[str, str], list[str]]:
    keys = [(night, cron) for night in NIGHTS for cron in CRONS]
    asked = [(cron, EASTERN, NIGHTS[night][0], 5) for night, cron in keys]
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(asked)], capture_output=True, text=True, check=True, timeout=120
    )
    return dict(zip(keys, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("cron", CRONS)
@pytest.mark.parametrize("night", NIGHTS)
def test_each_day_has_its_run_once_at_its_time(
    night: str, cron: str, planned: dict[tuple[str, str], list[str]]
) -> None:
    first, before, after, changes = NIGHTS[night]
    time = "22:30" if "22" in cron else "06:30" if cron.startswith("30") else "06:00"
    weekdays = {"2026-10-30", "2026-11-02", "2026-11-03", "2027-03-12", "2027-03-15", "2027-03-16"}
    days = ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03"] if first < "2027" else [
        f"2027-03-{day}" for day in range(12, 17)
    ]  # fmt: skip
    wanted = [
        f"{day}T{time}:00{after if day >= changes else before:+03}:00"
        for day in days
        if not cron.endswith("1-5") or day in weekdays
    ]
    assert planned[night, cron] == wanted


def test_no_schedule_of_ours_stands_in_the_hour_that_is_missing_or_comes_twice() -> None:
    for each in DEPLOYMENTS:
        for one in each.schedules:
            assert one.timezone == EASTERN
            assert one.cron.split()[1] not in ("*", "1", "2"), f"{each.name}: {one.cron}"
