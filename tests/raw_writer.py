"""A small run over a raw store, as a program of its own so that a test can have it killed."""

from __future__ import annotations

import sys
from pathlib import Path

from filings.raw.state import open_state
from filings.raw.store import Facts, RawStore

NAMES = [[f"{batch}-{n}" for n in range(3)] for batch in range(3)]


def content(name: str) -> bytes:
    return name.encode() * 50


def run(folder: Path) -> None:
    """Recover, put three batches, flush each and then print its number, seal."""
    engine = open_state(folder / "state.sqlite")
    store = RawStore(folder / "raw", engine, pack_length=700)
    try:
        store.recover()
        for number, batch in enumerate(NAMES):
            for name in batch:
                store.put(content(name), Facts("local_file", name, "2026-11-22T10:00:00.000000+00:00"))
            store.flush()
            print(number, flush=True)
        store.seal()
    finally:
        store.close()
        engine.dispose()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
