"""What is read without detours is what the envelope makes of it, also where something was changed near a mark."""

from __future__ import annotations

import random
from dataclasses import fields
from pathlib import Path

import pytest

from filings.parse import envelope, usual_submission
from filings.parse.marks import find_marks, find_regions
from filings.parse.pem import BEGIN
from filings.parse.submission import Version

PIECES = [
    *(b"\n", b"\r", b"\t", b" ", b"x", b"\0", b"\xe9", b"-HEADER>", b"<FLAWED>\n", b"<TYPE>X\n"),
    *(b"<TEXT>\n", b"</TEXT>\n", b"<DOCUMENT>\n", b"</DOCUMENT>\n", b"</SEC-DOCUMENT>\n", b"<SUBMISSION>\n"),
    *(b"<PDF>\n", b"</PDF>\n", b"<XML>\n", b"</XML>\n", b"<SEC-HEADER>x : 20200101\n", b"</SEC-HEADER>\n"),
    *(b"- ", b"- -", b"x" * 1023 + b"\n", b"- -" + b"x" * 1022 + b"\n", b"-----END PRIVACY-ENHANCED MESSAGE-----\n"),
    b"<SUBMISSION>\n<ACCESSION-NUMBER>0000320193-24-000012\n",
]


def facts(version: Version) -> list[object]:
    names = [field.name for field in fields(Version) if field.name != "source"]
    return [getattr(version, name) for name in names]


def agrees(data: bytes) -> bool:
    """Says whether the file is usual; if so both readings are the same."""
    usual = usual_submission.read(data)
    if usual is not None:
        regions = find_regions(data)
        assert len(regions) == 1
        assert facts(envelope._Reader(data, data, regions[0], 0).version()) == facts(usual)
    return usual is not None


def test_real_files(corpus: Path) -> None:
    usual = 0
    folders = ("submissions", "mangled", "truncated", "headers", "document_only", "documents")
    for folder in folders:
        paths = [path for path in sorted((corpus / "edgar" / folder).rglob("*")) if path.is_file()]
        found = sum(agrees(path.read_bytes()) for path in paths)
        usual += found
        assert folder != "submissions" or found / len(paths) > 0.95
    assert usual > 980


@pytest.mark.parametrize("is_pem", [False, True])
def test_submissions_that_were_changed_near_a_mark(corpus: Path, is_pem: bool) -> None:
    chance = random.Random(5)
    every = sorted(path for path in (corpus / "edgar" / "submissions").rglob("*.txt") if path.stat().st_size < 60_000)
    paths = [path for path in every if path.read_bytes().startswith(BEGIN) == is_pem]
    usual = 0
    for _ in range(2000):
        data = chance.choice(paths).read_bytes()
        places = [at for mark in find_marks(data) for at in (mark.start, mark.end)]
        at = max(0, chance.choice(places) + chance.choice([0, 0, 1, -1, 40]))
        change = chance.choice([b"", chance.choice(PIECES)])
        usual += agrees(data[:at] + change + data[at + (0 if change else chance.choice([1, 2, 8, 60])) :])
    assert usual > 100
