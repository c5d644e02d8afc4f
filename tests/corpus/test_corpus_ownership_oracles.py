"""Forms 3, 4, 5 against the SEC's own data sets (forms.md 1): whole tables through our types, and rows of our filings.

The sets keep two digits after the point (253.6664 is 253.67 there); ours keep all four.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from ownership_cases import flag, read_case, sample, typed_rows
from sqlalchemy import Numeric

from filings.load.values import type_rows
from filings.schema.columns import metadata

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def _oracle(corpus: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(corpus / "edgar" / "oracles" / f"{name}.tsv.gz", "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def _sec_day(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), _MONTHS.index(month) + 1, int(day))


def _as_filed(kind: pa.DataType, text: str) -> str | None:
    return _sec_day(text).isoformat() if text and pa.types.is_date32(kind) else text or None


def _astyped_rows(kind: pa.DataType, text: str) -> object:
    if not text:
        return None
    if pa.types.is_date32(kind):
        return _sec_day(text)
    if pa.types.is_decimal(kind):
        return Decimal(text)
    return flag(text) if pa.types.is_boolean(kind) else " ".join(text.split()) or None


@pytest.mark.parametrize(
    ("name", "table", "least"),
    [
        ("SUBMISSION", "ownership_filing", 36_000),
        ("OWNER_SIGNATURE", "ownership_signature", 39_000),
        ("DERIV_TRANS", "ownership_transaction", 19_000),
        ("NONDERIV_HOLDING", "ownership_holding", 17_000),
        ("DERIV_HOLDING", "ownership_holding", 8_000),
    ],
)
def test_a_whole_table_of_the_sec_passes_through_our_types_without_a_loss(
    corpus: Path, name: str, table: str, least: int
) -> None:
    declared = metadata.tables[table]
    sec_rows = list(_oracle(corpus, f"form345-2024q3/{name}"))
    columns = {
        f"{name}.{sec}": column.name
        for column in declared.columns
        for sec in [
            part.rpartition(".")[2]
            for part in (column.info.get("sec_name") or "").split(", ")
            if part.startswith(f"{name}.")
        ]
    }
    batch, _ = type_rows(declared, [])
    types = {column: batch.schema.field(column).type for column in columns.values()}
    rows: list[dict[str, object]] = []
    for position, sec_row in enumerate(sec_rows, 1):
        row: dict[str, object] = {"filing_id": sec_row["ACCESSION_NUMBER"], "load_id": 1, "position": position}
        row |= {"is_derivative": name.startswith("DERIV"), "ordinal_in_form": position, "part_position": position}
        for sec, column in columns.items():
            row[column] = _as_filed(types[column], sec_row.get(sec.partition(".")[2]) or "")
        rows.append(row)
    batch, issues = type_rows(declared, rows)
    assert batch.num_rows == len(rows) >= least
    assert [issue.text for _, issue in issues] == []
    for sec, column in columns.items():
        texts = [sec_row.get(sec.partition(".")[2]) or "" for sec_row in sec_rows]
        kind = types[column]
        known = {text: _astyped_rows(kind, text) for text in set(texts)}
        found = batch[column].to_pylist()
        wanted = [known[text] for text in texts]
        if declared.columns[column].info.get("form") == "prose":
            found = [" ".join(text.split()) or None if text else None for text in found]
        assert found == wanted, column


def _to_cents(value: object) -> object:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP) if isinstance(value, Decimal) else value


def test_the_13_rows_that_the_sec_has_of_our_filings_are_ours(corpus: Path) -> None:
    content = (corpus / "edgar/oracles/form345-2020q1/DERIV_HOLDING.corpus_rows.csv").read_bytes().decode("utf-8-sig")
    sec_rows = list(csv.DictReader(io.StringIO(content)))
    assert len(sec_rows) == 13
    filings = sorted({row["ACCESSION_NUMBER"] for row in sec_rows})
    paths = [next((corpus / "edgar" / "submissions").glob(f"[345]/{filing}.*")) for filing in filings]
    typed, _ = typed_rows({case.accession: case.reading for case in map(read_case, paths)})
    notes: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for reference in typed["ownership_footnote_ref"]:
        if reference["row_kind"] == "holding":
            place = (reference["filing_id"], reference["row_position"], reference["field_name"])
            notes[place].add(reference["footnote_id"])
    columns = {
        "SECURITY_TITLE": "security_title",
        "CONV_EXERCISE_PRICE": "conversion_or_exercise_price",
        "TRANS_FORM_TYPE": "transaction_form_type",
        "EXERCISE_DATE": "exercise_date",
        "EXPIRATION_DATE": "expiration_date",
        "UNDLYNG_SEC_TITLE": "underlying_security_title",
        "UNDLYNG_SEC_SHARES": "underlying_shares",
        "UNDLYNG_SEC_VALUE": "underlying_value",
        "SHRS_OWND_FOLWNG_TRANS": "shares_owned_following",
        "VALU_OWND_FOLWNG_TRANS": "value_owned_following",
        "DIRECT_INDIRECT_OWNERSHIP": "direct_or_indirect",
        "NATURE_OF_OWNERSHIP": "nature_of_ownership",
    }

    def value(column: str, text: str) -> object:
        if not text:
            return None
        if column.endswith("_date"):
            return datetime.strptime(text, "%m/%d/%y").date()
        return Decimal(text) if isinstance(metadata.tables["ownership_holding"].c[column].type, Numeric) else text

    theirs = Counter(
        (
            row["ACCESSION_NUMBER"],
            *(value(ours, row[sec]) for sec, ours in columns.items()),
            *(frozenset(filter(None, row[f"{sec}_FN"].split(", "))) for sec in columns),
        )
        for row in sec_rows
    )
    ours = Counter(
        (
            row["filing_id"],
            *(_to_cents(row[column]) for column in columns.values()),
            *(frozenset(notes[row["filing_id"], row["position"], column]) for column in columns.values()),
        )
        for row in typed["ownership_holding"]
        if row["is_derivative"]
    )
    assert ours == theirs


def test_dates_with_a_zone_are_the_calendar_day_as_the_sec_has_it(corpus: Path) -> None:
    typed, issues = typed_rows({"f": sample(corpus, "0001477932-24-004351_form4_zoned_dates.xml")})
    sec = next(
        row for row in _oracle(corpus, "form345-2024q3/SUBMISSION") if row["ACCESSION_NUMBER"] == "0001477932-24-004351"
    )
    signed = next(
        row
        for row in _oracle(corpus, "form345-2024q3/OWNER_SIGNATURE")
        if row["ACCESSION_NUMBER"] == "0001477932-24-004351"
    )
    assert not issues
    filing, signature = typed["ownership_filing"][0], typed["ownership_signature"][0]
    assert filing["period_of_report"] == _sec_day(sec["PERIOD_OF_REPORT"]) == date(2024, 7, 19)
    assert (filing["issuer_cik"], filing["issuer_name"]) == (sec["ISSUERCIK"], "American Resources Corp")
    assert sec["ISSUERNAME"].upper() == "AMERICAN RESOURCES CORP"
    assert filing["document_type"] == sec["DOCUMENT_TYPE"]
    assert filing["not_subject_to_section16"] is False and sec["NOT_SUBJECT_SEC16"] in ("0", "false")
    assert signature["signature_date"] == _sec_day(signed["OWNERSIGNATUREDATE"]) == date(2024, 7, 19)
    assert signature["signature_name"] == signed["OWNERSIGNATURENAME"]
    assert typed["ownership_transaction"][0]["transaction_date"] == date(2024, 7, 19)
