"""Every command, from argument to exit code, on the examples."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import shutil
import signal
import subprocess
from pathlib import Path

import duckdb
import pytest
from as_a_person import COMMAND, EXAMPLES, Run, environment

FILING = "0009990001-24-000114"


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def in_terminal(arguments: list[str], **named: str) -> str:
    """What the command writes to a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*COMMAND, *arguments], stdout=theirs, stderr=theirs, stdin=theirs, env=environment(**named)
    )
    os.close(theirs)
    written = b""
    try:
        while piece := os.read(ours, 65536):
            written += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    child.wait(60)
    return written.decode().replace("\r\n", "\n")


def test_ingest_tells_what_it_did_and_writes_nothing_twice(run: Run, tmp_path: Path) -> None:
    first = run("ingest", str(EXAMPLES), "--warehouse", "w")
    assert first.returncode == 0, first.stderr
    lines = first.stdout.splitlines()
    assert "15 files, 13 filings, 1 quarantined, 0 refused" in lines[-1]
    assert lines[-1].endswith("snapshot 1.")
    assert any(line.split() == ["ownership_transaction", "8"] for line in lines)
    assert "A document is open at the end of the file" in first.stdout
    second = run("--warehouse", "w", "ingest", str(EXAMPLES))
    assert second.returncode == 0
    assert second.stdout.strip().startswith("15 files, 15 known before, 0 filings")
    assert second.stdout.strip().endswith("nothing new, the snapshot stays.")


def test_strict_ends_with_3_where_something_was_set_aside(run: Run, tmp_path: Path) -> None:
    damaged, good = EXAMPLES / "damaged-8-k-cut-off.txt", EXAMPLES / "form-3.txt"
    assert run("ingest", str(damaged), "--warehouse", "a", "--strict").returncode == 3
    assert run("ingest", str(damaged), "--warehouse", "b").returncode == 0
    assert run("ingest", str(good), "--warehouse", "c", "--strict").returncode == 0
    assert run("ingest", str(damaged), "--warehouse", "c", FILINGS_STRICT="1").returncode == 3


def test_quiet_says_nothing(run: Run, tmp_path: Path) -> None:
    done = run("ingest", str(EXAMPLES / "form-3.txt"), "--warehouse", "w", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run("--quiet", "verify", "--warehouse", "w")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_empty_folder_still_makes_a_warehouse(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run("ingest", "empty", "--warehouse", "w").returncode == 0
    assert run("query", "SELECT count(*) AS n FROM filing", "--warehouse", "w").stdout == "n\n0\n"
    assert "Nothing is in quarantine." in run("quarantine", "--warehouse", "w").stdout


def test_a_name_is_trusted_only_when_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "0001234567-24-000001.txt").write_text("FORM 6-K\nReport of foreign private issuer\n")
    ask = ["query", "SELECT filing_id, form_type FROM filing"]
    run("ingest", "0001234567-24-000001.txt", "--warehouse", "a")
    assert run(*ask, "--warehouse", "a").stdout.splitlines()[1].startswith("sha256:")
    run("ingest", "0001234567-24-000001.txt", "--warehouse", "b", "--trust-names", "--form", "6-K")
    assert run(*ask, "--warehouse", "b").stdout.splitlines()[1] == "0001234567-24-000001,6-K"


def test_query_takes_sql_from_everywhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ask.sql").write_text("-- how many\nSELECT count(*) AS n FROM filing;\n")
    assert run("query", "--file", "ask.sql").stdout == "n\n13\n"
    assert run("query", stdin="SELECT 1 AS a").stdout == "a\n1\n"
    assert run("query", "-", stdin="SELECT 1 AS a").stdout == "a\n1\n"


def test_query_writes_every_format(run: Run, warehouse: Path, tmp_path: Path) -> None:
    sql = "SELECT filing_id, form_type, filed_on, accepted_at FROM filing ORDER BY filing_id"
    with duckdb.connect(str((warehouse / "filings.duckdb").resolve()), read_only=True) as connection:
        wanted = connection.execute(f"SELECT filing_id, form_type FROM ({sql})").fetchall()
    assert [tuple(value or None for value in row[:2]) for row in rows(run("query", sql).stdout)[1:]] == wanted
    for form in ("json", "jsonl"):
        text = run("query", sql, "--format", form).stdout
        found = json.loads(text) if form == "json" else [json.loads(line) for line in text.splitlines()]
        assert [(row["filing_id"], row["form_type"]) for row in found] == wanted
    for name in ("a.csv", "a.json", "a.parquet"):
        assert run("query", sql, "--output", name).stdout == ""
        read = duckdb.sql(f"SELECT filing_id, form_type FROM '{tmp_path / name}' ORDER BY 1").fetchall()
        assert read == wanted
    assert run("query", sql, "--output", "a.md").returncode == 0
    assert (tmp_path / "a.md").read_text().count("\n") == 15
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.json", "a.md", "a.parquet"]


def test_parquet_goes_through_a_pipe(warehouse: Path, tmp_path: Path) -> None:
    with (tmp_path / "x.parquet").open("wb") as opened:
        subprocess.run(
            [*COMMAND, "query", "SELECT 42 AS n", "--format", "parquet"],
            stdout=opened, check=True, env=environment(FILINGS_WAREHOUSE=str(warehouse)),
        )  # fmt: skip
    assert duckdb.sql(f"FROM '{tmp_path / 'x.parquet'}'").fetchall() == [(42,)]


def test_what_stands_under_the_name_stays_where_the_query_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine\n")
    late = "SELECT CASE WHEN i = 20000 THEN error('late') ELSE i::TEXT END FROM range(30000) AS r(i)"
    assert run("query", late, "--output", "a.csv").returncode == 2
    assert (tmp_path / "a.csv").read_text() == "mine\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_settings_come_from_flag_environment_and_file(run: Run, warehouse: Path, tmp_path: Path) -> None:
    shutil.copytree(warehouse, tmp_path / "w", symlinks=True)
    (tmp_path / "w" / "settings.toml").write_text('format = "jsonl"\ntimezone = "America/New_York"\n')
    sql = "SELECT TIMESTAMPTZ '2024-01-01 12:00:00+00' AS at"
    ask = ["query", sql, "--warehouse", "w"]
    assert run(*ask).stdout == '{"at": "2024-01-01 07:00:00-05"}\n'
    assert run(*ask, FILINGS_FORMAT="csv").stdout == "at\n2024-01-01 07:00:00-05\n"
    assert run(*ask, "--format", "csv", "--timezone", "UTC", FILINGS_TIMEZONE="Asia/Tokyo").stdout.endswith(
        "12:00:00+00\n"
    )


def test_a_reader_that_has_seen_enough_is_no_error(warehouse: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "query", "SELECT * FROM range(3000000)"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(FILINGS_WAREHOUSE=str(warehouse)),
    ) as child:  # fmt: skip
        assert child.stdout is not None and child.stderr is not None
        assert child.stdout.readline() == b"range\n"
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


def test_ctrl_c_stops_a_query_with_130(warehouse: Path) -> None:
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [*COMMAND, "query", "SELECT count(*) FROM range(1000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3"],
        stdout=subprocess.DEVNULL, stderr=theirs, env=environment(FILINGS_WAREHOUSE=str(warehouse)),
    )  # fmt: skip
    os.close(theirs)
    written = b""
    while b"query  " not in written:  # it shows how far it is: it runs
        written += os.read(ours, 4096)
    child.send_signal(signal.SIGINT)
    try:
        while piece := os.read(ours, 4096):
            written += piece
    except OSError:
        pass
    os.close(ours)
    assert child.wait(30) == 130
    assert b"Interrupted." in written
    assert b"Traceback" not in written


def test_a_terminal_gets_a_table_in_bold_and_no_color_is_heard(warehouse: Path) -> None:
    ask = ["query", "SELECT 1 AS a, NULL AS b"]
    bold = in_terminal(ask, FILINGS_WAREHOUSE=str(warehouse))
    assert bold.startswith("\x1b[1ma  b")
    plain = "a  b\n-  ----\n1  NULL\n(1 row)\n"
    assert in_terminal(ask, FILINGS_WAREHOUSE=str(warehouse), NO_COLOR="1") == plain
    assert in_terminal(ask, FILINGS_WAREHOUSE=str(warehouse), TERM="dumb") == "a,b\n1,\n"


def test_parquet_is_not_for_a_terminal(warehouse: Path) -> None:
    shown = in_terminal(["query", "SELECT 1", "--format", "parquet"], FILINGS_WAREHOUSE=str(warehouse))
    assert "Parquet is no text for a terminal." in shown


def test_status_as_text_and_as_json(run: Run) -> None:
    shown = run("status").stdout
    assert "writing now  nobody" in shown
    assert "quarantined" in shown
    found = json.loads(run("status", "--format", "json").stdout)
    assert found["writer"] is None
    assert found["filings"] == {"loaded": 8, "no_family": 5, "quarantined": 1, "superseded": 1}
    assert found["runs"][0]["kind"] == "ingest"
    assert found["runs"][0]["state"] == "done"


def test_quarantine_in_words_and_for_programs(run: Run) -> None:
    assert "From examples/damaged-8-k-cut-off.txt" in run("quarantine").stdout
    (row,) = csv.DictReader(io.StringIO(run("quarantine", "--format", "csv").stdout))
    assert (row["filing_id"], row["reason"]) == ("0009910004-24-000027", "cut_off")
    assert "What was readable is loaded" in row["why"]


def test_tables_counts_every_table(run: Run) -> None:
    found = {row["table"]: row for row in json.loads(run("tables", "--format", "json").stdout)}
    assert found["filing"]["rows"] == 13
    assert found["filing"]["a row is"] == "One row for each filing (submission), whatever its form."
    assert found["ops.ingest_log"]["rows"] == 15


def test_the_dictionary_needs_no_warehouse(run: Run) -> None:
    there = run("dictionary", "--format", "json").stdout
    assert json.loads(there) == json.loads(run("dictionary", "--format", "json", "--warehouse", "nowhere").stdout)
    one = json.loads(run("dictionary", "filing_item", "--format", "json").stdout)
    assert [row["column_name"] for row in one] == [
        "filing_id", "position", "document_position", "item", "caption", "load_id",
    ]  # fmt: skip
    assert "ops.ingest_log" in run("dictionary", "ingest_log").stdout


def test_show_and_document(run: Run, tmp_path: Path) -> None:
    assert f"4/A  {FILING}" in run("show", FILING.replace("-", "")).stdout
    assert json.loads(run("show", FILING, "--format", "json").stdout)["filing_id"] == FILING
    assert run("document", FILING, "1", "--output", "x.xml").stdout == ""
    assert run("document", FILING, "1", "--as-filed").stdout.encode() == (tmp_path / "x.xml").read_bytes()
    assert (tmp_path / "x.xml").read_bytes() in (EXAMPLES / "form-4-amendment.txt").read_bytes()
    assert run("document", FILING, "2").returncode == 2


def test_rebuild_and_verify(run: Run, warehouse: Path, tmp_path: Path) -> None:
    shutil.copytree(warehouse, tmp_path / "w", symlinks=True)
    assert run("verify", "--warehouse", "w").stdout == "All agrees.\n"
    ask = ["query", "SELECT filing_id, sha256 FROM document ORDER BY ALL", "--warehouse", "w"]
    before = run(*ask).stdout
    rebuilt = run("rebuild", "--warehouse", "w")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert run(*ask).stdout == before
    (pack,) = (tmp_path / "w" / "raw").rglob("*.pack")
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.chmod(0o644)
    pack.write_bytes(data)
    found = run("verify", "--warehouse", "w")
    assert found.returncode == 3
    assert "raw store" in found.stdout
    assert found.stdout.endswith("to look at.\n")


def test_a_full_disk_is_said_in_words(warehouse: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full: a full disk under the output was not tried")
    with full.open("w") as opened:
        done = subprocess.run(
            [*COMMAND, "query", "SELECT * FROM range(100000)"],
            stdout=opened, stderr=subprocess.PIPE, env=environment(FILINGS_WAREHOUSE=str(warehouse)), check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == b"error: No space left on device\n"
