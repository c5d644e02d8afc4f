"""The versions of a filing in a warehouse, for `filings doctor`."""

from __future__ import annotations

import re
from pathlib import Path

from filings.errors import UsageError
from filings.identifiers import accession
from filings.query.answer import rows_of
from filings.query.compiled import duckdb
from filings.query.connect import connect
from filings.query.doctor_source import Source, source_of
from filings.query.document import raw_version
from filings.query.show import find

_HASH = re.compile(r"sha256:[0-9a-f]{4,64}", re.IGNORECASE)


def of_filing(asked: str, warehouse: Path) -> list[Source]:
    """The versions of the filing of this name, first those that stand.

    Raises UsageError where it is no name of a filing, and what `find` and `raw_version` raise.
    """
    if not accession(asked) and not _HASH.fullmatch(asked):
        raise UsageError(
            f"There is no file {asked}, and it is no FILING_ID.",
            "Name a file, an accession number (0000320193-24-000012), or sha256: and at least 4 digits.",
        )
    with connect(warehouse) as connection:
        filing_id = find(connection, asked)
        found = []
        for row in versions(connection, filing_id):
            raw = raw_version(connection, warehouse, filing_id, str(row["raw_sha256"]))
            part = row["chosen_part"]
            note = "superseded" if part is None else "chosen" if part == "whole" else f"chosen for its {part}"
            found.append(source_of(f"{filing_id}, version {row['raw_sha256']}", raw, note))
    return found


def versions(connection: duckdb.DuckDBPyConnection, filing_id: str) -> list[dict[str, str | None]]:
    """`raw_sha256` and `chosen_part` of each version of a filing, first those that stand."""
    return rows_of(
        connection,
        ["raw_sha256", "chosen_part"],
        "(SELECT DISTINCT raw_sha256, chosen_part FROM ops.observation WHERE load_id IN "
        "(SELECT load_id FROM ops.ingest_log WHERE filing_id = ?) AND filing_id = ?) "
        "ORDER BY chosen_part NULLS LAST, raw_sha256",
        [filing_id, filing_id],
    )
