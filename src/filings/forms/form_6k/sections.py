"""The sections of a report: cover, release, exhibits, signature and what stands between (form-6k-cover.md 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from filings.forms.form_6k.contacts import contact_region
from filings.forms.form_6k.headings import Heading, headings
from filings.forms.form_6k.incorporation import Incorporation, furnished_not_filed
from filings.forms.form_6k.releases import Release
from filings.forms.text import phrases
from filings.forms.text.exhibit_lists import ExhibitList, is_exhibit_heading
from filings.forms.text.running import Running
from filings.forms.text.section import Section, cut
from filings.forms.text.signers import Block


@dataclass(slots=True)
class _Begun:
    """A section that begins on line `first`; the next one ends it."""

    kind: str
    first: int
    heading: str | None = None
    level: int = 1


def sections(
    running: Running,
    cover_end: int,
    lists: Sequence[ExhibitList],
    block: Block | None,
    granted: Sequence[Incorporation],
    found_release: Release | None,
) -> list[Section]:
    """The sections in their order; every visible character lies in exactly one (form-6k-cover.md 9)."""
    begun: dict[int, _Begun] = {}
    last = len(running.lines)
    of_block = range(block.first, block.last) if block else range(0)
    taken = {*of_block, *_within(lists)}
    found = [heading for heading in headings(running, cover_end, last) if heading.first not in taken]
    for heading in found:
        begun[heading.first] = _Begun(_kind(running, heading), heading.first, heading.text, heading.level)
    for each in lists:
        if each.first >= cover_end and each.first not in of_block and (each.has_heading or _is_header(running, each)):
            text = running.filed(running.starts[each.first], running.end_of(each.first)) if each.has_heading else None
            begun[each.first] = _Begun("exhibit_index", each.first, text)
    for row in granted:
        start = running.line_at(row.start)
        if start >= cover_end and _follows(running, start, cover_end, begun):
            begun[start] = _Begun("incorporation_by_reference", start)
    if found_release and found_release.first >= cover_end:
        _begin_release(running, begun, found_release)
    if block:
        text = running.filed(running.starts[block.first], running.end_of(block.first)) if block.has_heading else None
        if block.first in begun and not block.has_heading:
            text = begun[block.first].heading
        begun[block.first] = _Begun("signature", block.first, text)
        behind = _first_visible(running, block.last)
        if behind is not None and behind not in begun:
            begun[behind] = _Begun("other", behind)
    behind = _first_visible(running, cover_end)
    if behind is not None and not any(first <= behind for first in begun):
        begun[behind] = _Begun("other", behind)
    _after_incorporation(running, begun, granted)
    heads = [Section(each.first, each.first, each.kind, each.level, each.heading) for each in begun.values()]
    return _named(running, cut(running.lines, [Section(0, 0, "cover"), *heads]))


def _within(lists: Sequence[ExhibitList]) -> set[int]:
    """Lines of lists, but for their own headings: bold rows and header cells are no headings."""
    return {number for each in lists for number in range(each.first + each.has_heading, each.last)}


def _is_header(running: Running, each: ExhibitList) -> bool:
    """The list begins with its header row, or with a row of a table; rows within a paragraph's flow begin no section."""
    return (
        is_exhibit_heading(running.lines[each.first].text.replace("\x1f", " "))
        or (not each.has_heading and each.rows[0].start > running.starts[each.first])
        or running.lines[each.first].text[:1].isdigit()
    )


def _follows(running: Running, start: int, cover_end: int, begun: dict[int, _Begun]) -> bool:
    """Nothing but paragraphs of the same kind stands between the cover and the line."""
    if any(
        cover_end <= first <= start and section.kind != "incorporation_by_reference" for first, section in begun.items()
    ):
        return False
    if any(section.kind == "incorporation_by_reference" for section in begun.values()):
        return False
    behind = _first_visible(running, cover_end)
    return behind == start


def _begin_release(running: Running, begun: dict[int, _Begun], found: Release) -> None:
    """The release begins at its mark, date line or headline, whichever comes first; the headline is its heading."""
    headline = running.filed(*found.headline) if found.headline else None
    if found.headline_lines:
        for number in range(*found.headline_lines):
            begun.pop(number, None)
    for first in [first for first in begun if found.first <= first < (found.headline_lines or (found.first + 1,))[0]]:
        begun.pop(first)
    begun[found.first] = _Begun("release", found.first, headline)


def _after_incorporation(running: Running, begun: dict[int, _Begun], granted: Sequence[Incorporation]) -> None:
    """Body text behind a paragraph of incorporation that stands for itself is another section."""
    for section in [
        each for each in begun.values() if each.kind == "incorporation_by_reference" and each.heading is None
    ]:
        end = section.first
        for row in granted:
            first, stop = running.line_at(row.start), running.line_at(row.end) + 1
            if first <= (_first_visible(running, end) or -1) < stop or first == section.first:
                end = max(end, stop)
        behind = _first_visible(running, end)
        if behind is not None and behind not in begun:
            begun[behind] = _Begun("other", behind)


def _first_visible(running: Running, start: int) -> int | None:
    for number in range(start, len(running.lines)):
        if running.lines[number].text and not running.is_furniture(number):
            return number
    return None


def _kind(running: Running, heading: Heading) -> str:
    """The kind that the heading's words tell (form-6k-cover.md 9)."""
    text = heading.text
    if phrases.INCORPORATION.fullmatch(text):
        return "incorporation_by_reference"
    if is_exhibit_heading(text):
        return "exhibit_index"
    if phrases.CONTENTS.fullmatch(text):
        return "contents"
    if phrases.FORWARD_LOOKING.search(text):
        return "forward_looking_statements"
    if contact_region(running, heading.first):
        return "contact"
    return "about" if phrases.ABOUT.fullmatch(text) else "other"


def _named(running: Running, found: list[Section]) -> list[Section]:
    """Kinds that the text or the place tells: forward-looking by its first sentence, notices, the parts of a release."""
    named = []
    is_release = False
    for section in found:
        is_release = (is_release or section.kind == "release") and section.kind not in ("signature", "exhibit_index")
        if section.kind == "other":
            start, end = running.starts[section.first], running.end_of(section.end - 1)
            words = _first_sentence(running.text[start : min(end, start + 1_500)], section.heading)
            if phrases.FORWARD_LOOKING.search(words):
                section = replace(section, kind="forward_looking_statements")
            elif section.heading is None and end - start < 3_000 and furnished_not_filed(running.text[start:end]):
                section = replace(section, kind="notice")
            elif is_release:
                section = replace(section, kind="release_part")
        named.append(section)
    return named


def _first_sentence(text: str, heading: str | None) -> str:
    """The first sentence of a section, its heading left out."""
    held = " ".join(text.split())
    if heading:
        held = held.removeprefix(heading).lstrip()
    return held.split(". ", 1)[0]
