"""The flow, run as a person runs its file, makes the database that the command makes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from as_a_person import EXAMPLES, environment

FLOW = EXAMPLES.parent / "flows" / "ingest.py"
OF_THE_CLOCK = {"seen_at", "first_seen_at", "loaded_at", "first_loaded_at", "changed_at", "checked_at", "load_id"}


def database(warehouse: Path) -> dict[str, list[str]]:
    """Every row of every table as text, without the times of our own clock."""
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found: dict[str, list[str]] = {}
        for schema, table in connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            columns = [row[0] for row in connection.execute(f'DESCRIBE "{schema}"."{table}"').fetchall()]
            kept = ", ".join(
                f"CASE WHEN available_at_basis <> 'first_seen' THEN {name} END"
                if name == "available_at"
                else f'"{name}"'
                for name in columns
                if name not in OF_THE_CLOCK
            )
            rows = connection.execute(f'SELECT CAST(({kept}) AS VARCHAR) FROM "{schema}"."{table}"').fetchall()
            found[f"{schema}.{table}"] = sorted(row[0] for row in rows)
        return found


@pytest.mark.prefect
def test_the_flow_gives_the_same_database_as_the_command(warehouse: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FLOW), str(EXAMPLES), "--warehouse", "w"],
        capture_output=True, text=True, cwd=tmp_path, env=environment(HOME=str(tmp_path)), timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Prefect comes up inside this process; that takes 16 to 28 seconds …\n")
    for said in (
        "0009910004-24-000027: A document is open",
        "HOLLOWAY MARINE ROBOTICS INC",
    ):
        assert said in done.stdout
    assert re.search(r"ownership_transaction +8\n", done.stdout)
    assert done.stderr == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w"]
    assert database(tmp_path / "w") == database(warehouse)


def test_a_path_that_is_not_there_does_not_wait_for_prefect(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FLOW), "not-here", "--warehouse", "w"],
        capture_output=True, text=True, cwd=tmp_path, env=environment(HOME=str(tmp_path)), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "not-here" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_flow_s_parameters_are_types_that_stand_at_the_top() -> None:
    """Prefect fails on types that are imported only for a type checker (prefect.md 12)."""
    tree = ast.parse(FLOW.read_text(encoding="utf-8"))
    assert "TYPE_CHECKING" not in FLOW.read_text(encoding="utf-8")
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert [argument.arg for argument in functions["ingest"].args.args] == [
        "paths",
        "warehouse",
        "trust_names",
        "form",
        "day",
    ]
    options = {word.arg: ast.unparse(word.value) for word in functions["load"].decorator_list[0].keywords}  # type: ignore[attr-defined]
    assert options == {"persist_result": "False", "cache_policy": "NO_CACHE"}
