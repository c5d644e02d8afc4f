"""The verdict on bytes by themselves: a filing, or an error page saved as one (edgar.md A.5).

Status and content type lie, so neither is asked. The rules run in the order of the page, on the first 64 KiB and the
last 1 KiB; the words of an error page count only where no mark of an envelope stands.
"""

from __future__ import annotations

import re
from enum import StrEnum

from filings.large import Bytes, pieces

_HEAD = 64 * 1024
_TAIL = 1024


class Verdict(StrEnum):
    """What the bytes are."""

    EMPTY = "empty"
    S3_ACCESS_DENIED = "s3_access_denied"
    S3_NO_SUCH_KEY = "s3_no_such_key"
    UNDECLARED_TOOL = "undeclared_tool"
    RATE_BLOCKED = "rate_blocked"
    UNAVAILABLE = "unavailable"
    NOT_FOUND_HTML = "not_found_html"
    HTML_OTHER = "html_other"
    CUT_OFF = "cut_off"
    SUBMISSION = "submission"
    INDEX = "index"
    FEED_XML = "feed_xml"
    JSON = "json"
    GZIP = "gzip"
    TAR = "tar"


SENTENCES: dict[Verdict, str] = {
    Verdict.EMPTY: "It is empty, or holds only blanks.",
    Verdict.S3_ACCESS_DENIED: "It is the store's answer AccessDenied: the day or quarter is closed or to come, or the "
    "path is wrong.",
    Verdict.S3_NO_SUCH_KEY: "It is the store's answer NoSuchKey: nothing lies at the path that was asked for.",
    Verdict.UNDECLARED_TOOL: "It is the SEC's page for undeclared tools: the User-Agent lacks a name and an e-mail.",
    Verdict.RATE_BLOCKED: "It is the SEC's page for too many requests: wait at least ten minutes without asking.",
    Verdict.UNAVAILABLE: "It is the SEC's page File Unavailable.",
    Verdict.NOT_FOUND_HTML: "It is a page that says Not Found.",
    Verdict.HTML_OTHER: "It is a page or text without any mark of a submission.",
    Verdict.CUT_OFF: "It begins as a submission and stops before its end.",
    Verdict.SUBMISSION: "It is a filing.",
    Verdict.INDEX: "It is an index of filings.",
    Verdict.FEED_XML: "It is a feed of filings.",
    Verdict.JSON: "It is JSON.",
    Verdict.GZIP: "It is gzip: unpack it first.",
    Verdict.TAR: "It is a tar archive: its members may be filings.",
}
"""Each verdict as a sentence for people."""

_MARK = re.compile(
    rb"(?<![^\r\n])[ \t]*(<(?:SEC-DOCUMENT|IMS-DOCUMENT|SEC-HEADER|IMS-HEADER|SUBMISSION|DOCUMENT)>"
    rb"|-----BEGIN PRIVACY-ENHANCED MESSAGE-----)"
)
_END_OF = {
    b"<SEC-DOCUMENT>": b"</SEC-DOCUMENT>",
    b"<IMS-DOCUMENT>": b"</IMS-DOCUMENT>",
    b"<SUBMISSION>": b"</SUBMISSION>",
    b"-----BEGIN PRIVACY-ENHANCED MESSAGE-----": b"-----END PRIVACY-ENHANCED MESSAGE-----",
}
_HEADER_END = (b"</SEC-HEADER>", b"</IMS-HEADER>")
_DOCUMENT_LINE = re.compile(rb"(?:\A|[\r\n])[ \t]*+<(/?)DOCUMENT>[ \t]*+(?![^\r\n])")
_LONGEST_LINE = 80

_XML = re.compile(rb"<\?xml[^>]*>\s*")
_S3 = re.compile(rb"<Error>\s*<Code>(AccessDenied|NoSuchKey)</Code>")
_HTML = re.compile(
    rb"(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|title)[\s>]", re.IGNORECASE | re.DOTALL
)
_TITLE = re.compile(rb"<title[^>]*+>([^<]*+)<", re.IGNORECASE)
_NOT_FOUND = re.compile(
    rb"(?:page|file) not found|404\s*[-:|]?\s*not found|error\s*[:-]?\s*404|^\s*(?:not found|404)\s*$"
)
_INDEX = re.compile(rb"Description:[^\r\n]*(?:Index|EDGAR)")
_JSON = re.compile(rb'(?:\{\s*["}]|\[\s*[{\]])')


def judge(data: Bytes, *, from_network: bool) -> Verdict:
    """The verdict on an answer, or on a local file.

    The route decides two cases (edgar.md A.5, tables.md 2): a page without marks is a bare filing when it is local, and
    a cut-off submission is a filing when it is local.
    """
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head and not any(piece.strip() for piece in pieces(data)):
        return Verdict.EMPTY
    mark = _MARK.search(head)
    before = head[: mark.start()] if mark else head
    if verdict := _error(before):
        return verdict
    if mark:
        return Verdict.CUT_OFF if from_network and _is_cut_off(data, mark[1]) else Verdict.SUBMISSION
    return _listing(data, head) or _unmarked(from_network)


def is_filing(verdict: Verdict) -> bool:
    """The bytes may be kept as a filing."""
    return verdict is Verdict.SUBMISSION


def _error(head: bytes) -> Verdict | None:
    """The error page that `head` is, known by its first bytes and its words."""
    xml = _XML.match(head)
    if found := _S3.match(head, xml.end() if xml else 0):
        return Verdict.S3_ACCESS_DENIED if found[1] == b"AccessDenied" else Verdict.S3_NO_SUCH_KEY
    if not _HTML.match(head, xml.end() if xml else 0):
        return None
    if b"Undeclared Automated Tool" in head:
        return Verdict.UNDECLARED_TOOL
    if b"Request Rate Threshold Exceeded" in head:
        return Verdict.RATE_BLOCKED
    found = _TITLE.search(head)
    title = b" ".join(found[1].split()).lower() if found else b""
    if title == b"sec.gov | file unavailable":
        return Verdict.UNAVAILABLE
    if _NOT_FOUND.search(title):
        return Verdict.NOT_FOUND_HTML
    return Verdict.HTML_OTHER if title == b"access denied" else None


def _unmarked(from_network: bool) -> Verdict:
    """Bytes without a mark: from the network no filing, in a folder a bare one (edgar.md B.8)."""
    return Verdict.HTML_OTHER if from_network else Verdict.SUBMISSION


def _listing(data: Bytes, head: bytes) -> Verdict | None:
    if data.startswith(b"\x1f\x8b"):
        return Verdict.GZIP
    if data[257:262] == b"ustar":
        return Verdict.TAR
    if _INDEX.match(head):
        return Verdict.INDEX
    xml = _XML.match(head)
    if xml and head.startswith(b"<feed", xml.end()):
        return Verdict.FEED_XML
    return Verdict.JSON if _JSON.match(head) else None


def _is_cut_off(data: Bytes, mark: bytes) -> bool:
    """The end mark is missing and a document is open, or the header is; a missing outer end mark alone is a defect."""
    tail = data[-_TAIL:].rstrip()
    end = _END_OF.get(mark)
    if end and tail.endswith(end):
        return False
    at = data.rfind(b"DOCUMENT>")
    while at >= 0:
        low = max(0, at - _LONGEST_LINE)
        for found in _DOCUMENT_LINE.finditer(data[low : at + _LONGEST_LINE]):
            if found.start() <= at - low < found.end():
                return found[1] == b""
        at = data.rfind(b"DOCUMENT>", 0, at)
    return not tail.endswith(_HEADER_END)
