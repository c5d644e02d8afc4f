"""Which filings of a snapshot a rule of alerts tells of, and what is told of each.

A condition is one expression in SQL over a row of `filing`. As in the checks, the same text may be asked of everything: the
tables of filings that it names plainly hold the new filings alone, ``main.TABLE`` holds all of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Timer
from typing import Any

from filings.alert_rule import AlertRule
from filings.errors import FilingsError, UsageError
from filings.fetch.addresses import Host, address
from filings.query.answer import rows_of, translated
from filings.query.company import with_ticker
from filings.query.compiled import duckdb
from filings.query.connect import CATALOG, connect
from filings.query.grid import visible

PATIENCE = 30.0
"""Seconds that the condition of a rule may take."""

_NAME = 150  # characters of a company's name in the line for people
_NEW = "temp.new_filing"
_SOUND = "status <> 'quarantined' AND NOT (status = 'superseded' AND reason_code = 'damaged')"
_INSTANT = "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there: batches up to `load_id`, filings first loaded up to `first_loaded_at` (UTC, as text)."""

    load_id: int = 0
    first_loaded_at: str | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """New filings that a rule tells of, each with the sha256 of the version that stands; how many it passes over because
    they had long been public; tickers of the rule that nobody has."""

    found: list[tuple[str, str]]
    passed_over: int
    unknown: tuple[str, ...]


@contextmanager
def opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The newest snapshot, for conditions that others wrote: nothing outside it can be read. Raises as `connect`."""
    with connect(warehouse) as connection, translated():
        connection.execute("SET enable_external_access = false")
        yield connection


def snapshot_number(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the snapshot that is open."""
    asked = f"SELECT path FROM duckdb_databases() WHERE database_name = '{CATALOG}'"
    return int(Path(connection.execute(asked).fetchall()[0][0]).stem)


def seen(connection: duckdb.DuckDBPyConnection) -> Seen:
    """All that is in this snapshot."""
    ((load_id, at),) = connection.execute(
        "SELECT coalesce(max(load_id), 0), CAST(max(first_loaded_at) AS VARCHAR) FROM ops.ingest_log"
    ).fetchall()
    return Seen(int(load_id), at)


@dataclass(frozen=True, slots=True)
class Told:
    """A row of `ops.alert`; `sent_at` is UTC."""

    rule_name: str
    filing_id: str
    raw_sha256: str
    outcome: str
    sent_at: str


def history(connection: duckdb.DuckDBPyConnection) -> list[Told]:
    """`ops.alert`; empty in a snapshot of before there was that table."""
    if not rows_of(connection, ["table_name"], "ops.schema_version WHERE table_name = 'ops.alert'"):
        return []
    asked = "SELECT rule_name, filing_id, raw_sha256, outcome, CAST(sent_at AS VARCHAR) FROM ops.alert"
    return [Told(*row) for row in connection.execute(asked).fetchall()]


def check(connection: duckdb.DuckDBPyConnection, rule: AlertRule) -> None:
    """Raise UsageError where the rule's condition is none in SQL."""
    if not rule.where.strip():
        return
    statement = f"EXPLAIN SELECT filing_id FROM filing WHERE (\n{rule.where}\n)"
    try:
        with translated():
            if len(connection.extract_statements(statement)) != 1:
                raise UsageError("it holds several statements")
            connection.execute(statement).fetchall()
    except FilingsError as error:
        raise UsageError(
            f"where of [alerts.{rule.name}] is no condition over filing: {error.message}",
            error.hint or "It is one expression in SQL, as stands behind WHERE.",
        ) from error


def find_new(connection: duckdb.DuckDBPyConnection, before: Seen | None) -> None:
    """Make the list of filings that are new since; of all filings without `before`. The next calls are about these.

    A filing is new when its first sound version came, or its first at all while none is sound: that moment stays when it is
    read again, or another version comes. By that moment it is later than what was seen; or, since a clock may go back, by
    the number of its batch, where it was never read again (a rebuild numbers anew).
    """
    late, is_new, values = "TRUE", "TRUE", list[object]()
    if before:
        at = before.first_loaded_at or "0001-01-01"
        late = "load_id > ? OR first_loaded_at > CAST(? AS TIMESTAMPTZ)"
        is_new = "stood_at > CAST(? AS TIMESTAMPTZ) OR (stood_at = loaded_at AND load_id > ?)"
        values = [before.load_id, at, at, before.load_id]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_filing AS "
        f"WITH late AS (SELECT DISTINCT filing_id FROM ops.ingest_log WHERE {late}), stood AS ("
        f"SELECT filing_id, coalesce(min(first_loaded_at) FILTER ({_SOUND}), min(first_loaded_at)) AS stood_at, "
        f"max(loaded_at) AS loaded_at, max(load_id) AS load_id "
        f"FROM ops.ingest_log WHERE filing_id IN (FROM late) GROUP BY filing_id) "
        f"SELECT filing_id, load_id, stood_at FROM stood WHERE {is_new}",
        values,
    )


def count_new(connection: duckdb.DuckDBPyConnection) -> int:
    """How many filings are in that list."""
    return int(connection.execute(f"SELECT count(*) FROM {_NEW}").fetchall()[0][0])


def matching(connection: duckdb.DuckDBPyConnection, rule: AlertRule, days: int | None) -> Matches:
    """The new filings that a rule tells of, the earliest public first.

    `days`: those that had been public for more days when they came are passed over; None: none is for that. The rule's
    `since` leaves out those filed before. Raises UsageError where the condition fails, FilingsError where it takes too
    long.
    """
    condition, values, unknown = _selected(connection, rule)
    parts = [condition, *([f"(\n{rule.where}\n)"] if rule.where.strip() else [])]
    if rule.since:
        parts.append("coalesce(filing.filed_on, CAST(filing.available_at AS DATE)) >= CAST(? AS DATE)")
        values.append(str(rule.since))
    fresh = f"available_at >= stood_at - INTERVAL {int(days)} DAY" if days is not None else "TRUE"
    statement = (
        f"{_over_new(connection, rule.where)} SELECT f.filing_id, f.raw_sha256, {fresh} FROM ("
        f"SELECT filing.filing_id, filing.raw_sha256, filing.available_at FROM filing WHERE {' AND '.join(parts)}"
        f") AS f JOIN {_NEW} AS n USING (filing_id) ORDER BY f.available_at, f.filing_id"
    )
    rows = _within(connection, rule, statement, values)
    found = [(filing_id, sha) for filing_id, sha, is_fresh in rows if is_fresh]
    return Matches(found, len(rows) - len(found), unknown)


def _selected(connection: duckdb.DuckDBPyConnection, rule: AlertRule) -> tuple[str, list[object], tuple[str, ...]]:
    """The rule's forms and companies as a condition, its values, and the tickers that nobody has."""
    chosen = rule.selection
    having = {ticker: with_ticker(connection, ticker) for ticker in chosen.tickers}
    text, values = chosen.condition(cik for ciks in having.values() for cik in ciks)
    unknown = tuple(ticker for ticker, ciks in having.items() if not ciks)
    if not chosen:
        return "TRUE", [], ()
    parties = "SELECT f.filing_id, f.form_type, p.cik FROM filing AS f LEFT JOIN filing_party AS p USING (filing_id)"
    return f"filing.filing_id IN (SELECT filing_id FROM ({parties}) WHERE {text})", values, unknown


def _over_new(connection: duckdb.DuckDBPyConnection, where: str) -> str:
    """Each table of filings that is named, of the new filings alone. Their batches bound what is read."""
    named = {"filing", "filing_party", *re.findall(r"[a-z][a-z0-9_]*", where.lower())}
    tables = rows_of(
        connection,
        ["table_name"],
        "(SELECT DISTINCT table_name FROM ops.dictionary WHERE column_name = 'filing_id' AND NOT contains(table_name, '.'))"
        " ORDER BY table_name",
    )
    ((first, last),) = connection.execute(f"SELECT min(load_id), max(load_id) FROM {_NEW}").fetchall()
    bounds = f"load_id BETWEEN {int(first or 0)} AND {int(last or 0)} AND filing_id IN (SELECT filing_id FROM {_NEW})"
    names = [str(row["table_name"]) for row in tables]
    return "WITH " + ", ".join(
        f"{name} AS (SELECT * FROM {CATALOG}.main.{name} WHERE {bounds})" for name in names if name in named
    )


def _within(
    connection: duckdb.DuckDBPyConnection, rule: AlertRule, statement: str, values: Sequence[object]
) -> list[tuple[Any, ...]]:
    """The rows of a statement, stopped where it takes too long."""
    is_late = Event()

    def stop() -> None:
        is_late.set()
        connection.interrupt()

    timer = Timer(PATIENCE, stop)
    timer.daemon = True
    timer.start()
    try:
        with translated():
            try:
                return connection.execute(statement, list(values)).fetchall()
            except duckdb.InterruptException as error:
                if not is_late.is_set():
                    raise
                raise FilingsError(
                    f"where of [alerts.{rule.name}] took longer than {PATIENCE:.0f} s",
                    "Name tables plainly, so that only the new filings are read, not main.TABLE.",
                ) from error
    except UsageError as error:
        raise UsageError(f"where of [alerts.{rule.name}] fails: {error.message}", error.hint) from error
    finally:
        timer.cancel()


def messages(connection: duckdb.DuckDBPyConnection, filing_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """What is told of each of these filings, without rule, warehouse and snapshot; those that are not here are left out."""
    found: dict[str, dict[str, Any]] = {}
    if not filing_ids:
        return {}
    wanted, values = f"filing_id IN ({', '.join('?' * len(filing_ids))})", list(filing_ids)
    loads = connection.execute(f"SELECT DISTINCT load_id FROM ops.ingest_log WHERE {wanted}", values).fetchall()
    listed = ", ".join(str(load_id) for (load_id,) in loads) or "NULL"
    wanted = f"load_id IN ({listed}) AND {wanted}"  # a batch's rows lie together: few row groups are read
    rows = connection.execute(
        f"SELECT filing_id, accession_number, form_type, CAST(filed_on AS VARCHAR), {_INSTANT.format('accepted_at')}, "
        f"{_INSTANT.format('available_at')}, document_count FROM filing WHERE {wanted}",
        values,
    ).fetchall()
    names = ("filing_id", "accession_number", "form_type", "filed_on", "accepted_at", "available_at", "document_count")
    for row in rows:
        found[row[0]] = dict(zip(names, row, strict=True)) | {"status": None, "companies": []}
    for filing_id, status in connection.execute(
        f"SELECT filing_id, status FROM ops.ingest_log WHERE status <> 'superseded' AND {wanted} ORDER BY row_count",
        values,
    ).fetchall():
        if filing_id in found:
            found[filing_id]["status"] = status
    parties = connection.execute(
        f"SELECT filing_id, cik, conformed_name, role FROM filing_party WHERE {wanted} "
        "GROUP BY ALL ORDER BY filing_id, min(position)",
        values,
    ).fetchall()
    for filing_id, cik, name, role in parties:
        if filing_id in found:
            found[filing_id]["companies"].append({"cik": cik, "name": name, "role": role})
    for one in found.values():
        one["url"] = _url(one)
        one["text"] = _text(one)
    return found


def _url(message: dict[str, Any]) -> str | None:
    """The filing's page at sec.gov; None where accession number or company is not known."""
    ciks = [one["cik"] for one in message["companies"] if one["cik"]]
    if not (message["accession_number"] and ciks):
        return None
    page = address("filing_page", cik=ciks[0], accession=message["accession_number"])
    return f"https://{Host.WWW}{page.path}"


def _text(message: dict[str, Any]) -> str:
    """One line for people: the form, the companies, the day, the page."""
    names = list(dict.fromkeys(one["name"] for one in message["companies"] if one["name"]))
    who = ", ".join(name[:_NAME] for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    parts = [message["form_type"] or "A filing", *([f"of {who}"] if who else [])]
    day = f", filed {message['filed_on']}" if message["filed_on"] else ""
    return visible(f"{' '.join(parts)}{day}: {message['url'] or message['filing_id']}")
