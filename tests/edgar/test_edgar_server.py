"""The small EDGAR itself: its gate, headers, listings and dialects are those that edgar.md writes of."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from edgar.archive import Archive
from edgar.folder import read
from edgar.gate import Gate
from edgar.generator import generate
from edgar.request_log import most_in_a_second
from edgar.server import SmallEdgar
from filings.fetch.verdict import Verdict, judge

EXAMPLES = Path(__file__).parents[2] / "examples"
AGENT = "Test test@example.com"


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(3, 30, scale=0.01)), gate=Gate(None)) as server:
        yield server


def ask(small: SmallEdgar, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    connection = http.client.HTTPConnection(small.url.removeprefix("http://"), timeout=5)
    sent = {"User-Agent": AGENT} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=sent)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.headers), body


def test_the_same_seed_makes_the_same_bytes() -> None:
    one, two, other = (list(generate(2, 20, seed=seed)) for seed in (1, 1, 2))
    assert [each.text() for each in one] == [each.text() for each in two]
    assert [each.accession for each in one] != [each.accession for each in other]
    assert len({each.accession for each in one}) == 40
    assert len({each.filed for each in one}) == 2


def test_submissions_are_filings_in_both_dialects_and_of_their_size() -> None:
    filings = list(generate(1, 200, scale=0.02))
    for each in filings:
        assert judge(each.text(), from_network=True) is Verdict.SUBMISSION
        assert judge(each.tags(), from_network=True) is Verdict.SUBMISSION
    sizes = sorted(len(each.text()) for each in filings)
    assert 5_000 < sizes[100] < 30_000


def test_who_is_not_declared_is_refused(small: SmallEdgar) -> None:
    for agent in ("", "Mozilla/5.0 x@example.com", "python-requests/2", "Test"):
        status, _, body = ask(small, small.archive.paths()[0], User_Agent=agent)
        assert (status, judge(body, from_network=True)) == (403, Verdict.UNDECLARED_TOOL)


def test_who_asks_too_often_is_blocked_and_asking_prolongs_it() -> None:
    with SmallEdgar(Archive(generate(1, 5, scale=0.01)), gate=Gate(10, pause=0.4)) as small:
        path = small.archive.paths()[0]
        statuses = [ask(small, path)[0] for _ in range(14)]
        assert statuses[:10] == [200] * 10
        assert statuses[10:] == [403] * 4
        assert judge(ask(small, path)[2], from_network=True) is Verdict.RATE_BLOCKED
        assert small.gate.blocks == 1
        small.gate.open()
        assert ask(small, path)[0] == 200


def test_headers_are_those_of_each_kind(small: SmallEdgar) -> None:
    path = small.archive.paths()[0]
    _, plain, body = ask(small, path)
    _, packed, sent = ask(small, path, Accept_Encoding="gzip")
    assert packed["ETag"] == plain["ETag"][:-1] + '-gzip"'
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent) == body
    assert ask(small, path, If_None_Match=plain["ETag"])[0] == 304
    assert ask(small, path, If_None_Match=packed["ETag"])[0] == 200  # as servers that pack on the way do it
    assert ask(small, path, If_Modified_Since=plain["Last-Modified"])[0] == 304
    assert ask(small, path, If_Modified_Since="Tue, 02 Jan 1990 00:00:00 GMT")[0] == 200
    _, company, _ = ask(small, f"/submissions/CIK{int(path.split('/')[4]):010d}.json")
    assert not {"ETag", "Last-Modified"} & company.keys()


def test_ranges_are_honoured_for_archives_alone(small: SmallEdgar) -> None:
    feed = "/Archives/edgar/Feed/2024/QTR1/20240102.nc.tar.gz"
    whole = ask(small, feed)[2]
    status, headers, part = ask(small, feed, Range="bytes=10-19")
    assert (status, part) == (206, whole[10:20])
    assert headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert ask(small, feed, Range="bytes=100-")[2] == whole[100:]
    status, headers, _ = ask(small, "/Archives/edgar/full-index/2024/QTR1/master.idx", Range="bytes=10-19")
    assert (status, headers["Accept-Ranges"]) == (200, "bytes")
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(whole))) as tar:
        assert {name.removesuffix(".nc") for name in tar.getnames()} == {
            each.accession for each in small.archive.filings.values() if str(each.filed) == "2024-01-02"
        }


def test_every_listed_name_is_there_and_no_other_day(small: SmallEdgar) -> None:
    for tree, count in (("daily-index", 12), ("full-index", 10), ("Feed", 3)):
        folder = f"/Archives/edgar/{tree}/2024/QTR1/"
        items = json.loads(ask(small, folder + "index.json")[2])["directory"]["item"]
        assert len(items) == count
        for each in items:
            assert ask(small, folder + each["name"])[0] == 200
        page = ask(small, folder)[2].decode()
        assert all(each["name"] in page for each in items)
    status, _, body = ask(small, "/Archives/edgar/daily-index/2024/QTR1/master.20240106.idx")
    assert (status, judge(body, from_network=True)) == (403, Verdict.S3_ACCESS_DENIED)
    status, _, body = ask(small, "/Archives/edgar/data/1/0000000001-24-000001.txt")
    assert (status, judge(body, from_network=True)) == (404, Verdict.S3_NO_SUCH_KEY)


def test_an_archive_changes_while_it_is_read(small: SmallEdgar) -> None:
    index = "/Archives/edgar/daily-index/2024/QTR1/master.20240102.idx"
    accession = next(iter(small.archive.filings))
    path = small.archive.paths()[0]
    assert accession in ask(small, index)[2].decode()
    small.archive.unlist(accession)
    assert accession not in ask(small, index)[2].decode()
    assert ask(small, path)[0] == 200
    small.archive.list_again(accession)
    assert accession in ask(small, index)[2].decode()
    before = ask(small, path)[1]
    small.archive.correct(accession, b"<SUBMISSION>\n</SUBMISSION>\n")
    after = ask(small, path)[1]
    assert before["ETag"] != after["ETag"]
    assert before["x-amz-version-id"] != after["x-amz-version-id"]
    small.archive.withdraw(accession)
    assert ask(small, path)[0] == 404
    late = next(iter(generate(1, 1, seed=99, scale=0.01)))
    small.archive.add(late)
    assert late.accession in ask(small, index)[2].decode()
    small.archive.close(late.filed)
    assert ask(small, index)[0] == 403


def test_a_company_of_many_filings_has_continuations() -> None:
    archive = Archive()
    for each in generate(1, 3200, scale=0.001):
        archive.add(each)
    small = Archive([each for each in archive.filings.values() if each.form == "4"])
    one = next(party for each in small.filings.values() for party in each.parties if party.role == "ISSUER")
    merged = [
        each.__class__(each.accession, each.form, each.filed, each.accepted, (one,), each.text, each.tags)
        for each in small.filings.values()
    ]
    content = Archive(merged).find(f"/submissions/CIK{one.cik:010d}.json", {})
    assert content is not None
    page = json.loads(content.make())
    assert len(page["filings"]["recent"]["form"]) == 1000
    (file,) = page["filings"]["files"]
    rest = Archive(merged).find(f"/submissions/{file['name']}", {})
    assert rest is not None
    assert len(json.loads(rest.make())["form"]) == file["filingCount"] == len(merged) - 1000


def test_any_folder_fills_it() -> None:
    archive = Archive(read(EXAMPLES))
    assert len(archive.filings) >= 10
    for path in archive.paths():
        content = archive.find(path, {})
        assert content is not None
        assert content.make()
    three = next(each for each in archive.filings.values() if each.form == "8-K" and len(each.parties) == 3)
    assert len(three.rows()) == 3


def test_the_log_is_written(tmp_path: Path) -> None:
    place = tmp_path / "log.jsonl"
    with SmallEdgar(Archive(generate(1, 2, scale=0.01)), log=place) as small:
        ask(small, small.archive.paths()[0])
    (line,) = map(json.loads, place.read_text().splitlines())
    assert line["status"] == 200
    assert line["agent"] == AGENT


def test_a_sliding_second() -> None:
    assert most_in_a_second([0, 0.1, 0.99, 1.0, 1.05, 2.5]) == 4
    assert most_in_a_second([]) == 0
