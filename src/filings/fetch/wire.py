"""HTTP itself. The only module that knows the library; none of its types leaves it.

HTTP/1.1 (streams of HTTP/2 were reset within bodies, edgar.md A.2), kept connections, no redirect followed (it would leave
the host that the limit counts), no retry of the library's (each one needs its turn). Bodies come as they are sent and are
decoded here, since no library tells whether a gzip stream came to its end.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

PIECE = 1 << 18
"""Bytes of a body that are held at once."""

_GZIP = zlib.MAX_WBITS | 16

Turn = Callable[[], AbstractContextManager[None]]
"""Waits until a request may be sent, and holds the turn while it is."""


class Broken(Exception):
    """No connection, no answer in time, or an answer that broke off: asking again may help."""


class Overlong(Exception):
    """The body has more bytes than anything that EDGAR has."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, and between two pieces; a body must bring `slowest` bytes a second over `stall` seconds."""

    connect: float = 15.0
    read: float = 60.0
    stall: float = 60.0
    slowest: int = 1024


class _Paced:
    """A connection that sends a request inside its turn. Connecting takes time and is done before."""

    def __init__(self, *arguments: Any, turn: Turn, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._turn = turn

    def request(self, *arguments: Any, **named: Any) -> None:
        if self.sock is None:  # type: ignore[attr-defined]
            self.connect()  # type: ignore[attr-defined]
        with self._turn():
            super().request(*arguments, **named)  # type: ignore[misc]


class _PacedHTTP(_Paced, HTTPConnection):
    pass


class _PacedHTTPS(_Paced, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PacedHTTP


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _PacedHTTPS


class Received:
    """An answer whose body is still coming: status, headers in lower case, and the decoded pieces."""

    def __init__(self, response: urllib3.BaseHTTPResponse, timeouts: Timeouts) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.received = 0
        self._response = response
        self._timeouts = timeouts

    def pieces(self, longest: int, *, check_gzip: bool) -> Iterator[bytes]:
        """The body, decoded. Raises Broken where it ends before its end, Overlong beyond `longest` bytes.

        `check_gzip`: the content itself is gzip, and must come to its end, checksum included.
        """
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise Broken(f"an encoding that was not asked for: {encoding}")
        length = 0
        content = _Gunzip() if check_gzip else None
        for piece in _decoded(self._sent()) if encoding.endswith("gzip") else self._sent():
            length += len(piece)
            if length > longest:
                raise Overlong
            if content and (length > len(piece) or piece.startswith(b"\x1f\x8b")):
                for _ in content.feed(piece):
                    pass
            else:
                content = None  # an error page
            yield piece
        if content and length:
            content.end()

    def _sent(self) -> Iterator[bytes]:
        started, counted = time.monotonic(), 0
        try:
            for piece in self._response.stream(PIECE, decode_content=False):
                self.received += len(piece)
                yield piece
                now = time.monotonic()
                if now - started > self._timeouts.stall:
                    if self.received - counted < self._timeouts.slowest * (now - started):
                        raise Broken(f"fewer than {self._timeouts.slowest} bytes a second")
                    started, counted = now, self.received
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Broken(f"the answer broke off: {error}") from error
        announced = self.headers.get("content-length", "")
        if announced.isdigit() and "transfer-encoding" not in self.headers and int(announced) != self.received:
            raise Broken(f"{self.received} bytes came of {announced}")


class _Gunzip:
    """Gzip, undone piece by piece; several members may stand one behind the other."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(_GZIP)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        try:
            while piece:
                if self._inflate.eof:
                    if not piece.strip(b"\0"):  # a tape's filling behind the end
                        return
                    self._inflate = zlib.decompressobj(_GZIP)
                yield self._inflate.decompress(piece, PIECE)
                while self._inflate.unconsumed_tail:
                    yield self._inflate.decompress(self._inflate.unconsumed_tail, PIECE)
                piece = self._inflate.unused_data
        except zlib.error as error:
            raise Broken(f"its gzip is damaged: {error}") from error

    def end(self) -> None:
        if not self._inflate.eof:
            raise Broken("its gzip stops before its end")


def _decoded(sent: Iterator[bytes]) -> Iterator[bytes]:
    gunzip = _Gunzip()
    is_empty = True
    for piece in sent:
        is_empty = False
        yield from filter(None, gunzip.feed(piece))
    if not is_empty:
        gunzip.end()


class Wire:
    """Kept connections to one server. Threads may share it."""

    def __init__(self, base: str, turn: Turn, timeouts: Timeouts, connections: int = 8) -> None:
        split = urlsplit(base)
        self._prefix = split.path.rstrip("/")
        pool = _SecurePool if split.scheme == "https" else _Pool
        self._timeouts = timeouts
        self._pool = pool(
            split.hostname or "",
            split.port,
            timeout=urllib3.Timeout(connect=timeouts.connect, read=timeouts.read),
            maxsize=connections,
            block=False,
            turn=turn,
        )

    @contextmanager
    def get(self, path: str, headers: Mapping[str, str]) -> Iterator[Received]:
        """Ask for a path. Raises Broken; what the turn raises, it raises."""
        response = None
        try:
            response = self._pool.urlopen(
                "GET",
                self._prefix + path,
                headers=dict(headers),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Broken(str(error)) from error
        try:
            yield Received(response, self._timeouts)
        except BaseException:
            response.close()  # the rest of the body must not be taken for the next answer
            raise
        finally:
            response.release_conn()

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.close()


def post(url: str, headers: Mapping[str, str], body: bytes, timeouts: Timeouts, *, longest: int) -> tuple[int, bytes]:
    """Send a body to somebody who is not EDGAR: no turn is waited for, no redirect followed, certificates are checked.

    Gives the status, and where it is not one of success the first bytes of the answer, at most `longest`. Raises Broken.
    """
    split = urlsplit(url)
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    kind = urllib3.HTTPSConnectionPool if split.scheme == "https" else urllib3.HTTPConnectionPool
    timeout = urllib3.Timeout(connect=timeouts.connect, read=timeouts.read)
    try:
        with kind(split.hostname or "", split.port, timeout=timeout, maxsize=1) as pool:
            response = pool.urlopen(
                "POST", path, body=body, headers=dict(headers), retries=False, redirect=False, preload_content=False
            )
            said = b""
            if not 200 <= response.status < 300:
                with suppress(urllib3.exceptions.HTTPError, OSError):  # the status says enough
                    said = response.read(longest, decode_content=False)
            response.close()
            return response.status, said
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise Broken(str(error)) from error
