"""Every fault of the server, alone and together: asked again, whole in the end, and never kept otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edgar.server import SmallEdgar
from edgar.trouble import KINDS
from filings.errors import Absent, Unanswered, Undeclared
from filings.fetch.addresses import address
from filings.fetch.client import Client, Patience
from filings.fetch.wire import Timeouts

TIMEOUTS = Timeouts(connect=2, read=0.5, stall=0.3, slowest=1000)
ONCE_AND_FOR_ALL = {"access_denied": Absent, "no_such_key": Absent, "undeclared": Undeclared}
PASSING = [kind for kind in KINDS if kind not in ONCE_AND_FOR_ALL and kind not in ("block", "429", "slow")]

PLACES = {
    "submission": lambda small: {
        "cik": next(iter(small.archive.filings.values())).parties[0].cik,
        "accession": next(iter(small.archive.filings)),
    },
    "daily_index": lambda small: {"year": 2024, "quarter": 1, "name": "master.20240102.idx"},
    "quarterly_index": lambda small: {"year": 2024, "quarter": 1, "name": "master.gz"},
    "feed_archive": lambda small: {"year": 2024, "quarter": 1, "name": "20240102.nc.tar.gz"},
    "company": lambda small: {"cik": next(iter(small.archive.filings.values())).parties[0].cik},
    "latest": lambda small: {"count": 40, "start": 0, "form": ""},
}


@pytest.mark.parametrize("place", PLACES)
def test_each_fault_passes(small: SmallEdgar, client: Client, place: str) -> None:
    where = address(place, **PLACES[place](small))
    right = bytes(client.get(where).body)
    for kind in PASSING:
        small.trouble.plan("", kind)
        answer = client.get(where)
        assert answer.body == right, kind
        assert small.log.requests[-1].trouble is None
        assert small.log.requests[-2].trouble == kind


@pytest.mark.parametrize("kind", PASSING)
def test_a_fault_that_stays_keeps_nothing(small: SmallEdgar, make_client: Callable[..., Client], kind: str) -> None:
    client = make_client(patience=Patience(attempts=2, first=0.01, longest=0.01, timeouts=TIMEOUTS))
    small.trouble.plan("", kind, 99)
    with pytest.raises(Unanswered) as caught:
        client.get(address("submission", **PLACES["submission"](small)))
    assert caught.value.transient
    assert "2 attempts" in caught.value.message
    assert [each.trouble for each in small.log.requests] == [kind] * 2


@pytest.mark.parametrize("kind", ONCE_AND_FOR_ALL)
def test_a_word_that_is_final_is_not_asked_for_twice(small: SmallEdgar, client: Client, kind: str) -> None:
    small.trouble.plan("", kind)
    with pytest.raises(ONCE_AND_FOR_ALL[kind]):
        client.get(address("submission", **PLACES["submission"](small)))
    assert len(small.log.requests) == 1


def test_a_slow_answer_is_waited_for(small: SmallEdgar, client: Client) -> None:
    small.trouble.slow = 0.2
    small.trouble.plan("", "slow")
    assert client.get(address("submission", **PLACES["submission"](small))).requests == 1


def test_all_faults_together(small: SmallEdgar, make_client: Callable[..., Client]) -> None:
    """5 % of each, all at once: every filing comes as it is, or is named as one that never answered."""
    client = make_client()
    client._patience = Patience(attempts=60, first=0.001, longest=0.002, timeouts=TIMEOUTS, blocks=99)
    for limit in client._limits.values():
        limit.pause_seconds = 0.02
    small.trouble.slow = 0.05
    shares = dict.fromkeys(set(KINDS) - ONCE_AND_FOR_ALL.keys() - {"slow"}, 0.05)
    small.trouble.shares = {kind: shares[kind] for kind in sorted(shares)}
    for filing in small.archive.filings.values():
        for party in filing.parties:
            answer = client.get(address("submission", cik=party.cik, accession=filing.accession))
            assert answer.body == filing.text()
    assert len(small.trouble.met) > 8
