"""Hostile files and folders through `filings ingest`: each has a named outcome, nothing stops the run, memory stays small."""

from __future__ import annotations

import errno
import mmap
import os
import sys
from pathlib import Path

import duckdb
import pytest

import peak_memory
from hostile import HOSTILE, submission
from hostile_outcomes import differing, write
from warehouses import contents

COMMAND = [sys.executable, "-m", "filings"]
GB = 1 << 30
LIGHT = [one for one in HOSTILE if not one.is_heavy]

on_linux = pytest.mark.skipif(not peak_memory.IS_MEASURABLE, reason=peak_memory.WHY_NOT)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("FILINGS_", "PREFECT_"))}


@on_linux
def test_each_input_ends_as_it_must_and_memory_stays_below_one_gb(tmp_path: Path) -> None:
    inputs = write(LIGHT, tmp_path / "inputs")
    ended = peak_memory.run(
        [*COMMAND, "ingest", str(inputs), "--warehouse", "w"], tmp_path, environment(), timeout=1200
    )
    print(f"{len(LIGHT)} inputs: {ended.peak_mb} MB, {ended.seconds:.1f} s, {ended.samples} looks")
    assert ended.code == 0, ended.complained[-2000:]
    wrong = list(differing(tmp_path / "w", LIGHT))
    assert not wrong, "\n".join(wrong)
    assert ended.samples > 20 and ended.peak_mb > 50
    assert ended.peak < GB, f"{ended.peak_mb} MB"
    checked = peak_memory.run([*COMMAND, "verify", "--warehouse", "w"], tmp_path, environment(), timeout=600)
    assert (checked.code, checked.said) == (0, "All agrees.\n"), checked.said + checked.complained
    assert checked.peak < GB, f"{checked.peak_mb} MB"


def test_there_are_fifty_and_each_has_its_own_accession_number() -> None:
    assert len(LIGHT) >= 50
    assert len({one.name for one in HOSTILE}) == len({one.accession for one in HOSTILE}) == len(HOSTILE)


def test_nothing_of_a_hostile_name_is_written_outside_the_warehouse(tmp_path: Path) -> None:
    """Names in filings are labels: no file has one of them, and none appears beside the warehouse."""
    inside = tmp_path / "deep" / "er"
    named = [one for one in LIGHT if one.name.startswith("filename_that_")]
    inside.mkdir(parents=True)
    inputs = write(named, inside / "inputs")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    ended = peak_memory.run([*COMMAND, "ingest", str(inputs), "--warehouse", "w"], inside, environment(), timeout=300)
    assert ended.code == 0, ended.complained
    written = {path.relative_to(inside).parts[0] for path in set(tmp_path.rglob("*")) - before if path.is_file()}
    assert written == {"w", "said.txt", "complained.txt"}
    stated = {row[0] for row in rows(inside / "w", "SELECT filename FROM document")}
    assert "../../../../etc/passwd" in stated and "a.txt\0.exe" in stated, "a label is kept as it is stated"
    for one in named:
        if not one.name.endswith(("nul", "left", "escapes")):
            continue
        shown = peak_memory.run(
            [*COMMAND, "show", one.accession, "--warehouse", "w"], inside, environment(), timeout=300
        )
        assert shown.code == 0, shown.complained
        assert not {"\x1b", "\x07", "\0", "\u202e"} & set(shown.said), f"{one.name} reaches the terminal"


def rows(warehouse: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as asked:
        return asked.execute(question).fetchall()


FOLDER_SAYS = {
    "fifo.txt": "not a regular file",
    "round": "a link that leads round",
    "to-nothing.txt": "a link to nothing",
    "outside.txt": "a link that leads out of the folder",
    ".hidden.txt": "hidden",
}


def hostile_folder(place: Path) -> Path:
    """A folder of everything that is no plain file; four filings are in it."""
    folder = place / "inputs"
    folder.mkdir()
    os.mkfifo(folder / "fifo.txt")
    (folder / "round").symlink_to(folder)
    (folder / "to-nothing.txt").symlink_to("nothing")
    outside = place / "secret.txt"
    outside.write_bytes(b"words of somebody else")
    (folder / "outside.txt").symlink_to(outside)
    (folder / ".hidden.txt").write_bytes(submission("0009990076-24-000000"))
    (folder / "a-folder.txt").mkdir()
    (folder / "a-folder.txt" / "inside.txt").write_bytes(submission("0009990076-24-000001"))
    (folder / "a\nline \x1b[2J\u202e.txt").write_bytes(submission("0009990076-24-000002"))
    (folder / ("n" * 251 + ".txt")).write_bytes(submission("0009990076-24-000003"))
    deep = folder
    for _ in range(12):
        deep = deep / ("d" * 200)
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_bytes(submission("0009990076-24-000004"))
    return folder


def test_what_is_no_plain_file_is_named_and_the_rest_is_loaded(tmp_path: Path) -> None:
    folder = hostile_folder(tmp_path)
    ended = peak_memory.run([*COMMAND, "ingest", str(folder), "--warehouse", "w"], tmp_path, environment(), timeout=300)
    assert ended.code == 0, ended.complained
    for name, why in FOLDER_SAYS.items():
        assert any(line.endswith(f"inputs/{name}: {why}") for line in ended.said.splitlines()), (name, ended.said)
    assert "\x1b" not in ended.said and "\u202e" not in ended.said
    found = rows(tmp_path / "w", "SELECT filing_id, source FROM filing ORDER BY ALL")
    assert [row[0] for row in found] == [f"0009990076-24-00000{n}" for n in (1, 2, 3, 4)]
    assert found[1][1] == "inputs/a\nline \x1b[2J\u202e.txt"
    assert not any(b"somebody else" in path.read_bytes() for path in (tmp_path / "w").rglob("*") if path.is_file())


def test_a_link_to_itself_keeps_nothing_from_being_read(tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    (folder / "b.txt").symlink_to("b.txt")
    (folder / "c.txt").symlink_to("d.txt")
    (folder / "d.txt").symlink_to("c.txt")
    (folder / "e.txt").write_bytes(submission("0009990076-24-000006"))
    ended = peak_memory.run([*COMMAND, "ingest", str(folder), "--warehouse", "w"], tmp_path, environment(), timeout=300)
    assert ended.code == 0, ended.complained
    assert all(f"inputs/{name}.txt: a link" in ended.said for name in "bcd"), ended.said
    assert rows(tmp_path / "w", "SELECT filing_id FROM filing") == [("0009990076-24-000006",)]


def test_a_name_that_is_no_utf_8_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    folder.mkdir()
    strange = [b"caf\xe9.txt", b"\xff\xfe.txt", b"\xed\xa0\x80.txt"]
    for n, name in enumerate(strange, 1):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(submission(f"0009990074-24-{n:06}"))
    (folder / os.fsdecode(b"empty\xe9.txt")).write_bytes(b"")
    for _ in range(2):
        ended = peak_memory.run(
            [*COMMAND, "ingest", str(folder), "--warehouse", "w"], tmp_path, environment(), timeout=300
        )
        assert ended.code == 0, ended.complained
        assert len(rows(tmp_path / "w", "SELECT filing_id FROM filing")) == 3
        assert "1 refused" in ended.said
    names = {str(row[0]) for row in rows(tmp_path / "w", "SELECT name FROM ops.observation")}
    assert len(names) == 3, "different names stay different"
    assert all(name.startswith("inputs/") for name in names)
    for again in ("rebuild", "verify"):
        done = peak_memory.run([*COMMAND, again, "--warehouse", "w"], tmp_path, environment(), timeout=300)
        assert done.code == 0, done.said + done.complained


@pytest.mark.skipif(os.geteuid() == 0, reason="a file that may not be read was not tried: root may read all")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = write([one for one in LIGHT if one.name == "cik_of_ten_zeros"], tmp_path / "inputs")
    (folder / "locked.txt").write_bytes(submission("0009990076-24-000005"))
    (folder / "locked.txt").chmod(0)
    ended = peak_memory.run([*COMMAND, "ingest", str(folder), "--warehouse", "w"], tmp_path, environment(), timeout=300)
    assert ended.code == 0, ended.complained
    assert "locked.txt: cannot be read: Permission denied" in ended.said
    assert rows(tmp_path / "w", "SELECT count(*) FROM filing") == [(1,)]


def test_a_file_that_vanishes_is_named_and_one_that_grows_is_kept_as_it_was_read(tmp_path: Path) -> None:
    """Both happen while the run reads the large file before them; without it the run would be over too soon."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    words = b"".join(b"line %d of a long text\n" % n for n in range(700_000))
    (folder / "a-large.txt").write_bytes(
        submission("0009990075-24-000001", b"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n" + words + b"</TEXT>\n</DOCUMENT>\n")
    )
    (folder / "b-vanishes.txt").write_bytes(submission("0009990075-24-000002"))
    grows = folder / "c-grows.txt"
    grows.write_bytes(submission("0009990075-24-000003"))
    (folder / "d-stays.txt").write_bytes(submission("0009990075-24-000004"))
    grown = []

    def meanwhile() -> None:
        if (tmp_path / "w" / "state.sqlite").exists():
            (folder / "b-vanishes.txt").unlink(missing_ok=True)
            with grows.open("ab") as file:
                grown.append(file.write(b"more\n" * 1000))

    ended = peak_memory.run(
        [*COMMAND, "ingest", str(folder), "--warehouse", "w"], tmp_path, environment(), timeout=300, meanwhile=meanwhile
    )
    assert grown and ended.code == 0, ended.complained
    assert f"b-vanishes.txt: cannot be read: {os.strerror(errno.ENOENT)}" in ended.said, ended.said
    found = contents(tmp_path / "w" / "filings.duckdb")["ops.observation"]
    assert len(found) == 3
    ((kept,),) = rows(tmp_path / "w", "SELECT byte_length FROM ops.observation WHERE name = 'inputs/c-grows.txt'")
    assert isinstance(kept, int) and len(submission("0009990075-24-000003")) < kept <= grows.stat().st_size
    checked = peak_memory.run([*COMMAND, "verify", "--warehouse", "w"], tmp_path, environment(), timeout=300)
    assert (checked.code, checked.said) == (0, "All agrees.\n")


HOLDS = """
import mmap, os, sys, time
data = bytearray(b"x") * ({size} << 20)
file = open(sys.argv[1], "rb")
mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
sum(mapped[at] for at in range(0, len(mapped), 4096))
if os.fork() == 0:
    own = bytearray(b"y") * ({size} << 20)
    time.sleep(0.4)
    os._exit(0)
os.wait()
"""


@on_linux
def test_the_measure_counts_children_and_mapped_files_and_shared_pages_once(tmp_path: Path) -> None:
    place = tmp_path / "mapped"
    place.write_bytes(b"z" * (64 << 20))
    assert mmap.PAGESIZE <= 1 << 16
    ended = peak_memory.run(
        [sys.executable, "-c", HOLDS.format(size=64), str(place)], tmp_path, environment(), timeout=300
    )
    assert ended.code == 0, ended.complained
    # Its own 64 MB, those of the child, and the file's: what parent and child share counts once.
    assert 3 * 64 <= ended.peak_mb < 3 * 64 + 40, ended.peak_mb
