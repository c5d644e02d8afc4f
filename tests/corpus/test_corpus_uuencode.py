"""Every uuencoded document of the corpus, to the byte: by another decoder, and by libraries that read what it holds."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

import uuencoding
from filings.parse import content, dots, uuencode
from filings.parse.envelope import split

BLOCK = re.compile(rb"^begin [0-7]{3,4} .*?^end$", re.MULTILINE | re.DOTALL)
KINDS = ("jpeg", "zip", "pdf", "gif", "png")


def files(corpus: Path) -> list[Path]:
    """All whole submissions; those of the feed of 2025 have bare carriage returns, in their uuencode too."""
    edgar = corpus / "edgar"
    return [*sorted((edgar / "submissions").glob("*/*")), *sorted((edgar / "mangled").glob("*.cr.nc"))]


def by_ear(path: Path) -> list[bytes]:
    """Every block of a file, found by its first and last line alone; dash escapes undone where the file is PEM."""
    raw = path.read_bytes().replace(b"\r", b"\n")
    if raw.startswith(b"-----BEGIN PRIVACY"):
        raw = re.sub(rb"^- (?=-)", b"", raw, flags=re.MULTILINE)
    blocks = BLOCK.findall(raw)
    assert len(blocks) == len(re.findall(rb"(?m)^begin [0-7]{3,4} \S", raw)), "a block without its end"
    return [uuencoding.decode(block) for block in blocks]


def by_us(path: Path) -> list[tuple[dict[str, object], bytes]]:
    found = []
    for version in split(path.read_bytes()).versions:
        dots_doubled = dots.are_doubled(version.documents)
        for document in version.documents:
            columns, issues = content.describe(document, dots_doubled=dots_doubled)
            if columns["is_uuencoded"]:
                assert "uuencode_damaged" not in [issue.code for issue in issues], path.name
                found.append((columns, uuencode.decode(document.content, dots_doubled=dots_doubled)))
    return found


@pytest.fixture(scope="module")
def decoded(corpus: Path) -> dict[Path, list[tuple[dict[str, object], bytes]]]:
    return {path: found for path in files(corpus) if (found := by_us(path))}


def test_another_decoder_gives_the_same_bytes(
    corpus: Path, decoded: dict[Path, list[tuple[dict[str, object], bytes]]]
) -> None:
    count = 0
    for path in files(corpus):
        expected = by_ear(path)
        assert [data for _, data in decoded.get(path, [])] == expected, path.name
        count += len(expected)
    assert any(path.suffix == ".nc" for path in decoded)
    assert count > 100, "the corpus holds fewer than it should: is it whole?"


def test_libraries_read_each_to_its_end(decoded: dict[Path, list[tuple[dict[str, object], bytes]]]) -> None:
    kinds: Counter[object] = Counter()
    for path, documents in decoded.items():
        for columns, data in documents:
            assert columns["decoded_length"] == len(data)
            try:
                READERS[str(columns["kind"])](data)
            except Exception as error:
                error.add_note(f"{path.name}: {columns}")
                raise
            kinds[columns["kind"]] += 1
    assert set(kinds) <= set(KINDS)
    assert kinds["jpeg"] and kinds["zip"] and kinds["pdf"]


def read_image(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata is no matter of ours
        Image.open(io.BytesIO(data)).verify()
        with Image.open(io.BytesIO(data)) as image:
            image.load()  # every pixel: raises where the data ends too early
    ends = {b"\xff\xd8": b"\xff\xd9", b"GI": b"\x3b", b"\x89P": b"IEND\xaeB`\x82"}
    assert ends[data[:2]] in data[-64:], "the end marker is missing"


def read_zip(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None  # every member's CRC
        assert archive.namelist()
    assert len(data) == data.rindex(b"PK\5\6") + 22, "bytes behind the end of the archive, or too few"


def read_pdf(data: bytes) -> None:
    reader = PdfReader(io.BytesIO(data), strict=False)
    assert len(reader.pages) > 0
    for page in reader.pages:
        assert page.get_contents() is None or page.get_contents().get_data() is not None  # every stream inflates
    assert b"%%EOF" in data[-64:]


READERS = {"jpeg": read_image, "gif": read_image, "png": read_image, "zip": read_zip, "pdf": read_pdf}


def test_the_document_whose_dot_was_doubled(corpus: Path) -> None:
    path = corpus / "edgar" / "submissions" / "ATS-N" / "0001675365-19-000012.txt"
    (version,) = split(path.read_bytes()).versions
    assert dots.are_doubled(version.documents)
    (document,) = [each for each in version.documents if uuencode.has_doubled_dot(each.content)]
    _, issues = content.describe(document, dots_doubled=True)
    (issue,) = [each for each in issues if each.code == "dot_doubled"]
    line = document.content[issue.start : issue.end]
    assert line.startswith(b"..") and len(line) == 22
    assert len(uuencode.decode(document.content)) == 70_799, "the PDF states its own length: /L 70799"
