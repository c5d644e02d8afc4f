"""Whatever is put, in whatever order, with whatever cut or damage: the packs say the truth or say that they cannot."""

from __future__ import annotations

import json
import tempfile
from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from filings.errors import Damaged
from filings.raw.pack import HEAD, MAGIC, Gap, Record, decode, scan
from raw_packs import Stores, facts, index_rows, read_pack

contents = st.one_of(
    st.sampled_from([b"", b"one", b"two" * 30]), st.binary(max_size=80), st.binary(max_size=8).map(lambda b: b * 50)
)
names = st.sampled_from(["a", "b", "c/d"])
puts = st.lists(st.tuples(contents, names, st.booleans()), max_size=12)


@given(puts=puts, frame_length=st.integers(1, 60), pack_length=st.integers(1, 3000), cut=st.integers(0, 400))
@settings(max_examples=25)
def test_any_puts_any_cut(puts: list[tuple[bytes, str, bool]], frame_length: int, pack_length: int, cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = Stores(Path(folder))
        store = stores(frame_length=frame_length, pack_length=pack_length)
        places = set()
        for data, name, is_batch_end in puts:
            kept = store.put(data, facts(name))
            assert (kept is None) == ((data, name) in places)
            places.add((data, name))
            if is_batch_end:
                store.flush()
        store.flush()
        rows = index_rows(stores.engine)
        for data, _ in places:
            assert store.read(sha256(data).hexdigest()) == data
        records = [record for path in stores.files() for record in read_pack(path)] if places else []
        assert {(stated["sha256"], stated["name"]) for stated, _ in records} == {
            (sha256(data).hexdigest(), name) for data, name in places
        }
        assert len(records) == len(places)
        with_bytes = [stated["sha256"] for stated, _ in records if stated["frames"]]
        assert len(with_bytes) == len(set(with_bytes)), "the same bytes are kept once"
        stores.forget_index()
        if not places:
            return
        store = stores(frame_length=frame_length)
        store.recover()
        assert index_rows(stores.engine) == rows
        # The last pack loses its end, and the index is lost.
        stores.forget_index()
        last = stores.files()[-1]
        last.write_bytes(last.read_bytes()[: max(0, last.stat().st_size - cut)])
        store = stores(frame_length=frame_length)
        store.recover()
        for one in store.scan():
            if one.holds_bytes:
                assert sha256(store.read(one.file_sha256)).hexdigest() == one.file_sha256
        assert [s.facts.name for s in store.scan()] == [stated["name"] for stated, _ in records][: store.count()]
        assert not {problem.kind for problem in store.verify()} - {"bytes_gone"}
        stores.close()


@given(data=st.binary(max_size=300), at=st.integers(0, 10_000), changed=st.binary(min_size=1, max_size=40))
@settings(max_examples=40)
def test_damage_is_never_read_as_truth(data: bytes, at: int, changed: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = Stores(Path(folder))
        store = stores(frame_length=64)
        for n in range(3):
            store.put(data + bytes([n]), facts(str(n)))
        store.flush()
        (pack,) = stores.files()
        whole = pack.read_bytes()
        at %= len(whole)
        damaged = whole[:at] + changed + whole[at + len(changed) :]
        pack.write_bytes(damaged)
        for n in range(3):
            try:
                assert store.read(sha256(data + bytes([n])).hexdigest()) == data + bytes([n])
            except Damaged as error:
                assert pack.stem in str(error)
        assert bool(list(store.verify())) == (damaged != whole)
        stores.close()


@given(data=st.binary(max_size=400), inserted=st.integers(0, 400))
def test_any_bytes_are_scanned(data: bytes, inserted: int) -> None:
    """Arbitrary bytes: every one is part of a record or of a gap, and nothing is raised."""
    with tempfile.TemporaryFile() as file:
        file.write(data[:inserted] + b"EPK2" + data[inserted:])
        file.flush()
        size = len(data) + 4
        at = 0
        for found in scan(file.fileno(), size):
            assert found.offset == at
            end = at + found.length if isinstance(found, Gap) else found.end
            assert end > at
            at = end
        assert at == size


keys = st.sampled_from(["sha256", "raw_length", "frames", "name", "source_kind", "fetched_at", "claims", "x"])
leaves = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner)))
def test_facts_of_another_shape(stated: object) -> None:
    """A head whose checksum holds and whose facts are not ours."""
    text = json.dumps(stated).encode()
    found = decode(HEAD.pack(MAGIC, len(text), 0, sha256(text).digest()) + text, 0)
    assert found is None or isinstance(found, Record)
