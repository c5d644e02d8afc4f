"""A warehouse that the product of an earlier commit made, its code run as it was, becomes today's by `filings upgrade`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from filings.pipeline.verify import verify
from warehouses import contents, differences

HERE = Path(__file__).parents[2]
EARLIER = "a249d5f"
"""The commit that closed the issue before the readers changed."""

THEN = "import filings; print(filings.__file__); from filings.command.app import main; main()"
NOW = "import filings.parse.header_rows as rows; rows.VERSION += {raised}; from filings.command.app import main; main()"
REAL = [
    "edgar/headers",
    "edgar/truncated",
    "edgar/http_errors",
    "edgar/mangled/0000320193-95-000016.tags-stripped.txt",
    "edgar/mangled/0000912057-00-023442.x5.txt",
    "edgar/mangled/0001104659-25-002604.cr.nc",
    "edgar/mangled/0001127602-25-004598.cr.nc",
    "edgar/mangled/0001193125-19-278752.3.txt",
    "edgar/mangled/0001193125-24-066744.header_with_double_newlines.txt",
    "edgar/mangled/bare_text__TZOO_SRC_031_8-K_2024-04-26.txt",
    "edgar/document_only/S-3_A__0000899681-95-000096.txt",
    "edgar/document_only/bare_text__8K.txt",
    "edgar/submissions/13F-HR_A",
    "edgar/submissions/4_A",
    "edgar/submissions/5",
    "edgar/submissions/ATS-N",
    "edgar/submissions/D",
    "edgar/submissions/SC_TO-T_A",
    "edgar/submissions/UPLOAD",
    "edgar/submissions/4/0001094891-00-000193.txt",
    "edgar/submissions/4/0001225259-06-000003.txt",
    "edgar/submissions/8-K/0000950144-94-000103.txt",
    "edgar/submissions/NPORT-EX/0001193125-19-278752.txt",
]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of that commit."""
    git = shutil.which("git")
    if (
        git is None
        or subprocess.run([git, "-C", HERE, "cat-file", "-e", f"{EARLIER}^{{commit}}"], check=False).returncode
    ):
        pytest.skip(f"needs the history of the repository: commit {EARLIER} is not here")
    place = tmp_path_factory.mktemp("earlier")
    with (place / "sources.tar").open("wb") as file:
        subprocess.run([git, "-C", HERE, "archive", EARLIER, "src", "sql"], stdout=file, check=True)
    with tarfile.open(place / "sources.tar") as archive:
        archive.extractall(place, filter="data")
    return place


class Code:
    """The command by some code: a program, and the sources that it imports."""

    def __init__(self, program: str, sources: Path) -> None:
        self.program = program
        self.environment = {**os.environ, "PYTHONPATH": str(sources / "src"), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, *words: object, ends: int = 0, fault: str = "") -> str:
        """What it says, on both of its outputs."""
        done = subprocess.run(
            [sys.executable, "-c", self.program, *map(str, words)],
            env={**self.environment, "FILINGS_FAULT": fault},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == ends, done.stdout
        return done.stdout


def rows(warehouse: Path, database: str = "load/filings.duckdb", but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """All rows, but which version of filings made each table: tables that have not changed are not made again."""
    found = contents(warehouse / database)
    return {name: found[name] for name in found if name not in ("ops.schema_version", *but)}


@pytest.mark.parametrize("raised", [1000, 0], ids=["a reader surely raised", "real files, the readers as they are"])
def test_upgrade_from_earlier_commit(
    raised: int, request: pytest.FixtureRequest, earlier: Path, tmp_path: Path
) -> None:
    """Where no reader was raised, today's must give the very rows of the earlier ones: nothing would read them again."""
    paths = [HERE / "examples"]
    if not raised:
        corpus = request.getfixturevalue("corpus")
        paths += [corpus / path for path in REAL]
    then, now = Code(THEN, earlier), Code(NOW.format(raised=raised), HERE)
    old, fresh = tmp_path / "old", tmp_path / "fresh"
    said = then.run("ingest", *paths, "--warehouse", old)
    assert said.startswith(str(earlier / "src")), "not the earlier code"
    now.run("ingest", *paths, "--warehouse", fresh)
    before = rows(old, but=("ops.dictionary",))
    plan = now.run("upgrade", "--dry-run", "--warehouse", old)
    if raised or "Nothing to read again" not in plan:
        assert re.search(r"versions were loaded by another \w+ reader|has another shape", plan)
        word = now.run("ingest", HERE / "examples", "--warehouse", old, ends="another shape" in plan)
        assert "filings upgrade" in word, "opening it must say what to do"
        assert differences(before, rows(old, but=("ops.dictionary",))) == [], "opening it must drop nothing"
        now.run("upgrade", "--warehouse", old, ends=-9, fault="upgrade.swap:5:kill")
        assert differences(before, rows(old, but=("ops.dictionary",))) == [], "the kill left a mixture"
    now.run("upgrade", "--warehouse", old)
    for database in ("load/filings.duckdb", "filings.duckdb"):
        assert differences(rows(fresh, database), rows(old, database)) == []
    assert verify(old) == []
