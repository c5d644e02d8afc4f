"""What is read before anybody asks the ledger: whatever of it stands, the same database."""

from __future__ import annotations

import pickle
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from filings.errors import Damaged
from filings.load.beforehand import Beforehand, read_beforehand
from filings.load.checks import Check
from filings.load.loader import Loader
from filings.pipeline.warehouse import DATABASE, open_writer
from filings.raw.folder import PackFolder
from filings.raw.store import Facts, Sighting
from filings.schema.codes import Status
from warehouses import contents, differences

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_file() and path.suffix in (".txt", ".nc"))
TWICE = "form-5.txt"
"""Seen at two places: the later sighting has no bytes of its own."""
FORMS = frozenset(("6-K", "8-K"))
Contents = dict[str, list[tuple[Any, ...]]]


def names(seed: int | None) -> list[tuple[str, str]]:
    """File and the name under which it came, in some order."""
    found = [(name, name) for name in FILES] + [(TWICE, "again.txt")]
    if seed is not None:
        random.Random(seed).shuffle(found)
    return found


def load(
    warehouse: Path, seed: int | None, *, is_beforehand: bool, asked: Sequence[Check] | None = None
) -> dict[str, Status]:
    """Keep and load the examples in some order, in batches and parts of some sizes; a part now and then is not read."""
    one = random.Random(seed)
    statuses = {}
    with open_writer(warehouse, "test", print) as writer:
        loader = Loader(writer.database, writer.store, asked, text_forms=FORMS)
        waiting = names(seed)
        while waiting:
            size = one.choice((3, 8, 20))
            batch, waiting = waiting[:size], waiting[size:]
            kept = [
                writer.store.put(
                    (EXAMPLES / file).read_bytes(), Facts("local_file", name, "2026-11-22T10:00:00.000000+00:00")
                )
                for file, name in batch
            ]
            writer.store.flush()
            sightings = [each for each in kept if each]
            read = read_parts(warehouse, writer.store.with_all_others(sightings), one) if is_beforehand else []
            loaded = loader.load(sightings, beforehand=read)
            statuses |= {each.filing_id: each.status for each in loaded.filings}
            assert len({each.filing_id for each in loaded.filings}) == len(loaded.filings)
        writer.store.seal()
    return statuses


def read_parts(warehouse: Path, places: dict[str, list[Sighting]], one: random.Random) -> list[Beforehand]:
    found, part = [], []
    folder = PackFolder(warehouse / "raw" / "packs")
    for sightings in places.values():
        part += [(each, sightings) for each in sightings if each.holds_bytes]
        if one.random() < 0.3:
            if one.random() < 0.8:
                found.append(read_beforehand(folder, part, FORMS))
            part = []
    found.append(read_beforehand(folder, part, FORMS))
    return [pickle.loads(pickle.dumps(each)) for each in found]  # as it comes from another process


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    warehouse = tmp_path_factory.mktemp("whole") / "w"
    load(warehouse, None, is_beforehand=False)
    return contents(warehouse / DATABASE)


@pytest.mark.parametrize("seed", (1, 4))
def test_any_order_in_any_batches_and_parts_gives_the_same_rows(seed: int, whole: Contents, tmp_path: Path) -> None:
    load(tmp_path / "w", seed, is_beforehand=True)
    assert differences(whole, contents(tmp_path / "w" / DATABASE)) == []
    with duckdb.connect(str(tmp_path / "w" / DATABASE), read_only=True) as connection:
        numbers = connection.execute("SELECT load_id FROM filing UNION SELECT load_id FROM ops.ingest_log").fetchall()
        assert min(numbers) > (0,), "rows that were made beforehand get the number of their batch"
        odd = (
            "SELECT count(*) FROM ops.ingest_log WHERE first_loaded_at > loaded_at OR age(loaded_at) > INTERVAL 1 HOUR"
        )
        assert connection.execute(odd).fetchall() == [(0,)]


def test_what_a_check_refuses_is_read_again_by_the_loader(tmp_path: Path) -> None:
    wrong = "SELECT filing_id, NULL::INTEGER AS position, 'wrong' AS detail FROM filing WHERE form_type IN ('4/A', '5')"
    check = Check("is_wrong", "Is it there?", "error", "filing", ("filing",), wrong)
    databases = []
    for is_beforehand in (False, True):
        warehouse = tmp_path / str(is_beforehand)
        statuses = load(warehouse, 3, is_beforehand=is_beforehand, asked=[check])
        assert list(statuses.values()).count(Status.QUARANTINED) == 3, "one is cut off"
        databases.append(contents(warehouse / DATABASE))
    assert differences(*databases) == []
    assert {row[0] for row in databases[0]["ops.check_result"]} == {"is_wrong"}


def test_damaged_bytes_are_no_reading(tmp_path: Path) -> None:
    with open_writer(tmp_path / "w", "test", print) as writer:
        kept = writer.store.put(b"a few bytes", Facts("local_file", "a", "2026-11-22T10:00:00.000000+00:00"))
        assert kept
        writer.store.flush()
    folder = PackFolder(tmp_path / "w" / "raw" / "packs")
    (pack,) = folder.files()
    pack.path.write_bytes(pack.path.read_bytes()[:-1] + b"\0")
    with pytest.raises(Damaged):
        read_beforehand(folder, [(kept, [kept])], FORMS)
