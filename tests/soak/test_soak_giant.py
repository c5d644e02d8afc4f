"""A submission of 400 MB, of several kinds: ingest, show, document, rebuild and verify each stay below 500 MB of memory.

And none of what is read is wrong for it: the documents are compared by their hashes. ``SOAK_GIANT_MB`` sets the size.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

import duckdb
import pytest

import peak_memory
from giants import ACCESSION, KINDS, Giant
from hostile import HOSTILE, Hostile
from hostile_outcomes import differing, write

COMMAND = [sys.executable, "-m", "filings"]
SIZE = int(os.environ.get("SOAK_GIANT_MB", "400")) << 20
MOST = 500 << 20

on_linux = pytest.mark.skipif(not peak_memory.IS_MEASURABLE, reason=peak_memory.WHY_NOT)


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("FILINGS_", "PREFECT_"))}


def ask(warehouse: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as asked:
        return asked.execute(question).fetchall()


def as_expected(warehouse: Path, giant: Giant) -> None:
    assert ask(warehouse, "SELECT filing_id, status, reason_code FROM ops.ingest_log") == [
        (ACCESSION, "no_family", None)
    ]
    assert ask(warehouse, "SELECT count(*), bool_or(is_cut_off) FROM document") == [(giant.documents, False)]
    hashed = "coalesce(decoded_sha256, sha256)"
    assert ask(warehouse, f"SELECT kind, {hashed} FROM document WHERE position = 1") == [(giant.kind, giant.first)]
    assert ask(warehouse, "SELECT byte_length FROM ops.observation") == [(giant.length,)]
    # Of the text of a submission 32 MB are read at most, and what is left out is told; uuencode has none.
    left_out = "SELECT count(*) > 0, bool_and(code = 'leaves_left_out' AND table_name = 'text_block') FROM ops.issue WHERE code <> 'signature_missing'"
    assert ask(warehouse, left_out) == [(False, None) if giant.kind != "text" else (True, True)]


@on_linux
@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_giant_is_never_held(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "giant.txt"
    giant = KINDS[kind](place, SIZE)
    assert giant.length > SIZE * 0.95
    warehouse = tmp_path / "w"
    peaks: dict[str, peak_memory.Ended] = {}
    wrong: list[str] = []

    def run(name: str, *words: str) -> None:
        ended = peaks[name] = peak_memory.run(
            [*COMMAND, *words, "--warehouse", "w"], tmp_path, environment(), timeout=3600
        )
        if ended.code != 0:
            wrong.append(f"{name} ended with {ended.code}: {ended.complained[-500:]}")
        if ended.peak >= MOST:
            wrong.append(f"{name} held {ended.peak_mb} MB")

    run("ingest", "ingest", str(place))
    as_expected(warehouse, giant)
    run("show", "show", ACCESSION)
    assert re.search(rf"^  documents +{giant.documents:,}\b", (tmp_path / "said.txt").read_text(), re.MULTILINE)
    run("document", "document", ACCESSION, "1", "--output", "first")
    assert sha256(tmp_path / "first") == giant.first
    (tmp_path / "first").unlink()
    run("document to standard output", "document", ACCESSION, "1")
    assert sha256(tmp_path / "said.txt") == giant.first
    run("rebuild", "rebuild")
    as_expected(warehouse, giant)
    run("verify", "verify")
    run("ingest again", "ingest", str(place))
    print(f"\n{kind}, {giant.length / 1e6:.0f} MB:")
    for name, ended in peaks.items():
        print(f"  {name:30} {ended.peak_mb:5} MB {ended.seconds:7.1f} s")
    assert not wrong, "\n".join(wrong)


def sha256(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@on_linux
@pytest.mark.soak
@pytest.mark.parametrize("one", [one for one in HOSTILE if one.is_heavy], ids=lambda one: one.name)
def test_heavy_hostile_inputs_stay_below_one_gb(one: Hostile, tmp_path: Path) -> None:
    """Those of tests/hostile.py that take minutes: each alone, with the outcome that it must have."""
    inputs = write([one], tmp_path / "inputs")
    command = [*COMMAND, "ingest", str(inputs), "--warehouse", "w"]
    ended = peak_memory.run(command, tmp_path, environment(), timeout=3600)
    print(f"\n{one.name}: {ended.peak_mb} MB, {ended.seconds:.1f} s")
    assert ended.code == 0, ended.complained[-2000:]
    assert list(differing(tmp_path / "w", [one])) == []
    # A hundred thousand submissions are one transaction, in which what was read of each is held: some 12 kB.
    most = 3 << 29 if one.filings >= 100_000 else 1 << 30
    assert ended.peak < most, f"{ended.peak_mb} MB"
