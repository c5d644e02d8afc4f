"""The order of versions (tables.md 2), each line by a pair that differs in that line alone, and by shuffling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.load.choice import Candidate, choose

WHOLE = Candidate("b" * 64, False, 2, "sec_document", date(2024, 1, 3), False, False)


@pytest.mark.parametrize(
    ("worse", "code"),
    [
        (replace(WHOLE, raw_sha256="a" * 64, is_damaged=True), "damaged"),
        (replace(WHOLE, raw_sha256="a" * 64, document_count=0, is_header_only=True), "header_only"),
        (replace(WHOLE, raw_sha256="a" * 64, disseminated_on=date(2024, 1, 2)), "older_dissemination"),
        (replace(WHOLE, raw_sha256="a" * 64, disseminated_on=None), "older_dissemination"),
        (replace(WHOLE, raw_sha256="a" * 64, envelope="submission"), "tag_dialect"),
        (replace(WHOLE, raw_sha256="a" * 64, document_count=1), "fewer_documents"),
        (replace(WHOLE, raw_sha256="c" * 64), "larger_sha256"),
    ],
)
def test_each_line_decides(worse: Candidate, code: str) -> None:
    for order in permutations([WHOLE, worse]):
        choice = choose(order)
        assert choice.documents == choice.header == WHOLE.raw_sha256
        assert choice.superseded[worse.raw_sha256].code == code
        assert choice.part(worse.raw_sha256) is None


def test_an_earlier_line_wins_over_a_later_one() -> None:
    damaged_but_newer = replace(WHOLE, raw_sha256="a" * 64, is_damaged=True, disseminated_on=date(2025, 1, 1))
    assert choose([damaged_but_newer, WHOLE]).documents == WHOLE.raw_sha256


CORRECTION = Candidate("d" * 64, False, 0, "header_tags", date(2024, 2, 1), True, True, datetime(2024, 2, 1, 9))


def test_a_correction_gives_the_header_and_leaves_the_documents() -> None:
    choice = choose([WHOLE, CORRECTION])
    assert (choice.header, choice.documents) == (CORRECTION.raw_sha256, WHOLE.raw_sha256)
    assert choice.part(CORRECTION.raw_sha256) == "header"
    assert choice.part(WHOLE.raw_sha256) == "documents"
    assert not choice.superseded


def test_of_several_corrections_the_latest_gives_the_header() -> None:
    later = replace(CORRECTION, raw_sha256="e" * 64, correction_at=datetime(2024, 2, 2, 9))
    choice = choose([later, WHOLE, CORRECTION])
    assert choice.header == later.raw_sha256
    assert choice.superseded.keys() == {CORRECTION.raw_sha256}


@pytest.mark.parametrize(
    "powerless",
    [
        replace(CORRECTION, disseminated_on=date(2024, 1, 2)),  # older than the version that it would correct
        replace(CORRECTION, is_damaged=True),
        replace(CORRECTION, is_correction=False),
    ],
)
def test_what_is_no_correction_touches_nothing(powerless: Candidate) -> None:
    assert choose([WHOLE, powerless]).header == WHOLE.raw_sha256


def test_a_correction_alone_is_the_best_there_is() -> None:
    choice = choose([CORRECTION])
    assert choice.part(CORRECTION.raw_sha256) == "whole"


CANDIDATES = st.builds(
    Candidate,
    st.sampled_from([letter * 64 for letter in "0123456789"]),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from(["sec_document", "submission", "header_tags"]),
    st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 4)),
    st.booleans(),
    st.booleans(),
    st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 3)),
    st.integers(0, 2),
)


@given(st.lists(CANDIDATES, min_size=1, max_size=6, unique_by=lambda c: c.raw_sha256), st.randoms())
def test_the_order_of_arrival_means_nothing(candidates: list[Candidate], random: object) -> None:
    expected = choose(candidates)
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = choose(shuffled)
    assert again == expected
    assert {again.documents, again.header} | again.superseded.keys() == {c.raw_sha256 for c in candidates}
