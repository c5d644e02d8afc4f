"""Opening the control state."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy

from filings.errors import StoreError
from filings.raw.state import open_state
from filings.schema.state import state


def test_settings_of_every_connection(tmp_path: Path) -> None:
    engine = open_state(tmp_path / "odd ? name % #" / "state.sqlite")
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            asked = ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
            assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked] == ["wal", 30000, 1, 0]
    assert set(sqlalchemy.inspect(engine).get_table_names()) == set(state.tables)
    engine.dispose()
    assert (tmp_path / "odd ? name % #" / "state.sqlite").exists()


def test_many_processes_open_a_new_one_at_once(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from filings.raw.state import open_state
print("ready", flush=True)
sys.stdin.readline()
engine = open_state(Path(sys.argv[1]))
for n in range(20):
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO run (kind) VALUES ('test')")
engine.dispose()
"""
    command = [sys.executable, "-c", program, str(tmp_path / "state.sqlite")]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(6)]
    assert all(process.stdout and process.stdout.readline() == "ready\n" for process in started)
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 6, said
    engine = open_state(tmp_path / "state.sqlite")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM run").scalar() == 120
    engine.dispose()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"this is not a database, and long enough to be looked at" * 20)
    with pytest.raises(StoreError, match="control state"):
        open_state(tmp_path / "state.sqlite")


def test_the_columns_are_those_of_the_specification(corpus: Path) -> None:
    page = (corpus / "spec" / "tables.md").read_text().split("## 8. ")[1].split("## 9. ")[0]
    stated = {}
    for line in page.splitlines():
        if line.startswith("| `"):
            name, _, columns = (cell.strip() for cell in line.strip("|").split("|"))
            while "(" in columns:
                before, _, rest = columns.partition("(")
                columns = before + rest.partition(")")[2]
            stated[name.strip("`")] = [column.strip() for column in columns.split(",")]
    assert stated == {table.name: [column.name for column in table.columns] for table in state.sorted_tables}
