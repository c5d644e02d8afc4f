"""A batch of filings → one transaction (house, 6): delete what the ledger knows, insert, write the ledger, check."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

import pyarrow as pa
from sqlalchemy import Table

from filings.disk import disk
from filings.faults import Point, reach
from filings.load import checks, evidence
from filings.load.assemble import Assembled
from filings.load.checks import Check, Found
from filings.load.database import Database, data_tables
from filings.load.ledger import Known, LedgerIndex
from filings.load.values import type_rows
from filings.schema import ops
from filings.schema.codes import Issue
from filings.schema.columns import metadata
from filings.schema.derive import arrow_schema, full_name

_TEXT_LIMIT = 4096


@dataclass(slots=True)
class Batch:
    """Typed rows of many filings, ready to be inserted: one Arrow table a table, `ops` included."""

    load_id: int
    filing_ids: list[str]
    tables: dict[str, pa.Table]

    @property
    def row_counts(self) -> dict[str, int]:
        """Rows in each table of filings."""
        return {name: batch.num_rows for name, batch in self.tables.items() if not name.startswith("ops.")}


class Rejected(Exception):
    """An error check found filings of the batch wrong; the transaction was rolled back."""

    def __init__(self, found: Sequence[Found]) -> None:
        super().__init__(f"{len(found)} rows are wrong")
        self.found = list(found)


def _issue_row(filing_id: str, load_id: int, issue: Issue) -> dict[str, object]:
    return {
        "filing_id": filing_id,
        "load_id": load_id,
        "code": issue.code,
        "table_name": issue.table,
        "column_name": issue.column,
        "position": issue.position,
        "document_position": issue.document_position,
        "text_as_filed": issue.text[:_TEXT_LIMIT] if issue.text is not None else None,
        "start_byte": issue.start,
        "end_byte": issue.end,
        "detail": issue.detail,
    }


def build(filings: Sequence[Assembled], load_id: int, first_loaded: dict[tuple[str, str], datetime]) -> Batch:
    """Type the rows of a batch by column and add the ledger.

    `first_loaded` gives, for versions that were loaded before, when that was.
    """
    now = datetime.now(UTC)
    batches: dict[str, pa.Table] = {}
    counts: dict[str, Counter[str]] = {one.filing_id: Counter() for one in filings}
    issues: dict[str, list[Issue]] = {one.filing_id: list(one.issues) for one in filings}
    filed_on = {one.filing_id: one.filed_on for one in filings if one.filed_on}
    for table in data_tables():
        name = full_name(table)
        rows: list[dict[str, object]] = []
        for one in filings:
            if own := one.rows.get(name):
                counts[one.filing_id][name] = len(own)
                rows.extend({**row, "filing_id": one.filing_id, "load_id": load_id} for row in own)
        if not rows:
            continue
        batches[name], found = type_rows(table, rows, filed_on)
        for index, issue in found:
            issues[str(rows[index]["filing_id"])].append(issue)
    ledger: list[dict[str, object]] = []
    for one in filings:
        held = counts[one.filing_id]
        for entry in one.ledger:
            stands = entry["raw_sha256"] == one.chosen
            own_counts = dict(sorted(held.items())) if stands else {}
            ledger.append(
                {
                    **entry,
                    "filing_id": one.filing_id,
                    "row_count": sum(own_counts.values()),
                    "row_counts": json.dumps(own_counts),
                    "issue_count": len(issues[one.filing_id]) if stands else 0,
                    "load_id": load_id,
                    "first_loaded_at": first_loaded.get((one.filing_id, str(entry["raw_sha256"])), now),
                    "loaded_at": now,
                }
            )
    batches |= _ops_batches(
        {
            ops.ingest_log: ledger,
            ops.observation: [
                {**row, "filing_id": one.filing_id, "load_id": load_id} for one in filings for row in one.observations
            ],
            ops.issue: [_issue_row(key, load_id, issue) for key, own in issues.items() for issue in own],
        }
    )
    return Batch(load_id, [one.filing_id for one in filings], batches)


def joined(batches: Sequence[Batch], load_id: int) -> Batch:
    """The rows of some batches as those of one, their filings loaded now for the first time. Copies no row."""
    now = datetime.now(UTC)
    found: dict[str, list[pa.Table]] = {}
    for batch in batches:
        for name, rows in batch.tables.items():
            found.setdefault(name, []).append(rows)
    tables = {}
    for name, parts in found.items():
        rows = pa.concat_tables(parts)
        values: dict[str, object] = {"load_id": load_id}
        if name == full_name(ops.ingest_log):
            values |= {"first_loaded_at": now, "loaded_at": now}
        for column, value in values.items():
            at = rows.schema.get_field_index(column)
            field = rows.schema.field(at)
            rows = rows.set_column(at, field, pa.repeat(pa.scalar(value, field.type), rows.num_rows))
        tables[name] = rows
    return Batch(load_id, [filing_id for batch in batches for filing_id in batch.filing_ids], tables)


def _ops_batches(rows: dict[Table, list[dict[str, object]]]) -> dict[str, pa.Table]:
    return {
        full_name(table): pa.Table.from_pylist(found, schema=arrow_schema(table))
        for table, found in rows.items()
        if found
    }


def _delete(database: Database, known: Iterable[Known]) -> None:
    """Take away every row of these filings: by batch first, so that only their row groups are read."""
    held: dict[str, set[int]] = {}
    filing_ids = set()
    for version in known:
        filing_ids.add(version.filing_id)
        names = [*json.loads(version.row_counts), "ops.ingest_log", "ops.observation", "ops.check_result"]
        if version.issue_count:
            names.append("ops.issue")
        for name in names:
            held.setdefault(name, set()).add(version.load_id)
    if not filing_ids:
        return
    connection = database.connection
    connection.register("_ids", pa.table({"filing_id": pa.array(sorted(filing_ids), pa.string())}))
    for name, loads in sorted(held.items()):
        reach(Point.LOAD_DELETE)
        listed = ", ".join(str(load) for load in sorted(loads))
        connection.execute(
            f"DELETE FROM {name} WHERE load_id IN ({listed}) AND filing_id IN (SELECT filing_id FROM _ids)"
        )
    connection.unregister("_ids")


def commit(
    database: Database,
    index: LedgerIndex,
    batch: Batch,
    known: Sequence[Known],
    asked: Sequence[Check],
    refused: Sequence[Found] = (),
    *,
    more: Iterable[Batch] = (),
) -> list[Found]:
    """Write the batch in one transaction: all of it or nothing.

    `more` are further pieces of the same batch, which are made only now, one after the other. `known` are the versions
    that the ledger holds of the batch's filings (and of filings whose rows move to another name). `refused` is what error
    checks found in filings of this batch that stand quarantined in it for that: it is kept, so that a person sees why.
    Gives the warnings found. Raises Rejected, after a roll-back, where an error check found something; LoadError where the
    database failed.
    """
    connection = database.connection
    with disk("loading a batch"):
        reach(Point.LOAD_BEGIN)
        connection.execute("BEGIN")
        try:
            _delete(database, known)
            filing_ids: list[str] = []
            present: set[str] = set()
            for piece in chain((batch,), more):
                for name, rows in piece.tables.items():
                    reach(Point.LOAD_INSERT)
                    database.insert(metadata.tables[name], rows)
                filing_ids += piece.filing_ids
                present.update(piece.tables)
            evidence.date_loaded(database, batch.load_id)
            of_filings = [name for name in sorted(present) if not name.startswith("ops.")]
            key_check = checks.derived(metadata.tables[name] for name in of_filings)
            to_ask = [key_check, *asked] if of_filings else list(asked)
            found = checks.run(connection, to_ask, batch.load_id, frozenset(present))
            if any(one.check.level == "error" for one in found):
                raise Rejected(found)
            database.insert(
                ops.check_result,
                pa.Table.from_pylist(
                    checks.result_rows([*refused, *found], batch.load_id), schema=arrow_schema(ops.check_result)
                ),
            )
            reach(Point.LOAD_COMMIT)
            connection.execute("COMMIT")
        except BaseException:
            roll_back(database)
            raise
        reach(Point.LOAD_COMMITTED)
    index.note(filing_ids, batch.load_id)
    return found


def roll_back(database: Database) -> None:
    """Undo the transaction, whatever state the connection is in."""
    try:
        database.connection.execute("ROLLBACK")
    except Exception:  # the connection is dead (a full disk): nothing was committed, and nobody uses it again
        return
