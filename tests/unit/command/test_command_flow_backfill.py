"""The flow `backfill`, run as a person runs its file: the same database as the command's, its artifacts, its exit codes."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from as_a_person import EXAMPLES, environment

from backfills import loaded
from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.errors import Full
from filings.pipeline.backfill_parts import Months, days_table, in_a_line, is_clean, markdown, months, together
from filings.pipeline.backfill_report import BackfillReport, DayDone
from filings.pipeline.plan import DayPlan, Plan
from filings.service.in_flow import DayByDay
from filings.span import Span

FLOW = EXAMPLES.parent / "flows" / "backfill.py"
KEYS = """
import asyncio, sys
from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness
sys.path.insert(0, sys.argv[1])
with prefect_test_harness(server_startup_timeout=180):
    from backfill import backfill
    backfill("2024-01", "2024-02", sys.argv[2])
    async def keys():
        async with get_client() as client:
            found = await client.read_artifacts()
            run, = await client.read_flow_runs()
            print(run.name, run.state.name, run.state.message.partition(";")[0])
            print([one.data for one in found if one.type == "progress"])
            return sorted((one.key, one.type) for one in found if one.key)
    print(asyncio.run(keys()))
"""


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(3, 4, start=date(2024, 1, 30), scale=0.01)), gate=Gate(None)) as server:
        yield server


def its_environment(small: SmallEdgar, tmp_path: Path) -> dict[str, str]:
    return environment(
        HOME=str(tmp_path),
        XDG_STATE_HOME=str(tmp_path / "state"),
        FILINGS_EDGAR_URL=small.url,
        FILINGS_USER_NAME="Test",
        FILINGS_USER_EMAIL="test@example.com",
        FILINGS_REQUESTS_PER_SECOND="1000",
    )


@pytest.mark.prefect
def test_the_flow_loads_what_the_command_loads_and_shows_it(small: SmallEdgar, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KEYS, str(FLOW.parent), "w"],
        capture_output=True, text=True, cwd=tmp_path, env=its_environment(small, tmp_path), timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert loaded(tmp_path / "w") == set(small.archive.filings)
    kinds = [("backfill-days", "table"), ("backfill-progress", "progress"), ("backfill-report", "markdown")]
    run = "backfill 2024-01…2024-02 Completed 12 filings listed, 12 fetched, 0 pending, 0 given up"
    assert done.stdout.splitlines()[-3:] == [run, "[100]", str(kinds)]


@pytest.mark.parametrize("words", [["not-a-day"], ["2024-02", "2024-01"], ["2024", "--cik", "x"]])
def test_what_makes_no_sense_does_not_wait_for_prefect(small: SmallEdgar, tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(FLOW), *words],
        capture_output=True, text=True, cwd=tmp_path, env=its_environment(small, tmp_path), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert small.log.requests == []


def test_the_flow_s_parameters_are_types_that_stand_at_the_top() -> None:
    tree = ast.parse(FLOW.read_text(encoding="utf-8"))
    assert "TYPE_CHECKING" not in FLOW.read_text(encoding="utf-8")
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    options = {word.arg: ast.unparse(word.value) for word in functions["fetch"].decorator_list[0].keywords}  # type: ignore[attr-defined]
    assert (options["persist_result"], options["cache_policy"]) == ("False", "NO_CACHE")


def test_progress_moves_on_with_the_days_and_stops_nothing() -> None:
    def broken(percent: float) -> None:
        raise ConnectionError("no server")

    report, shown, told = BackfillReport(), [], []  # type: ignore[var-annotated]
    report.plan = Plan(tuple(DayPlan(date(2024, 1, day), 1, 0, 0, None, 0, 0, 0) for day in (2, 3)))
    show, fail = (DayByDay(one, 50, 100, told.append, each=0) for one in (shown.append, broken))
    for day in (2, 3):
        report.days.append(DayDone(date(2024, 1, day)))
        show(report)
        fail(report)
    assert shown == [75, 100]
    assert told == ["The progress could not be shown: no server"] * 2


def test_a_limit_is_of_all_months_and_what_none_of_them_gave_is_raised() -> None:
    month = Span(date(2024, 1, 1), date(2024, 1, 31))
    whole = Months({"limit": 5, "again": True, "forms": []})
    whole.add(month, Full("the disk is full"), "the disk is full")
    assert whole.asked == {"limit": 5, "again": True, "forms": []}
    with pytest.raises(Full):
        whole.report()
    whole.add(month, BackfillReport(days=[DayDone(date(2024, 1, 2), fetched=3)]).to_dict(), "")
    assert whole.asked == {"limit": 2, "again": False, "forms": []}
    report = whole.report()
    assert (report["fetched"], report["failed"]) == (3, [["2024-01-01 to 2024-01-31", "the disk is full"]])


def test_months_and_their_reports_as_one() -> None:
    assert months(Span(date(2023, 12, 30), date(2024, 2, 1))) == [
        Span(date(2023, 12, 30), date(2023, 12, 31)),
        Span(date(2024, 1, 1), date(2024, 1, 31)),
        Span(date(2024, 2, 1), date(2024, 2, 1)),
    ]
    day = {"day": "2024-01-02", "route": "filings", "listed": 2, "wanted": 2, "fetched": 1, "failed": 1, "requests": 1}
    day |= {"bytes": 10, "seconds": 1.0, "trouble": ""}
    one = {
        "plan": {"listed": 2, "here": 0}, "days": [day], "fetched": 1, "requests": 1, "bytes": 10, "left_out": 0,
        "seconds": 1.0, "loaded": {"filings": {"loaded": 1}, "snapshot": 3, "quarantined": [("0000000001-24-000002", "cut_off", None)]}, "given_up": [], "index_failed": [],
        "pending": [{"accession": "0000000001-24-000001", "attempts": 1, "reason": "no answer"}], "refused": [], "failed": [],
    }  # fmt: skip
    whole = together([one, one], [("2024-03", "blocked")])
    assert (whole["fetched"], whole["loaded"]["filings"], whole["plan"]["listed"]) == (2, {"loaded": 2}, 4)
    assert not is_clean(whole) and not is_clean(together([one]))
    assert "`0000000001-24-000001` no answer" in markdown(whole, "x") and "`2024-03` blocked" in markdown(whole, "x")
    assert days_table(whole)[0] == {
        "day": "2024-01-02", "route": "filings", "listed": 2, "wanted": 2, "fetched": 1, "failed": 1, "requests": 1,
        "bytes": "10 bytes", "seconds": 1.0,
    }  # fmt: skip
    assert [(row["day"], row["fetched"], row["bytes"]) for row in days_table(whole)][2:] == [
        ("all days", 2, "20 bytes")
    ]
    assert len(days_table(together([]))) == 1
    day["trouble"] = "the archive is damaged"
    assert [row["trouble"] for row in days_table(together([one]))] == ["the archive is damaged", ""]
    assert in_a_line(one) == "2 filings listed, 1 fetched, 1 pending, 0 given up; 10 bytes in 1 s."
    assert "`0000000001-24-000002` " in markdown(whole, "x")
    assert "`x.nc` a \\<page>" in markdown(together([one | {"refused": [("x.nc", "a <page>")]}]), "x")
