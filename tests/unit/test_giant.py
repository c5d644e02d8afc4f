"""A giant answers as the bytes it holds, whatever is asked of it, and lets go of what it has read."""

from __future__ import annotations

import errno
import os
import random
from hashlib import sha256
from pathlib import Path

import pytest

from filings import giant
from filings.errors import Full
from filings.giant import Giant, digest, gather, hold, pieces
from filings.load.reading import read_documents, read_version
from filings.parse.envelope import split


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thresholds of a few bytes, so that short inputs cross them."""
    monkeypatch.setattr(giant, "LARGE", 50)
    monkeypatch.setattr(giant, "PIECE", 7)
    monkeypatch.setattr(giant, "_KEPT", 11)


@pytest.mark.usefixtures("small")
def test_it_answers_as_bytes_do(tmp_path: Path) -> None:
    draw = random.Random(1)
    for _ in range(60):
        data = bytes(draw.choices(b"ab\n", k=draw.randrange(1, 80)))
        held = gather([data[:5], data[5:]], tmp_path)
        assert len(held) == len(data) and held[:] == data and digest(held) == sha256(data).hexdigest()
        for _ in range(60):
            needle = bytes(draw.choices(b"ab\n", k=draw.randrange(1, 5)))
            start, stop = draw.randrange(len(data) + 3), draw.randrange(len(data) + 3)
            assert held.find(needle, start, stop) == data.find(needle, start, stop)
            assert held.rfind(needle, start, stop) == data.rfind(needle, start, stop)
            assert held.find(needle, start) == data.find(needle, start)
            assert held.startswith(needle, start, stop) == data.startswith(needle, start, stop)
            assert held.startswith((needle, b"b"), start) == data.startswith((needle, b"b"), start)
            assert held[start:stop] == data[start:stop]
            assert held[start - 1 : start] == data[start - 1 : start]
        assert held[-1] == data[-1]
        assert b"".join(bytes(piece) for piece in pieces(held, 1, len(data), 3)) == data[1:]


@pytest.mark.usefixtures("small")
def test_a_file_is_held_as_it_was_when_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 50)
    assert isinstance(hold(path, tmp_path), bytes)
    path.write_bytes(b"x" * 51)
    held = hold(path, tmp_path / "made" / "for it")
    path.write_bytes(b"")
    assert isinstance(held, Giant) and held[:] == b"x" * 51
    assert not list((tmp_path / "made" / "for it").iterdir()), "the copy has no name"


def test_a_full_disk(tmp_path: Path) -> None:
    class FullDisk:
        def write(self, piece: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(Full):
        giant.write(FullDisk(), b"x")  # type: ignore[arg-type]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("folder", ["mangled", "truncated", "document_only", "headers"])
def test_every_reader_reads_a_giant_as_bytes(corpus: Path, tmp_path: Path, folder: str) -> None:
    files = [path for path in sorted((corpus / "edgar" / folder).rglob("*")) if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        plain, giants = split(data), split(gather([data], tmp_path))
        assert plain.gaps == giants.gaps and len(plain.versions) == len(giants.versions)
        for one, other in zip(plain.versions, giants.versions, strict=True):
            assert (one.spans, one.issues, one.reason, one.header) == (
                other.spans,
                other.issues,
                other.reason,
                other.header,
            )
            read, again = read_version(one), read_version(other)
            assert read.raw_sha256 == again.raw_sha256 and read.header == again.header
            form = read.header.form_type if read.header else None
            assert read_documents(read, form, read.header) == read_documents(again, form, again.header)
