"""A large file that comes in several attempts: a day's feed archive of up to 2.6 GB (edgar.md E).

EDGAR honours ``Range`` on the archives (206), ignores it elsewhere and then sends everything (200): what is asked for is
compared with what comes (edgar.md A.2). A piece is only added to what came of the same file, known by its ETag or, where
there is none, its Last-Modified; both are noted beside it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from filings.disk import disk, sync
from filings.faults import Point, reach
from filings.fetch.wire import Broken

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_OK, _PARTIAL, _NOT_SATISFIABLE = 200, 206, 416


class Download:
    """What has come so far of the file that shall stand at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".download")
        self._note = path.with_name(path.name + ".note")
        self.start = 0
        self._whole: int | None = None
        self._sign: dict[str, str] | None = None

    def length(self) -> int:
        """Bytes that are here."""
        return self._part.stat().st_size if self._part.exists() else 0

    def headers(self) -> dict[str, str]:
        """What to ask for: the rest, where a beginning is here whose file is known."""
        here = self.length()
        return {"Range": f"bytes={here}-"} if here and self._known() else {}

    def takes(self, status: int, headers: Mapping[str, str]) -> bool:
        """Whether the answer brings the file, from its beginning or from where ours ends; `headers` in lower case.

        Raises Broken where it brings another piece, or a piece of another file: the next attempt begins anew.
        """
        sign = {name: headers[name] for name in ("etag", "last-modified") if name in headers}
        if status == _OK:
            self.start = 0
            length = headers.get("content-length", "")
            self._whole = int(length) if length.isdecimal() and "content-encoding" not in headers else None
            self._sign = sign
            return True
        if status == _NOT_SATISFIABLE and self.length():
            self._discard()
            raise Broken("the file is shorter now than what came of it before")
        if status != _PARTIAL:
            return False
        found = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
        if not found or int(found[1]) != self.length() or sign != self._known():
            self._discard()
            raise Broken("the rest that came does not belong to what came before")
        self.start, self._whole = int(found[1]), int(found[3])
        return True

    def fill(self, pieces: Iterable[bytes]) -> None:
        """Write what comes behind what is here; the file takes its place when it is whole. Raises Broken, Full."""
        with disk("writing a download"):
            file = os.open(self._part, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                os.ftruncate(file, self.start)
                if self._sign is not None:
                    self._note.write_text(json.dumps(self._sign), encoding="utf-8")
                os.lseek(file, self.start, os.SEEK_SET)
                for piece in pieces:
                    reach(Point.DOWNLOAD_WRITE)
                    left = memoryview(piece)
                    while left:
                        left = left[os.write(file, left) :]
                length = os.fstat(file).st_size
                if self._whole is not None and length != self._whole:
                    raise Broken(f"{length} bytes came of {self._whole}")
                os.fsync(file)
            finally:
                os.close(file)
            reach(Point.DOWNLOAD_RENAME)
            self._part.replace(self._path)
            sync(self._path.parent)
            self._note.unlink(missing_ok=True)

    def _known(self) -> dict[str, str]:
        try:
            known = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def _discard(self) -> None:
        with disk("giving a download up"):
            self._part.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)
