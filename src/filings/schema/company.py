"""Companies as EDGAR describes them today, from company data and ticker files (tables.md 6.7): no rows of filings."""

from __future__ import annotations

from filings.schema.columns import Computed, Ours, Rule, bigint, date, instant, integer, plain, text

_CIK = "the company's number at the SEC, 10 digits"
_LOAD = "batch that wrote the row"

company = plain(
    "company",
    "One row for each CIK whose company data or ticker line was read: its state on that day, not at any filing.",
    [
        text("cik", _CIK, at=Rule("edgar.md F.2"), null="no", form="cik"),
        text("name", "name today, as EDGAR conforms it; where only a ticker file was read, the title there", at=Rule("edgar.md F.2", "name"), form="name"),
        text("entity_type", "kind of entity: operating, investment, other …", at=Rule("edgar.md F.2", "entityType")),
        text("sic_code", "code of its industry, 4 digits", at=Rule("edgar.md F.2", "sic")),
        text("sic_name", "name of that industry", at=Rule("edgar.md F.2", "sicDescription")),
        text("organization", "office of the SEC that looks after it", at=Rule("edgar.md F.2", "ownerOrg")),
        text("irs_number", "employer identification number", at=Rule("edgar.md F.2", "ein")),
        text("lei", "legal entity identifier", at=Rule("edgar.md F.2", "lei")),
        text("state_of_incorporation", "state or country of incorporation, by EDGAR's code", at=Rule("edgar.md F.2", "stateOfIncorporation")),
        text("fiscal_year_end", "last day of its fiscal year, MMDD", at=Rule("edgar.md F.2", "fiscalYearEnd")),
        text("category", "size of the filer, as Large accelerated filer; several parts are joined by a semicolon", at=Rule("edgar.md F.2", "category")),
        instant("read_at", "when the answer was read from which the row comes", at=Ours("client"), null="no"),
        text("sha256", "sha256 of the company data; NULL where only a ticker file was read", at=Computed("the bytes")),
        bigint("load_id", _LOAD, at=Ours("loader"), null="no"),
    ],
    key=("cik",),
)

company_former_name = plain(
    "company_former_name",
    "One row for each former name in the company data of a CIK.",
    [
        text("cik", _CIK, at=Rule("edgar.md F.2"), null="no", form="cik"),
        integer("position", "1, 2, 3 … as listed", at=Computed("order"), null="no"),
        text("name", "the former name", at=Rule("edgar.md F.2", "formerNames[].name"), null="no", form="name"),
        date("from_on", "first day of the name, Eastern time", at=Rule("edgar.md F.2", "formerNames[].from")),
        date("to_on", "last day of the name, Eastern time", at=Rule("edgar.md F.2", "formerNames[].to")),
        bigint("load_id", _LOAD, at=Ours("loader"), null="no"),
    ],
    key=("cik", "position"),
)

company_ticker = plain(
    "company_ticker",
    "One row for each ticker of a CIK (and class) over a stretch of readings of the ticker files.",
    [
        text("cik", _CIK, at=Rule("edgar.md F.3"), null="no", form="cik"),
        text("ticker", "the symbol, as stated", at=Rule("edgar.md F.3"), null="no"),
        text("exchange", "exchange, as stated; may be missing", at=Rule("edgar.md F.3")),
        text("series_id", "series of a fund, S and 9 digits", at=Rule("edgar.md F.3")),
        text("class_id", "class of a fund, C and 9 digits", at=Rule("edgar.md F.3")),
        date("first_seen_on", "day (UTC) of the first reading that has it", at=Ours("client"), null="no"),
        date("gone_on", "day (UTC) of the first later reading that lacks it; NULL while it stands", at=Ours("client")),
        bigint("load_id", _LOAD, at=Ours("loader"), null="no"),
    ],
    key=("cik", "ticker", "first_seen_on"),
)
