"""The clocks of every real filing, typed: against the header's text, against the page's rule written in SQL, and
against the day on which EDGAR wrote the file."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

EASTERN = ZoneInfo("America/New_York")
STATED = {
    "filed_on": rb"(?:FILED AS OF DATE:|<FILING-DATE>)",
    "header_changed_on": rb"(?:DATE AS OF CHANGE:|<DATE-OF-FILING-DATE-CHANGE>)",
    "period_of_report": rb"(?:CONFORMED PERIOD OF REPORT:|<PERIOD>)",
    "effective_on": rb"(?:EFFECTIVENESS DATE:|<EFFECTIVENESS-DATE>)",
    "public_release_on": rb"<PUBLIC-REL-DATE>",
    "period_start_on": rb"(?:PERIOD START:|<PERIOD-START>)",
}

# tables.md 4, written a second time and in another language; all moments are Eastern wall clocks until the last line.
RULE = """
    WITH clock AS (
        SELECT *, accepted_at_eastern AS accepted, regexp_replace(coalesce(form_type, ''), '/A$', '') AS form,
               (SELECT min(o.disseminated_on) FROM ops.observation AS o WHERE o.filing_id = filing.filing_id) AS written_on,
               coalesce(is_private_to_public, false) OR public_release_on IS NOT NULL
                   OR form IN ('UPLOAD', 'CORRESP', 'DRS', 'DRSLTR', 'DOS', 'DOSLTR') AS is_withheld
        FROM filing
    ), ruled AS (
        SELECT *, CASE
            WHEN accepted IS NOT NULL AND NOT is_withheld THEN 'acceptance'
            WHEN public_release_on <= coalesce(written_on, public_release_on) THEN 'release_date'
            WHEN written_on IS NOT NULL THEN 'dissemination_line'
            WHEN filed_on IS NOT NULL AND NOT is_withheld THEN 'filed_date'
            ELSE 'first_seen'
        END AS basis, CASE basis
            WHEN 'acceptance' THEN CASE
                WHEN accepted::TIME <= TIME '17:30:00' OR filed_on = accepted::DATE THEN accepted
                WHEN filed_on > accepted::DATE THEN filed_on + TIME '07:30:00'
                WHEN form IN ('3', '4', '5', '144', 'SC 13D', 'SC 13G', 'SCHEDULE 13D', 'SCHEDULE 13G', 'SC 14N')
                    OR form LIKE '%MEF' THEN accepted
                ELSE accepted::DATE + CASE isodow(accepted) WHEN 5 THEN 3 WHEN 6 THEN 2 ELSE 1 END + TIME '07:30:00'
            END
            WHEN 'release_date' THEN public_release_on + TIME '22:00:00'
            WHEN 'dissemination_line' THEN written_on + TIME '22:00:00'
            WHEN 'filed_date' THEN filed_on + TIME '22:00:00'
        END AS moment
        FROM clock
    )
    SELECT filing_id, basis, timezone('America/New_York', moment), available_at_basis, available_at, first_seen_at,
           is_withheld, accepted, written_on
    FROM ruled
"""


def ask(warehouse: Path, question: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse / "filings.duckdb"), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(question).fetchall()


def test_each_clock_is_the_text_of_the_header(ingested: Path, real_files: dict[str, Path]) -> None:
    columns = ", ".join(STATED)
    rows = ask(
        ingested,
        f"SELECT source, envelope, accepted_at_eastern, accepted_at, {columns} FROM filing WHERE has_header",
    )
    seen = 0
    for source, envelope, eastern, utc, *dates in rows:
        raw = real_files[source].read_bytes()[:200_000].replace(b"\r", b"\n")
        header = re.split(rb"(?m)^ *<DOCUMENT>|^10-K$", raw)[0]
        for (name, label), found in zip(STATED.items(), dates, strict=True):
            said = re.search(rb"(?m)^[ \t]*" + label + rb"[ \t]*(\d{8})", header)
            assert found == (date.fromisoformat(said[1].decode()) if said else None), (source, name)
            seen += found is not None
        said = re.search(rb"(?m)^[ \t]*<ACCEPTANCE-DATETIME>(\d{14})", header)
        if said or envelope != "submission":  # tags do not state it: then another version may
            accepted = datetime.strptime(said[1].decode(), "%Y%m%d%H%M%S") if said else None
            assert eastern == accepted, source
        assert utc == (eastern.replace(tzinfo=EASTERN) if eastern else None), source
    assert seen > 3_000


def test_available_at_is_the_rule_of_the_page(ingested: Path) -> None:
    bases = set()
    for filing_id, basis, moment, found_basis, found, first_seen, *_ in ask(ingested, RULE):
        if moment is None or first_seen < moment:
            basis, moment = "first_seen", first_seen
        assert (found_basis, found) == (basis, moment), filing_id
        bases.add(basis)
    assert bases >= {"acceptance", "release_date", "dissemination_line", "first_seen"}


def test_the_day_is_the_one_on_which_edgar_wrote_the_file(ingested: Path) -> None:
    """A judge from outside: the dissemination date of the first line. Only a later dissemination may differ."""
    count, later = 0, []
    for filing_id, basis, _, _, found, _, is_withheld, _, written_on in ask(ingested, RULE):
        if basis == "acceptance" and not is_withheld and written_on is not None:
            day = found.astimezone(EASTERN).date()
            assert day <= written_on, f"{filing_id} is called available after it was written"
            later += [filing_id] if day < written_on else []
            count += 1
    assert count > 900
    assert len(later) / count < 0.01, later
