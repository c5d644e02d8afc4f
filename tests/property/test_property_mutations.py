"""Mutated real files through the whole chain of readers: no crash, no hang, nothing lost. Half an hour of it is in `make soak`."""

from __future__ import annotations

import os
import time
from random import Random

import pytest

from hostile_shapes import SHAPES
from mutations import MUTATIONS, failing_input, mutated, sources
from reading_chain import Hung, check, cpu_limit

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_files_are_read_and_nothing_is_lost(seed: int) -> None:
    """Real files where the corpus is there, the examples otherwise: the test then says less, and says so."""
    files = sources(os.environ.get("FILINGS_CORPUS", ""), largest=30_000)
    draw = Random(seed)
    for nth in range(120):
        data, names = mutated(files, draw)
        with failing_input(data, f"seed {seed}, input {nth}: {names}"):
            check(data)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_bytes_are_read(seed: int) -> None:
    draw = Random(seed)
    for nth in range(150):
        data = draw.randbytes(draw.choice((0, 1, 7, 300, 5000)))
        with failing_input(data, f"seed {seed}, input {nth}"):
            check(data)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_that_repeat_are_read_in_time(name: str) -> None:
    """At 40 kB, where an exponent and a square are seen already; twice the length against once is in `make soak`."""
    data = SHAPES[name](40_000)
    assert len(data) > 2_000
    check(data)


def test_each_mutation_changes_something() -> None:
    """One that gives its input back would test nothing."""
    files = sources("", largest=30_000)
    for change in MUTATIONS:
        draw = Random(change.__name__)
        changed = sum(change(data, files, draw) != data for data in files for _ in range(3))
        assert changed >= len(files), change.__name__
    names = {name for seed in range(40) for name in mutated(files, Random(seed))[1]}
    assert len(names) >= 20


def test_the_check_fails_where_a_reader_hangs() -> None:
    started = time.process_time()
    with pytest.raises(Hung), cpu_limit(0.2):
        while time.process_time() - started < 5:
            pass


def test_the_check_fails_where_a_value_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    import reading_chain
    from filings.load import reading as product
    from filings.parse import header_rows

    data = sources("", largest=30_000)[-1]
    check(data)
    true = header_rows.read

    def loses(header: bytes) -> header_rows.HeaderReading:
        found = true(header)
        found.rows["filing_party"][0].pop("conformed_name")
        return found

    monkeypatch.setattr(product.header_rows, "read", loses)
    with pytest.raises(AssertionError, match="stated in the header and in no row"):
        reading_chain.check(data)
