"""One document of a submission: its head lines, where its content lies, how it ends (edgar.md B.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from filings.large import Bytes
from filings.parse import pem
from filings.parse.lines import each_line, find_last_line, is_blank, next_text, whole_line
from filings.parse.marks import DOCUMENT_END, TEXT, TEXT_END, Mark
from filings.parse.submission import Document, Version

WRAPPERS = (b"PDF", b"XML", b"XBRL")
_OPENINGS = tuple(b"<" + name + b">" for name in WRAPPERS)

_FARTHEST_TEXT = 4096
"""Bytes within which ``<TEXT>`` follows ``<DOCUMENT>`` even where a line between them is no tag."""
_LONGEST_LINE = 1 << 16
_LONGEST_HEAD = 1 << 20
"""Bytes of a head line, and of all of them; what is longer is body. Real heads have some hundred."""

_HEAD_LINE = re.compile(rb"[ \t]*<([A-Z][A-Z0-9_-]*)>([^\r\n]*)")
USUAL_HEAD = rb"<TYPE>([^\r\n]*)\n<SEQUENCE>([^\r\n]*)\n(?:<FILENAME>([^\r\n]*)\n)?(?:<DESCRIPTION>([^\r\n]*)\n)?"
"""The head lines of nearly all documents."""
_USUAL_HEAD = re.compile(USUAL_HEAD)
_FIELDS = {b"TYPE": "type", b"SEQUENCE": "sequence", b"FILENAME": "filename", b"DESCRIPTION": "description"}
_NO_BODY = frozenset((*_FIELDS, b"FLAWED"))
"""The head lines that are known where no ``<TEXT>`` line tells head from body."""


@dataclass(slots=True)
class Shape:
    """Where the parts of one document lie in the raw version.

    In their order: `start` of the ``<DOCUMENT>`` line, `head` (the lines behind it) to `head_end`, `content` to
    `content_end`, the inner wrapper's closing line to `wrapper_end`, the ``</TEXT>`` line from `body_end` to
    `text_end`, the `closing` mark. Parts that are missing are empty. `is_closed`: both closing marks are there.
    `is_doubtful`: a simple reading would have ended it elsewhere.
    """

    start: int
    head: int
    head_end: int
    content: int
    content_end: int
    wrapper_end: int
    body_end: int
    text_end: int
    closing: Mark | None
    inner_wrapper: str | None
    is_closed: bool
    is_doubtful: bool


def shape(raw: Bytes, marks: list[Mark], limit: int, *, is_last: bool) -> Shape:
    """The shape of the document whose marks these are, ``<DOCUMENT>`` first; `limit` is where the next thing begins.

    `is_last`: the version ends at `limit` without an end mark, so that an open document is cut off rather than closed.
    """
    opening = marks[0]
    text: Mark | None = None
    ends: list[Mark] = []
    closings: list[Mark] = []
    for mark in marks[1:]:
        if mark.start >= limit:
            break
        if mark.tag == TEXT:
            if text is None and not ends and not closings:
                text = mark
        elif mark.tag == TEXT_END:
            ends.append(mark)
        else:
            closings.append(mark)
    if text is not None and not _is_head(raw, opening.end, text.start):
        text = None
    content = text.end if text else _bare_head(raw, opening.end, limit, is_last)
    end = ends[-1] if ends else None
    closing = _closing(closings, end)
    is_doubtful = len(closings) > 1 or len(ends) > 1
    if closing is None and is_last and end is not None and not _is_cut_mark(raw, end.end, limit):
        end, is_doubtful = None, True  # text goes on behind it: somebody's words, not the end
    body_end = end.start if end else closing.start if closing else limit
    content = min(content, body_end)
    found = Shape(
        start=opening.start,
        head=opening.end,
        head_end=min(text.start if text else content, body_end),
        content=content,
        content_end=body_end,
        wrapper_end=body_end,
        body_end=body_end,
        text_end=end.end if end else body_end,
        closing=closing,
        inner_wrapper=None,
        is_closed=end is not None and closing is not None,
        is_doubtful=is_doubtful or (text is None and end is not None),
    )
    unwrap(raw, found, is_whole=end is not None)
    return found


def _closing(closings: list[Mark], end: Mark | None) -> Mark | None:
    """The ``</DOCUMENT>`` line that closes: the first behind the last ``</TEXT>``, else the last of all."""
    behind = next((mark for mark in closings if end is None or mark.start >= end.end), None)
    return behind if end else closings[-1] if closings else None


def _is_head(raw: Bytes, start: int, end: int) -> bool:
    """Nothing but head lines stands between `start` and `end`, or so little that it cannot be a body."""
    if end - start <= _FARTHEST_TEXT:
        return True
    return end - start <= _LONGEST_HEAD and all(
        _head_line(raw, at, after) or is_blank(raw, at, after) for at, after in each_line(raw, start, end)
    )


def _head_line(raw: Bytes, at: int, after: int) -> re.Match[bytes] | None:
    return _HEAD_LINE.match(raw[at:after]) if after - at <= _LONGEST_LINE else None


def _bare_head(raw: Bytes, start: int, limit: int, is_last: bool) -> int:
    """Where the head lines end in a document without a ``<TEXT>`` line."""
    at = start
    for begin, after in each_line(raw, start, limit):
        found = _head_line(raw, begin, after)
        if found and found[1] in _NO_BODY and after - start <= _LONGEST_HEAD:
            at = after
        elif not is_blank(raw, begin, after):
            # A tag that the end of the file cuts is still a head line.
            is_cut = is_last and after == limit and raw.startswith(b"<", next_text(raw, begin))
            return limit if is_cut else at
    return at


def _is_cut_mark(raw: Bytes, start: int, limit: int) -> bool:
    """What stands between `start` and the end of a cut file may be the beginning of ``</DOCUMENT>``, or is nothing."""
    at = next_text(raw, start, limit)
    return limit - at < len(DOCUMENT_END) and DOCUMENT_END.startswith(raw[at:limit].rstrip())


def unwrap(raw: Bytes, found: Shape, *, is_whole: bool) -> None:
    """Take the inner wrapper off: ``<PDF>``, ``<XML>`` or ``<XBRL>`` as the first line that is not blank.

    Its closing twin must stand before ``</TEXT>``; where that is missing too, the opening is enough.
    """
    at = next_text(raw, found.content, found.body_end)
    if not raw.startswith(_OPENINGS, at, found.body_end):
        return
    for name, tag in zip(WRAPPERS, _OPENINGS, strict=True):
        if not raw.startswith(tag, at, found.body_end):
            continue
        opening = whole_line(raw, at, tag)
        twin = find_last_line(raw, b"</" + name + b">", opening[1], found.body_end) if opening else None
        if opening is None or (twin is None and is_whole):
            return
        found.inner_wrapper = name.decode()
        found.content = opening[1]
        if twin is not None:
            found.content_end, found.wrapper_end = twin
            found.is_doubtful |= not is_blank(raw, found.wrapper_end, found.body_end)
        return


def read(raw: Bytes, found: Shape, position: int, version: Version, *, is_cut_off: bool) -> Document:
    """The document of that shape in the version whose bytes are `raw`."""
    document = Document(
        position=position,
        type=None,
        sequence=None,
        filename=None,
        description=None,
        start=found.content,
        length=found.content_end - found.content,
        source=version.source,
        offset=version.offset,
        is_pem=version.is_pem,
        inner_wrapper=found.inner_wrapper,
        is_cut_off=is_cut_off,
    )
    head = raw[found.head : found.head_end]
    _read_head(pem.undo(head)[0] if version.is_pem else head, document)
    return document


def stated(usual: re.Match[bytes]) -> tuple[str | None, str | None, str | None, str | None]:
    """Type, sequence, filename and description of a head that matches `USUAL_HEAD`, whatever follows it."""
    kind, sequence, filename, description = usual.group(1, 2, 3, 4)
    return _stated(kind), _stated(sequence), _stated(filename), _stated(description)


def _stated(text: bytes | None) -> str | None:
    return _decoded(text.strip()) or None if text else None


def _read_head(head: bytes, document: Document) -> None:
    """Values as stated, blanks trimmed; what has no column, stands twice or is no tag goes to `extra`."""
    if usual := _USUAL_HEAD.fullmatch(head):
        document.type, document.sequence, document.filename, document.description = stated(usual)
        return
    seen = set()
    for line in head.splitlines():  # of bytes: CRLF, LF and CR only
        line = line.strip()
        if not line:
            continue
        if found := _HEAD_LINE.match(line):
            name, text = found.groups()
            if (field := _FIELDS.get(name)) and name not in seen:
                seen.add(name)
                setattr(document, field, _decoded(text.strip()) or None)
            else:
                document.extra.append((name.decode("ascii"), _decoded(text.strip()) or None))
        elif not (document.is_cut_off and line.startswith(b"<")):  # not a tag that the end of the file cuts
            document.extra.append(("", _decoded(line)))


def _decoded(text: bytes) -> str:
    """Head values are ASCII in all that is held; otherwise UTF-8, cp1252, Latin-1 (edgar.md B.11)."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        pass
    try:
        return text.decode("cp1252")
    except UnicodeDecodeError:
        return text.decode("latin-1")
