"""The verdict on bytes: rules in their order, and the routes (edgar.md A.5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from filings.fetch.verdict import SENTENCES, Verdict, is_filing, judge

SUBMISSION = (
    b"<SEC-DOCUMENT>a.txt : 20240101\n<SEC-HEADER>a.hdr.sgml : 20240101\nACCESSION NUMBER:\t1\n</SEC-HEADER>\n"
    b"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\nRequest Rate Threshold Exceeded 404\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n"
)
S3 = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%b</Code><Message>x</Message></Error>'
PAGE = b"<!DOCTYPE html>\n<html><head><title>%b</title></head><body>%b</body></html>"


@pytest.mark.parametrize("from_network", [False, True])
@pytest.mark.parametrize(
    ("verdict", "data"),
    [
        ("empty", b""),
        ("empty", b" \r\n\t"),
        ("empty", b" " * 70_000),
        ("s3_access_denied", S3 % b"AccessDenied"),
        ("s3_no_such_key", S3 % b"NoSuchKey"),
        ("undeclared_tool", PAGE % (b"x", b"Your Request Originates from an Undeclared Automated Tool")),
        ("rate_blocked", PAGE % (b"SEC.gov | Request Rate Threshold Exceeded", b"")),
        ("unavailable", PAGE % (b"SEC.gov | File Unavailable", b"")),
        ("not_found_html", PAGE % (b"SEC.gov | Page Not Found", b"")),
        ("not_found_html", b"<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD></HTML>"),
        ("html_other", b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE></HEAD></HTML>"),
        ("submission", SUBMISSION),
        ("submission", b"\xef\xbb\xbf\n" + SUBMISSION.replace(b"\n", b"\r") + b"\n  \n"),
        ("submission", SUBMISSION[:-16]),
        ("submission", SUBMISSION.split(b"<DOCUMENT>")[0]),
        ("submission", SUBMISSION.split(b"\n", 1)[1].split(b"<DOCUMENT>")[0]),
        (
            "submission",
            b"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n" + PAGE % (b"404 not found", b"") + b"\n</TEXT>\n</DOCUMENT>\n",
        ),
        ("index", b"Description:           Master Index of EDGAR Dissemination Feed\n"),
        ("feed_xml", b'<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="x">'),
        ("json", b'{"cik":"320193"}'),
        ("gzip", b"\x1f\x8b\x08\0"),
        ("tar", b"a.txt".ljust(257, b"\0") + b"ustar\x0000"),
    ],
)
def test_by_the_bytes_alone(verdict: str, data: bytes, from_network: bool) -> None:
    assert judge(data, from_network=from_network) == verdict
    assert is_filing(Verdict(verdict)) is (verdict == "submission")


@pytest.mark.parametrize(
    "data", [PAGE % (b"Form 8-K, Rule 404", b"denied 404"), b"FORM 6-K\n", b"<?xml version='1.0'?><html>x</html>"]
)
def test_without_a_mark_the_route_decides(data: bytes) -> None:
    assert judge(data, from_network=False) is Verdict.SUBMISSION
    assert judge(data, from_network=True) is Verdict.HTML_OTHER


@pytest.mark.parametrize("cut", [60, 110, 150, 170, len(SUBMISSION) - 30])
def test_cut_off_is_refused_from_the_network_alone(cut: int) -> None:
    assert judge(SUBMISSION[:cut], from_network=True) is Verdict.CUT_OFF
    assert judge(SUBMISSION[:cut], from_network=False) is Verdict.SUBMISSION


def test_every_verdict_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Verdict)


def expected_error(data: bytes) -> str:
    """An independent look at the whole text."""
    words = {
        "NoSuchKey": "s3_no_such_key",
        "AccessDenied": "s3_access_denied",
        "Undeclared": "undeclared_tool",
        "Threshold": "rate_blocked",
        "File Unavailable": "unavailable",
    }
    (name,) = {name for word, name in words.items() if word.encode() in data}
    return name


def test_real_error_answers_are_refused_by_name(corpus: Path) -> None:
    files = sorted((corpus / "edgar/http_errors").iterdir())
    assert len(files) == 16
    for path in files:
        data = path.read_bytes()
        for from_network in (False, True):
            assert judge(data, from_network=from_network) == expected_error(data), path.name


@pytest.mark.parametrize(
    "folder",
    [
        "edgar/submissions",
        "edgar/mangled",
        "edgar/truncated",
        "edgar/headers",
        "edgar/document_only",
        "edgar/documents",
        "seeds",
    ],
)
def test_no_real_file_is_refused_in_a_folder(corpus: Path, folder: str) -> None:
    files = [path for path in sorted((corpus / folder).rglob("*")) if path.is_file()]
    assert files
    refused = [path.name for path in files if not is_filing(judge(path.read_bytes(), from_network=False))]
    assert refused == []


def test_cut_files_are_refused_from_the_network(corpus: Path) -> None:
    whole = {"0001172661-23-003414.6.txt"}  # a closed header
    for path in sorted((corpus / "edgar/truncated").iterdir()):
        expected = Verdict.SUBMISSION if path.name in whole else Verdict.CUT_OFF
        assert judge(path.read_bytes(), from_network=True) is expected, path.name


@pytest.mark.parametrize(("folder", "verdict"), [("json", "json"), ("feeds", "feed_xml")])
def test_other_answers_are_known(corpus: Path, folder: str, verdict: str) -> None:
    for path in sorted((corpus / "edgar" / folder).iterdir()):
        assert judge(path.read_bytes(), from_network=True) == verdict, path.name
