"""Company history, ticker files, names and the feed of latest filings (edgar.md F)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from edgar.filing import Filing, Party

RECENT = 1000
"""Filings in the first page of a company; the real one has at least so many, or a year."""

PAGE = 2000
"""Filings in each page behind it."""

LAST_START = 5000


def _columns(filings: Sequence[Filing]) -> dict[str, list[Any]]:
    rows = [
        {
            "accessionNumber": each.accession,
            "filingDate": str(each.filed),
            "reportDate": "",
            # the Eastern clock with a Z that lies, as for many companies
            "acceptanceDateTime": f"{each.accepted:%Y-%m-%dT%H:%M:%S}.000Z",
            "act": "34",
            "form": each.form,
            "fileNumber": "",
            "filmNumber": "",
            "items": "",
            "core_type": each.form,
            "size": len(each.text()),
            "isXBRL": 0,
            "isInlineXBRL": 0,
            "primaryDocument": "main.htm",
            "primaryDocDescription": "",
        }
        for each in filings
    ]
    names = list(rows[0]) if rows else ["accessionNumber", "filingDate", "form", "size"]
    return {name: [row[name] for row in rows] for name in names}


def company_page(party: Party, filings: Sequence[Filing], part: int = 0) -> bytes | None:
    """The company's file, or its continuation of the number `part` from 1; None where there is no such part."""
    newest_first = sorted(filings, key=lambda each: each.accepted, reverse=True)
    recent, rest = newest_first[:RECENT], newest_first[RECENT:]
    pages = [rest[at : at + PAGE] for at in range(0, len(rest), PAGE)]
    if part:
        return _json(_columns(pages[part - 1])) if part <= len(pages) else None
    files = [
        {
            "name": f"CIK{party.cik:010d}-submissions-{number:03d}.json",
            "filingCount": len(page),
            "filingFrom": str(page[-1].filed),
            "filingTo": str(page[0].filed),
        }
        for number, page in enumerate(pages, 1)
    ]
    return _json(
        {
            "cik": f"{party.cik:010d}",
            "entityType": "operating",
            "sic": "3812",
            "sicDescription": "",
            "ownerOrg": None,
            "insiderTransactionForOwnerExists": 0,
            "insiderTransactionForIssuerExists": 0,
            "name": party.name,
            "tickers": [ticker(party)],
            "exchanges": ["Nasdaq"],
            "ein": "000000000",
            "lei": None,
            "description": "",
            "website": "",
            "investorWebsite": "",
            "category": "Non-accelerated filer<br>Smaller reporting company",
            "fiscalYearEnd": "1231",
            "stateOfIncorporation": "DE",
            "stateOfIncorporationDescription": "DE",
            "addresses": {"mailing": {}, "business": {}},
            "phone": "",
            "flags": "",
            "formerNames": [],
            "filings": {"recent": _columns(recent), "files": files},
        }
    )


def ticker(party: Party) -> str:
    letters, number = "", party.cik
    while number:
        number, digit = divmod(number, 26)
        letters += chr(65 + digit)
    return letters


def tickers(parties: Sequence[Party]) -> bytes:
    return _json(
        {
            str(number): {"cik_str": each.cik, "ticker": ticker(each), "title": each.name}
            for number, each in enumerate(parties)
        }
    )


def tickers_by_exchange(parties: Sequence[Party]) -> bytes:
    rows = [[each.cik, each.name, ticker(each), "Nasdaq" if each.cik % 5 else None] for each in parties]
    return _json({"fields": ["cik", "name", "ticker", "exchange"], "data": rows})


def tickers_of_funds(parties: Sequence[Party]) -> bytes:
    rows = [[each.cik, f"S{each.cik:09d}", f"C{each.cik:09d}", f"{ticker(each)}X"] for each in parties[:5]]
    return _json({"fields": ["cik", "seriesId", "classId", "symbol"], "data": rows})


def ticker_lines(parties: Sequence[Party]) -> bytes:
    return "".join(f"{ticker(each).lower()}\t{each.cik}\n" for each in parties).encode()


def names(parties: Sequence[Party]) -> bytes:
    return "".join(sorted(f"{each.name}:{each.cik:010d}:\n" for each in parties)).encode("latin-1", "replace")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def latest(filings: Sequence[Filing], start: int, count: int, prefix: str) -> bytes:
    """A page of the feed: an entry for each party, newest first; `prefix` of the form type, as the real one takes it."""
    newest_first = sorted(filings, key=lambda each: each.accepted, reverse=True)
    entries = [(each, party) for each in newest_first if each.form.startswith(prefix) for party in each.parties]
    now = newest_first[0].accepted if newest_first else datetime(2024, 1, 2)
    shown = "".join(_entry(*each) for each in entries[start : start + count])
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>Latest Filings - {now:%a, %d %b %Y %H:%M:%S} EST</title>\n"
        '<link rel="alternate" href="/cgi-bin/browse-edgar?action=getcurrent"/>\n'
        "<id>https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent</id>\n"
        "<author><name>Webmaster</name><email>webmaster@sec.gov</email></author>\n"
        f"<updated>{now.isoformat()}-05:00</updated>\n{shown}</feed>\n"
    ).encode("latin-1", "xmlcharrefreplace")


def _entry(filing: Filing, party: Party) -> str:
    role = {"REPORTING-OWNER": "Reporting", "ISSUER": "Issuer", "SUBJECT COMPANY": "Subject", "FILED BY": "Filed by"}
    folder = filing.accession.replace("-", "")
    title = f"{filing.form} - {party.name} ({party.cik:010d}) ({role.get(party.role, 'Filer')})"
    return (
        f"<entry>\n<title>{escape(title)}"
        f'</title>\n<link rel="alternate" type="text/html" href="https://www.sec.gov/Archives/edgar/data/{party.cik}/'
        f'{folder}/{filing.accession}-index.htm"/>\n<summary type="html">\n &lt;b&gt;Filed:&lt;/b&gt; {filing.filed} '
        f"&lt;b&gt;AccNo:&lt;/b&gt; {filing.accession} &lt;b&gt;Size:&lt;/b&gt; {len(filing.text()) // 1024 or 1} KB\n"
        f"</summary>\n<updated>{filing.accepted.isoformat()}-05:00</updated>\n"
        f'<category scheme="https://www.sec.gov/" label="form type" term="{escape(filing.form)}"/>\n'
        f"<id>urn:tag:sec.gov,2008:accession-number={filing.accession}</id>\n</entry>\n"
    )
