"""After a crash: torn tails, a lost or old index, failing steps, kill -9 in the middle."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

import raw_writer
from filings import faults
from filings.errors import Full, StoreError
from filings.raw import folder as steps
from filings.raw.store import RawStore
from raw_packs import Stores, facts, index_rows, read_pack

CONTENTS = [b"first " * 40, b"", b"second", b"first " * 40, bytes(range(256)) * 3]


def fill(store: RawStore) -> None:
    for n, data in enumerate(CONTENTS):
        store.put(data, facts(f"{n}.txt"))
    store.flush()


def ends(pack: Path) -> list[int]:
    """Where each record of a pack ends, by this test's own arithmetic."""
    data, found = pack.read_bytes(), [0]
    while found[-1] < len(data):
        at = found[-1]
        lengths = int.from_bytes(data[at + 4 : at + 8], "little") + int.from_bytes(data[at + 8 : at + 16], "little")
        found.append(at + 48 + lengths)
    return found


def test_a_torn_tail_at_every_offset(stores: Stores) -> None:
    store = stores(frame_length=9)
    for n, data in enumerate([b"first", b"", b"second, of two", b"first"]):
        store.put(data, facts(f"{n}.txt"))
    store.flush()
    store.close()
    (pack,) = stores.files()
    whole, borders = pack.read_bytes(), ends(pack)
    rows, _ = index_rows(stores.engine)
    near_borders = {border + step for border in borders for step in (-1, 0, 1, 3, 20, 48, 90)}
    for cut in range(len(whole) + 1):
        pack.write_bytes(whole[:cut])
        intact = max(border for border in borders if border <= cut)
        count = borders.index(intact)
        assert [s.facts.name for s in store.scan()] == [f"{n}.txt" for n in range(count)]
        if cut not in near_borders:
            continue
        with stores.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM raw_record")
            connection.exec_driver_sql("DELETE FROM raw_pack")
        store.recover()
        assert stores.files() == ([pack] if intact else []), "an empty pack goes away"
        assert index_rows(stores.engine)[0] == rows[:count]
        if intact:
            assert pack.read_bytes() == whole[:intact]
            assert index_rows(stores.engine)[1] == [(pack.stem + ".pack", intact, count)]


def test_the_index_is_made_again_from_the_packs(stores: Stores) -> None:
    store = stores(frame_length=100, pack_length=400)
    fill(store)
    store.seal()
    store.put(b"open", facts("open.txt", claims={"form": "4"}, url="u", etag="e", last_modified="l"))
    store.flush()
    assert len(stores.files()) > 2
    before = index_rows(stores.engine)
    stores.forget_index()
    store = stores(frame_length=100)
    store.recover()
    assert index_rows(stores.engine) == before
    store.recover()
    assert index_rows(stores.engine) == before, "again changes nothing"
    with stores.engine.connect() as connection:
        states = connection.exec_driver_sql("SELECT state FROM raw_pack ORDER BY pack").scalars().all()
    assert states == ["sealed"] * (len(states) - 1) + ["open"]


@pytest.mark.parametrize("is_sealed", [False, True])
def test_an_index_older_than_the_packs(stores: Stores, tmp_path: Path, is_sealed: bool) -> None:
    store = stores()
    store.put(b"old", facts("old"))
    store.flush()
    stores.close()
    shutil.copyfile(tmp_path / "state.sqlite", tmp_path / "old.sqlite")
    store = stores()
    store.recover()
    store.put(b"new", facts("new"))
    store.flush()
    if is_sealed:
        store.seal()
    before = index_rows(stores.engine)
    stores.forget_index()
    shutil.copyfile(tmp_path / "old.sqlite", tmp_path / "state.sqlite")
    store = stores()
    store.recover()
    assert index_rows(stores.engine) == before
    assert store.read(sha256(b"new").hexdigest()) == b"new"
    assert not list(store.verify())


def test_damage_in_the_middle_is_no_torn_tail(stores: Stores) -> None:
    fill(stores(frame_length=300))
    (pack,) = stores.files()
    whole, borders = pack.read_bytes(), ends(pack)
    for at in (borders[1] + 60, borders[1] + 9, borders[1] + 5, borders[1]):  # facts, both lengths, the magic
        stores.forget_index()
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        pack.write_bytes(damaged)
        store = stores(frame_length=300)
        store.recover()
        assert pack.read_bytes() == damaged, "what follows is whole, so nothing is cut off"
        assert [s.facts.name for s in store.unsealed()] == ["0.txt", "2.txt", "3.txt", "4.txt"]
        assert all(store.read(s.file_sha256) in CONTENTS for s in store.unsealed())
        assert [s.facts.name for s in store.sightings(sha256(CONTENTS[0]).hexdigest())] == ["0.txt", "3.txt"]


def test_what_the_index_knew_is_never_cut_off(stores: Stores) -> None:
    fill(stores())
    (pack,) = stores.files()
    damaged = bytearray(pack.read_bytes())
    damaged[ends(pack)[-2] + 60] ^= 1  # in the facts of the last record
    pack.write_bytes(damaged)
    stores.close()
    store = stores()
    rows = index_rows(stores.engine)
    store.recover()
    assert pack.read_bytes() == damaged
    assert index_rows(stores.engine) == rows


def test_a_member_that_looks_like_a_record(stores: Stores) -> None:
    """Bytes that hold a whole record of their own do not become one, wherever the tail is torn."""
    inner = stores()
    inner.put(os.urandom(500), facts("inner"))
    inner.flush()
    (pack,) = stores.files()
    record = pack.read_bytes()
    pack.unlink()
    stores.forget_index()
    store = stores()
    outer = os.urandom(60_000) + record + os.urandom(60_000)  # does not compress, so it stands in the frame as it is
    store.put(outer, facts("outer"))
    store.flush()
    (pack,) = stores.files()
    whole = pack.read_bytes()
    assert record in whole
    stores.forget_index()
    pack.write_bytes(whole[:-10])
    store = stores()
    assert not list(store.scan())
    store.recover()
    assert not stores.files()


ALL = sorted(name for batch in raw_writer.NAMES for name in batch)


def write(folder: Path, fault: str, program: str | None = None) -> subprocess.CompletedProcess[str]:
    """The small run in a process of its own."""
    command = [sys.executable, *(["-c", program] if program else [raw_writer.__file__]), str(folder)]
    environment = {**os.environ, "FILINGS_FAULT": fault}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "fault",
    [
        "raw.write:1:kill",
        "raw.write:2:kill",
        "raw.write:10:kill",
        "raw.write:10:error",
        "raw.open:1:error",
        "raw.open:3:kill",
        "raw.fsync:4:kill",
        "raw.fsync:6:error",
        "state.commit:1:kill",
        "state.commit:3:error",
        "raw.seal:1:kill",
        "raw.seal:3:error",
    ],
)
def test_a_run_that_dies_and_is_run_again(stores: Stores, tmp_path: Path, fault: str) -> None:
    died = write(tmp_path, fault)
    assert died.returncode == (-9 if fault.endswith("kill") else 1), died.stderr
    if fault.endswith("error"):
        assert "filings.errors.StoreError" in died.stderr
    promised = {name for name in ALL if name[0] in died.stdout.split()}
    store = stores()
    store.recover()
    assert {s.facts.name for s in store.scan()} >= promised, "what was flushed is there"
    assert not list(store.verify())
    stores.close()
    raw_writer.run(tmp_path)
    records = [record for path in stores.files() for record in read_pack(path)]
    assert sorted(facts["name"] for facts, _ in records) == ALL, "each once"
    assert all(raw == raw_writer.content(facts["name"]) for facts, raw in records)
    assert {path.suffix for path in stores.files()} == {".pack"}


def test_a_kill_while_the_tail_is_cut(stores: Stores, tmp_path: Path) -> None:
    assert write(tmp_path, "raw.write:10:kill").returncode == -9
    assert write(tmp_path, "raw.truncate:1:kill").returncode == -9
    raw_writer.run(tmp_path)
    assert sorted(s.facts.name for s in stores().scan()) == ALL


def test_a_full_disk(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    store = stores()
    store.put(b"before", facts("before"))
    store.flush()
    with monkeypatch.context() as patched:

        def full(file: int, piece: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        patched.setattr(steps.os, "write", full)
        with pytest.raises(Full, match="disk is full") as raised:
            store.put(b"too much", facts("too much"))
    assert raised.value.hint
    assert store.read(sha256(b"before").hexdigest()) == b"before"
    store.put(b"after", facts("after"))
    store.flush()
    store.seal()
    assert {s.facts.name for s in store.scan()} == {"before", "after"}


def test_a_write_of_which_the_kernel_takes_a_part(tmp_path: Path, stores: Stores) -> None:
    program = """
import os, resource, signal, sys
from pathlib import Path
from filings.errors import StoreError
from filings.raw.state import open_state
from filings.raw.store import Facts, RawStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
engine = open_state(folder / "state.sqlite")
store = RawStore(folder / "raw", engine)
store.put(b"whole", Facts("local_file", "whole", "t"))
store.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (store.size() + 600, store.size() + 600))
try:
    store.put(os.urandom(5000), Facts("local_file", "part", "t"))
except StoreError as error:
    print(error, store.size())
os._exit(0)
"""
    said = write(tmp_path, "none:0:count", program).stdout
    assert "File too large" in said
    (pack,) = stores.files()
    assert pack.stat().st_size == int(said.split()[-1])
    assert [s.facts.name for s in stores().scan()] == ["whole"]
    store = stores()
    store.recover()
    assert [raw for _, raw in read_pack(pack)] == [b"whole"]
    store.seal()
    assert [path.suffix for path in stores.files()] == [".pack"]


def test_a_failed_write_loses_neither_what_came_before_nor_after(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores()
    store.put(b"before", facts("before"))
    monkeypatch.setattr(faults, "_armed", "raw.write:1:error")
    monkeypatch.setattr(faults, "_reached", Counter())
    with pytest.raises(StoreError, match="fault"):
        store.put(b"failed", facts("failed"))
    monkeypatch.undo()
    store.put(b"after", facts("after"))
    store.flush()
    assert {s.facts.name for s in store.scan()} == {"before", "after"}
    assert store.put(b"failed", facts("failed"))
