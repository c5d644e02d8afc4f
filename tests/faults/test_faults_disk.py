"""A full disk: a clear error, nothing half loaded, the old snapshot still answers, and the next run goes on.

A tmpfs of 8 MB in a mount namespace of its own, so an ordinary user can run it where the system permits `unshare`.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filings.pipeline.verify import verify
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[2] / "examples"
FIRST = [EXAMPLES / "form-3.txt", EXAMPLES / "schedule-13g.nc"]


class SmallDisk:
    """A shell in a mount namespace that has a small tmpfs; everything else is the machine's own."""

    def __init__(self, folder: Path, size: str) -> None:
        self.place = folder / "disk"
        self.place.mkdir()
        self._outside = folder
        self._shell = subprocess.Popen(
            ["unshare", "-rm", "sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.run(f"mount -t tmpfs -o size={size} tmpfs {shlex.quote(str(self.place))}")

    def run(self, command: str, expected: int = 0) -> str:
        """What the command prints; standard error after standard output."""
        assert self._shell.stdin and self._shell.stdout
        said, wrong = self._outside / "said", self._outside / "wrong"
        to = f">{shlex.quote(str(said))} 2>{shlex.quote(str(wrong))} </dev/null"
        self._shell.stdin.write(f"{{ {command}; }} {to}; echo $?\n")
        self._shell.stdin.flush()
        code = self._shell.stdout.readline().strip()
        printed = said.read_text(encoding="utf-8") + wrong.read_text(encoding="utf-8")
        assert code == str(expected), f"{command} ended with {code}: {printed}"
        return printed

    def filings(self, *words: object, expected: int = 0) -> str:
        named = shlex.join([str(word) for word in (*words, "--warehouse", self.place / "w")])
        return self.run(f"{shlex.quote(sys.executable)} -m filings {named}", expected)

    def leave(self, kilobytes: int) -> None:
        """Fill the disk but for so much."""
        filler, place = shlex.quote(str(self.place / "filler")), shlex.quote(str(self.place))
        self.run(
            f"head -c $(( ($(df -k --output=avail {place} | tail -1) - {kilobytes}) * 1024 )) /dev/zero > {filler}"
        )

    def copy(self, to: Path) -> Path:
        """The warehouse as it lies there, outside."""
        shutil.rmtree(to, ignore_errors=True)
        self.run(shlex.join(["cp", "-a", str(self.place / "w"), str(to)]))
        return to

    def close(self) -> None:
        assert self._shell.stdin and self._shell.stdout
        self._shell.stdin.close()
        self._shell.wait()
        self._shell.stdout.close()


@pytest.fixture(scope="module", autouse=True)
def permitted() -> None:
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode
    ):
        pytest.skip("a full disk was not tried: unshare -rm is not permitted here")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path, "8m")
    yield made
    made.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    from filings.pipeline.ingest import ingest

    warehouse = tmp_path_factory.mktemp("undisturbed") / "w"
    ingest(warehouse, [*FIRST, EXAMPLES])
    return contents(warehouse / "filings.duckdb")


def assert_clear(said: str) -> None:
    assert "the disk is full" in said, said
    assert "Free some room and run the same command again." in said, "no hint"
    assert "Traceback" not in said and "Error:" not in said, said


def assert_nothing_half_loaded(warehouse: Path) -> None:
    """Ledger and rows agree, every check passes; bytes that wait for the next run and an older snapshot are no harm."""
    if (warehouse / "load" / "filings.duckdb").exists():
        found = [one for one in verify(warehouse) if one.what not in ("not loaded", "snapshot")]
        assert found == []


def test_eight_megabytes_are_too_few_and_then_there_is_more_room(
    disk: SmallDisk, undisturbed: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    for _ in range(2):  # the second try meets what the first has left
        assert_clear(disk.filings("ingest", *FIRST, EXAMPLES, expected=1))
        assert_nothing_half_loaded(disk.copy(tmp_path / "copy"))
    disk.run(f"mount -o remount,size=64m {shlex.quote(str(disk.place))}")
    disk.filings("ingest", *FIRST, EXAMPLES)
    end = disk.copy(tmp_path / "end")
    assert differences(undisturbed, contents(end / "filings.duckdb")) == []
    assert verify(end) == []


def test_wherever_the_room_ends_the_old_snapshot_answers_and_the_next_run_goes_on(
    disk: SmallDisk, undisturbed: dict[str, list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    place = shlex.quote(str(disk.place))
    disk.run(f"mount -o remount,size=40m {place}")
    disk.filings("ingest", *FIRST)
    disk.run(f"cp -a {place}/w {place}/first")
    steps = set()
    for kilobytes in (0, 60, 100, 800, 6_000):
        disk.run(f"rm -rf {place}/w && cp -a {place}/first {place}/w")
        disk.leave(kilobytes)
        said = disk.filings("ingest", EXAMPLES, expected=1)
        assert_clear(said)
        steps.add(said.split(":")[1].strip())
        assert disk.filings("query", "SELECT count(*) FROM filing", "--format", "csv").split() == ["count_star()", "2"]
        assert_nothing_half_loaded(disk.copy(tmp_path / "copy"))
        disk.run(f"rm {place}/filler")
        disk.filings("ingest", EXAMPLES)
        assert differences(undisturbed, contents(disk.copy(tmp_path / "copy") / "filings.duckdb")) == []
    assert len(steps) >= 4, f"the room ended at the same steps again and again: {steps}"


def test_the_room_that_a_broken_snapshot_took_is_given_back(disk: SmallDisk) -> None:
    """Else a disk that is nearly full would be full for everybody, until the next run."""
    place = shlex.quote(str(disk.place))
    disk.run(f"mount -o remount,size=16m {place}")
    disk.filings("ingest", *FIRST)
    assert "snapshot 2" in disk.filings("ingest", EXAMPLES / "form-5.txt", expected=1)
    assert int(disk.run(f"df -k --output=avail {place} | tail -1")) > 1_000, "the disk is left full"
    assert disk.run(f"ls {place}/w/snapshots").split() == ["000001.duckdb"]
