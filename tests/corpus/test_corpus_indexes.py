"""The readers of indexes, feeds, company and ticker files over all real ones that are held."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from filings.errors import SourceError
from filings.fetch.company import read_company, read_company_part, read_tickers
from filings.fetch.index import IndexRow, read_index
from filings.fetch.index_table import index_table
from filings.fetch.latest import read_latest
from filings.fetch.listing import read_listing

# lines and different rows, counted by hand or stated by edgar.md D.4
ROWS = {
    "freed_finance__master.idx": (7989, 7929),
    "sec-edgar__master.20181231.2.idx": (2619, 2599),
    "edgartools__company.20221003.idx": (4925, 4909),
    "13F__company.20240705.idx": (2054, 2031),
    "edgartools__form.20200318.idx": (4084, 4034),
    "edgar_client__xbrl.2023QTR1.idx.gz": (27606, 27606),
    "edgartools__empty-form.idx": (0, 0),
    "1999-QTR2-xbrl.idx": (0, 0),
}
NO_INDEX = {
    "workglow__2024-01-01.master.idx",  # AccessDenied under the name of an index
    "sec-filings-app__sample01.txt",  # three rows of one, cut out by somebody
}


def test_every_index_is_read_to_its_last_line(corpus: Path) -> None:
    seen = {}
    for place in sorted((corpus / "edgar/indexes").iterdir()):
        if place.name in NO_INDEX:
            with pytest.raises(SourceError):
                read_index(place.read_bytes())
            continue
        index = read_index(place.read_bytes())
        assert index.unread == (), place.name
        for row in index.rows:
            assert row.filed_on, (place.name, row)
            assert row.form_type, (place.name, row)
            assert row.company_name, (place.name, row)
            assert len(row.form_type) <= 20, (place.name, row)
        seen[place.name] = (sum(index.rows.values()), len(index.rows))
    assert len(seen) >= 23
    assert {name: seen[name] for name in ROWS} == ROWS


def test_one_day_by_company_and_by_crawler_is_the_same(corpus: Path) -> None:
    company, crawler = (
        read_index((corpus / "edgar/indexes" / name).read_bytes())
        for name in ("edgar_client__company.idx", "edgar_client__crawler.idx")
    )
    assert {row[:5] for row in company.rows} == {row[:5] for row in crawler.rows}


def test_the_daily_master_does_not_cut_form_types(corpus: Path) -> None:
    """edgar.md K 5."""
    rows = read_index((corpus / "edgar/indexes/workglow__2025-04-18.master.idx").read_bytes()).rows
    assert sum(copies for row, copies in rows.items() if row.form_type == "SCHEDULE 13D/A") == 34


def test_every_page_of_the_latest_feed(corpus: Path) -> None:
    for place in sorted((corpus / "edgar/feeds").iterdir()):
        entries = read_latest(place.read_bytes())
        assert entries, place.name
        for each in entries:
            assert each.accepted_at, each
            assert each.filed_on, each
            assert each.size, each
            assert each.form_type, each


def test_every_company_and_ticker_file(corpus: Path) -> None:
    others = ("efts__", "lpa_facts")
    for place in sorted((corpus / "edgar/json").iterdir()):
        body = place.read_bytes()
        if "index.json" in place.name:
            assert len(read_listing(body)) == 25
        elif "tickers" in place.name:
            assert len(read_tickers(body)) > 9000
        elif "-submissions-" in place.name:
            assert all(each.filed_on and each.form_type for each in read_company_part(body)), place.name
        elif not place.name.startswith(others):
            company = read_company(body)
            assert len(company.cik) == 10
            assert all(each.filed_on and each.form_type for each in company.filings), place.name


def test_every_index_is_the_same_table_at_once_and_row_by_row(corpus: Path) -> None:
    for place in sorted((corpus / "edgar/indexes").iterdir()):
        if place.name not in NO_INDEX:
            body = place.read_bytes()
            table, unread, last_received = index_table(body)
            rows: Counter[IndexRow] = Counter()
            for row in table.to_pylist():
                rows[IndexRow(*list(row.values())[:6])] += row["copies"]
            assert (rows, unread) == (read_index(body).rows, ()), place.name
            assert last_received, place.name
