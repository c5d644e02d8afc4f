"""What a heading is, by default: of EX-99 and EX-13 documents, and of a form without rules of its own
(form-6k-cover.md 9)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from filings.forms.text.section import Section, cut, shown
from filings.parse.text.line import CELL, Line

LONGEST_PLAIN, LONGEST_STYLED = 120, 250
"""Characters of a heading, at most: in plain text, and where its style tells it."""
_MOST_WORDS = 12
_MOST_LINES = 4

_SMALL_WORDS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"(?:dated?:? *)?(?:[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){{0,3}}, ?){{0,2}}(?:\d{{1,2}}(?:st|nd|rd|th)? +)?{_MONTH} *(?:\d{{1,2}}(?:st|nd|rd|th)?,?)? *,? *\d{{4}}\.?",
    re.I,
)
_MARK = re.compile("[☐☑☒□■✓✗⌧⊠]")
_KNOWN = re.compile(
    r"explanatory notes?|legal proceedings|incorporation by reference|exhibit (?:index|list)|index to exhibits|"
    r"list of exhibits|signatures?|(?:cautionary (?:note|statement)s? (?:regarding|concerning|on|about) )?"
    r"forward[- ]looking (?:statements?|information)|safe harbou?r(?: statements?)?|contacts?|"
    r"(?:investor|media|press)(?: relations)? contacts?|about [\w&.,’'() -]{1,80}",
    re.I,
)
_KINDS = (
    ("forward_looking_statements", re.compile(r"forward[- ]looking (?:statement|information)|safe harbou?r|cautionary", re.I)),
    ("exhibit_index", re.compile(r"(?:exhibit (?:index|list)|index to exhibits|list of exhibits|exhibits?)[:.]?$", re.I)),
    ("signature", re.compile(r"signatures?[:.]?$", re.I)),
    ("contents", re.compile(r"(?:table of )?contents[:.]?$|index[:.]?$", re.I)),
    ("contact", re.compile(r"(?:[\w ]{0,30}\b)?(?:contacts?|enquiries|inquiries)\b[\w ]{0,30}[:.]?$|for (?:further|more|additional) information", re.I)),
    ("about", re.compile(r"about\b", re.I)),
    ("incorporation_by_reference", re.compile(r"incorporation by reference", re.I)),
    ("notice", re.compile(r"(?:important )?notice\b|disclaimer", re.I)),
)  # fmt: skip
_NO_HEADING = re.compile(
    r"ex(?:hibit)?[-. ]*(?:no\.? *)?\d+(?:\.\d+)*[a-z]?|[-–— ]*\(?more\)?[-–— ]*|\[?.{0,60}\blogo\]?|for immediate release.{0,40}|"
    r"(?:press|news|media) release|end|by:.*|"
    r"(?:tel|telephone|phone|fax|mobile|cell|e-?mail)\b.*|.*(?:@|\bwww\.).*",
    re.I,
)
"""What stands alone and large without being a heading: labels of exhibits, ends of pages, a logo's place."""
_RELEASE = re.compile(
    r"for immediate release|(?:press|news|media) (?:release|information)|stock exchange announcement", re.I
)
_RELEASE_HEAD = 15
"""Lines among which a press release says that it is one."""
_SENTENCE = re.compile(r"(?s).*?[.!?](?=\s|$)")


def is_date(text: str) -> bool:
    """Nothing but a date, with a place before it or not."""
    return _DATE.fullmatch(text) is not None


def is_title(text: str) -> bool:
    """No lower-case letter, or Title Case of at most twelve words; no point or comma at the end."""
    words = _WORD.findall(text)
    if not words or text[-1] in ".,":
        return False
    if text == text.upper():
        return True
    return len(words) <= _MOST_WORDS and all(
        word[0] == word[0].upper() or (at and word.lower() in _SMALL_WORDS) for at, word in enumerate(words)
    )


def known(text: str) -> bool:
    """One of the headings that count without any style."""
    return len(text) <= LONGEST_PLAIN and _KNOWN.fullmatch(text.rstrip(":. ")) is not None


def kind_of(heading: str, body: str = "") -> str:
    """The kind of a section by its heading, and by the first sentence of its `body`; other where nothing tells it."""
    for kind, pattern in _KINDS:
        if pattern.match(heading) or (kind == "forward_looking_statements" and pattern.search(heading)):
            return kind
    sentence = _SENTENCE.match(body[:1000])
    return _KINDS[0][0] if sentence and _KINDS[0][1].search(sentence[0]) else "other"


def by_headings(lines: Sequence[Line]) -> list[Section]:
    """The sections of a document by the default rules."""
    rows = Counter(line.table for line in lines if line.text and line.table)
    is_styled = any(line.is_bold or line.is_underlined or line.heading_level for line in lines)
    visible = [at for at, line in enumerate(lines) if line.text]
    heads: list[Section] = []
    nth = 0
    while nth < len(visible):
        count = _heading_lines(lines, visible, nth, rows, is_styled)
        if count:
            head = [lines[at] for at in visible[nth : nth + count]]
            heading = " ".join(shown(line.text) for line in head)
            heads.append(Section(visible[nth], 0, "other", 2 if _is_lower(head[0]) else 1, heading))
        nth += count or 1
    if not any(head.level == 1 for head in heads):
        heads = [Section(head.first, 0, "other", 1, head.heading) for head in heads]
    return _with_kinds(lines, cut(lines, heads))


def _is_lower(line: Line) -> bool:
    """Bold italic, or underlined alone, or a heading of HTML's below the second level."""
    if line.heading_level:
        return line.heading_level > 2
    return (line.is_bold and line.is_italic) or (line.is_underlined and not line.is_bold)


def _heading_lines(lines: Sequence[Line], visible: list[int], nth: int, rows: Counter[int], is_styled: bool) -> int:
    """Of how many lines a heading consists that begins here; 0 where none does."""
    line = lines[visible[nth]]
    before = lines[visible[nth - 1]] if nth else None
    begins = line.begins_paragraph or before is None or before.is_furniture
    if (
        not begins
        or len(line.text) > LONGEST_STYLED
        or line.is_furniture
        or CELL in line.text
        or (line.table and rows[line.table] > 1)
    ):
        return 0
    count, may_head = 1, _may_head(line, is_styled)
    while may_head and nth + count < len(visible) and count < _MOST_LINES:
        after = lines[visible[nth + count]]
        if after.begins_paragraph or after.is_furniture or not _may_head(after, is_styled):
            break
        count += 1
    is_alone = nth + count == len(visible) or lines[visible[nth + count]].begins_paragraph
    if not may_head and not is_alone:
        return 0
    text = " ".join([lines[at].text for at in visible[nth : nth + count]])
    if is_alone and known(text):
        return count
    if not may_head or is_date(text) or _NO_HEADING.fullmatch(text):
        return 0
    if is_styled:
        return count if len(text) <= LONGEST_STYLED else 0
    return count if is_alone and len(text) <= LONGEST_PLAIN and is_title(text) else 0


def _may_head(line: Line, is_styled: bool) -> bool:
    text = line.text
    if len(text) > LONGEST_STYLED or not _WORD.search(text) or _MARK.search(text):
        return False
    if is_styled:
        return line.is_bold or line.is_underlined or bool(line.heading_level)
    return is_title(text) and not is_date(text) and not _NO_HEADING.fullmatch(text)


def _with_kinds(lines: Sequence[Line], sections: list[Section]) -> list[Section]:
    visible = [line.text for line in lines if line.text][:_RELEASE_HEAD]
    is_release = any(_RELEASE.match(text) for text in visible)
    made: list[Section] = []
    has_release = False
    for section in sections:
        body = " ".join(line.text for line in lines[section.first : section.end][:12] if line.text)
        heading = section.heading or ""
        kind = kind_of(heading, body.removeprefix(heading).lstrip())
        if kind == "other" and is_release and section.heading and not _RELEASE.match(heading):
            kind, has_release = ("release_part" if has_release else "release"), True
        made.append(Section(section.first, section.end, kind, section.level, section.heading, section.item))
    return made
