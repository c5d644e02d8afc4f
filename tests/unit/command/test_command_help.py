"""Help, versions, wrong use, and what the quick commands cost and import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from as_a_person import COMMAND, Run, environment

NAMES = [
    "ingest",
    "rebuild",
    "upgrade",
    "verify",
    "backfill",
    "reconcile",
    "watch",
    "index",
    "completeness",
    "company",
    "up",
    "down",
    "query",
    "show",
    "text",
    "document",
    "status",
    "quarantine",
    "tables",
    "dictionary",
    "schedule",
    "alerts",
    "doctor",
]
HEAVY = ("prefect", "sqlalchemy", "pyarrow", "pandas", "numpy", "rich", "pydantic", "lxml")


def test_the_help_names_every_command(run: Run) -> None:
    shown = run("--help")
    assert shown.returncode == 0
    assert re.findall(r"^  (\w+)  +\S", shown.stdout[shown.stdout.index("Commands:") :], re.M) == NAMES
    assert shown.stdout.startswith(
        "Usage: filings [OPTIONS] COMMAND [ARGS]...\n\n"
        "  SEC EDGAR filings as DuckDB tables: complete, faithful to the byte, loaded exactly once.\n"
    )
    assert "Example: " in shown.stdout


@pytest.mark.parametrize("name", NAMES)
def test_each_command_explains_itself_with_an_example(run: Run, name: str) -> None:
    shown = run(name, "--help").stdout
    usage, sentence, *rest = re.split(r"\n\n", shown)
    assert usage.startswith(f"Usage: filings {name}")
    assert not re.search(r"[{}<>]", shown), "arguments by their own word, without typer's braces and types"
    assert re.fullmatch(r"  [A-Z][^.]+\.", sentence), sentence
    assert f"Example: filings {name}" in rest[-1]
    options = next(block for block in rest if block.startswith("Options:"))
    for line in re.findall(r"^  (-\S+.*)$", options, re.M):
        assert re.search(r"  [A-Z]", line), f"an option without a sentence: {line}"
    assert "…" not in shown


def test_no_command_at_all_shows_the_help(run: Run) -> None:
    shown = run()
    assert shown.returncode == 2
    assert "Commands:" in shown.stdout + shown.stderr


def test_versions(run: Run) -> None:
    import duckdb

    import filings

    lines = dict(line.split(" ", 1) for line in run("--version").stdout.splitlines())
    assert lines["filings"] == filings.__version__
    assert lines["duckdb"] == duckdb.__version__
    assert {"python", "prefect", "sqlalchemy", "pyarrow", "lxml"} < lines.keys()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "No such command 'nope'"),
        (["query", "--nope"], "No such option"),
        (["ingest"], "Missing argument 'PATH...'"),
        (["show"], "Missing argument 'FILING_ID'"),
        (["document", "0009910001-24-000012", "one"], "'one' is not a valid integer"),
        (["query", "--threads", "two", "SELECT 1"], "'two' is not a valid integer"),
        (["ingest", "not-here"], "not-here"),
        (["query", "SELECT 1", "--format", "xml"], "it must be one of table, csv, json, jsonl, markdown, parquet"),
        (["show", "0009910001-24-000012", "--format", "csv"], "it must be one of text, json"),
        (["query", "SELECT 1", "--warehouse", "not-here"], "There is no warehouse at not-here."),
        (["dictionary", "ownership_transactoin"], "Did you mean ownership_transaction"),
        (["query"], "There is no SQL to run."),
        (["query", "SELECT 1", "--file", "a.sql"], "given twice"),
        (["query", "--file", "a.sql"], "a.sql cannot be read"),
        (["query", "SELECT 1", "--output", "no/such/folder.csv"], "there is no such folder"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_wrong(run: Run, arguments: list[str], said: str) -> None:
    shown = run(*arguments)
    assert shown.returncode == 2
    assert said in shown.stderr
    assert "Traceback" not in shown.stderr
    assert shown.stdout == ""


def test_errors_read_well(run: Run) -> None:
    assert run("query", "SELECT form_type\nFORM filing", FILINGS_QUIET="yes").stderr == (
        'error: Parser Error: syntax error at or near "filing"\n\nLINE 2: FORM filing\n             ^^^^^^\n'
    )
    column = run("query", "SELECT fild FROM filing").stderr
    assert column.startswith('error: Binder Error: Referenced column "fild" not found in FROM clause!\n')
    assert column.endswith("\n  filings dictionary TABLE lists the columns of a table.\n")
    table = run("query", "SELECT * FROM fillings").stderr
    assert table.startswith("error: Catalog Error: Table with name fillings does not exist!\n")
    assert table.endswith("\n  filings tables lists the tables.\n")
    assert run("query", "DROP TABLE filing").stderr == (
        "error: A snapshot can only be read; this SQL wants to change it.\n"
        "  Keep tables of your own in another file: ATTACH 'mine.duckdb'; CREATE TABLE mine.t AS SELECT …\n"
    )
    assert run("show", "0000000000-24-000001").stderr == (
        "error: This warehouse holds no filing 0000000000-24-000001.\n  filings ingest PATH brings filings in.\n"
    )


def test_an_unknown_setting_of_the_warehouse_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "settings.toml").write_text("fromat = 'csv'\n")
    shown = run("query", "SELECT 1", "--warehouse", "w")
    assert shown.returncode == 2
    assert "w/settings.toml holds unknown settings: fromat" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["query", "--help"], 0),
        (["--version"], 0),
        (["query", "SELECT count(*) FROM filing", "--format", "table"], 0),
        (["query", "SELECT now()", "--format", "json"], 0),
        (["query", "SELECT 1", "--format", "parquet"], 0),
        (["show", "0009990001-24-000114"], 0),
        (["completeness", "2024-05", "--html", "/dev/null"], 3),
    ],
)
def test_the_quick_commands_import_nothing_heavy(warehouse: Path, arguments: list[str], code: int) -> None:
    probe = (
        "import sys\nfrom filings.command.app import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n"
        f"    found = [name for name in {HEAVY} if name in sys.modules]\n"
        "    print(end.code or 0, *found, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, *arguments],
        capture_output=True, env=environment(FILINGS_WAREHOUSE=str(warehouse)), check=True,
    )  # fmt: skip
    assert done.stderr.decode().split() == [str(code)]


def _seconds(arguments: list[str], warehouse: Path) -> float:
    child = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.DEVNULL, env=environment(FILINGS_WAREHOUSE=str(warehouse))
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime


@pytest.mark.soak  # a figure of CPU time: not where other tests take turns on the same cores
@pytest.mark.parametrize(("arguments", "limit"), [(["--help"], 0.15), (["query", "SELECT 1"], 0.5)])
def test_the_quick_commands_are_quick(warehouse: Path, arguments: list[str], limit: float) -> None:
    best = 99.0
    for _ in range(9):
        best = min(best, _seconds(arguments, warehouse))
        if best <= limit:
            return
    pytest.fail(f"{' '.join(arguments)}: {best:.3f} s of CPU, allowed are {limit}")
