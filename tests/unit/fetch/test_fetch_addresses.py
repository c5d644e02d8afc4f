"""Hosts, paths, shapes of names, and who asks (edgar.md A.1, A.2)."""

from __future__ import annotations

from typing import Any

import pytest

from filings.errors import UsageError
from filings.fetch.addresses import PLACES, Host, address, bases, is_of_the_sec
from filings.fetch.identity import user_agent
from filings.fetch.shapes import LONGEST, Shape, shape_of_name
from filings.settings import Settings, settle


@pytest.mark.parametrize(
    ("place", "parts", "path"),
    [
        ("submission", {"cik": "0000320193", "accession": "0000320193-24-000012"}, "/Archives/edgar/data/320193/0000320193-24-000012.txt"),
        ("submission_in_folder", {"cik": 320193, "accession": "0000320193-24-000012"}, "/Archives/edgar/data/320193/000032019324000012/0000320193-24-000012.txt"),
        ("archive_path", {"path": "edgar/data/1/0000000001-24-000001.txt"}, "/Archives/edgar/data/1/0000000001-24-000001.txt"),
        ("daily_index", {"year": 2024, "quarter": 1, "name": "master.20240102.idx"}, "/Archives/edgar/daily-index/2024/QTR1/master.20240102.idx"),
        ("feed_archive", {"year": 2024, "quarter": 1, "name": "20240102.nc.tar.gz"}, "/Archives/edgar/Feed/2024/QTR1/20240102.nc.tar.gz"),
        ("company", {"cik": "320193"}, "/submissions/CIK0000320193.json"),
        ("latest", {"count": 100, "start": 0, "form": "SC 13D/A"}, "/cgi-bin/browse-edgar?action=getcurrent&count=100&start=0&type=SC%2013D%2FA&owner=include&output=atom"),
    ],
)  # fmt: skip
def test_paths(place: str, parts: dict[str, Any], path: str) -> None:
    assert address(place, **parts).path == path


def test_each_place_has_a_host_and_a_path() -> None:
    for name, place in PLACES.items():
        assert place.path.startswith("/"), name
        assert place.host in Host
    assert address("company", cik=1).host is Host.DATA
    assert address("search", query="x").host is Host.SEARCH
    assert set(LONGEST) == set(Shape)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("master.20240102.idx", "index"),
        ("master.970102.idx.gz", "gzip"),
        ("company.Z", "compress"),
        ("form.zip", "zip"),
        ("index.json", "json"),
        ("20240102.nc.tar.gz", "gzip"),
        ("sitemap.20240102.xml", "text"),
        ("edgar/data/1/0000000001-24-000001.txt", "submission"),
    ],
)
def test_the_shape_hangs_on_the_ending(name: str, shape: str) -> None:
    assert shape_of_name(name) == shape


def test_one_other_server_takes_the_place_of_all() -> None:
    assert bases(Settings()) == {host: f"https://{host}" for host in Host}
    assert set(bases(Settings(edgar_url="http://127.0.0.1:1/")).values()) == {"http://127.0.0.1:1"}
    assert bases(Settings(edgar_data_url="http://127.0.0.1:2"))[Host.WWW] == "https://www.sec.gov"
    assert settle({}, {"FILINGS_EDGAR_URL": "http://127.0.0.1:1"}).edgar_url == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1",
        "ftp://x",
        "http://",
        "http://x:99999",
        "http://x?y",
        "http://me@x",
        "http://www.sec.gov",
        "http://[x",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        bases(Settings(edgar_url=url))


def test_whose_hosts() -> None:
    for url in ("https://www.sec.gov", "https://data.sec.gov:443/x", "https://sec.gov", "https://WWW.SEC.GOV."):
        assert is_of_the_sec(url)
    for url in ("https://notsec.gov", "https://sec.gov.example.com", "http://127.0.0.1:8090"):
        assert not is_of_the_sec(url)


def test_who_asks() -> None:
    assert user_agent(Settings(user_name=" Jane Doe ", user_email="jane@example.com")) == "Jane Doe jane@example.com"


@pytest.mark.parametrize(
    ("name", "email", "said"),
    [
        (None, None, "user_name and user_email: not set"),
        ("Jane", None, "user_email: not set"),
        (" ", "j@example.com", "user_name: not set"),
        ("Jane\r\nX: y", "j@example.com", "printable ASCII"),
        ("Jörg", "j@example.com", "printable ASCII"),
        ("Jane", "example.com", "no e-mail"),
        ("Jane", "j@example", "no e-mail"),
        ("Jane", "j@example.com\r\nX: y", "no e-mail"),
    ],
)
def test_who_does_not_say_is_told_how(name: str | None, email: str | None, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        user_agent(Settings(user_name=name, user_email=email))
    assert said in caught.value.message
    assert "FILINGS_USER_NAME" in caught.value.hint
    assert "settings.toml" in caught.value.hint
    assert caught.value.exit_code == 2
