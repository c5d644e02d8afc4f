"""Company data and ticker files → `company`, `company_former_name`, `company_ticker`: what the newest readings say.

Readings come in the order in which they were made (`load/readings.py`), so each step is: what stands, and what this reading
says against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Table

from filings.faults import Point, reach
from filings.fetch.company import Company, FormerName, Ticker
from filings.load.availability import EASTERN
from filings.load.database import Database
from filings.schema.company import company, company_former_name, company_ticker
from filings.schema.derive import arrow_schema, full_name

_TAG = re.compile(r"\s*<[^>]*>\s*")
_NOTHING = ("", "0000")


def write_company(database: Database, load_id: int, found: Company, sha256: str, read_at: datetime) -> None:
    """The page of a company takes the place of what stood for its CIK, inside the caller's transaction."""
    stated = found.stated
    row = {
        "cik": found.cik,
        "name": _text(found.name),
        "entity_type": _text(stated.get("entityType")),
        "sic_code": _text(stated.get("sic")),
        "sic_name": _text(stated.get("sicDescription")),
        "organization": _text(stated.get("ownerOrg")),
        "irs_number": _text(stated.get("ein")),
        "lei": _text(stated.get("lei")),
        "state_of_incorporation": _text(stated.get("stateOfIncorporation")),
        "fiscal_year_end": _text(stated.get("fiscalYearEnd")),
        "category": _text("; ".join(part for part in _TAG.split(str(stated.get("category") or "")) if part)),
        "read_at": read_at,
        "sha256": sha256,
        "load_id": load_id,
    }
    for table in (company, company_former_name):
        reach(Point.LOAD_DELETE)
        database.connection.execute(f"DELETE FROM {full_name(table)} WHERE cik = ?", [found.cik])
    names = [
        {"cik": found.cik, "position": at, **_former(each), "load_id": load_id}
        for at, each in enumerate(found.former_names, 1)
    ]
    _insert(database, company, [row])
    _insert(database, company_former_name, names)


def _text(value: Any) -> str | None:
    text = " ".join(str(value).split()) if value is not None else ""
    return None if text in _NOTHING else text


def _former(name: FormerName) -> dict[str, object]:
    return {"name": " ".join(name.name.split()), "from_on": _eastern_day(name.first), "to_on": _eastern_day(name.last)}


def _eastern_day(moment: str | None) -> date | None:
    """The Eastern day of a moment as stated: 2007-01-10T05:00:00.000Z is midnight in New York, and other answers
    have 2007-01-10T00:00:00.000Z for the same day."""
    try:
        found = datetime.fromisoformat(str(moment))
    except ValueError:
        return None
    is_midnight = (found.hour, found.minute) == (0, 0)
    return found.date() if is_midnight or not found.tzinfo else found.astimezone(EASTERN).date()


def write_tickers(database: Database, load_id: int, found: Sequence[Ticker], read_at: datetime) -> None:
    """A ticker file against what stands, inside the caller's transaction.

    Files of funds and files of companies are two snapshots: what one lacks says nothing of the other. A ticker whose
    exchange, series or class is another one now is gone, and a new one stands. Within a day (UTC) the last reading counts.
    """
    funds = any(each.class_id for each in found)
    day = read_at.date()
    now: dict[tuple[str, str], Ticker] = {}
    for each in found:
        now.setdefault((each.cik, each.ticker), each)
    standing = database.connection.execute(
        "SELECT cik, ticker, exchange, series_id, class_id, first_seen_on FROM company_ticker "
        "WHERE gone_on IS NULL AND (class_id IS NOT NULL) = ?",
        [funds],
    ).fetchall()
    kept = set()
    ended: list[tuple[str, str]] = []
    undone: list[tuple[str, str]] = []
    for cik, ticker, exchange, series_id, class_id, first_seen_on in standing:
        new = now.get((cik, ticker))
        if new and _agrees(new, exchange, series_id, class_id):
            kept.add((cik, ticker))
        elif new and first_seen_on == day:
            undone.append((cik, ticker))
        else:
            ended.append((cik, ticker))
    came = [each for key, each in now.items() if key not in kept]
    _each(database, f"DELETE FROM company_ticker AS t USING _keys AS k WHERE {_STANDING}", undone)
    _each(database, f"UPDATE company_ticker AS t SET gone_on = DATE '{day}' FROM _keys AS k WHERE {_STANDING}", ended)
    # what was gone and came back within the day was never gone
    back = {(each.cik, each.ticker): each for each in came}
    returned = database.connection.execute(
        "SELECT cik, ticker, exchange, series_id, class_id FROM company_ticker WHERE gone_on = ?", [day]
    ).fetchall()
    same = [
        (cik, ticker)
        for cik, ticker, *stated in returned
        if (cik, ticker) in back and _agrees(back[cik, ticker], *stated)
    ]
    _each(
        database,
        f"UPDATE company_ticker AS t SET gone_on = NULL FROM _keys AS k WHERE {_OWN} AND gone_on = DATE '{day}'",
        same,
    )
    rows = [
        {
            "cik": each.cik,
            "ticker": each.ticker,
            "exchange": each.exchange,
            "series_id": each.series_id,
            "class_id": each.class_id,
            "first_seen_on": day,
            "gone_on": None,
            "load_id": load_id,
        }
        for key, each in back.items()
        if key not in set(same)
    ]
    _insert(database, company_ticker, rows)
    if not funds:
        _write_titles(database, load_id, now.values(), read_at)


_OWN = "t.cik = k.cik AND t.ticker = k.ticker"
_STANDING = f"{_OWN} AND t.gone_on IS NULL"


def _agrees(new: Ticker, exchange: str | None, series_id: str | None, class_id: str | None) -> bool:
    """A file without exchanges says nothing about them."""
    return (new.exchange is None or new.exchange == exchange) and (new.series_id, new.class_id) == (series_id, class_id)


def _write_titles(database: Database, load_id: int, found: Any, read_at: datetime) -> None:
    """Companies of whom only a ticker line was read have their name from it."""
    names: dict[str, str] = {}
    for each in found:
        if each.name and _text(each.name):
            names.setdefault(each.cik, " ".join(each.name.split()))
    known = dict(database.connection.execute("SELECT cik, sha256 IS NULL FROM company").fetchall())
    stated = dict(database.connection.execute("SELECT cik, name FROM company WHERE sha256 IS NULL").fetchall())
    changed = {cik: name for cik, name in names.items() if known.get(cik, True) and stated.get(cik) != name}
    if not changed:
        return
    keys = [(cik, "") for cik in changed]
    _each(database, "DELETE FROM company AS t USING _keys AS k WHERE t.cik = k.cik", keys)
    _insert(
        database,
        company,
        [{"cik": cik, "name": name, "read_at": read_at, "load_id": load_id} for cik, name in changed.items()],
    )


def _each(database: Database, statement: str, keys: Sequence[tuple[str, str]]) -> None:
    """Run a statement over the rows of these CIKs and tickers, named `_keys` in it."""
    if not keys:
        return
    reach(Point.LOAD_DELETE)
    ciks, tickers = zip(*keys, strict=True)
    table = pa.table({"cik": pa.array(ciks, pa.string()), "ticker": pa.array(tickers, pa.string())})
    database.connection.register("_keys", table)
    database.connection.execute(statement)
    database.connection.unregister("_keys")


def _insert(database: Database, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        reach(Point.LOAD_INSERT)
        whole = [{column.name: row.get(column.name) for column in table.columns} for row in rows]
        database.insert(table, pa.Table.from_pylist(whole, schema=arrow_schema(table)))
