"""Indexes, listings, feed archives, company and ticker files, the latest feed: bytes → rows, in every layout (edgar.md D–F)."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgar import index_files
from edgar.archive import Archive, feed_archive
from edgar.generator import generate
from filings.errors import FilingsError, SourceError
from filings.fetch.company import read_company, read_company_part, read_tickers
from filings.fetch.feed import members
from filings.fetch.index import read_index
from filings.fetch.latest import read_latest
from filings.fetch.listing import day_of_name, read_listing
from filings.large import Bytes, gathered

READERS: list[Callable[[Bytes], Any]] = [
    read_index,
    read_listing,
    lambda body: list(members(body)),
    read_company,
    read_company_part,
    read_tickers,
    read_latest,
]
ARCHIVE = Archive(generate(2, 60, scale=0.001))


def content(path: str, **query: str) -> bytes:
    found = ARCHIVE.find(path, query)
    assert found is not None
    return found.make()


def expected(day: date | None, cut: int = 99) -> set[tuple[str, str, str, str, date]]:
    return {
        (path[-24:-4], f"{cik:010d}", form[:cut].strip(), name, filed)
        for each in ARCHIVE.filings.values()
        for cik, name, form, filed, path in each.rows()
        if day in (None, filed)
    }


@pytest.mark.parametrize("kind", index_files.KINDS)
def test_an_index_is_read_in_every_layout(kind: str) -> None:
    day = date(2024, 1, 2)
    daily = read_index(content(f"/Archives/edgar/daily-index/2024/QTR1/{kind}.20240102.idx"))
    assert {row[:5] for row in daily.rows} == expected(day, 99 if kind == "master" else 10)
    assert daily.last_received == "Jan  2, 2024"
    quarterly = read_index(content(f"/Archives/edgar/full-index/2024/QTR1/{kind}.idx"))
    assert {row[:5] for row in quarterly.rows} == expected(None)
    assert not daily.unread
    assert not quarterly.unread


def test_an_index_may_be_packed_and_its_rows_may_be_equal() -> None:
    packed = content("/Archives/edgar/full-index/2024/QTR1/master.gz")
    index = read_index(packed)
    assert index == read_index(content("/Archives/edgar/full-index/2024/QTR1/master.idx"))
    assert sum(index.rows.values()) == sum(len(each.rows()) for each in ARCHIVE.filings.values()) > len(index.rows)
    with pytest.raises(SourceError, match="stops"):
        read_index(packed[:-9])
    with pytest.raises(SourceError, match="damaged"):
        read_index(packed[:30] + b"xxxx" + packed[34:])


HEAD = b"Description:           Daily Index of EDGAR Dissemination Feed\nLast Data Received:    Jan  2, 2024\n \n"
MASTER = HEAD + b"CIK|Company Name|Form Type|Date Filed|File Name\n" + b"-" * 80 + b"\n"
PATH = b"edgar/data/1/0000000001-24-000001.txt"


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (b"1|A | B|4|20240102|" + PATH, ("0000000001", "4", "A | B", date(2024, 1, 2))),
        (b"1|A|4|2024-01-02|" + PATH + b"\r", ("0000000001", "4", "A", date(2024, 1, 2))),
        (b"1|A|4|soon|" + PATH, ("0000000001", "4", "A", None)),
        (b"1|A|4|20240231|" + PATH, ("0000000001", "4", "A", None)),
        (b"1|N\xe9stl\xe9|BD   310|20240102|" + PATH, ("0000000001", "BD   310", "Néstlé", date(2024, 1, 2))),
        ("1|Néstlé|4|20240102|".encode() + PATH, ("0000000001", "4", "Néstlé", date(2024, 1, 2))),
    ],
)
def test_a_strange_line_is_a_row(line: bytes, row: tuple[object, ...]) -> None:
    (found,) = read_index(MASTER + line).rows
    assert found[1:5] == row
    assert found.accession_number == "0000000001-24-000001"


@pytest.mark.parametrize(
    "line", [b"1|A|4|20240102", b"x|A|4|20240102|" + PATH, b"1|A|4|20240102|edgar/data/1/x.txt", b"<html>"]
)
def test_a_line_that_is_no_row_is_told(line: bytes) -> None:
    index = read_index(MASTER + line + b"\n1|A|4|20240102|" + PATH)
    assert index.unread == (line.decode(),)
    assert len(index.rows) == 1


def test_an_index_without_rows_is_right_and_one_without_dashes_is_not() -> None:
    assert read_index(MASTER).rows == {}
    with pytest.raises(SourceError, match="dashes"):
        read_index(HEAD)


@pytest.mark.parametrize("form", ["4", "SC 13D/A", "BD   310", "SCHEDULE 13D/A"])
@pytest.mark.parametrize(
    "name", ["A CORP", "N" * 62, "UNITED PLANNERS' FINANCIAL SERVICES OF AMERICA A LIMITED PARTNER"]
)
@pytest.mark.parametrize("width", [12, 17])
def test_a_long_name_shifts_its_row_and_a_column_may_be_wider(form: str, name: str, width: int) -> None:
    head = HEAD.replace(b"Feed", b"Feed by Company Name") + b"-" * 140 + b"\n"
    lines = (
        f"{each:<62}{form:<{width}}{cik:<12}{'20240102':<12}{PATH.decode():<52}\n".encode()
        for cik, each in enumerate(("ANOTHER", name), 1)
    )
    if len(form) >= width:
        return  # the form would touch the CIK: nobody has seen that
    _, row = read_index(head + b"".join(lines)).rows
    assert (row.company_name, row.form_type, row.cik) == (name, form, "0000000002")


@pytest.mark.parametrize("tree", ["daily-index", "full-index", "Feed"])
def test_both_listings_have_the_same_names(tree: str) -> None:
    folder = f"/Archives/edgar/{tree}/2024/QTR1/"
    listed = read_listing(content(folder + "index.json"))
    assert [each.name for each in listed] == [each.name for each in read_listing(content(folder))]
    assert all(each.last_modified for each in listed)


def test_a_listing_leads_nowhere_else() -> None:
    page = b'<html><a href="../../x/">up</a><a href="/etc/passwd">p</a><a href="?C=N">s</a><a class="b" href="a&amp;b.idx">'
    assert [each.name for each in read_listing(page)] == ["passwd", "a&b.idx"]
    (only,) = read_listing(b'{"directory": {"item": [{"name": "../../y.idx"}, {"name": ""}]}}')
    assert only.name == "y.idx"


@pytest.mark.parametrize(
    "day",
    [date(1993, 12, 31), date(1994, 6, 1), date(1995, 1, 3), date(1998, 3, 30), date(1998, 3, 31), date(2024, 1, 2)],
)
def test_the_day_in_a_name(day: date) -> None:
    assert day_of_name(f"master.{index_files.day_in_name(day)}.idx.gz", day.year) == str(day)
    assert day_of_name("master.idx", day.year) is None


def test_a_feed_archive_is_read_member_by_member() -> None:
    filings = list(ARCHIVE.filings.values())[:10]
    packed = feed_archive(filings)
    for body in (packed, gathered([packed])):
        found = list(members(body))
        assert [(each.accession, each.kind, each.number) for each in found] == [
            (each.accession, "nc", None) for each in filings
        ]
        assert [each.body for each in found] == [each.tags() for each in filings]
    for cut in (len(packed) // 2, len(packed) - 4):
        with pytest.raises(SourceError):
            list(members(packed[:cut]))


def test_names_in_an_archive_lead_nowhere() -> None:
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        for name in ("/etc/passwd", "../../0000914475-15-000080.corr01", "x/0000914475-15-000081.pr", "a b"):
            tar.addfile(tarfile.TarInfo(name))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    found = [each[:4] for each in members(gzip.compress(tarred.getvalue()))]
    assert found == [
        ("passwd", None, None, None),
        ("0000914475-15-000080.corr01", "0000914475-15-000080", "corr", 1),
        ("0000914475-15-000081.pr", "0000914475-15-000081", "pr", None),
        ("a b", None, None, None),
    ]


def test_a_company_with_and_without_zeros() -> None:
    party = next(party for each in ARCHIVE.filings.values() for party in each.parties)
    page = content(f"/submissions/CIK{party.cik:010d}.json")
    company = read_company(page)
    assert (company.cik, company.name) == (f"{party.cik:010d}", party.name)
    assert company.filings
    assert all(each.size == len(ARCHIVE.filings[each.accession_number].text()) for each in company.filings)
    short = page.replace(f'"cik":"{party.cik:010d}"'.encode(), f'"cik":"{party.cik}"'.encode())
    assert read_company(short).cik == company.cik
    assert read_company_part(json.dumps(json.loads(page)["filings"]["recent"]).encode()) == company.filings
    for bad in (
        b"{}",
        b"[]",
        b'{"cik": "0"}',
        b'{"cik": "1", "filings": {"recent": {"accessionNumber": ["1"], "form": []}}}',
    ):
        with pytest.raises(SourceError):
            read_company(bad)


def test_tickers_in_their_four_layouts() -> None:
    names = ("company_tickers", "company_tickers_exchange", "company_tickers_mf")
    first, second, funds = (read_tickers(content(f"/files/{name}.json")) for name in names)
    lines = read_tickers(content("/include/ticker.txt"))
    assert {each[:2] for each in first} == {each[:2] for each in second} == {each[:2] for each in lines}
    assert {each.exchange for each in second} == {"Nasdaq", None}
    assert all(each.series_id and each.class_id for each in funds)


def test_the_latest_feed() -> None:
    page = content("/cgi-bin/browse-edgar", action="getcurrent", count="100", start="0")
    entries = read_latest(page)
    assert len(entries) == 100
    for each in entries:
        filing = ARCHIVE.filings[each.accession_number]
        assert each.form_type == filing.form
        assert each.filed_on == filing.filed
        assert each.accepted_at is not None
        assert each.accepted_at.replace(tzinfo=None) == filing.accepted
        assert (int(each.cik), each.company_name) in {(party.cik, party.name) for party in filing.parties}
    bomb = b'<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&a;</title></entry></feed>'
    with pytest.raises(SourceError):
        read_latest(bomb)


SEEDS = [
    MASTER + b"1|A|4|20240102|" + PATH,
    content(f"/submissions/CIK{next(iter(ARCHIVE.parties())):010d}.json"),
    content("/files/company_tickers_exchange.json"),
    content("/cgi-bin/browse-edgar", action="getcurrent", count="3", start="0"),
    content("/Archives/edgar/Feed/2024/QTR1/index.json"),
    feed_archive(list(ARCHIVE.filings.values())[:2]),
]


@given(st.data())
def test_changed_bytes_are_read_or_named_and_never_crash(data: st.DataObject) -> None:
    seed = bytearray(data.draw(st.one_of(st.sampled_from(SEEDS), st.binary(max_size=200))))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(seed)))
        seed[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    for reader in READERS:
        try:
            reader(bytes(seed))
        except FilingsError as error:
            assert error.message
