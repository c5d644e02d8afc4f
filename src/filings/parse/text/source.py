"""The decoded content of a document: characters, the bytes that they come from, and pieces of visible text."""

from __future__ import annotations

import re
from bisect import bisect_right
from codecs import getincrementaldecoder
from collections.abc import Sequence
from typing import NamedTuple, overload

from filings.parse.text.characters import BLANKS, CP1252, ENTITIES, ENTITY, MISREAD, NOTHING, UNSEEN, decoded

_LONGEST_ENTITY = 40
_CONTROLS = bytes(at for at in range(0x80) if UNSEEN.match(chr(at)))

_DOUBLED_DOT = re.compile(r"(?:\A|(?<=[\r\n]))\.(?=\.)")
_ENTITY = re.compile(ENTITY)
_WIDTHS = re.compile("([\x80-\u07ff]+)|([\u0800-\uffff]+)|[\U00010000-\U0010ffff]+")
_SEEN = f"[^{BLANKS}{NOTHING}&]++"
# Words that single blanks part come from the source one to one: one token.
_TOKEN = re.compile(f"([{BLANKS}]+)|([{NOTHING}]+)|({ENTITY})|{_SEEN}(?:[{BLANKS}]{_SEEN})*+|&")


class Run(NamedTuple):
    """Characters `start` to `end` of the source that stand in a line; `style` is None for a mark between two cells."""

    start: int
    end: int
    style: int | None


class Source:
    """A content as characters.

    `has_entities`: ``&`` may begin an entity. Where mailing doubled the dots at the start of lines, the first of them is
    made a character that vanishes, so that places stay (edgar.md B.10).
    """

    def __init__(self, content: bytes, encoding: str, *, has_entities: bool, dots_doubled: bool = False) -> None:
        try:
            text = content.decode(encoding)
        except (LookupError, UnicodeError):
            encoding, text = "latin-1", content.decode("latin-1")
        self._bytes = _byte_places(content, text, encoding)
        if dots_doubled:
            text = _DOUBLED_DOT.sub("\0", text)
        text = text.replace("\x1f", " ") if "\x1f" in text else text
        if text.isascii():  # nearly every document; then a search of each character would cost more than all the rest
            self.text = text
            self._has_unseen = dots_doubled or len(content.translate(None, _CONTROLS)) < len(content)
        else:
            self.text = text.translate(CP1252) if MISREAD.search(text) else text
            self._has_unseen = UNSEEN.search(self.text) is not None
        self.has_entities = has_entities

    def byte(self, at: int) -> int:
        """The byte where the character begins; the content's length for the place behind the last one."""
        return self._bytes.byte(at) if self._bytes else at

    def piece(self, start: int, end: int) -> str:
        """The characters from `start` to `end` with entities decoded and without what vanishes; blanks as they stand."""
        return self.seen(self.text[start:end])

    def seen(self, text: str) -> str:
        """As `piece`, of characters of the source that are at hand."""
        if self.has_entities and "&" in text:
            text = decoded(text)
            return text if text.isascii() and not self._has_unseen else UNSEEN.sub("", text)
        return UNSEEN.sub("", text) if self._has_unseen else text

    def first_seen(self, start: int, end: int) -> int | None:
        """The first visible character from `start` on, where there is one and it is plain to see; else None."""
        if self._has_unseen:
            return None
        at = end - len(self.text[start:end].lstrip())
        if self.has_entities and self.text[at] == "&" and (found := _ENTITY.match(self.text, at, end)):
            seen = ENTITIES[found[0]]
            return None if not seen or seen[0].isspace() or UNSEEN.match(seen) else at
        return at

    def seen_until(self, start: int, end: int) -> int | None:
        """One past the last visible character before `end`, where there is one and it is plain to see; else None."""
        if self._has_unseen:
            return None
        text = self.text
        at = start + len(text[start:end].rstrip())
        if self.has_entities and (entity := text.rfind("&", max(start, at - _LONGEST_ENTITY), at)) >= 0:
            found = _ENTITY.match(text, entity, at)
            if found and found.end() == at:
                seen = ENTITIES[found[0]]
                return None if not seen or seen[-1].isspace() or UNSEEN.match(seen[-1]) else at
        return at


class Offsets(Sequence[int]):
    """For each character of a line the byte where it begins; worked out when somebody asks."""

    __slots__ = ("_length", "_runs", "_segments", "_source")

    def __init__(self, length: int, source: Source, runs: Sequence[Run]) -> None:
        """`length` is the length of the line's text, `runs` are what it was made of."""
        self._length = length
        self._source = source
        self._runs = runs
        self._segments: list[Segment] | None = None

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(self._length))]
        return self._source.byte(self.characters(at)[0])

    def end(self, at: int) -> int:
        """One past the last byte that gave the character."""
        return self._source.byte(self.characters(at)[1])

    def index_at(self, place: int) -> int:
        """The first character of the line that comes from character `place` of the source or a later one."""
        found = self._found()
        at = bisect_right(found, place, key=lambda segment: segment[1]) - 1
        if at < 0:
            return 0
        text_start, start, width = found[at]
        after = found[at + 1][0] if at + 1 < len(found) else self._length
        return min(text_start + (place - start if not width else min(place - start, 1) * (after - text_start)), after)

    def characters(self, at: int) -> tuple[int, int]:
        """The characters of the source, half-open, that gave a character of the line."""
        if not -self._length <= at < self._length:
            raise IndexError(at)
        at %= self._length
        found = self._found()
        text_start, start, width = found[bisect_right(found, (at, 1 << 62)) - 1]
        return (start, start + width) if width else (start + at - text_start, start + at - text_start + 1)

    def _found(self) -> list[Segment]:
        if self._segments is None:
            self._segments = segments(self._source, self._runs)
        return self._segments


Segment = tuple[int, int, int]
"""From which character of a line on, from which of the source, and the width of what one character came from; width 0:
each character came from one."""


def segments(source: Source, runs: Sequence[Run]) -> list[Segment]:
    """Where the characters come from that `runs` make when blanks are collapsed, none stands at the ends, and a mark
    between cells stands only between visible characters."""
    made = _Segments()
    for start, end, style in runs:
        if style is None:
            made.gap(start, end, is_cell=True)
            continue
        for token in _TOKEN.finditer(source.text, start, end):
            at, after = token.span()
            if token[1]:
                made.gap(at, after)
            elif token[3] and source.has_entities:
                _add_entity(made, token[3], at, after, style)
            elif not token[2]:
                made.visible(at, after - at)
    return made.found


def _add_entity(made: _Segments, entity: str, start: int, end: int, style: int) -> None:
    text = ENTITIES[entity]
    # Of ``&ampfoo`` HTML takes ``&amp``: the rest stands for itself.
    own = 0
    while own < len(text) - 1 and text[-own - 1] == entity[-own - 1]:
        own += 1
    for token in _TOKEN.finditer(text[: len(text) - own]):
        if token[1]:
            made.gap(start, end - own)
        elif not token[2]:
            made.visible(start, len(token[0]), end - own - start)
    if own:
        made.visible(end - own, own)


class _Segments:
    """Collects segments, and the gap before the next visible character."""

    def __init__(self) -> None:
        self.found: list[Segment] = []
        self._length = 0
        self._gap: tuple[int, int] | None = None
        self._gap_is_cell = False

    def gap(self, start: int, end: int, *, is_cell: bool = False) -> None:
        if self._length and (self._gap is None or (is_cell and not self._gap_is_cell)):
            self._gap, self._gap_is_cell = (start, end), is_cell

    def visible(self, at: int, length: int, width: int = 0) -> None:
        """Add `length` characters; of a `width`, all come from the same characters of the source."""
        if self._gap:
            start, end = self._gap
            self._gap, self._gap_is_cell = None, False
            self._add(start, 1, 0 if end - start == 1 else end - start)
        self._add(at, length, width)

    def _add(self, at: int, length: int, width: int) -> None:
        last = self.found[-1] if self.found else None
        if last is None or width or last[2] or last[1] + self._length - last[0] != at:
            self.found.append((self._length, at, width))
        self._length += length


class _Places:
    """Bytes of characters, as stretches of characters of one width."""

    def __init__(self, text: str) -> None:
        """Of UTF-8."""
        self._stretches = [(0, 0, 1)]
        at = byte = 0
        for found in _WIDTHS.finditer(text):
            start, end = found.span()
            width = 2 if found[1] else 3 if found[2] else 4
            byte += start - at
            self._stretches.append((start, byte, width))
            byte += width * (end - start)
            self._stretches.append((end, byte, 1))
            at = end

    def byte(self, at: int) -> int:
        start, byte, width = self._stretches[bisect_right(self._stretches, (at, 1 << 62)) - 1]
        return byte + width * (at - start)


class _ListedPlaces:
    """Bytes of characters, one by one: of an encoding whose characters differ in width by rules of its own."""

    def __init__(self, content: bytes, encoding: str) -> None:
        decoder = getincrementaldecoder(encoding)()
        self._places: list[int] = []
        begun = 0
        for at in range(len(content)):
            if more := len(decoder.decode(content[at : at + 1])):
                self._places += [begun] * more
                begun = at + 1
        self._places.append(len(content))

    def byte(self, at: int) -> int:
        return self._places[min(at, len(self._places) - 1)]


def _byte_places(content: bytes, text: str, encoding: str) -> _Places | _ListedPlaces | None:
    """None where each character is one byte."""
    if len(text) == len(content):
        return None
    return _Places(text) if encoding in ("utf-8", "ascii") else _ListedPlaces(content, encoding)


_ODD_BLANK = re.compile("[\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


def spread(text: str) -> str:
    """A line as it stands on a screen of fixed width: tabs expanded to columns of eight, no blanks at its end."""
    return _ODD_BLANK.sub(" ", text.rstrip()).expandtabs(8)
