"""The release inside a report: headline, date line, place (form-6k-cover.md 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from filings.forms.form_6k.contact_lines import is_contact_heading
from filings.forms.form_6k.headings import has_shape, is_heading
from filings.forms.text.companies import is_same
from filings.forms.text.days import Day, find_day
from filings.forms.text.phrases import RELEASE_MARK, is_unfinished
from filings.forms.text.running import Running

_NEAR = 6
"""Lines between headline and date line, at most (form-6k-cover.md 8)."""
_LOOKED_AT = 80
_LONGEST_DATELINE = 140
_BEHIND_DAY = re.compile(
    r"\s*[)\]]?\s*(?:\([^()\n]{0,60}\)|/[^/\n]{0,60}/|,?\s*[\d:.]{1,5}\s*(?:am|pm|a\.m\.|p\.m\.|CET|GMT|EST|ET)\W*)?\s*(?:[–—:-]|\.\s*[–—-]|/)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[^\W\d_a-z][\w .,'’&/()-]{1,80}")
_NO_PLACE = re.compile(
    r"\b(?:on|dated?|as\s+of|updated|issued|released?|press|news|announce[ds]?|for|the\s+month)\b", re.IGNORECASE
)
_LETTER_HEAD = re.compile(r"\W*(?:dear|to)\b", re.IGNORECASE)
_TICKER = re.compile(
    r"\W*(?:\(?\s*(?:nyse|nasdaq|amex|lse|aim|tsx|asx|bse|nse|symbol|ticker|isin|cusip|otc\w*|trading\s+symbol)\b).{0,100}",
    re.IGNORECASE,
)
_RELEASE_WORD = re.compile(
    r"\b(?:press|news|media)\s+release\b|\bannouncement\b|\bimmediate\s+release\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Release:
    """The release: its first line, the characters of its headline and of its date, half-open; None where not stated."""

    first: int
    headline: tuple[int, int] | None
    headline_lines: tuple[int, int] | None
    date_line: tuple[int, int] | None
    day: Day | None
    place: tuple[int, int] | None

    @property
    def on(self) -> date | None:
        """The date of the release."""
        return self.day.on if self.day else None


def release(running: Running, body: Sequence[int], registrant: str | None) -> Release | None:
    """The release that the lines `body` hold, in their order; None where they are none.

    A date line, a dateline or *For immediate release* tells it; its headline stands beside (form-6k-cover.md 8).
    """
    lines = [number for number in body if running.lines[number].text and not running.is_furniture(number)][:_LOOKED_AT]
    mark: int | None = None
    for place, number in enumerate(lines):
        text = running.lines[number].text
        if RELEASE_MARK.fullmatch(text):
            mark = place if mark is None else mark
        elif day := date_line(running, number):
            found = _beside_date_line(running, lines, place, day, registrant)
            if found and (found.headline or mark is not None or _speaks_of_release(running, lines[:place])):
                return _from_mark(running, lines, mark, found)
        elif at := dateline(running, number):
            return _from_mark(running, lines, mark, _beside_dateline(running, lines, place, at, registrant))
    if mark is not None:
        headline = _first_headline(running, lines[mark + 1 : mark + 1 + _NEAR], registrant)
        if headline:
            return Release(lines[mark], *_characters(running, headline), None, None, None)
    return None


def date_line(running: Running, number: int) -> Day | None:
    """A line that is only a date: ``1 July 2004``, ``August 3rd, 2006``."""
    text = running.lines[number].text
    if len(text) > 40:
        return None
    start, end = running.starts[number], running.end_of(number)
    day = find_day(running.text, start, end)
    if day is None or running.text[start : day.start].strip(" (") or running.text[day.end : end].strip(" ).,"):
        return None
    return day


def dateline(running: Running, number: int) -> tuple[Day, tuple[int, int] | None] | None:
    """``Rio de Janeiro, October 17, 2019 –`` at the head of a paragraph: the day, and the place before it."""
    start = running.starts[number]
    end = min(running.end_of(number), start + _LONGEST_DATELINE)
    day = find_day(running.text, start, end)
    if day is None or not _BEHIND_DAY.match(running.text, day.end):
        return None
    before = running.text[start : day.start].rstrip(" ,–—-(/")
    if not before:
        return (day, None) if running.text[day.end : day.end + 3].strip()[:1] in ("–", "—", "-", "/") else None
    if not _PLACE.fullmatch(before) or _NO_PLACE.search(before) or len(before.split()) > 8:
        return None
    return day, (start, start + len(before))


def _speaks_of_release(running: Running, lines: Sequence[int]) -> bool:
    return any(_RELEASE_WORD.search(running.lines[number].text) for number in lines)


def _from_mark(running: Running, lines: Sequence[int], mark: int | None, found: Release) -> Release:
    """*Press information* before headline and date is where the release begins."""
    if mark is None or lines[mark] >= found.first:
        return found
    return Release(lines[mark], found.headline, found.headline_lines, found.date_line, found.day, found.place)


def _beside_date_line(
    running: Running, lines: Sequence[int], place: int, day: Day, registrant: str | None
) -> Release | None:
    after = _first_headline(running, lines[place + 1 : place + 1 + _NEAR], registrant)
    before = None if after else _first_headline(running, lines[max(place - _NEAR, 0) : place], registrant)
    headline = after or before or _unstyled(running, lines[place + 1 : place + 2], registrant)
    first = min(lines[place], headline[0]) if headline else lines[place]
    at, held = _characters(running, headline)
    return Release(first, at, held, (day.start, day.end), day, None)


def _beside_dateline(
    running: Running, lines: Sequence[int], place: int, at: tuple[Day, tuple[int, int] | None], registrant: str | None
) -> Release:
    """The headline stands above the first paragraph; an unstyled one is the line right before it."""
    near = lines[max(place - _NEAR, 0) : place]
    headline = _first_headline(running, near, registrant)
    headline = headline or _unstyled(running, near[-1:], registrant)
    day, where = at
    first = headline[0] if headline else lines[place]
    characters, held = _characters(running, headline)
    return Release(first, characters, held, None, day, where)


def _unstyled(running: Running, lines: Sequence[int], registrant: str | None) -> tuple[int, int] | None:
    """Where nothing is styled, the short line right beside the date is the headline."""
    for number in lines:
        text = running.lines[number].text
        is_short = len(text) <= 200 and not text.endswith((",", ":")) and not _LETTER_HEAD.match(text)
        if is_short and not running.is_plain and not running.has_style and not _is_no_headline(text, registrant):
            return number, number + 1
    return None


def _characters(
    running: Running, headline: tuple[int, int] | None
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    if headline is None:
        return None, None
    return (running.starts[headline[0]], running.end_of(headline[1] - 1)), headline


def _first_headline(running: Running, lines: Sequence[int], registrant: str | None) -> tuple[int, int] | None:
    """The first heading that is a headline, with the line that finishes it; by style, or by shape where nothing is styled."""
    for rule in (is_heading, has_shape):
        if found := _headline_by(rule, running, lines, registrant):
            return found
    return None


def _headline_by(
    rule: Callable[[Running, int], bool], running: Running, lines: Sequence[int], registrant: str | None
) -> tuple[int, int] | None:
    for place, number in enumerate(lines):
        text = running.lines[number].text
        if not rule(running, number) or _is_no_headline(text, registrant):
            continue
        if any(RELEASE_MARK.fullmatch(f"{one} {other}") for one, other in _neighbours(running, lines, place)):
            continue  # ``Stock Exchange`` above ``Announcement``
        last = number
        for following in lines[place + 1 : place + 3]:
            is_next = rule(running, following) and not _is_no_headline(running.lines[following].text, registrant)
            is_of_one = following == last + 1 and not running.lines[following].begins_paragraph
            if not is_next or not (is_of_one or is_unfinished(running.lines[last].text)):
                break
            last = following
        return number, last + 1
    return None


def _neighbours(running: Running, lines: Sequence[int], place: int) -> list[tuple[str, str]]:
    texts = [running.lines[number].text for number in lines[max(place - 1, 0) : place + 2]]
    return list(pairwise(texts))


def _is_no_headline(text: str, registrant: str | None) -> bool:
    return (
        RELEASE_MARK.fullmatch(text) is not None
        or _TICKER.fullmatch(text) is not None
        or is_contact_heading(text)
        or (registrant is not None and is_same(text, registrant) and len(text.split()) <= len(registrant.split()) + 1)
    )
