"""Boxes and their labels: which of two answers is ticked (form-6k-cover.md 4.7).

An answer is read token by token from the end of its question: labels, marks, and the blanks and points between them. The
first token that is none of these ends it, so that an answer costs no more than its own length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["label", "ticked", "empty", "nothing"]

_TICKED = "☒☑✓✔⌧⊠■✕✖✗✘⊗×\uf078\uf0fe\uf0fd\uf0fc\uf06e\uf052\uf054\uf053"
_EMPTY = "☐□◻◯○❑❏❒¨⬜▢\uf06f\uf0a8\uf071\uf0a3"
_TICKED_LETTERS = "þýüÞÝÜ"

# Within a run of rulers only an X counts; a mark is a token of its own, never the end of a word.
_RUN = rf"[_.]*(?<![A-Za-z])(?:[xX]{{1,4}}|[{_TICKED_LETTERS}])(?![A-Za-z0-9])[_.]*"
_INSIDE = rf"[_.\s]*(?:[xX]{{1,4}}|[{_TICKED}{_TICKED_LETTERS}])[_.\s]*"
_TOKEN = re.compile(
    rf"""
    (?P<skip>[\s:;,"'*]+|[-–—]+(?![\w])|\bor\b|\(\s*check\s+(?:only\s+)?one[^()\n]{{0,20}}\)|\.(?![._xX])|[)\]](?!\w))
    |(?P<f20>(?:form\s*)?(?<![\d-])20\s*-?\s*F(?![A-Za-z])(?:-(?![\w-]))?)
    |(?P<f40>(?:form\s*)?(?<![\d-])40\s*-?\s*F(?![A-Za-z])(?:-(?![\w-]))?)
    |(?P<yes>(?<![A-Za-z])yes(?![A-Za-z]))
    |(?P<nothing>(?<![A-Za-z])(?:n\s?/\s?a\b\.?|not\s+applicable\b))
    |(?P<no>(?<![A-Za-z])no(?![A-Za-z]))
    |(?P<ticked>(?:[\[({{|/]{_INSIDE}[\])}}|/])|{_RUN}|[{_TICKED}])
    |(?P<empty>(?:[\[({{|/][_.\s]*[{_EMPTY}]?[_.\s]*[\])}}|/])|[{_EMPTY}]|(?<![A-Za-z])o(?![A-Za-z0-9'])|[_.]{{2,}}|_)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MOST_LINES = 6
_LONGEST = 1_000
"""Characters of an answer that are looked at; the longest seen has 120."""


@dataclass(frozen=True, slots=True)
class Token:
    """A label, or a mark, in characters `start` to `end` (half-open) of the text."""

    kind: Kind
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands behind a question, from `start` to `end` (half-open); empty where nothing does.

    `labels` are those met, `ticked` those with a mark; `alone` are the kinds of marks without any label.
    """

    start: int
    end: int
    labels: tuple[str, ...]
    ticked: frozenset[str]
    marks: tuple[Kind, ...]

    @property
    def is_empty(self) -> bool:
        """Neither a label nor a mark stands there."""
        return not self.labels and not self.marks


def read_answer(text: str, start: int, labels: Sequence[str]) -> Answer:
    """The answer that begins at `start`: labels of the pair `labels` (``20-F``, ``40-F`` or ``yes``, ``no``) and marks.

    At most six lines (form-6k-cover.md 4.7).
    """
    tokens = list(_tokens(text, start, labels))
    met = tuple(dict.fromkeys(token.label for token in tokens if token.kind == "label"))
    marks = tuple(token.kind for token in tokens if token.kind != "label")
    if not tokens:
        return Answer(start, start, (), frozenset(), ())
    return Answer(tokens[0].start, tokens[-1].end, met, frozenset(_ticked(text, tokens)), marks)


def _tokens(text: str, start: int, labels: Sequence[str]) -> Iterator[Token]:
    at, limit, lines = start, min(len(text), start + _LONGEST), 0
    while at < limit and (found := _TOKEN.match(text, at, limit)):
        at = found.end()
        if found.lastgroup == "skip":
            lines += "\n" in found.group()  # blank lines between are no lines of the answer
            if lines > _MOST_LINES:
                return
            continue
        token = _token(found, labels)
        if token is None:
            return
        yield token


def _token(found: re.Match[str], labels: Sequence[str]) -> Token | None:
    """The token, or None where the label is one of the other pair and says nothing here."""
    name = found.lastgroup or ""
    kind: Kind
    label = {"f20": "20-F", "f40": "40-F"}.get(name, name)
    if label in labels:
        kind = "label"
    elif label in ("20-F", "40-F"):
        return None
    elif label == "yes":
        kind = "ticked"
    elif label == "no":
        kind = "empty"
    else:
        kind = "ticked" if name == "ticked" else "empty" if name == "empty" else "nothing"
    return Token(kind, label if kind == "label" else "", found.start(), found.end())


def _ticked(text: str, tokens: list[Token]) -> Iterator[str]:
    """Labels whose mark is ticked. Marks stand behind their labels, unless one precedes the first label."""
    places = [number for number, token in enumerate(tokens) if token.kind == "label"]
    if not places:
        return
    is_before = tokens[0].kind in ("ticked", "empty")
    for number, token in enumerate(tokens):
        if token.kind != "ticked":
            continue
        left = max((place for place in places if place < number), default=None)
        right = min((place for place in places if place > number), default=None)
        if left is None or (is_before and right is not None):
            owner = right
        elif (
            right is not None
            and _is_apart(text, tokens[left].end, token.start)
            and not _is_apart(text, token.end, tokens[right].start)
        ):
            owner = right  # in one cell with the label that follows
        else:
            owner = left
        if owner is not None:
            yield tokens[owner].label


def _is_apart(text: str, start: int, end: int) -> bool:
    """The border of a cell, or a line end, lies between."""
    return "\x1f" in text[start:end] or "\n" in text[start:end]
