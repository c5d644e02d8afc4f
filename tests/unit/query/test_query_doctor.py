"""`doctor`: every offset points at the bytes that it speaks of, whatever the file."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from filings.errors import UsageError
from filings.load.database import data_tables
from filings.pipeline.ingest import ingest
from filings.query import doctor_header, doctor_split, doctor_why
from filings.query.connect import connect
from filings.query.doctor_filing import of_filing
from filings.query.doctor_source import Source, of_file
from filings.query.grid import Look, width_of
from filings.schema.columns import Header, Xml
from filings.schema.derive import full_name

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file() and path.suffix in (".txt", ".nc"))
FORM_4A = "0009990001-24-000114"
NARROW = Look(80)


def file(path: str) -> Source:
    source = of_file(path)
    assert source is not None
    return source


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("doctor") / "w"
    ingest(place, [EXAMPLES])
    return place


@pytest.fixture
def connection(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(warehouse) as opened:
        yield opened


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_split_tiles_the_file_and_its_documents_are_there(path: Path) -> None:
    raw = path.read_bytes()
    source = file(str(path))
    (found,) = json.loads(doctor_split.to_json([source]))
    at = 0
    for version in found["versions"]:
        for _, start, end in version["spans"]:
            assert start == at
            at = end
        for document in version["documents"]:
            body = raw[document["byte_offset"] : document["byte_offset"] + document["byte_length"]]
            if document["type"]:
                head = raw[: document["byte_offset"]].rpartition(b"<DOCUMENT>")[2]
                assert f"<TYPE>{document['type']}".encode() in head
                assert raw[document["byte_offset"] :].find(b"<DOCUMENT>") >= len(body) or b"<DOCUMENT>" not in body
    assert at == len(raw)
    shown = list(doctor_split.page(source, NARROW))
    assert max(map(width_of, shown[1:])) <= 80, "wider than the terminal, not counting the name of the file"
    for version in found["versions"]:
        for document in version["documents"]:
            assert any(f"{document['content_length']:,}" in line for line in shown)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_header_places_are_those_of_the_values(path: Path) -> None:
    raw = path.read_bytes()
    source = file(str(path))
    (found,) = json.loads(doctor_header.to_json([source]))
    for version in found["versions"]:
        for label in version["labels"]:
            if label["start"] is not None and label["value"]:
                assert raw[label["start"] : label["end"]].decode() == label["value"]
                assert label["columns"] or not label["value"].strip("0"), label
            elif label["start"] is not None:
                assert raw[label["start"] : label["end"]].decode() == label["label"]
    shown = list(doctor_header.page(source, NARROW))
    assert max(map(width_of, shown[1:])) <= 80
    assert any("accession" in line for line in shown) or not any(v["labels"] for v in found["versions"])


def test_sections_are_told() -> None:
    source = file(str(EXAMPLES / "form-4-amendment.txt"))
    (found,) = json.loads(doctor_header.to_json([source]))
    labels = {(*label["path"], label["label"]): label for label in found["versions"][0]["labels"]}
    name = labels["REPORTING-OWNER", "OWNER DATA", "COMPANY CONFORMED NAME"]
    assert name["value"] == "VANTERPOOL IRIS M"
    assert name["columns"] == ["filing_party[1].conformed_name"]
    assert labels[("ISSUER",)]["columns"] == ["filing_party[2].role"]
    assert labels[("CONFORMED SUBMISSION TYPE",)]["columns"] == ["filing.form_type"]


def test_two_submissions_in_one_file(tmp_path: Path) -> None:
    first, second = ((EXAMPLES / name).read_bytes() for name in ("form-3.txt", "form-5.txt"))
    (tmp_path / "two.txt").write_bytes(first + b"\n\n" + second)
    source = file(str(tmp_path / "two.txt"))
    (found,) = json.loads(doctor_header.to_json([source]))
    raw = first + b"\n\n" + second
    values = [label for version in found["versions"] for label in version["labels"] if label["value"]]
    assert len(found["versions"]) == 2
    assert all(raw[label["start"] : label["end"]].decode() == label["value"] for label in values)
    assert any(line == "Submission 2 of 2" for line in doctor_split.page(source, Look()))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 5000,
        b"x" * 1_000_000,
        bytes(range(256)) * 400,
        b"<DOCUMENT>\n" * 3000,
        b"<SEC-HEADER>\n" + b":" * 50_000,
    ],
    ids=["empty", "NULs", "one line", "every byte", "marks alone", "colons"],
)
def test_hostile_files(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "hostile").write_bytes(raw)
    source = file(str(tmp_path / "hostile"))
    for told in (doctor_split, doctor_header):
        json.loads(told.to_json([source]))
        assert all(line.isprintable() for line in told.page(source, NARROW))


def test_a_filing_of_the_warehouse(warehouse: Path) -> None:
    (source,) = of_filing(FORM_4A, warehouse)
    assert source.data == (EXAMPLES / "form-4-amendment.txt").read_bytes()
    assert source.note == "chosen"
    (same,) = of_filing(FORM_4A.replace("-", ""), warehouse)
    assert same == source


def test_what_is_neither_file_nor_filing(warehouse: Path, tmp_path: Path) -> None:
    assert of_file("nope") is None
    with pytest.raises(UsageError, match="no file nope"):
        of_filing("nope", warehouse)
    with pytest.raises(UsageError, match="is a folder"):
        of_file(str(tmp_path))


def test_why_of_every_stated_value_shows_the_text(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """All header and XML values of a filing: the bytes named hold the text named."""
    raw = (EXAMPLES / "form-4-amendment.txt").read_bytes()
    seen = 0
    for table in data_tables():
        name = full_name(table)
        count = connection.execute(f"SELECT count(*) FROM {name} WHERE filing_id = ?", [FORM_4A]).fetchall()[0][0]
        for position in range(1, count + 1):
            for column in table.columns:
                if not isinstance(column.info["at"], Header | Xml):
                    continue
                row = None if table.info["per_filing"] else position
                why = doctor_why.explain(connection, warehouse, FORM_4A, f"{name}.{column.name}", row)
                if why.value is None or why.value == "false":
                    continue
                assert why.stated, f"{name}.{column.name} of row {position} is {why.value}, and nothing says why"
                for stated in why.stated:
                    place = html.unescape(raw[stated.start : stated.end].decode())
                    assert stated.text is None or stated.text in place
                seen += 1
                assert any(line.startswith("  value") for line in doctor_why.page(why, Look()))
    assert seen > 100


def test_why_of_computed_values(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    why = doctor_why.explain(connection, warehouse, FORM_4A, "document.sha256")
    raw = (EXAMPLES / "form-4-amendment.txt").read_bytes()
    (stated,) = why.stated
    assert raw[stated.start : stated.end].strip().startswith(b"<?xml")
    assert doctor_why.explain(connection, warehouse, FORM_4A, "filing.available_at").stated == []


@pytest.mark.parametrize(
    ("column", "position", "said"),
    [
        ("filing", None, "There is no column filing"),
        ("filing.form_typ", None, "There is no column filing.form_typ"),
        ("nope.nope", None, "There is no column"),
        ("ops.issue.code", None, "There is no column"),
        ("ownership_transaction.shares", None, "several rows"),
        ("ownership_transaction.shares", 99, "no row 99"),
        ("ownership_transaction.shares", 0, "no row 0"),
        ("filing_merger.side", None, "has no row in filing_merger"),
    ],
)
def test_why_of_what_is_not_there(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, column: str, position: int | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        doctor_why.explain(connection, warehouse, FORM_4A, column, position)
