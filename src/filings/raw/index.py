"""The index of the packs in `state.sqlite`: where the bytes with a sha256 lie (tables.md 8).

It holds only what the packs say, so it is made again from them. Records of a pack tile it: one begins where the one
before it ends, hence one offset a record is enough.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy
from sqlalchemy import bindparam, delete, func, insert, select, update

from filings.disk import disk
from filings.faults import Point, reach
from filings.raw.pack import Facts, Record
from filings.schema.state import raw_pack, raw_record

_ASKED_AT_ONCE = 1000


class PackRow(NamedTuple):
    """A pack as the index knows it: `byte_length` bytes and `records` records of it are in the index."""

    pack: str
    state: str
    byte_length: int
    records: int


class RecordRow(NamedTuple):
    """A record as the index knows it; `not_before` is where the one before it in the pack ends."""

    pack: str
    frame_offset: int
    stored_length: int
    raw_length: int
    name: str
    url: str | None
    archive_member: str | None
    not_before: int

    @property
    def has_bytes(self) -> bool:
        """As `Record.has_bytes`."""
        return self.stored_length > 0 or self.raw_length == 0

    def may_be(self, facts: Facts) -> bool:
        """Whether the place may be that of `facts`; the archive's name stands in the pack alone."""
        stated = (facts.name, facts.url, facts.archive_member)
        return (self.name, self.url, self.archive_member) == tuple(map(_storable, stated))


_row = raw_record.c
_earlier = raw_record.alias("earlier")
_END_BEFORE = (
    select(_earlier.c.frame_offset + _earlier.c.stored_length)
    .where(_earlier.c.pack == _row.pack, _earlier.c.frame_offset < _row.frame_offset)
    .order_by(_earlier.c.frame_offset.desc())
    .limit(1)
    .scalar_subquery()
)
_OF_BYTES = (  # made once: making it takes longer than running it
    select(_row.pack, _row.frame_offset, _row.stored_length, _row.raw_length, _row.name, _row.url, _row.archive_member)
    .add_columns(func.coalesce(_END_BEFORE, 0))
    .where(_row.file_sha256 == bindparam("file_sha256"))
    .order_by(_row.pack, _row.frame_offset)
)


class RecordIndex:
    """`raw_pack` and `raw_record`. Every method raises StoreError where the database refuses."""

    def __init__(self, state: sqlalchemy.Engine) -> None:
        self._state = state

    def of_bytes(self, file_sha256: str) -> list[RecordRow]:
        """All records of these bytes, in the order of packs."""
        with disk("reading the index of packs"), self._state.connect() as connection:
            return [RecordRow(*row) for row in connection.execute(_OF_BYTES, {"file_sha256": file_sha256})]

    def seen_again(self, files: Collection[str]) -> set[str]:
        """Those of these sha256 of which there is more than one record."""
        asked = select(_row.file_sha256).group_by(_row.file_sha256).having(func.count() > 1)
        found: set[str] = set()
        wanted = sorted(files)
        with disk("reading the index of packs"), self._state.connect() as connection:
            for at in range(0, len(wanted), _ASKED_AT_ONCE):
                some = _row.file_sha256.in_(wanted[at : at + _ASKED_AT_ONCE])
                found.update(connection.execute(asked.where(some)).scalars())
        return found

    def of_pack(self, pack: str) -> dict[int, str]:
        """The sha256 of each record of a pack, by frame offset."""
        with disk("reading the index of packs"), self._state.connect() as connection:
            found = connection.execute(select(_row.frame_offset, _row.file_sha256).where(_row.pack == pack))
            return {row.frame_offset: row.file_sha256 for row in found}

    def packs(self) -> dict[str, PackRow]:
        """All packs of the index, by name."""
        c = raw_pack.c
        with disk("reading the index of packs"), self._state.connect() as connection:
            found = connection.execute(select(c.pack, c.state, c.byte_length, c.records))
            return {row.pack: PackRow(*row) for row in found}

    def extend(self, row: PackRow, records: Iterable[Record], *, anew: bool = False) -> None:
        """One transaction: the pack's own row, and its further records; `anew` forgets those it had."""
        rows = [_values(row.pack, record) for record in records]
        with disk("writing the index of packs"), self._state.begin() as connection:
            connection.execute(delete(raw_pack).where(raw_pack.c.pack == row.pack))
            if anew:
                connection.execute(delete(raw_record).where(_row.pack == row.pack))
            connection.execute(insert(raw_pack).values(row._asdict()))
            if rows:
                connection.execute(insert(raw_record), rows)
            reach(Point.STATE_COMMIT)

    def mark_sealed(self, packs: list[str]) -> None:
        """These packs are sealed."""
        with disk("writing the index of packs"), self._state.begin() as connection:
            for pack in packs:
                connection.execute(update(raw_pack).where(raw_pack.c.pack == pack).values(state="sealed"))
            reach(Point.STATE_COMMIT)

    def forget(self, packs: list[str]) -> None:
        """These packs are gone, and their records with them."""
        with disk("writing the index of packs"), self._state.begin() as connection:
            for pack in packs:
                connection.execute(delete(raw_pack).where(raw_pack.c.pack == pack))
                connection.execute(delete(raw_record).where(_row.pack == pack))
            reach(Point.STATE_COMMIT)


def _storable(text: str | None) -> str | None:
    """A file's name may hold bytes that are no UTF-8 (lone surrogates here), which SQLite refuses."""
    return text and text.encode("utf-8", "backslashreplace").decode()


def _values(pack: str, record: Record) -> dict[str, object]:
    facts = record.facts
    return {
        "file_sha256": record.file_sha256,
        "pack": pack,
        "frame_offset": record.frame_offset,
        "stored_length": record.stored_length,
        "raw_length": record.raw_length,
        "name": _storable(facts.name),
        "url": _storable(facts.url),
        "archive_member": _storable(facts.archive_member),
        "fetched_at": facts.fetched_at,
        "etag": _storable(facts.etag),
        "last_modified": _storable(facts.last_modified),
        "claims": json.dumps(facts.claims, sort_keys=True),
    }
