"""The page of completeness: what it says is what is so, counted here by hand or by plain SQL, and nothing leaves it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import lxml.html
import pytest

from edgar.generator import generate
from filings import statements
from filings.pipeline.index_runs import index_files as read_folder
from filings.pipeline.ingest import ingest
from filings.pipeline.warehouse import DATABASE
from filings.query.completeness import SIGNS, Day, Proof, last_line, prove
from filings.query.completeness_page.chart import duration
from filings.query.completeness_page.questions import FORMS, IN_QUARANTINE, ask
from filings.query.completeness_page.render import render
from filings.query.completeness_page.render import share as share_of
from filings.query.connect import connect
from filings.query.grid import visible
from filings.selection import selection
from filings.span import span
from mirrors import write_filings, write_indexes
from warehouses import publish_as_it_is

EXAMPLES = Path(__file__).parents[3] / "examples"
DAYS = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)]
FILINGS = list(generate(3, 24, scale=0.001))
OF_DAY = {day: [each for each in FILINGS if each.filed == day] for day in DAYS}
HERE = OF_DAY[DAYS[0]] + OF_DAY[DAYS[1]][:15]
CUT = OF_DAY[DAYS[1]][15:17]
HOSTILE = "</title></table><script>alert(1)</script><img src=x onerror='alert(2)'> \"A\" & B \u202e\x07"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first day whole; of the second some, two of them cut off; nothing of the third. Times of our own making: each
    filing received 10 s, loaded 30 s after the one before, but for two that came after days."""
    folder = tmp_path_factory.mktemp("page")
    read_folder(folder / "w", write_indexes(folder / "indexes", FILINGS, DAYS))
    ingest(folder / "w", [write_filings(folder / "files", HERE), write_filings(folder / "cut", CUT, cut=300)])
    with duckdb.connect(str(folder / "w" / DATABASE)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for number, each in enumerate(HERE):
            late = timedelta(days=3) if number < 2 else timedelta(0)
            connection.execute(
                "UPDATE filing SET first_seen_at = accepted_at + ? WHERE filing_id = ?",
                [timedelta(seconds=10 * number) + late, each.accession],
            )
            connection.execute(
                "UPDATE ops.ingest_log SET first_loaded_at = (SELECT accepted_at FROM filing AS f WHERE f.filing_id = "
                "ops.ingest_log.filing_id) + ? WHERE filing_id = ?",
                [timedelta(seconds=30 * number) + late, each.accession],
            )
        connection.execute("UPDATE filing SET accepted_at = NULL WHERE filing_id = ?", [CUT[0].accession])
        connection.execute(
            "UPDATE ops.index_entry SET company_name = ? WHERE accession_number = ?", [HOSTILE, CUT[0].accession]
        )
        connection.execute(
            "UPDATE ops.ingest_log SET reason_detail = ? WHERE filing_id = ?", [HOSTILE, CUT[1].accession]
        )
        for name, level, filing, minute in (
            ("ownership_code_unknown", "warning", HERE[0].accession, 1),
            ("ownership_code_unknown", "warning", HERE[0].accession, 9),
            ("ownership_code_unknown", "warning", HERE[1].accession, 5),
            ("ownership_code_unknown", "warning", "0000000000-24-000001", 30),
            ("rows_have_filing", "error", CUT[1].accession, 7),
            ("a_check_of_old", "warning", HERE[2].accession, 8),
        ):
            connection.execute(
                "INSERT INTO ops.check_result (check_name, level, filing_id, checked_at) VALUES (?, ?, ?, ?)",
                [name, level, filing, datetime(2024, 1, 5, 10, minute, tzinfo=UTC)],
            )
    publish_as_it_is(folder / "w")
    return folder / "w"


class Page:
    """A page, parsed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree: Any = lxml.html.document_fromstring(text)

    def section(self, title: str) -> Any:
        (found,) = self.tree.xpath(f"//section[h2 = '{title}']")
        return found

    def said(self, place: Any = None) -> str:
        return " ".join((self.tree if place is None else place).text_content().split())

    def rows(self, title: str, table: int = 0) -> list[list[str]]:
        found = self.section(title).xpath(".//table")
        if not found:
            return []
        return [[self.said(cell) for cell in row] for row in found[table].xpath("./tbody/tr")]

    def totals(self) -> dict[str, int]:
        return {
            one.find("dt").text.strip(): int(one.find("dd").text.replace(",", ""))
            for one in self.tree.xpath("//dl[@class='totals']/div")
        }


def page_of(warehouse: Path, *days: str, **wanted: Any) -> Page:
    with connect(warehouse) as connection:
        return Page(render(ask(connection, span(*days), selection(**wanted))))


@pytest.fixture(scope="module")
def page(made: Path) -> Page:
    return page_of(made, "2023-12-29", "2024-01-07")


def test_the_answer_and_the_sums(made: Path, page: Page) -> None:
    with connect(made) as connection:
        line = last_line(prove(connection, span("2023-12-29", "2024-01-07")))
    assert line in page.said()
    assert page.said(page.tree.find(".//h1")) == "Not complete"
    assert "56.94 %" in page.said(page.tree.find(".//dl"))
    assert page.totals() == {
        "listed": 72, "here": 41, "quarantined": 2, "pending": 31, "missing": 0, "days not read": 3,
    }  # fmt: skip
    assert page.tree.find(".//title").text == "Not complete: 2023-12-29 to 2024-01-07"
    assert page_of(made, "2024-01-02").tree.find(".//title").text == "Complete: 2024-01-02"


def test_the_days_to_look_at(page: Page) -> None:
    assert page.rows("To look at") == [
        ["2024-01-03 partly", "24", "7", "2", "0"],
        ["2024-01-04 pending", "24", "24", "0", "0"],
    ]
    # a week-end and two days that no index speaks of are one stretch
    assert "No index was read of 2023-12-29 to 2024-01-01 (2 days), 2024-01-05." in page.said()


def test_the_calendar_has_each_day_once_with_its_numbers(page: Page) -> None:
    titles = page.section("Calendar").xpath(".//figure//title/text()")
    assert titles == [
        "Fri 2023-12-29: not read",
        "Sat 2023-12-30: nothing filed",
        "Sun 2023-12-31: nothing filed",
        "Mon 2024-01-01: not read",
        "Tue 2024-01-02: complete; 24 listed, 24 loaded",
        "Wed 2024-01-03: partly; 24 listed, 15 loaded, 2 quarantined, 7 pending",
        "Thu 2024-01-04: pending; 24 listed, 24 pending",
        "Fri 2024-01-05: not read",
        "Sat 2024-01-06: nothing filed",
        "Sun 2024-01-07: nothing filed",
    ]
    legend = [page.said(one) for one in page.section("Calendar").xpath(".//ul/li")]
    assert legend == ["complete 1", "some are pending 1", "all are pending 1", "no index read 3", "nothing filed 4"]
    shapes = page.tree.xpath("//defs/g/@id")
    assert set(shapes) == {state.name.lower() for state in SIGNS}, (
        "each state has a shape of its own, beside its colour"
    )
    bare = [
        re.sub(r' class="[^"]*"', "", lxml.html.tostring(one, encoding="unicode"))
        for one in page.tree.xpath("//defs/g")
    ]
    assert len({re.sub(r' id="[^"]*"', "", one) for one in bare}) >= len(SIGNS) - 1


def test_volumes_by_form(page: Page) -> None:
    wanted = Counter(each.form for each in FILINGS).most_common()
    wanted.sort(key=lambda one: (-one[1], one[0]))
    states = {each.accession: "loaded" for each in HERE} | {each.accession: "quarantined" for each in CUT}
    expected = []
    for form, listed in wanted[:FORMS]:
        of = Counter(states.get(each.accession, "pending") for each in FILINGS if each.form == form)
        expected.append([form, *map(str, (listed, of["loaded"], of["quarantined"], of["pending"]))])
    rows = page.rows("Volumes by form")
    assert rows[:FORMS] == expected
    if rest := wanted[FORMS:]:
        assert rows[FORMS][:2] == [f"{len(rest)} other forms", str(sum(count for _, count in rest))]
    assert len(rows) == min(len(wanted), FORMS + 1)


def quantile(values: list[float], share: float) -> float:
    """As DuckDB's quantile_cont: between the two nearest."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


def test_waiting(page: Page) -> None:
    expected = []
    for day in DAYS[:2]:
        places = [number for number, each in enumerate(HERE) if each.filed == day and number >= 2]
        cells = [
            duration(quantile([float(n * step) for n in places], share)) for step in (10, 30) for share in (0.5, 0.95)
        ]
        later = 2 if day == DAYS[0] else 1  # one of the two that were cut off has no acceptance, the other came today
        expected.append([str(day), str(len(places)), *cells, str(later)])
    assert page.rows("From acceptance to here") == expected
    said = page.said(page.section("From acceptance to here"))
    whole = [30.0 * number for number in range(2, len(HERE))]
    assert f"within {duration(quantile(whole, 0.5))} of their acceptance" in said
    assert f"95 % within {duration(quantile(whole, 0.95))}." in said
    assert "more than 48 hours after acceptance: 3 filings," in said
    assert "No time of acceptance is stated by 1 filing." in said


def test_quarantine_with_reasons(page: Page) -> None:
    section = page.section("Quarantine")
    assert [page.said(one) for one in section.xpath("./h3")] == ["cut_off 2"]
    assert "A document is open at the end of the file, or the file ends inside the header." in page.said(section)
    rows = page.rows("Quarantine")
    assert [row[0][:20] for row in rows] == sorted((each.accession for each in CUT), reverse=True)
    assert [row[1:] for row in rows] == [
        [each.form, "2024-01-03"] for each in sorted(CUT, key=lambda each: each.accession, reverse=True)
    ]


def test_more_in_quarantine_than_are_named_is_counted(made: Path, tmp_path: Path) -> None:
    warehouse = Path(shutil.copytree(made, tmp_path / "w", symlinks=True))
    with duckdb.connect(str(warehouse / DATABASE)) as connection:
        connection.execute(
            "UPDATE ops.ingest_log SET status = 'quarantined', reason_code = 'check_failed' WHERE filing_id IN "
            "(SELECT filing_id FROM filing WHERE filed_on = DATE '2024-01-02')"
        )
    publish_as_it_is(warehouse)
    page = page_of(warehouse, "2024-01")
    heads = [page.said(one) for one in page.section("Quarantine").xpath("./h3")]
    assert heads == ["check_failed 24", "cut_off 2"]
    assert len(page.rows("Quarantine")) == IN_QUARANTINE
    assert f"And {24 - IN_QUARANTINE} more; filings quarantine lists all." in page.said()


def test_checks(page: Page) -> None:
    heads = {row[0].replace("\u200b", ""): row[1:] for row in page.rows("Checks")}
    rows = {head.split()[0]: [head.split()[1], *row] for head, row in heads.items()}
    shipped = {one.name: one.line("level") for one in statements.read_all(statements.folder() / "checks")}
    assert rows.keys() == {*shipped, "logical_key", "a_check_of_old"}
    assert rows.pop("ownership_code_unknown") == ["warning", "3", "2", "2024-01-05 10:09"]
    assert rows.pop("rows_have_filing") == ["error", "1", "1", "2024-01-05 10:07"]
    assert rows.pop("a_check_of_old") == ["warning", "1", "1", "2024-01-05 10:08"]
    assert all(row[0] == shipped.get(name, "error") and row[1:] == ["0", "0", "–"] for name, row in rows.items())
    said = page.said(page.section("Checks"))
    assert "; other filings have 1 row more" in said
    assert all(one.line("asks")[1:] in said for one in statements.read_all(statements.folder() / "checks"))


def test_what_was_read(made: Path, page: Page) -> None:
    with connect(made) as connection:
        ((read_at,),) = connection.execute("SELECT CAST(max(read_at) AS VARCHAR)[:16] FROM ops.index_file").fetchall()
    assert page.rows("What was read") == [["daily", "3", "2024-01-02", "2024-01-04", read_at]]
    number = int((made / "filings.duckdb").readlink().stem)
    assert f"Snapshot {number}, loaded until " in page.said()


def test_what_filings_say_is_never_markup(page: Page) -> None:
    assert not page.tree.xpath("//script | //img | //iframe | //@onerror")
    companies = [one.text_content() for one in page.tree.xpath("//*[@class='company']")]
    assert visible(HOSTILE) in companies
    assert "\x07" not in page.text and "\u202e" not in page.text
    assert visible(HOSTILE) in [one.text_content() for one in page.tree.xpath("//*[@class='detail']")]


def test_nothing_is_asked_of_the_network(page: Page) -> None:
    for name in ("src", "href", "action", "data", "poster", "srcset", "background"):
        for value in page.tree.xpath(f"//@*[local-name() = '{name}']"):
            assert value.startswith("#") or value == "data:,", value
    assert not page.tree.xpath("//script | //link[@rel != 'icon'] | //object | //embed | //base")
    assert not re.search(r"https?:|//\w|@import|url\((?!#)", page.text)
    (policy,) = page.tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_it_can_be_read_aloud(page: Page) -> None:
    assert [len(page.tree.xpath(f"//{name}")) for name in ("h1", "main", "header")] == [1, 1, 1]
    assert page.tree.get("lang") == "en"
    for head in page.tree.xpath("//table//th"):
        assert head.get("scope") in ("col", "row", "colgroup")
    for row in page.tree.xpath("//tbody/tr"):
        assert row[0].tag == "th" and row[0].get("scope") == "row"
    for drawing in page.tree.xpath("//svg[not(@aria-hidden)]"):
        assert drawing.get("aria-label") and drawing.get("role") == "group"


def test_a_selection(made: Path) -> None:
    form = Counter(each.form for each in OF_DAY[DAYS[0]]).most_common(1)[0][0]
    some = page_of(made, "2024-01-02", "2024-01-04", forms=[form])
    chosen = [each for each in FILINGS if each.form in (form, f"{form}/A")]
    assert some.totals()["listed"] == len(chosen) == sum(int(row[1]) for row in some.rows("Volumes by form"))
    assert f"Forms {form}" in some.said()
    party = FILINGS[0].parties[-1]
    own = [each for each in FILINGS if party.cik in {one.cik for one in each.parties}]
    assert sum(int(row[1]) for row in page_of(made, "2024-01-02", "2024-01-04", ciks=[str(party.cik)]).rows(
        "Volumes by form"
    )) == len(own)  # fmt: skip


@pytest.mark.parametrize(
    ("days", "kind"), [(("2024-01-02",), "sheets"), (("2023", "2024"), "sheets"), (("1995", "2024"), "strips")]
)
def test_spans_of_any_length(made: Path, days: tuple[str, ...], kind: str) -> None:
    page = page_of(made, *days)
    cells = page.tree.xpath(f"//div[@class='{kind}']//g[@role='img']")
    assert len(cells) == len(list(span(*days).days()))
    places = [
        (index, cell.get("transform"))
        for index, drawing in enumerate(page.tree.xpath(f"//div[@class='{kind}']//svg"))
        for cell in drawing.xpath(".//g[@role='img']")
    ]
    assert len(set(places)) == len(places), "two days at one place"
    for drawing in page.tree.xpath(f"//div[@class='{kind}']//svg"):
        _, top, width, height = map(float, drawing.get("viewbox").split())
        for x, y in (map(float, re.findall(r"-?[\d.]+", place)[:2]) for place in drawing.xpath(".//g/@transform")):
            assert 0 <= x < width and 0 <= y < top + height
    assert len(page.text) < (3_000_000 if kind == "strips" else 400_000)


def test_a_warehouse_that_no_index_was_read_into(tmp_path: Path) -> None:
    ingest(tmp_path / "w", [EXAMPLES / "damaged-8-k-cut-off.txt"])
    page = page_of(tmp_path / "w", "2024-09")
    assert page.tree.find(".//title").text == "Not complete: 2024-09-01 to 2024-09-30"
    assert page.totals() | {"days not read": 0} == dict.fromkeys(page.totals(), 0)
    said = page.said()
    assert "No index lists a filing in this span." in said and "Nothing of this span is in quarantine." in said
    assert "1 more in quarantine that no index lists" in said
    assert "No index that speaks of this span was read" in said


def test_a_share_is_never_rounded_up() -> None:
    def here(listed: int, pending: int) -> str | None:
        day = Day(date(2024, 1, 2), True, listed, listed - pending, pending=pending)
        return share_of(Proof(span("2024-01-02"), (day,)))

    assert [here(1_000_000, 0), here(1_000_000, 1), here(3, 1), here(0, 0)] == ["100", "99.99", "66.66", None]


def test_times_for_people() -> None:
    assert [duration(each) for each in (4.6, 99, 100, 3570, 3600, 5400, 172_799, 400_000)] == [
        "5 s", "99 s", "2 min", "1 h", "1 h", "1 h 30 min", "2 days", "5 days",
    ]  # fmt: skip
