"""Every real file and three thousand invented ones: the same rows by one process and by three, in bounded memory."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import peak_memory
from edgar.generator import generate
from warehouses import contents, differences

COMMAND = [sys.executable, "-m", "filings"]
MOST_EACH = 400 << 20
"""Bytes of memory, for the writer and for each process: what reading a batch alone takes at most."""


def environment(processes: int) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("FILINGS_", "PREFECT_"))}
    return mine | {"FILINGS_PROCESSES": str(processes)}


@pytest.mark.soak
def test_any_number_of_processes_gives_the_same_rows(corpus: Path, tmp_path: Path) -> None:
    invented = tmp_path / "in"
    invented.mkdir()
    for filing in generate(6, 500, scale=0.05):
        (invented / f"{filing.accession}.txt").write_bytes(filing.text())
    folders = [str(corpus / "edgar" / name) for name in ("submissions", "mangled", "truncated", "headers")]
    found = {}
    for processes in (1, 3):
        warehouse = f"by-{processes}"
        for words in (["ingest", *folders, str(invented), "--trust-names"], ["rebuild"]):
            ended = peak_memory.run(
                [*COMMAND, *words, "--warehouse", warehouse], tmp_path, environment(processes), timeout=3600
            )
            assert ended.code == 0, ended.complained
            print(f"{words[0]} with {processes}: {ended.seconds:.0f} s, {ended.peak_mb} MB in all")
            if peak_memory.IS_MEASURABLE:
                assert ended.peak < MOST_EACH * (processes + 1 if processes > 1 else 1)
            rows = contents(tmp_path / warehouse / "filings.duckdb")
            assert differences(found.setdefault("first", rows), rows) == [], (words[0], processes)
