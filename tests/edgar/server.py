"""The server itself: one thread a connection, HTTP/1.1, the true headers of each kind (edgar.md A.4)."""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
import struct
import threading
import time
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from edgar import pages
from edgar.archive import Archive, Content
from edgar.gate import Gate
from edgar.request_log import Request, RequestLog
from edgar.trouble import Trouble

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_ERRORS = {
    "429": (429, pages.rate_exceeded, "text/html"),
    "503": (503, pages.unavailable, "text/html"),
    "500": (500, lambda: b'{"message": "Internal server error"}', "application/json"),
    "not_found": (404, pages.not_found, "text/html"),
    "access_denied": (403, pages.access_denied, "application/xml"),
    "no_such_key": (404, lambda: pages.no_such_key("/x"), "application/xml"),
    "block": (403, pages.rate_exceeded, "text/html"),
    "undeclared": (403, pages.undeclared_tool, "text/html"),
    "wrong": (200, pages.something_else, "text/html"),
    "empty": (200, lambda: b"", "text/plain"),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    small: SmallEdgar

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error here."""


class SmallEdgar:
    """An archive behind a gate, on loopback. `url` is where it answers."""

    def __init__(
        self,
        archive: Archive,
        *,
        gate: Gate | None = None,
        trouble: Trouble | None = None,
        log: Path | None = None,
        port: int = 0,
    ) -> None:
        self.archive = archive
        self.gate = gate or Gate()
        self.trouble = trouble or Trouble()
        self.log = RequestLog(log)
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.small = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> SmallEdgar:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.log.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    wbufsize = 1 << 16
    at: float
    trouble: str | None

    def log_message(self, format: str, *args: object) -> None:
        """The request log has it."""

    def do_GET(self) -> None:
        self.at = time.monotonic()
        small = self.server.small
        split = urlsplit(self.path)
        self.trouble = None
        if not small.gate.is_declared(self.headers.get("User-Agent", "")):
            self._send(403, pages.undeclared_tool(), "text/html")
        elif small.gate.is_blocked(self.at):
            self._send(403, pages.rate_exceeded(), "text/html")
        else:
            self.trouble = small.trouble.next(self.path)
            self._answer(split.path, dict(parse_qsl(split.query)), self.trouble)
        self.wfile.flush()

    def _log(self, status: int, length: int) -> None:
        """Before the answer goes out, so that whoever has it finds its request in the log."""
        asked = ", ".join(
            f"{name}: {self.headers[name]}"
            for name in ("Range", "If-None-Match", "If-Modified-Since")
            if name in self.headers
        )
        agent = self.headers.get("User-Agent", "")
        self.server.small.log.add(Request(self.at, self.path, agent, status, length, self.trouble, asked))

    def _answer(self, path: str, query: dict[str, str], trouble: str | None) -> None:
        if trouble == "reset":
            # closed with unread bytes and no lingering: the other side sees a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._log(0, 0)
            self.close_connection = True
            self.connection.close()
            return
        if trouble == "slow":
            time.sleep(self.server.small.trouble.slow)
        if trouble == "redirect":
            self._send(302, b"", "text/html", {"Location": "/"})
            return
        if trouble in _ERRORS:
            status, body, media = _ERRORS[trouble]
            self._send(status, body(), media)
            return
        content = self.server.small.archive.find(path, query)
        if content is None:
            self._nothing(path)
        else:
            self._content(content, trouble)

    def _nothing(self, path: str) -> None:
        """The word of whoever stands behind the path (edgar.md A.5)."""
        if path.startswith("/cgi-bin/"):
            self._send(503, pages.unavailable(), "text/html")
        elif path.startswith("/Archives/edgar/data/") or path.startswith("/submissions/"):
            self._send(404, pages.no_such_key(path), "application/xml")
        elif path.startswith("/Archives/"):
            self._send(403, pages.access_denied(), "application/xml")
        else:
            self._send(404, pages.not_found(), "text/html")

    def _content(self, content: Content, trouble: str | None) -> None:
        body = content.make()
        headers = {"Vary": "Accept-Encoding", "x-amz-request-id": "0"}
        packs = "gzip" in self.headers.get("Accept-Encoding", "") and not content.is_packed
        if content.has_etag and content.modified:
            tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            headers["ETag"] = f'"{tag}-gzip"' if packs else f'"{tag}"'
            headers["x-amz-version-id"] = tag[:16]
        if content.modified:
            headers["Last-Modified"] = format_datetime(content.modified, usegmt=True)
            headers["Accept-Ranges"] = "bytes"
        if self._is_known(headers):
            self._send(304, b"", content.media, headers)
            return
        status = 200
        if (wanted := _RANGE.fullmatch(self.headers.get("Range", ""))) and content.takes_ranges:
            first, last = int(wanted[1]), min(int(wanted[2] or len(body)), len(body) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
            body, status = body[first : last + 1], 206
        if trouble == "cut_quietly":
            body = body[: len(body) * 2 // 3]
        if packs:
            body = gzip.compress(body, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if trouble == "cut_gzip":
            body = body[:-12]
        self._send(status, body, content.media, headers, trouble)

    def _is_known(self, headers: dict[str, str]) -> bool:
        """As a store behind a packing server does it: a tag with -gzip is only known without it; a tag goes first."""
        if tags := self.headers.get("If-None-Match"):
            return headers.get("ETag", "-").replace('-gzip"', '"') in [each.strip() for each in tags.split(",")]
        since = self.headers.get("If-Modified-Since")
        if not since or "Last-Modified" not in headers:
            return False
        return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)

    def _send(
        self, status: int, body: bytes, media: str, headers: dict[str, str] | None = None, trouble: str | None = None
    ) -> None:
        self._log(status, len(body))
        self.send_response(status)
        for name, value in {"Content-Type": media, **(headers or {})}.items():
            self.send_header(name, value)
        is_chunked = trouble == "cut_chunked"
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        half = len(body) // 2
        if is_chunked:
            self.wfile.write(b"%x\r\n%b\r\n" % (half or 1, body[: half or 1] or b"x"))
        elif trouble == "cut":
            self.wfile.write(body[:half])
        elif trouble == "stall":
            self.wfile.write(body[:half])
            self.wfile.flush()
            time.sleep(self.server.small.trouble.slow)
        else:
            self.wfile.write(body)
        if trouble in ("cut", "cut_chunked", "stall"):
            self.close_connection = True
