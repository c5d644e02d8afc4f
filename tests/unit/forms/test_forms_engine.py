from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import MetaData, Table

from filings.forms import engine
from filings.forms.family import Family, FamilyReading
from filings.forms.ownership import FAMILY
from filings.parse.submission import Document
from filings.schema.columns import RowAt, Xml, text, texts

_DAY = date(2024, 5, 1)
_OWNER = "<reportingOwner><reportingOwnerId><rptOwnerCik>0000000002</rptOwnerCik></reportingOwnerId></reportingOwner>"
_HEAD = f"<documentType>4</documentType><issuer><issuerCik>0000000001</issuerCik></issuer>{_OWNER}"


def _document(xml: str | bytes, kind: str | None = "4", position: int = 1, wrapper: str | None = "XML") -> Document:
    content = xml if isinstance(xml, bytes) else xml.encode()
    return Document(position, kind, str(position), "a.xml", None, 0, len(content), content, inner_wrapper=wrapper)


def _form(inside: str, attributes: str = "") -> str:
    return f"<ownershipDocument{attributes}>{_HEAD}{inside}</ownershipDocument>"


def _read(
    *documents: Document | str, form: str | None = "4", filed: date | None = _DAY, family: Family = FAMILY
) -> FamilyReading:
    found = [each if isinstance(each, Document) else _document(each) for each in documents]
    return engine.read(family, form, filed, found)


def _codes(reading: FamilyReading) -> list[str]:
    return [issue.code for issue in reading.issues]


def _reason(reading: FamilyReading) -> str | None:
    return reading.reason.code if reading.reason else None


def _leaves(reading: FamilyReading) -> list[tuple[object, object, object]]:
    return [(row["path"], row["occurrence"], row["value"]) for row in reading.rows.get("xml_leaf", ())]


# --- which document ---------------------------------------------------------------------------------------------------


def test_the_data_document_is_found_by_type_and_not_by_place_or_name() -> None:
    reading = _read(_document("<x>1</x>", "EX-99", 1), _document(_form(""), "4", 2))
    assert _reason(reading) is None and not reading.issues
    assert reading.rows["ownership_filing"] == [
        {"document_position": 2, "document_type": "4", "issuer_cik": "0000000001"}
    ]


def test_without_its_type_a_document_is_known_by_its_root() -> None:
    assert _reason(_read(_document(_form(""), None, wrapper=None))) is None
    assert _reason(_read(_document("<other/>", None))) == "data_document_missing"


def test_a_second_data_document_is_told_and_its_leaves_are_kept() -> None:
    reading = _read(
        _document(_form("")), _document("<ownershipDocument><remarks>two</remarks></ownershipDocument>", "4", 2)
    )
    assert [(issue.code, issue.document_position) for issue in reading.issues] == [("second_data_document", 2)]
    assert len(reading.rows["ownership_filing"]) == 1
    assert reading.rows["xml_leaf"] == [
        {"position": 1, "document_position": 2, "path": "ownershipDocument/remarks", "occurrence": 1, "value": "two"}
    ]
    assert (reading.leaf_count, reading.unclaimed_leaf_count) == (4, 1)


def test_of_two_documents_of_the_type_the_one_with_our_root_is_read() -> None:
    reading = _read(_document("<other><a>1</a></other>"), _document(_form(""), "4", 2))
    assert _reason(reading) is None and _codes(reading) == ["second_data_document"]
    assert reading.rows["ownership_filing"][0]["document_position"] == 2
    assert _leaves(reading) == [("other/a", 1, "1")]


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html>\n<html><p>4</p></html>", "<html><p>4</p></html>", "<?xml version='1.0'?><html/>"]
)
def test_the_styled_copy_is_no_data_document(page: str) -> None:
    reading = _read(page)
    assert (_reason(reading), _codes(reading)) == ("data_document_missing", ["styled_copy"])
    assert _reason(_read(_document(page), _document(_form(""), "4", 2))) is None


@pytest.mark.parametrize(
    ("filed", "reason"),
    [
        (date(2003, 6, 29), "era_without_reader"),
        (date(2003, 6, 30), "data_document_missing"),
        (None, "data_document_missing"),
    ],
)
def test_text_before_the_form_was_xml_has_no_reader(filed: date | None, reason: str) -> None:
    reading = _read(_document("<PAGE>\nFORM 4\n<S> <C>\n", wrapper=None), filed=filed)
    assert _reason(reading) == reason and not reading.rows


def test_a_filing_without_documents_lacks_its_data_document() -> None:
    assert _reason(_read()) == "data_document_missing"


def test_an_xml_document_in_the_years_of_text_is_read_all_the_same() -> None:
    assert _reason(_read(_form(""), filed=date(2003, 6, 13))) is None


# --- what cannot be read ----------------------------------------------------------------------------------------------


def test_a_root_that_is_not_ours_gives_all_its_leaves() -> None:
    reading = _read("<edgarSubmission><a b='1'>2</a></edgarSubmission>")
    assert _reason(reading) == "root_unknown"
    assert _leaves(reading) == [("edgarSubmission/a/@b", 1, "1"), ("edgarSubmission/a", 1, "2")]
    assert list(reading.rows) == ["xml_leaf"]


def test_a_namespace_that_is_not_the_familys_is_another_root() -> None:
    assert _reason(_read(_form("", ' xmlns="urn:other"'))) == "root_unknown"
    welcome = replace(FAMILY, roots={"ownershipDocument": (None, "urn:other")})
    reading = _read(
        '<n:ownershipDocument xmlns:n="urn:other"><n:documentType>4</n:documentType></n:ownershipDocument>',
        family=welcome,
    )
    assert reading.rows["ownership_filing"][0]["document_type"] == "4"


def test_a_broken_document_gives_no_rows_but_the_leaves_before_the_break() -> None:
    reading = _read(f"<ownershipDocument>{_HEAD}<remarks>lost</remark></ownershipDocument>")
    assert (_reason(reading), _codes(reading)) == ("xml_not_well_formed", ["xml_not_well_formed"])
    assert list(reading.rows) == ["xml_leaf"]
    assert [value for _, _, value in _leaves(reading)] == ["4", "0000000001", "0000000002"]
    assert reading.leaf_count == reading.unclaimed_leaf_count == 3


@pytest.mark.parametrize("tail", ["", "<a>", "<a", "\x00", "&nbsp;", "&#2;", "</x>", "<a b=1/>", "<![CDATA["])
def test_every_break_is_a_reason_and_never_an_exception(tail: str) -> None:
    assert _reason(_read(f"<ownershipDocument>{_HEAD}{tail}")) == "xml_not_well_formed"


def test_a_document_type_declaration_is_refused_before_it_is_parsed() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    form = _form("<remarks>&e9;</remarks>")
    bomb = f'<?xml version="1.0"?><!-- x --><!DOCTYPE ownershipDocument [<!ENTITY e0 "ha">{levels}]>{form}'
    secret = f'<!DOCTYPE ownershipDocument [<!ENTITY e SYSTEM "file:///etc/passwd">]>{_form("<remarks>&e;</remarks>")}'
    for hostile in (bomb, secret, bomb.replace("!DOCTYPE", "!doctype")):
        reading = _read(hostile)
        assert _reason(reading) == "xml_refused" and not reading.rows


@pytest.mark.parametrize("depth", [127, 200, 300, 3_000])
def test_depth_beyond_128_is_refused(depth: int) -> None:
    assert _reason(_read(_form("<a>" * depth + "1" + "</a>" * depth))) == (None if depth <= 127 else "xml_refused")


def test_what_a_refused_document_leaves_behind_is_its_reason_alone() -> None:
    deep = "<a>" * 130 + "1" + "</a>" * 130
    reading = _read(
        _document(_form(f"<remarks>a</remarks><remarks>b</remarks><foo><footnote/></foo>{deep}")),
        _document(f"<ownershipDocument><remarks>two</remarks>{deep}</ownershipDocument>", "4", 2),
    )
    assert _reason(reading) == "xml_refused" and _codes(reading) == ["second_data_document", "leaves_left_out"]
    assert _leaves(reading) == [("ownershipDocument/remarks", 1, "two")]


def test_a_text_beyond_the_parsers_limit_is_refused() -> None:
    assert _reason(_read(_form(f"<remarks>{'x' * 11_000_000}</remarks>"))) == "xml_refused"


def test_hostile_names_do_not_blow_up_the_leaves() -> None:
    name = "n" * 990
    reading = _read(_form(f"<{name}>{'<a>1</a>' * 1_000}</{name}>"))
    assert _reason(reading) == "xml_refused" and not reading.rows


# --- leaves -----------------------------------------------------------------------------------------------------------


def test_a_leaf_that_no_column_claims_is_kept_with_path_and_occurrence() -> None:
    reading = _read(_form("<foo><bar x=' 1 '>a</bar><bar> </bar><bar>b</bar></foo><remarks>c</remarks>"))
    assert _leaves(reading) == [
        ("ownershipDocument/foo/bar/@x", 1, "1"),
        ("ownershipDocument/foo/bar", 1, "a"),
        ("ownershipDocument/foo/bar", 2, "b"),
    ]
    assert (reading.leaf_count, reading.unclaimed_leaf_count) == (7, 3)


def test_a_repeated_leaf_keeps_the_first_and_the_occurrence_counts_both() -> None:
    reading = _read(_form("<remarks>a</remarks><remarks>b</remarks><remarks/>"))
    assert reading.rows["ownership_filing"][0]["remarks"] == "a"
    assert _leaves(reading) == [("ownershipDocument/remarks", 2, "b")]
    assert [(issue.code, issue.column, issue.text) for issue in reading.issues] == [("value_repeated", "remarks", "b")]


def test_what_schemas_are_and_which_namespace_holds_is_no_leaf() -> None:
    xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a" xsi:noNamespaceSchemaLocation="c"'
    assert _leaves(_read(_form("", xsi))) == []
    assert _leaves(_read(_form("", f'{xsi} xsi:type="t"'))) == [("ownershipDocument/@type", 1, "t")]


def test_text_around_children_is_not_lost() -> None:
    reading = _read(_form("<footnotes><footnote id='F1'>one <b>two</b> three</footnote></footnotes>"))
    assert reading.rows["ownership_footnote"][0]["footnote_text"] == "one  three"
    assert _leaves(reading) == [("ownershipDocument/footnotes/footnote/b", 1, "two")]


def test_comments_instructions_and_sections_do_not_tear_a_value() -> None:
    reading = _read(_form("<remarks>a<!-- x -->b<?p q?>c<![CDATA[<&>]]>&amp;&#233;</remarks>"))
    assert reading.rows["ownership_filing"][0]["remarks"] == "abc<&>&é"


def test_blanks_at_the_ends_go_and_those_within_stay() -> None:
    reading = _read(_form("<remarks>\n  a\n  b \t</remarks><issuer><issuerName>&#160;</issuerName></issuer>"))
    row = reading.rows["ownership_filing"][0]
    assert (row["remarks"], row["issuer_name"]) == ("a\n  b", "\xa0")


@pytest.mark.parametrize(
    "content",
    [
        _form("<remarks>é</remarks>").encode(),
        b"\xef\xbb\xbf\n \n<?xml version='1.0' encoding='ASCII'?>" + _form("<remarks>é</remarks>").encode(),
        b"<?xml version='1.0' encoding='ISO-8859-1'?>" + _form("<remarks>é</remarks>").encode("latin-1"),
        b"\n<?xml version='1.0' encoding='UTF-8'?>" + _form("<remarks>é</remarks>").encode("cp1252"),
        b"<?xml version='1.0' encoding='no-such-thing'?>" + _form("<remarks>é</remarks>").encode("cp1252"),
    ],
)
def test_the_encoding_is_decided_from_the_bytes(content: bytes) -> None:
    assert _read(_document(content)).rows["ownership_filing"][0]["remarks"] == "é"


def test_the_size_guard_counts_what_it_leaves_out() -> None:
    reading = _read(_form("<a>1</a>" * 100_003))
    assert len(reading.rows["xml_leaf"]) == 100_000 and reading.unclaimed_leaf_count == 100_003
    assert [(issue.code, issue.detail) for issue in reading.issues] == [("leaves_left_out", "3 leaves are left out")]


def test_what_is_skipped_on_purpose_is_met_but_not_unclaimed() -> None:
    family = replace(FAMILY, skip={"credentials": "EDGAR masks it", "remarks": "a test"})
    reading = _read(_form("<credentials a='1'><ccc>X</ccc></credentials><remarks>r</remarks>"), family=family)
    assert (reading.leaf_count, reading.unclaimed_leaf_count) == (6, 0)
    assert "xml_leaf" not in reading.rows and "remarks" not in reading.rows["ownership_filing"][0]


# --- rows -------------------------------------------------------------------------------------------------------------


def _transaction(inside: str = "") -> str:
    return f"<nonDerivativeTransaction>{inside}</nonDerivativeTransaction>"


def test_rows_of_four_kinds_are_counted_as_they_interleave() -> None:
    holding, option = "<nonDerivativeHolding/>", "<derivativeTransaction/><derivativeHolding/>"
    reading = _read(
        _form(
            f"<nonDerivativeTable>{_transaction()}{holding}{_transaction()}</nonDerivativeTable>"
            f"<derivativeTable>{option}{option}</derivativeTable>"
        )
    )
    names = ("position", "is_derivative", "ordinal_in_form", "part_position")
    assert [tuple(row[name] for name in names) for row in reading.rows["ownership_transaction"]] == [
        (1, False, 1, 1),
        (2, False, 3, 2),
        (3, True, 4, 1),
        (4, True, 6, 2),
    ]
    assert [tuple(row[name] for name in names) for row in reading.rows["ownership_holding"]] == [
        (1, False, 2, 1),
        (2, True, 5, 1),
        (3, True, 7, 2),
    ]


def test_the_flat_form_tells_transactions_from_holdings_by_a_child() -> None:
    coding = "<transactionCoding><transactionCode>S</transactionCode></transactionCoding>"
    price = "<transactionAmounts><transactionValue><value>3.8</value></transactionValue></transactionAmounts>"
    reading = _read(
        _form(
            f"<derivativeSecurity><securityTitle><value>a</value></securityTitle></derivativeSecurity>"
            f"<nonDerivativeSecurity>{price}{coding}</nonDerivativeSecurity>"
        )
    )
    holding, transaction = reading.rows["ownership_holding"][0], reading.rows["ownership_transaction"][0]
    assert (holding["security_title"], holding["is_derivative"], holding["ordinal_in_form"]) == ("a", True, 1)
    assert (transaction["price_per_share"], transaction["transaction_code"]) == ("3.8", "S")
    assert transaction["ordinal_in_form"] == 2 and not reading.issues


def test_rows_under_a_mangled_path_are_told_and_their_leaves_kept() -> None:
    reading = _read(
        _form("<footnotes><footnote id='F1'>a</footnote></footnotes><foo><footnote id='F2'>b</footnote></foo>")
    )
    assert [(issue.code, issue.table, issue.detail) for issue in reading.issues] == [
        ("row_count_differs", "ownership_footnote", "footnote: 2 elements in the document, 1 rows")
    ]
    assert len(_leaves(reading)) == 2


def test_references_know_their_row_and_cell() -> None:
    note = "<footnoteId id='F{}'/>".format
    reading = _read(
        _form(
            "<nonDerivativeTable>"
            + _transaction(
                f"<securityTitle><value>a</value>{note(1)}{note(2)}</securityTitle>"
                f"<transactionCoding>{note(1)}</transactionCoding><foo><bar>{note(9)}</bar></foo>{note(1)}"
            )
            + f"<nonDerivativeHolding><transactionCoding>{note(2)}</transactionCoding></nonDerivativeHolding>"
            "</nonDerivativeTable>"
            "<footnotes><footnote id='F1'>x</footnote><footnote id='F2'>y</footnote></footnotes>"
        )
    )
    names = ("position", "row_kind", "row_position", "field_name", "ref_position", "footnote_id")
    assert [tuple(row[name] for name in names) for row in reading.rows["ownership_footnote_ref"]] == [
        (1, "transaction", 1, "security_title", 1, "F1"),
        (2, "transaction", 1, "security_title", 2, "F2"),
        (3, "transaction", 1, "transaction_code", 1, "F1"),
        (4, "transaction", 1, "foo/bar", 1, "F9"),
        (5, "transaction", 1, "", 1, "F1"),
        (6, "holding", 1, "transaction_form_type", 1, "F2"),
    ]
    assert [(issue.code, issue.position, issue.text) for issue in reading.issues] == [("footnote_missing", 4, "F9")]
    assert reading.unclaimed_leaf_count == 0


def test_a_footnote_defined_twice_is_two_rows() -> None:
    reading = _read(_form("<footnotes><footnote id='F1'>x</footnote><footnote id='F1'>y</footnote></footnotes>"))
    rows = reading.rows["ownership_footnote"]
    assert [(row["position"], row["footnote_id"], row["footnote_text"]) for row in rows] == [
        (1, "F1", "x"),
        (2, "F1", "y"),
    ]


def test_what_should_stand_and_does_not_is_told() -> None:
    reading = _read("<ownershipDocument><reportingOwner/><issuer><issuerCik> </issuerCik></issuer></ownershipDocument>")
    told = [(issue.code, issue.table, issue.column, issue.position) for issue in reading.issues]
    assert told == [
        ("value_missing", "ownership_filing", "document_type", None),
        ("value_missing", "ownership_filing", "issuer_cik", None),
        ("value_missing", "ownership_reporting_owner", "owner_cik", 1),
    ]


def test_the_document_is_compared_with_the_header() -> None:
    documents: Sequence[Document] = [_document(_form(""), "4/A")]
    agreed = engine.read(FAMILY, " 4 ", _DAY, documents, {"1", "0000000002"})
    assert not agreed.issues
    differing = engine.read(FAMILY, "4/A", _DAY, documents, {"0000000001"})
    told = [(issue.code, issue.table, issue.column, issue.text) for issue in differing.issues]
    assert told == [
        ("document_form_type_differs", "ownership_filing", "document_type", "4"),
        ("document_cik_differs", "ownership_reporting_owner", "owner_cik", "0000000002"),
    ]


# --- a family of two documents and lists ------------------------------------------------------------------------------

_tables = MetaData()
_cover = Table(
    "cover", _tables, text("manager", "a name", at=Xml("m")), info={"at": (RowAt("/cover"),), "per_filing": True}
)
_line = Table(
    "line",
    _tables,
    text("issuer", "a name", at=Xml("n", "name")),
    text("issuer_as_filed", "the same leaf", at=Xml("name")),
    texts("managers", "a list", at=Xml("m")),
    info={"at": (RowAt("/list/line"),), "per_filing": False},
)
_TWO = Family("two", 1, ("X",), {"cover": ("urn:c",), "list": (None,)}, (_cover, _line), parts=("LIST",))


def test_a_family_of_several_documents_numbers_its_rows_across_them() -> None:
    reading = _read(
        _document("<list><line><m>1</m><name>b</name><m>2</m></line></list>", "LIST", 1),
        _document('<c:cover xmlns:c="urn:c"><c:m>x</c:m></c:cover>', "X", 2),
        _document("<list><line><n>c</n></line></list>", "LIST", 3),
        form="X",
        family=_TWO,
    )
    assert reading.reason is None and not reading.issues
    assert reading.rows == {
        "line": [
            {"document_position": 1, "position": 1, "managers": ["1", "2"], "issuer": "b", "issuer_as_filed": "b"},
            {"document_position": 3, "position": 2, "issuer": "c"},
        ],
        "cover": [{"document_position": 2, "manager": "x"}],
    }


def test_a_family_of_several_documents_is_read_whole_or_not_at_all() -> None:
    cover = _document('<cover xmlns="urn:c"><m>x</m></cover>', "X", 1)
    broken = _read(cover, _document("<list><line><n>c</n><n>", "LIST", 2), form="X", family=_TWO)
    assert _reason(broken) == "xml_not_well_formed"
    assert _leaves(broken) == [("cover/m", 1, "x"), ("list/line/n", 1, "c")]
    alone = _read(_document("<list><line><n>c</n></line></list>", "LIST", 1), form="X", family=_TWO)
    assert _reason(alone) == "data_document_missing" and _leaves(alone) == [("list/line/n", 1, "c")]


def test_a_form_without_a_family_keeps_every_leaf() -> None:
    reading = engine.read_without_family([_document("<a b='1'><c>2</c></a>", "ZZ"), _document("text", "EX", 2, None)])
    assert _leaves(reading) == [("a/@b", 1, "1"), ("a/c", 1, "2")]
    assert reading.leaf_count == reading.unclaimed_leaf_count == 2
