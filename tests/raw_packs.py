"""Raw stores of a few bytes, and a reading of packs that shares no code with the product."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import sqlalchemy
import zstandard

from filings.raw.state import open_state
from filings.raw.store import Facts, RawStore


def facts(name: str, **more: Any) -> Facts:
    return Facts("local_file", name, "2026-11-22T10:00:00.000000+00:00", **more)


def read_pack(path: Path) -> list[tuple[dict[str, Any], bytes]]:
    """Every record of a pack as storage.md 8 lays it out: facts and raw bytes, all checksums checked."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        assert data[at : at + 4] == b"EPK2"
        facts_length, stored_length = struct.unpack("<LQ", data[at + 4 : at + 16])
        text = data[at + 48 : at + 48 + facts_length]
        assert hashlib.sha256(text).digest() == data[at + 16 : at + 48]
        stated, raw, frame_at = json.loads(text), b"", at + 48 + facts_length
        for length in stated["frames"]:
            frame = data[frame_at : frame_at + length]
            assert zstandard.get_frame_parameters(frame).has_checksum
            raw += zstandard.ZstdDecompressor().decompress(frame)
            frame_at += length
        assert sum(stated["frames"]) == stored_length
        if stated["frames"]:
            assert hashlib.sha256(raw).hexdigest() == stated["sha256"]
            assert len(raw) == stated["raw_length"]
        at += 48 + facts_length + stored_length
        found.append((stated, raw))
    return found


def index_rows(engine: sqlalchemy.Engine) -> tuple[list[Any], list[Any]]:
    """Both tables of the index, whole, but for whether a pack is sealed."""
    with engine.connect() as connection:
        records = connection.exec_driver_sql("SELECT * FROM raw_record ORDER BY pack, frame_offset").fetchall()
        packs = connection.exec_driver_sql("SELECT pack, byte_length, records FROM raw_pack ORDER BY pack").fetchall()
    return records, packs


class Stores:
    """Opens raw stores in one folder, and closes them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[tuple[RawStore, sqlalchemy.Engine]] = []

    def __call__(self, **lengths: int) -> RawStore:
        engine = open_state(self.folder / "state.sqlite")
        store = RawStore(self.folder / "raw", engine, **lengths)
        self.opened.append((store, engine))
        return store

    @property
    def engine(self) -> sqlalchemy.Engine:
        return self.opened[-1][1]

    def close(self) -> None:
        for store, engine in self.opened:
            store.close()
            engine.dispose()
        self.opened.clear()

    def forget_index(self) -> None:
        self.close()
        for path in self.folder.glob("state.sqlite*"):
            path.unlink()

    def files(self) -> list[Path]:
        return sorted((self.folder / "raw" / "packs").iterdir())
