"""The cookbook over real filings: its page shows what comes out, and what comes out is what other means find too."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import doc_pages
import duckdb
import pytest

from warehouses import made_once

PAGE = doc_pages.CORPUS_PAGES[0]
Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def corpus_warehouse(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the page, made once however many processes share the tests; they only read it."""
    return made_once(tmp_path_factory.getbasetemp(), "cookbook-corpus", doc_pages.corpus_paths(corpus))


@pytest.fixture
def ask(corpus_warehouse: Path) -> Iterator[Ask]:
    """Asks the question of the page whose heading begins so, without the part `but` of its statement."""
    text = (doc_pages.ROOT / PAGE).read_text(encoding="utf-8")
    statements = {
        part.partition("\n")[0]: re.findall(r"```sql\n(.*?)```", part, re.DOTALL)[0]
        for part in text.split("\n### ")[1:]
    }
    with duckdb.connect(str(corpus_warehouse / "filings.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")

        def asked(heading: str, but: str = "") -> list[tuple[Any, ...]]:
            (statement,) = [held for name, held in statements.items() if name.startswith(heading)]
            assert but in statement
            return connection.execute(statement.replace(but, "")).fetchall()

        yield asked


@dataclass
class Filed:
    """A whole submission as text with LF, and what regular expressions find in its header."""

    text: str

    @cached_property
    def header(self) -> str:
        return self.text.partition("\n<DOCUMENT>")[0]

    def stated(self, label: str, tag: str) -> str | None:
        found = re.search(rf"^(?:{label}:|<{tag}>)[ \t]*(\S.*?)[ \t]*$", self.header, re.MULTILINE)
        return found[1] if found else None

    @property
    def accession(self) -> str | None:
        return self.stated("ACCESSION NUMBER", "ACCESSION-NUMBER")

    @property
    def form(self) -> str | None:
        return self.stated("CONFORMED SUBMISSION TYPE", "TYPE")

    @property
    def filed_on(self) -> date:
        return datetime.strptime(self.stated("FILED AS OF DATE", "FILING-DATE") or "", "%Y%m%d").date()

    @property
    def data(self) -> ElementTree.Element | None:
        """The ownershipDocument."""
        found = re.search(r"<XML>\s*(.*?)\s*</XML>", self.text, re.DOTALL)
        return ElementTree.fromstring(found[1].encode("latin-1")) if found else None


@pytest.fixture(scope="session")
def submissions(corpus: Path) -> list[Filed]:
    """What has a header, one of several copies of the same; what PEM did to dashes and long lines is undone."""
    given = doc_pages.corpus_paths(corpus)
    found: dict[str | None, Filed] = {}
    for path in [each for top in given for each in sorted([top, *top.rglob("*")]) if each.is_file()]:
        text = path.read_bytes().decode("latin-1").replace("\r\n", "\n")
        if text.startswith("-----BEGIN PRIVACY"):
            text = re.sub(r"^(.{1023})\n", r"\1", re.sub(r"^- (?=-)", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
        one = Filed(text)
        found[one.accession] = one
    return [one for accession, one in found.items() if accession]


@pytest.fixture(scope="session")
def reports(corpus: Path) -> dict[str, str]:
    """What every Form 6-K says, tags cut off by a regular expression; one of several copies of the same."""
    paths = [path for path in doc_pages.corpus_paths(corpus) if path.is_file()]
    paths += sorted((corpus / "edgar/submissions/6-K").iterdir()) + sorted((corpus / "seeds").iterdir())
    said = {}
    for path in paths:
        raw = path.read_bytes().decode("utf-8", "replace")
        first = raw.partition("</DOCUMENT>")[0].rpartition("<TEXT>")[2]
        said[path.name] = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", first)).split())
    return said


def test_the_page_has_twenty_questions() -> None:
    text = (doc_pages.ROOT / PAGE).read_text(encoding="utf-8")
    assert len(re.findall(r"^### ", text, re.MULTILINE)) == text.count("```sql\n") == text.count("```text\n") == 20


def test_the_page_says_how_many_files_it_is_about(corpus: Path) -> None:
    count = sum(each.is_file() for top in doc_pages.corpus_paths(corpus) for each in [top, *top.rglob("*")])
    assert f"over {count:,} real files" in (doc_pages.ROOT / PAGE).read_text(encoding="utf-8")


def test_the_page_shows_what_comes_out(corpus_warehouse: Path, tmp_path: Path) -> None:
    place = doc_pages.workplace(tmp_path, corpus_warehouse)
    outcome = doc_pages.run_page((doc_pages.ROOT / PAGE).read_text(encoding="utf-8"), place)
    assert not outcome.different, "\n\n".join(outcome.different)


def test_who_lowers_expectations(ask: Ask, reports: dict[str, str]) -> None:
    pattern = r"(?i)not (now )?(believe|expect)[^.]{0,60}meet (market )?expectations|below (market )?expectations|profit warning"
    assert [name for name, said in reports.items() if re.search(pattern, said)] == ["000_3c3cc2a74b250ec0.txt"]
    assert [row[:2] for row in ask("In which months")] == [(date(2004, 7, 1), 1)]


def test_who_signs(ask: Ask, reports: dict[str, str]) -> None:
    counted: Counter[str] = Counter()
    for row in ask("Who signs", but="HAVING count(*) > 1"):
        counted[row[1]] += row[5]
    assert len(counted) > 7
    for name, count in counted.items():
        signed = re.compile(rf"(?:/s/|___) ?{re.escape(name)}", re.IGNORECASE)
        assert sum(bool(signed.search(said)) for said in reports.values()) == count, name


def test_what_a_registration_statement_holds(ask: Ask, reports: dict[str, str]) -> None:
    counted: Counter[str] = Counter()
    for row in ask("Which reports"):
        counted[row[0]] += row[4]
    assert len(counted) == 9
    for number, count in counted.items():
        serial = int(number.partition("-")[2])
        named = re.compile(rf"incorporat.{{0,700}}333-0?{serial}\b", re.IGNORECASE)
        assert sum(bool(named.search(said)) for said in reports.values()) == count, number


def test_the_release_of_the_seed_as_it_was_read_by_eye(ask: Ask) -> None:
    release = ("COLT TELECOM GROUP plc", date(2004, 7, 1), "TRADING UPDATE FROM COLT TELECOM GROUP PLC", "press")
    assert ask("All press releases") == [
        (*release, "John Doherty", "+44 (0) 20 7390 3681", None),
        (*release, "Gill Maclean", "+44 (0) 20 7863 5314", None),
    ]


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def test_the_largest_purchases_by_the_xml_alone(ask: Ask, submissions: list[Filed]) -> None:
    found: dict[tuple[object, ...], list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for one in submissions:
        root = one.data if one.form in ("3", "4", "4/A", "5") else None
        for line in root.iterfind("nonDerivativeTable/nonDerivativeTransaction") if root is not None else ():
            price = line.findtext("transactionAmounts/transactionPricePerShare/value")
            if line.findtext("transactionCoding/transactionCode") == "P" and price:
                day = date.fromisoformat((line.findtext("transactionDate/value") or "")[:10])
                symbol = (root.findtext("issuer/issuerTradingSymbol") or "") if root is not None else ""
                shares = Decimal(line.findtext("transactionAmounts/transactionShares/value") or "0")
                found[one.accession, day, symbol].append((shares, Decimal(price)))
    bought = [
        (day, symbol, int(sum(shares for shares, _ in lines)), _whole(sum((a * b for a, b in lines), Decimal())))
        for (_, day, symbol), lines in found.items()
    ]
    largest = sorted(bought, key=lambda row: -row[3])[:10]  # type: ignore[operator]
    assert [(row[0], row[1], row[3], row[4]) for row in ask("The largest purchases")] == largest


def test_how_late_forms_4_come_by_the_xml_alone(ask: Ask, submissions: list[Filed]) -> None:
    days: dict[int, list[int]] = defaultdict(list)
    for one in submissions:
        root = one.data if one.form == "4" else None
        dates = [at.text for at in root.iterfind(".//transactionDate/value")] if root is not None else []
        if dates:
            first = min(date.fromisoformat((text or "")[:10]) for text in dates)
            days[one.filed_on.year].append((one.filed_on - first).days)
    assert ask("How late") == [
        (year, len(of), sum(n <= 2 for n in of), sum(3 <= n <= 4 for n in of), sum(n > 4 for n in of), max(of))
        for year, of in sorted(days.items())
    ]


def test_the_items_by_the_lines_of_the_headers(ask: Ask, submissions: list[Filed]) -> None:
    captions: Counter[tuple[str, str]] = Counter()
    for one in submissions:
        if one.form in ("8-K", "8-K/A"):
            numbering = "old" if one.filed_on < date(2004, 8, 23) else "new"
            lines = re.findall(r"^(?:ITEM INFORMATION:|<ITEMS>)[ \t]*(\S.*)$", one.header, re.MULTILINE)
            captions.update({(numbering, line[:25].casefold()) for line in lines})
    rows = ask("What do they report")
    assert len(rows) == 10
    assert [row[3] for row in rows] == [
        captions[row[0], row[2][:25].casefold()] + captions[row[0], row[1]] for row in rows
    ]


def test_what_is_attached_by_the_types_of_the_documents(ask: Ask, submissions: list[Filed]) -> None:
    types: Counter[str] = Counter()
    for one in submissions:
        if one.form in ("8-K", "8-K/A"):
            types.update(re.findall(r"^<TYPE>EX-(\d+)", one.text, re.MULTILINE))
    rows = ask("What is attached")
    assert {row[0]: row[3] for row in rows if row[3]} == dict(types)


def test_former_names_by_the_lines_of_the_headers(ask: Ask, submissions: list[Filed]) -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for one in submissions:
        cik = ""
        labels = r"(?:(CENTRAL INDEX KEY|FORMER CONFORMED NAME):|<(CIK|FORMER-CONFORMED-NAME)>)[ \t]*(\S.*)"
        for label, tag, value in re.findall(labels, one.header):
            if label == "CENTRAL INDEX KEY" or tag == "CIK":
                cik = value.strip()
            else:
                names[cik].add(value.strip())
    most = sorted(((cik, len(held)) for cik, held in names.items() if len(held) > 2), key=lambda row: (-row[1], row[0]))
    assert [(row[0], row[2]) for row in ask("Which companies changed")] == most[:10]


def test_parties_by_the_lines_of_the_headers(ask: Ask, submissions: list[Filed]) -> None:
    roles = r"^(?:FILER|ISSUER|REPORTING-OWNER|SUBJECT COMPANY|FILED BY|FILED FOR|SERIAL COMPANY):"
    parties = {one.accession: len(re.findall(roles, one.header, re.MULTILINE)) for one in submissions}
    most = sorted(parties.items(), key=lambda row: (-row[1], row[0] or ""))[:8]
    assert [(row[1], row[3]) for row in ask("Which filings have")] == most


def test_the_hours_by_the_first_line_of_the_headers(ask: Ask, submissions: list[Filed]) -> None:
    counted: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for one in submissions:
        found = re.search(r"<ACCEPTANCE-DATETIME>(\d{8})(\d{6})", one.header)
        if found:
            form = one.form or ""
            group = "3, 4, 5" if form in ("3", "4", "4/A", "5") else "8-K" if form.startswith("8-K") else "other"
            at = found[2]
            counts = (
                True,
                at < "160000",
                "160000" <= at <= "173000",
                at > "173000",
                found[1] != f"{one.filed_on:%Y%m%d}",
            )
            counted[group] = [sum(pair) for pair in zip(counted[group], counts, strict=True)]
    assert {row[0]: list(row[1:]) for row in ask("How many filings come")} == counted
