"""Keeping and reading bytes: once, whole, in pieces, and what another reader finds in the packs."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from filings.errors import StoreError
from filings.raw.store import Facts
from raw_packs import Stores, facts, index_rows, read_pack

Snapshot = Callable[[], dict[str, tuple[bytes, int]]]


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def test_what_is_put_is_read(stores: Stores) -> None:
    store = stores()
    whole = facts("a.txt", url="https://www.sec.gov/a.txt", claims={"form": "4"}, etag='"x"', record_kind="index")
    kept = store.put(b"one filing", whole)
    assert kept and (kept.file_sha256, kept.raw_length, kept.holds_bytes) == (digest(b"one filing"), 10, True)
    assert store.read(kept.file_sha256) == b"one filing", "before it is flushed"
    store.flush()
    assert store.read(kept.file_sha256) == b"one filing"
    assert store.sightings(kept.file_sha256) == [kept]
    assert stores().sightings(kept.file_sha256) == [kept], "for another process"
    with pytest.raises(StoreError, match="are kept"):
        store.read(digest(b"never put"))


def test_another_reader_finds_the_layout_of_the_specification(stores: Stores) -> None:
    store = stores(frame_length=1000)
    giant = random.Random(1).randbytes(2500)
    store.put(giant, facts("giant.txt", archive="20240102.nc.tar.gz", archive_member="x.nc", claims={"size": "2500"}))
    store.put(b"", facts("empty.txt"))
    store.put(giant, facts("again.txt"))
    store.flush()
    (pack,) = stores.files()
    (first, raw), (empty, nothing), (again, none) = read_pack(pack)
    assert raw == giant and len(first["frames"]) == 3
    assert {
        k: first[k] for k in ("record_kind", "source_kind", "name", "archive", "archive_member", "claims", "url")
    } == {
        "record_kind": "filing",
        "source_kind": "local_file",
        "name": "giant.txt",
        "archive": "20240102.nc.tar.gz",
        "archive_member": "x.nc",
        "claims": {"size": "2500"},
        "url": None,
    }
    assert (empty["raw_length"], empty["sha256"], nothing) == (0, digest(b""), b"")
    assert (again["frames"], again["sha256"], again["raw_length"], none) == ([], digest(giant), 2500, b"")
    assert [s.facts.name for s in store.sightings(digest(giant))] == ["giant.txt", "again.txt"]
    assert store.read(digest(b"")) == b""
    assert (store.size(), store.count()) == (pack.stat().st_size, 3)


def test_the_same_bytes_at_the_same_place_write_nothing(stores: Stores, snapshot: Snapshot) -> None:
    store = stores()
    store.put(b"one", facts("a.txt"))
    assert store.put(b"one", facts("a.txt")) is None, "known though not flushed"
    store.flush()
    before, rows = snapshot(), index_rows(stores.engine)
    assert store.put(b"one", facts("a.txt")) is None
    later = stores()
    again = Facts("local_file", "a.txt", "2030-01-01T00:00:00.000000+00:00", claims={"form": "10-K"})
    assert later.put(b"one", again) is None, "the place decides, not the time or the claims"
    later.flush()
    assert (snapshot(), index_rows(stores.engine)) == (before, rows)
    later.seal()
    sealed = snapshot()
    assert stores().put(b"one", facts("a.txt")) is None
    later.seal()
    assert snapshot() == sealed


@pytest.mark.parametrize(
    "place", [{"url": "https://e"}, {"archive": "a.tar"}, {"archive_member": "m"}, {"archive": "b.tar", "url": "u"}]
)
def test_the_same_bytes_at_another_place_are_a_sighting(stores: Stores, place: dict[str, str]) -> None:
    store = stores()
    store.put(b"one" * 500, facts("a.txt"))
    store.flush()
    (pack,) = stores.files()
    seen = store.put(b"one" * 500, facts("a.txt", **place))
    store.flush()
    assert seen and not seen.holds_bytes
    assert [raw for _, raw in read_pack(pack)] == [b"one" * 500, b""]
    assert store.put(b"one" * 500, facts("a.txt", **place)) is None
    assert store.read(seen.file_sha256) == b"one" * 500


def test_names_that_no_utf8_can_hold(stores: Stores) -> None:
    store = stores()
    odd = os.fsdecode(b"caf\xe9 \xff.txt")
    store.put(b"x", facts(odd))
    store.flush()
    assert stores().put(b"x", facts(odd)) is None
    assert [s.facts.name for s in store.sightings(digest(b"x"))] == [odd]
    assert store.put(b"x", facts("caf\\udce9 \\udcff.txt")), "its spelling in the index is another name"


@pytest.mark.parametrize("name", ["/home/me/a.txt", "C:\\a.txt"])
def test_absolute_paths_are_never_kept(stores: Stores, name: str) -> None:
    store = stores()
    with pytest.raises(ValueError, match="absolute"):
        store.put(b"x", facts(name))
    with pytest.raises(ValueError, match="absolute"):
        store.put(b"x", facts("a.txt", archive=name))
    member = Facts("archive", "/in/the/archive", "2026-11-22T10:00:00.000000+00:00", archive="a.tar")
    assert store.put(b"x", member), "a member's name is the archive's affair"
    assert not store.unsealed()[1:]


def test_pieces_across_frames(stores: Stores) -> None:
    store = stores(frame_length=7)
    data = bytes(range(24))
    sha = digest(data)
    store.put(data, facts("a"))
    store.flush()
    for start in range(26):
        assert store.read(sha, start) == data[start:]
        for end in range(26):
            assert store.read(sha, start, end) == data[start:end]


def test_a_piece_of_a_giant_reads_its_own_frames_alone(stores: Stores) -> None:
    store = stores(frame_length=1000)
    data = random.Random(2).randbytes(3000)
    store.put(data, facts("a"))
    store.flush()
    (pack,) = stores.files()
    content = bytearray(pack.read_bytes())
    content[-500] ^= 1  # in the third frame
    pack.write_bytes(content)
    assert store.read(digest(data), 0, 2000) == data[:2000]
    with pytest.raises(StoreError, match=r"\.pack at \d+: a frame"):
        store.read(digest(data), 0, 2001)


def test_packs_roll_and_seal(stores: Stores) -> None:
    store = stores(pack_length=3000)
    rand = random.Random(3)
    contents = [rand.randbytes(1000) for _ in range(5)] + [rand.randbytes(9000), rand.randbytes(10)]
    for n, data in enumerate(contents):
        store.put(data, facts(f"{n}"))
    assert [p.suffix for p in stores.files()] == [".part"] * len(stores.files())
    assert all(p.stat().st_size <= 3000 or len(read_pack(p)) == 1 for p in stores.files())
    store.seal()
    assert stores.files()[-1].suffix == ".part", "its records are not flushed"
    store.flush()
    assert len(store.unsealed()) == 1
    store.seal()
    assert {p.suffix for p in stores.files()} == {".pack"}
    assert {stat.S_IMODE(p.stat().st_mode) for p in stores.files()} == {0o444}
    assert not store.unsealed()
    assert [s.facts.name for s in store.scan()] == [f"{n}" for n in range(7)]
    assert [store.read(digest(data)) for data in contents] == contents
    store.put(b"later", facts("later"))
    store.flush()
    assert len(store.unsealed()) == 1, "a sealed pack is never written again"


def test_nothing_is_made_before_the_first_put(stores: Stores, tmp_path: Path) -> None:
    store = stores()
    store.recover()
    store.flush()
    store.seal()
    assert not list(store.verify()) and not list(store.scan()) and not store.unsealed()
    assert not (tmp_path / "raw").exists()


def test_bytes_whose_pack_is_gone_are_kept_again(stores: Stores) -> None:
    store = stores()
    store.put(b"lost", facts("a"))
    store.flush()
    store.seal()
    stores.files()[0].unlink()
    with pytest.raises(StoreError, match="is gone"):
        store.read(digest(b"lost"))
    store.recover()
    kept = store.put(b"lost", facts("a"))
    assert kept and kept.holds_bytes
    store.flush()
    assert store.read(digest(b"lost")) == b"lost"


def test_a_sighting_alone_does_not_count_as_kept(stores: Stores) -> None:
    store = stores()
    store.put(b"twice" * 99, facts("a"))
    store.flush()
    store.seal()
    store.put(b"twice" * 99, facts("b"))
    store.flush()
    store.seal()
    stores.files()[0].unlink()
    store.recover()
    assert [p.kind for p in store.verify()] == ["bytes_gone"]
    kept = store.put(b"twice" * 99, facts("b"))
    assert kept and kept.holds_bytes
    store.flush()
    assert store.read(kept.file_sha256) == b"twice" * 99
    assert not list(store.verify())
