"""A feed archive comes as a file, in as many attempts as it takes, and never as a mixture of two."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from edgar.server import SmallEdgar
from filings.errors import Absent, Unanswered
from filings.fetch.addresses import Address, address
from filings.fetch.client import Client
from filings.fetch.feed import members
from filings.large import our_file

ARCHIVE = address("feed_archive", year=2024, quarter=1, name="20240102.nc.tar.gz")


def whole(small: SmallEdgar, where: Address = ARCHIVE) -> bytes:
    content = small.archive.find(where.path, {})
    assert content
    return content.make()


def asked(small: SmallEdgar) -> list[str]:
    return [one.asked for one in small.log.requests]


def test_it_comes_whole(client: Client, small: SmallEdgar, tmp_path: Path) -> None:
    answer = client.download(ARCHIVE, tmp_path / "a.gz")
    assert (tmp_path / "a.gz").read_bytes() == whole(small)
    assert answer.body == b"" and answer.received == len(whole(small)) and answer.requests == 1
    assert [path.name for path in tmp_path.glob("a.gz*")] == ["a.gz"]
    read = {one.accession: one.body for one in members(our_file(tmp_path / "a.gz"))}
    assert read == {each.accession: each.tags() for each in small.archive.filings.values() if each.filed.day == 2}


def test_a_broken_one_goes_on_where_it_stopped(client: Client, small: SmallEdgar, tmp_path: Path) -> None:
    small.trouble.plan("Feed", "cut", times=5)  # more often than a client has patience without any progress
    client.download(ARCHIVE, tmp_path / "a.gz")
    assert (tmp_path / "a.gz").read_bytes() == whole(small)
    assert asked(small)[0] == "" and all(one.startswith("Range: bytes=") for one in asked(small)[1:])
    assert [one.status for one in small.log.requests] == [200] + [206] * 5


def test_another_run_goes_on_too(make_client: Callable[..., Client], small: SmallEdgar, tmp_path: Path) -> None:
    small.trouble.plan("Feed", "cut", times=1)
    small.trouble.plan("Feed", "503", times=3)
    with pytest.raises(Unanswered):
        make_client().download(ARCHIVE, tmp_path / "a.gz")
    small.log.requests.clear()
    make_client().download(ARCHIVE, tmp_path / "a.gz")
    assert (tmp_path / "a.gz").read_bytes() == whole(small)
    assert [one.status for one in small.log.requests] == [206]


def test_what_came_of_another_file_is_thrown_away(
    make_client: Callable[..., Client], small: SmallEdgar, tmp_path: Path
) -> None:
    small.trouble.plan("Feed", "cut", times=1)
    small.trouble.plan("Feed", "503", times=3)
    with pytest.raises(Unanswered):
        make_client().download(ARCHIVE, tmp_path / "a.gz")
    some = next(each for each in small.archive.filings.values() if each.filed.day == 2)
    small.archive.withdraw(some.accession)  # the archive is made again
    make_client().download(ARCHIVE, tmp_path / "a.gz")
    data = (tmp_path / "a.gz").read_bytes()
    assert data == whole(small) and gzip.decompress(data)


def test_a_page_is_never_taken_for_an_archive(client: Client, small: SmallEdgar, tmp_path: Path) -> None:
    small.trouble.plan("Feed", "wrong", times=1)
    small.trouble.plan("Feed", "block", times=1)
    small.trouble.plan("Feed", "empty", times=1)
    client.download(ARCHIVE, tmp_path / "a.gz")
    assert (tmp_path / "a.gz").read_bytes() == whole(small)
    assert len(small.log.requests) == 4


def test_a_day_without_one(client: Client, tmp_path: Path) -> None:
    with pytest.raises(Absent):
        client.download(address("feed_archive", year=2024, quarter=1, name="20240101.nc.tar.gz"), tmp_path / "a.gz")
    assert not list(tmp_path.glob("a.gz*"))
