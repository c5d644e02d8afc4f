"""The client against a small EDGAR: right answers kept whole, conditional requests, verdicts and what follows from them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from edgar.archive import Content
from edgar.server import SmallEdgar
from filings.errors import Absent, Blocked, TooLong, Unanswered, Undeclared
from filings.fetch import client as client_module
from filings.fetch.addresses import Address, address
from filings.fetch.client import Client, Known
from filings.fetch.verdict import Verdict
from filings.large import HELD, Large


def some_filing(small: SmallEdgar) -> tuple[Address, bytes]:
    filing = next(iter(small.archive.filings.values()))
    return address("submission", cik=filing.parties[0].cik, accession=filing.accession), filing.text()


def test_every_kind_of_thing_is_had(small: SmallEdgar, client: Client) -> None:
    filing = next(iter(small.archive.filings.values()))
    cik = filing.parties[0].cik
    quarter = {"year": 2024, "quarter": 1}
    company = next(party for each in small.archive.filings.values() for party in each.parties if party.role == "FILER")
    wanted = [
        address("submission", cik=cik, accession=filing.accession),
        address("submission", cik=f"{cik:010d}", accession=filing.accession),
        address("submission_in_folder", cik=cik, accession=filing.accession),
        address("archive_path", path=f"edgar/data/{cik}/{filing.accession}.txt"),
        address("header", cik=cik, accession=filing.accession),
        address("header_page", cik=cik, accession=filing.accession),
        address("filing_page", cik=cik, accession=filing.accession),
        address("folder_listing", cik=cik, accession=filing.accession),
        address("daily_listing", **quarter),
        address("quarterly_listing", **quarter),
        address("feed_listing", **quarter),
        address("feed_archive", **quarter, name="20240102.nc.tar.gz"),
        *(
            address("daily_index", **quarter, name=f"{kind}.20240103.idx")
            for kind in ("master", "company", "form", "crawler")
        ),
        *(
            address("quarterly_index", **quarter, name=f"{kind}.idx")
            for kind in ("master", "company", "form", "crawler")
        ),
        address("quarterly_index", **quarter, name="master.gz"),
        address("quarterly_index", **quarter, name="company.zip"),
        address("company", cik=company.cik),
        address("tickers"),
        address("tickers_by_exchange"),
        address("tickers_of_funds"),
        address("ticker_lines"),
        address("company_names"),
        address("latest", count=100, start=0, form=""),
    ]
    for each in wanted:
        answer = client.get(each)
        assert len(answer.body) > 0, each
        assert answer.requests == 1
    assert [each.status for each in small.log.requests] == [200] * len(wanted)
    assert {each.agent for each in small.log.requests} == {"Test test@example.com"}


def test_an_answer_says_what_the_server_said(small: SmallEdgar, client: Client) -> None:
    where, text = some_filing(small)
    before = datetime.now(UTC)
    answer = client.get(where, size=len(text))
    assert answer.body == text
    assert answer.url == small.url + where.path
    assert answer.verdict is Verdict.SUBMISSION
    assert answer.etag is not None
    assert answer.etag.endswith('-gzip"')
    assert answer.last_modified is not None
    assert answer.last_modified.endswith("GMT")
    assert answer.version_id
    assert before <= answer.fetched_at <= datetime.now(UTC)
    assert answer.received < len(text) + 200
    assert not answer.size_differs


def test_an_archive_comes_as_it_is(small: SmallEdgar, client: Client) -> None:
    answer = client.get(address("feed_archive", year=2024, quarter=1, name="20240103.nc.tar.gz"))
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(bytes(answer.body)))) as tar:
        assert len(tar.getnames()) == 12
    assert small.log.requests[-1].length == len(answer.body)


@pytest.mark.parametrize("place", ["submission", "quarterly_index", "tickers"])
def test_what_is_known_is_not_sent_again(small: SmallEdgar, client: Client, place: str) -> None:
    filing = next(iter(small.archive.filings.values()))
    parts = {
        "submission": {"cik": filing.parties[0].cik, "accession": filing.accession},
        "quarterly_index": {"year": 2024, "quarter": 1, "name": "form.gz"},
        "tickers": {},
    }[place]
    where = address(place, **parts)
    first = client.get(where)
    for known in (
        Known(first.etag, first.last_modified),
        Known(first.etag),
        Known(last_modified=first.last_modified),
    ):
        again = client.get(where, known=known)
        assert again.is_unchanged
        assert again.body == b""
        assert small.log.requests[-1].status == 304


def test_a_corrected_filing_comes_again(small: SmallEdgar, client: Client) -> None:
    where, text = some_filing(small)
    first = client.get(where)
    corrected = text.replace(b"</SEC-HEADER>", b"\n</SEC-HEADER>")
    small.archive.correct(where.path[-24:-4], corrected)
    again = client.get(where, known=Known(first.etag, first.last_modified))
    assert not again.is_unchanged
    assert again.body == corrected
    assert again.version_id != first.version_id


def test_where_nobody_answers_304_nobody_is_asked_for_it(small: SmallEdgar, client: Client) -> None:
    cik = next(iter(small.archive.filings.values())).parties[0].cik
    client.get(address("company", cik=cik), known=Known('"x"', "Tue, 02 Jan 2024 00:00:00 GMT"))
    assert small.log.requests[-1].asked == ""


@pytest.mark.parametrize(
    ("place", "parts", "verdict"),
    [
        ("daily_index", {"year": 2024, "quarter": 1, "name": "master.20240106.idx"}, "s3_access_denied"),
        ("quarterly_index", {"year": 2099, "quarter": 1, "name": "form.gz"}, "s3_access_denied"),
        ("feed_archive", {"year": 2024, "quarter": 1, "name": "20240106.nc.tar.gz"}, "s3_access_denied"),
        ("submission", {"cik": 1, "accession": "0001193125-24-000001"}, "s3_no_such_key"),
        ("company", {"cik": 7}, "s3_no_such_key"),
        ("latest", {"count": 100, "start": 5100, "form": ""}, "unavailable"),
    ],
)
def test_what_is_not_there_is_absent_at_once(
    small: SmallEdgar, client: Client, place: str, parts: dict[str, str | int], verdict: str
) -> None:
    with pytest.raises(Absent) as caught:
        client.get(address(place, **parts))
    assert caught.value.verdict == verdict
    assert len(small.log.requests) == 1


def test_an_unknown_user_agent_is_refused_at_once(small: SmallEdgar, make_client: Callable[..., Client]) -> None:
    client = make_client(user_name="curl")
    with pytest.raises(Undeclared) as caught:
        client.get(some_filing(small)[0])
    assert "user_name" in caught.value.hint
    assert len(small.log.requests) == 1


def test_a_size_that_differs_is_one_request_more(small: SmallEdgar, client: Client) -> None:
    where, text = some_filing(small)
    answer = client.get(where, size=len(text) + 1)
    assert answer.size_differs
    assert answer.body == text
    assert answer.requests == 2


def test_a_block_page_pauses_and_the_same_request_comes_again(
    small: SmallEdgar, make_client: Callable[..., Client]
) -> None:
    told: list[str] = []
    client = make_client(tell=told.append)
    where, text = some_filing(small)
    small.trouble.plan("data", "block")
    started = time.monotonic()
    answer = client.get(where)
    assert answer.body == text
    assert time.monotonic() - started >= 1
    assert len(told) == 1
    assert "until" in told[0]
    assert small.log.requests[1].at - small.log.requests[0].at >= 1


def test_a_block_that_does_not_end_is_an_error_with_its_time(
    small: SmallEdgar, make_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    for limit in client._limits.values():
        limit.pause_seconds = 0.05
    small.trouble.plan("data", "429", 9)
    with pytest.raises(Blocked) as caught:
        client.get(some_filing(small)[0])
    assert caught.value.transient
    assert caught.value.until > time.time() - 1
    assert len(small.log.requests) == 3


def test_a_large_answer_lies_on_the_disk(small: SmallEdgar, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    where, text = some_filing(small)
    large = text.replace(b"</SEC-DOCUMENT>", b"<DOCUMENT>\n" + b"x" * (HELD + 10) + b"\n</DOCUMENT>\n</SEC-DOCUMENT>")
    small.archive.correct(where.path[-24:-4], large)
    answer = client.get(where)
    assert isinstance(answer.body, Large)
    assert len(answer.body) == len(large)
    assert answer.received < HELD / 50  # packed on the way

    monkeypatch.setitem(client_module.LONGEST, where.shape, HELD)
    with pytest.raises(TooLong):
        client.get(where)


def test_an_error_in_json_is_no_answer(small: SmallEdgar, client: Client) -> None:
    cik = next(iter(small.archive.filings.values())).parties[0].cik
    small.trouble.plan("submissions", "500", 1)
    answer = client.get(address("company", cik=cik))
    assert json.loads(bytes(answer.body))["cik"] == f"{cik:010d}"
    assert answer.requests == 2


def test_names_of_others_stay_within_their_place(small: SmallEdgar, client: Client) -> None:
    for name in ("../../../x", "a?b=c", "a#b", "a b\r\nHost: x"):
        with pytest.raises((Absent, Unanswered)):
            client.get(address("daily_index", year=2024, quarter=1, name=name))
    assert all(each.path.startswith("/Archives/edgar/daily-index/2024/QTR1/") for each in small.log.requests)
    assert all(each.path.count("/") == 6 for each in small.log.requests)


def test_an_index_without_a_last_newline_is_whole(
    small: SmallEdgar, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = small.archive.find
    body = b""

    def found(path: str, query: dict[str, str]) -> Content | None:
        return Content(lambda: body, "text/plain") if path.endswith(".idx") else find(path, query)

    monkeypatch.setattr(small.archive, "find", found)
    where = address("daily_index", year=2024, quarter=1, name="master.20240102.idx")
    head = b"Description:           Daily Index of EDGAR Dissemination Feed\n\nCIK|...\n" + b"-" * 80
    for whole in (head, head + b"\n", head + b"\n1|A|4|20240102|edgar/data/1/0000000001-24-000001.txt"):
        body = whole
        assert client.get(where).body == whole
    body = head + b"\n1|A|4|20240102|edgar/data/1/0000000001-24-0000"
    with pytest.raises(Unanswered) as caught:
        client.get(where)
    assert caught.value.verdict == "cut_off"
