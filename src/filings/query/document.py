"""The bytes of one document, from the raw store: the file that was filed, or its content as it stands in the filing."""

from __future__ import annotations

from pathlib import Path

from filings.errors import Damaged, FilingsError, UsageError
from filings.large import Bytes, gathered, hash_of
from filings.parse import dots, uuencode
from filings.parse.envelope import split
from filings.query.answer import rows_of
from filings.query.compiled import duckdb
from filings.query.show import missing
from filings.raw.state import open_state
from filings.raw.store import RawStore


def content(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, filing_id: str, position: int, *, as_filed: bool = False
) -> Bytes:
    """The filing's document number `position`: uuencode decoded, or with `as_filed` its content (tables.md 5).

    Raises UsageError where the filing has no such document, Damaged where the bytes are not those that were loaded,
    FilingsError where its uuencode stands for more bytes than we decode.
    """
    found = rows_of(
        connection,
        ["position", "raw_sha256", "sha256", "decoded_sha256"],
        "document WHERE load_id IN (SELECT load_id FROM ops.ingest_log WHERE filing_id = ?) AND filing_id = ? "
        "ORDER BY position",
        [filing_id, filing_id],
    )
    if not found and not rows_of(connection, ["filing_id"], "ops.ingest_log WHERE filing_id = ? LIMIT 1", [filing_id]):
        raise missing(filing_id)
    document = next((row for row in found if row["position"] == str(position)), None)
    if document is None:
        has = f"documents 1 to {len(found)}" if len(found) > 1 else "one document" if found else "no documents"
        raise UsageError(
            f"{filing_id} has no document {position}; it has {has}.", f"filings show {filing_id} lists them."
        )
    version = raw_version(connection, warehouse, filing_id, str(document["raw_sha256"]))
    documents = [each for version in split(version).versions for each in version.documents]
    data = documents[position - 1].content if position <= len(documents) else b""
    _compare(data, document["sha256"], filing_id, position)
    if as_filed or not uuencode.is_uuencoded(data):
        return data
    decoder = uuencode.Decoder(data, dots_doubled=dots.are_doubled(documents))
    decoded = gathered(decoder)
    if decoder.is_too_large:
        raise FilingsError(
            f"Document {position} of {filing_id} stands for more than {uuencode.LARGEST} bytes.",
            "--as-filed gives its content as it stands in the filing.",
        )
    _compare(decoded, document["decoded_sha256"], filing_id, position)
    return decoded


def _compare(data: Bytes, loaded: str | None, filing_id: str, position: int) -> None:
    """Raise Damaged where these are not the bytes that were hashed on loading; an older reader hashed none."""
    if loaded and hash_of(data) != loaded:
        raise Damaged(
            f"Document {position} of {filing_id} is not what was loaded.",
            "filings verify looks at every byte of the store.",
        )


def raw_version(connection: duckdb.DuckDBPyConnection, warehouse: Path, filing_id: str, raw_sha256: str) -> Bytes:
    """The bytes of one version of a filing, by the sha256 that it has in the ledger.

    Raises FilingsError where the warehouse does not say where they lie, Damaged where they cannot be read.
    """
    places = rows_of(
        connection,
        ["file_sha256", "byte_offset", "byte_length"],
        "ops.observation WHERE load_id IN (SELECT load_id FROM ops.ingest_log WHERE filing_id = ?) "
        "AND filing_id = ? AND raw_sha256 = ? ORDER BY file_sha256, byte_offset LIMIT 1",
        [filing_id, filing_id, raw_sha256],
    )
    if not places:
        raise FilingsError(f"Nothing says where the bytes of {filing_id} lie.", "filings verify tells more.")
    (place,) = places
    start = int(str(place["byte_offset"]))
    engine = open_state(warehouse / "state.sqlite")
    try:
        store = RawStore(warehouse / "raw", engine)
        return store.read(str(place["file_sha256"]), start, start + int(str(place["byte_length"])))
    finally:
        engine.dispose()
