"""Twice the length, at most three times the time: hostile shapes of 1 and 2 MB, through the whole chain of readers."""

from __future__ import annotations

import pytest

from hostile_shapes import SHAPES, doubling, is_linear

LENGTH = 1_000_000


@pytest.mark.soak
@pytest.mark.parametrize("name", SHAPES)
def test_twice_the_length_takes_at_most_three_times_as_long(name: str) -> None:
    once, twice = doubling(SHAPES[name], LENGTH)
    print(f"{name}: {once:.2f} s, {twice:.2f} s")
    assert is_linear(once, twice, least=0.5), f"{once:.2f} s for {LENGTH} bytes, {twice:.2f} s for twice as many"
    assert twice < 30, f"{twice:.1f} s for {2 * LENGTH} bytes: linear, and still far too slow"
