"""`verify` finds every damage, and finds none where there is none."""

from __future__ import annotations

from pathlib import Path

from filings.raw.pack import scan
from filings.raw.store import RawStore
from raw_packs import Stores, facts


def kinds(store: RawStore) -> set[str]:
    return {problem.kind for problem in store.verify()}


def sealed(stores: Stores) -> tuple[RawStore, Path]:
    store = stores(frame_length=16)
    store.put(b"a filing of three frames, no more", facts("a"))
    store.put(b"a filing of three frames, no more", facts("b"))
    store.flush()
    store.seal()
    (pack,) = stores.files()
    pack.chmod(0o644)
    return store, pack


def test_damage_of_any_byte_is_found_and_named(stores: Stores) -> None:
    store, pack = sealed(stores)
    whole = pack.read_bytes()
    assert not kinds(store)
    with pack.open("rb") as file:
        first = next(scan(file.fileno(), len(whole)))
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        pack.write_bytes(damaged)
        problems = list(store.verify())
        assert ("a" if at < first.end else "b") in {p.name for p in problems}, f"byte {at}"  # type: ignore[union-attr]
        assert all(p.pack == pack.name and p.offset <= len(whole) for p in problems if p.kind != "bytes_gone")
    pack.write_bytes(whole)
    assert not kinds(store)


def test_every_bit_of_a_frame_counts(stores: Stores) -> None:
    """zstd ignores some bits of a frame's head: what comes out is the same, the pack is not."""
    store, pack = sealed(stores)
    whole = pack.read_bytes()
    with pack.open("rb") as file:
        record = next(scan(file.fileno(), len(whole)))
    start, end = record.frame_offset, record.end  # type: ignore[union-attr]
    for bit in range(start * 8, end * 8):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        pack.write_bytes(damaged)
        assert kinds(store) == {"stored_damaged"}


def test_what_is_cut_added_or_gone(stores: Stores) -> None:
    store, pack = sealed(stores)
    whole = pack.read_bytes()
    pack.write_bytes(whole[:-1])
    assert {"not_a_record", "index_differs"} <= kinds(store)
    pack.write_bytes(whole + b"x")
    assert {"not_a_record", "index_differs"} <= kinds(store)
    pack.unlink()
    assert kinds(store) == {"pack_gone"}


def test_the_index_is_compared(stores: Stores) -> None:
    store, _ = sealed(stores)
    for damage in (
        "DELETE FROM raw_record WHERE name = 'a'",
        "UPDATE raw_record SET file_sha256 = 'x' WHERE name = 'b'",
        "UPDATE raw_record SET frame_offset = frame_offset + 1 WHERE name = 'b'",
    ):
        with stores.engine.begin() as connection:
            connection.exec_driver_sql(damage)
        assert "index_differs" in kinds(store)
        with stores.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM raw_pack")
        assert "pack_unindexed" in kinds(store)
        store.recover()
        assert not kinds(store)


def test_a_writer_at_work_is_nothing_wrong(stores: Stores) -> None:
    store, reader = stores(), stores()
    store.put(b"flushed", facts("a"))
    store.flush()
    store.put(b"not flushed", facts("b"))
    assert not kinds(reader)
    (pack,) = stores.files()
    with pack.open("ab") as file:
        file.write(b"EPK2 half a rec")
    assert not kinds(reader)


def test_every_byte_is_counted_once(stores: Stores) -> None:
    store, pack = sealed(stores)
    pack.write_bytes(pack.read_bytes() + b"no record")
    done: list[int] = []
    assert list(store.verify(done.append))
    assert sum(done) == store.size() == pack.stat().st_size


def test_verify_writes_nothing(stores: Stores, snapshot) -> None:  # type: ignore[no-untyped-def]
    store, _ = sealed(stores)
    before = snapshot()
    assert not kinds(store)
    assert snapshot() == before
