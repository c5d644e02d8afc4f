"""Forms 3, 4, 5 of the corpus against a reading that shares nothing with ours: plain XPath over the same documents."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from ownership_cases import Case, flag, read_all, sample, typed_rows

from filings.schema.columns import metadata


@pytest.fixture(scope="module")
def cases(corpus: Path) -> list[Case]:
    return read_all(corpus)


@pytest.fixture(scope="module")
def typed(cases: list[Case]) -> tuple[dict[str, list[dict[str, Any]]], list[Any]]:
    return typed_rows({case.accession: case.reading for case in cases}, {case.accession: case.filed for case in cases})


@pytest.fixture(scope="module")
def trees(cases: list[Case]) -> dict[str, etree._Element]:
    """Parsed by lxml alone; the one text form of 2000 has none."""
    found = {}
    for case in cases:
        if xml := [document for document in case.documents if b"<ownershipDocument" in document.content]:
            assert len(xml) == 1
            found[case.accession] = etree.fromstring(xml[0].content.strip())
    return found


# What the independent reading looks for, by the element names of the SEC's specification (forms.md 1), wherever they
# stand below a row.
_NUMBERS = {
    "conversion_or_exercise_price": "conversionOrExercisePrice",
    "shares": "transactionShares",
    "total_value": "transactionTotalValue",
    "price_per_share": "transactionPricePerShare",
    "underlying_shares": "underlyingSecurityShares",
    "underlying_value": "underlyingSecurityValue",
    "shares_owned_following": "sharesOwnedFollowingTransaction",
    "value_owned_following": "valueOwnedFollowingTransaction",
}
_DATES = {
    "transaction_date": "transactionDate",
    "deemed_execution_date": "deemedExecutionDate",
    "exercise_date": "exerciseDate",
    "expiration_date": "expirationDate",
}
_TEXTS = {
    "security_title": "securityTitle",
    "transaction_timeliness": "transactionTimeliness",
    "acquired_disposed_code": "transactionAcquiredDisposedCode",
    "underlying_security_title": "underlyingSecurityTitle",
    "direct_or_indirect": "directOrIndirectOwnership",
    "nature_of_ownership": "natureOfOwnership",
}
_CODING = {
    "transaction_form_type": "transactionFormType",
    "transaction_code": "transactionCode",
    "equity_swap_involved": "equitySwapInvolved",
}
_CELLS = {element: column for column, element in {**_NUMBERS, **_DATES, **_TEXTS}.items()}
_ALL_ROWS = "//nonDerivativeTransaction|//derivativeTransaction|//nonDerivativeHolding|//derivativeHolding"


def _one(element: etree._Element, path: str) -> str | None:
    found: Any = element.xpath(path)
    assert len(found) <= 1, (path, found)
    return " ".join((found[0].text or "").split()) or None if found else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _expected_row(element: etree._Element, columns: set[str]) -> dict[str, object]:
    row: dict[str, object] = {}
    row |= {
        column: Decimal(text) if (text := _one(element, f".//{name}/value")) else None
        for column, name in _NUMBERS.items()
    }
    row |= {column: _day(_one(element, f".//{name}/value")) for column, name in _DATES.items()}
    row |= {column: _one(element, f".//{name}/value") for column, name in _TEXTS.items()}
    row |= {column: _one(element, f".//{name}") for column, name in _CODING.items()}
    row["equity_swap_involved"] = flag(str(row["equity_swap_involved"]) if row["equity_swap_involved"] else None)
    assert all(value is None for column, value in row.items() if column not in columns)
    return {column: value for column, value in row.items() if column in columns}


def test_there_are_722_ownership_documents(trees: dict[str, etree._Element]) -> None:
    assert len(trees) == 722


def test_every_document_is_read_but_the_text_form_of_2000(cases: list[Case]) -> None:
    given_up = {case.accession: case.reading.reason.code for case in cases if case.reading.reason}
    assert given_up == {"0001094891-00-000193": "era_without_reader"}


def test_nothing_is_wrong_in_real_documents(cases: list[Case], typed: Any) -> None:
    assert Counter(issue.code for case in cases for issue in case.reading.issues) == {}
    assert Counter(issue.code for issue in typed[1]) == {}


def test_every_leaf_stands_in_a_column(cases: list[Case], trees: dict[str, etree._Element]) -> None:
    leaves = 0
    for tree in trees.values():
        for element in tree.iter():
            assert not (element.tail or "").strip(), "no mixed text in these documents"
            leaves += bool((element.text or "").strip()) + sum(bool(value.strip()) for value in element.attrib.values())
    assert leaves == sum(case.reading.leaf_count for case in cases) > 60_000
    unclaimed = Counter(row["path"] for case in cases for row in case.reading.rows.get("xml_leaf", ()))
    assert unclaimed == {}
    assert sum(case.reading.unclaimed_leaf_count for case in cases) == 0


@pytest.mark.parametrize("what", ["Transaction", "Holding"])
def test_rows_equal_a_plain_xpath_reading(what: str, typed: Any, trees: dict[str, etree._Element]) -> None:
    table = f"ownership_{what.lower()}"
    shared = {"filing_id", "position", "document_position", "load_id"}
    computed = {"is_derivative", "ordinal_in_form", "part_position"}
    columns = {column.name for column in metadata.tables[table].columns} - shared - computed
    expected = []
    for filing, tree in trees.items():
        kinds: Counter[str] = Counter()
        position = 0
        for ordinal, element in enumerate(tree.xpath(_ALL_ROWS), 1):
            kinds[element.tag] += 1
            if element.tag.endswith(what):
                position += 1
                place = {
                    "filing_id": filing,
                    "position": position,
                    "document_position": 1,
                    "load_id": 1,
                    "is_derivative": element.tag.startswith("derivative"),
                    "ordinal_in_form": ordinal,
                    "part_position": kinds[element.tag],
                }
                expected.append(place | _expected_row(element, columns))
    assert len(expected) > 1_000
    assert len(typed[0][table]) == len(expected)
    for found, wanted in zip(typed[0][table], expected, strict=True):
        assert found == wanted


def test_filings_owners_footnotes_and_signatures_equal_a_plain_xpath_reading(
    typed: Any, trees: dict[str, etree._Element]
) -> None:
    expected: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for filing, tree in trees.items():
        expected["ownership_filing"].append(
            (
                filing,
                _one(tree, "schemaVersion"),
                _one(tree, "documentType"),
                _day(_one(tree, "periodOfReport")),
                _day(_one(tree, "dateOfOriginalSubmission")),
                flag(_one(tree, "noSecuritiesOwned")),
                flag(_one(tree, "notSubjectToSection16")),
                flag(_one(tree, "form3HoldingsReported")),
                flag(_one(tree, "form4TransactionsReported")),
                flag(_one(tree, "aff10b5One")),
                _one(tree, "//issuerCik"),
                _one(tree, "//issuerName"),
                _one(tree, "//issuerTradingSymbol"),
                (tree.findtext("remarks") or "").strip() or None,
            )
        )
        for position, owner in enumerate(tree.iter("reportingOwner"), 1):
            names = "Cik Name Street1 Street2 City State ZipCode StateDescription"
            texts = [_one(owner, f".//rptOwner{name}") for name in names.split()]
            boxes = [flag(_one(owner, f".//is{name}")) for name in ["Director", "Officer", "TenPercentOwner", "Other"]]
            more = [_one(owner, ".//officerTitle"), _one(owner, ".//otherText")]
            expected["ownership_reporting_owner"].append((filing, position, *texts, *boxes, *more))
        for position, footnote in enumerate(tree.iter("footnote"), 1):
            text = (footnote.text or "").strip() or None
            expected["ownership_footnote"].append((filing, position, footnote.get("id"), text))
        for position, signature in enumerate(tree.iter("ownerSignature"), 1):
            name, day = _one(signature, "signatureName"), _day(_one(signature, "signatureDate"))
            expected["ownership_signature"].append((filing, position, name, day))
    columns = {
        "ownership_filing": "filing_id schema_version document_type period_of_report date_of_original_submission "
        "no_securities_owned not_subject_to_section16 form3_holdings_reported form4_transactions_reported "
        "is_rule_10b5_1 issuer_cik issuer_name issuer_trading_symbol remarks",
        "ownership_reporting_owner": "filing_id position owner_cik owner_name street1 street2 city state_code zip_code "
        "state_description is_director is_officer is_ten_percent_owner is_other officer_title other_text",
        "ownership_footnote": "filing_id position footnote_id footnote_text",
        "ownership_signature": "filing_id position signature_name signature_date",
    }
    for table, names in columns.items():
        found = [tuple(row[name] for name in names.split()) for row in typed[0][table]]
        assert found == expected[table], table


def test_footnotes_hang_on_the_cells_where_they_stand(typed: Any, trees: dict[str, etree._Element]) -> None:
    expected: list[tuple[object, ...]] = []
    for filing, tree in trees.items():
        positions: Counter[str] = Counter()
        count = 0
        for row in tree.xpath(_ALL_ROWS):
            kind = "transaction" if row.tag.endswith("Transaction") else "holding"
            positions[kind] += 1
            for reference in row.iter("footnoteId"):
                count += 1
                cell = reference.getparent()
                coding = "transaction_code" if kind == "transaction" else "transaction_form_type"
                field = coding if cell.tag == "transactionCoding" else _CELLS[cell.tag]
                nth = len(reference.xpath("preceding-sibling::footnoteId")) + 1
                expected.append((filing, count, kind, positions[kind], field, nth, reference.get("id")))
    names = ["filing_id", "position", "row_kind", "row_position", "field_name", "ref_position", "footnote_id"]
    found = [tuple(row[name] for name in names) for row in typed[0]["ownership_footnote_ref"]]
    assert len(expected) > 5_000
    assert found == expected


def test_a_line_cut_in_the_middle_of_a_tag_is_well_formed_once_joined(cases: list[Case]) -> None:
    case = next(case for case in cases if case.accession == "0001225259-06-000003")
    assert case.reading.reason is None
    last = case.reading.rows["ownership_footnote"][-1]["footnote_text"]
    assert isinstance(last, str) and len(last) > 500


# --- samples ----------------------------------------------------------------------------------------------------------


def test_the_flat_form_of_2003_gives_transactions_with_their_price(corpus: Path) -> None:
    reading = sample(corpus, "0001233883-03-000002_X0101_abridged.xml", filed=date(2003, 6, 13))
    typed, issues = typed_rows({"f": reading})
    assert reading.reason is None and not issues and reading.unclaimed_leaf_count == 0
    rows = typed["ownership_transaction"]
    assert [(row["shares"], row["price_per_share"]) for row in rows] == [
        (Decimal(3100), Decimal("3.8")),
        (Decimal(3500), Decimal(4)),
        (Decimal(2500), Decimal("3.75")),
        (Decimal(1900), Decimal("3.76")),
        (Decimal(2500), Decimal("3.78")),
    ]
    assert [row["ordinal_in_form"] for row in rows] == [row["part_position"] for row in rows] == [1, 2, 3, 4, 5]
    assert not any(row["is_derivative"] for row in rows) and "ownership_holding" not in typed
    assert [(issue.code, issue.column) for issue in reading.issues] == [("value_missing", "document_type")]


def test_a_text_form_of_2000_has_no_reader(corpus: Path) -> None:
    reading = sample(corpus, "0001094891-00-000193_form4_text_era.txt", filed=date(2000, 3, 14))
    assert reading.reason is not None and reading.reason.code == "era_without_reader" and not reading.rows


def test_every_other_sample_loses_no_leaf(corpus: Path) -> None:
    folder = corpus / "edgar" / "samples" / "ownership" / "real"
    names = [path.name for path in sorted(folder.glob("form*.xml"))]
    assert len(names) >= 6
    for name in names:
        reading = sample(corpus, name, form=name[4])
        assert reading.reason is None and reading.unclaimed_leaf_count == 0, name
