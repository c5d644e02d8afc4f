"""Form 8-K by its items, in the numbers of before 2004-08-23 and of today (edgar.md C.3; forms.md 16)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filings.forms.text.headings import LONGEST_STYLED, kind_of, known
from filings.forms.text.section import Section, cut, shown, whole
from filings.parse.items import caption_of
from filings.parse.text.line import Line

_ITEM = re.compile(
    r"[^\w\s]{0,3} ?(?P<word>items? *)?(?P<number>\d{1,2}(?:[.·] ?\d{2})?)\b(?:\([a-z]\))*"
    r"(?:(?:,| and|&|/) ?(?:and )?(?:item )?\d{1,2}\.\d{2}\b(?:\([a-z]\))*)*"
    r"[ .:;,–—-]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LEADERS = re.compile(r"[._ ]{4,}\d{1,3}$")
"""Dots up to a page number: a line of a table of contents."""
_SENTENCE = re.compile(
    r"(?:of|in|on|under|to|is|was|are|and|or|above|below|through|shall|hereof|herein|with)\b", re.IGNORECASE
)
"""Words behind the number of an item that a sentence only mentions."""
_ENDS = frozenset(("signature", "exhibit_index"))
_LINE_END = 60
_CAPTION_BEGINS = 12
"""Letters of a caption that tell it from any other text."""
_LETTERS = re.compile(r"[\W_]+")


def by_items(lines: Sequence[Line]) -> list[Section]:
    """The sections of a current report: what precedes the first item, the items, the signature, an exhibit index.

    An item's section holds all of its text; its heading is the number with the caption, also where that stands on lines
    of its own. Where the text names no item, the whole is one section.
    """
    heads: list[Section] = []
    visible = [at for at, line in enumerate(lines) if line.text]
    for nth, at in enumerate(visible):
        line = lines[at]
        if line.is_furniture or not (
            line.begins_paragraph or line.bold_until or nth == 0 or _is_alone(lines, visible, nth)
        ):
            continue
        if found := _item(line):
            heads.append(Section(at, 0, "item", 1, _heading(lines, visible, nth, *found), found[0]))
        elif heads and _is_end(line):
            heads.append(Section(at, 0, kind_of(shown(line.text)), 1, shown(line.text)))
    heads = _without_contents(lines, heads)
    if not any(head.item for head in heads):
        return whole(lines)
    return cut(lines, heads, "cover")


def _is_alone(lines: Sequence[Line], visible: list[int], nth: int) -> bool:
    """A paragraph, or a ruler, follows: so does the last line of an unparted heading of the 1990s."""
    after = lines[visible[nth + 1]] if nth + 1 < len(visible) else None
    return after is None or after.begins_paragraph or after.is_furniture


def _item(line: Line) -> tuple[str, str] | None:
    """The number of the item that the line begins, and what stands behind it; None where it begins none."""
    text = shown(line.text)
    found = _ITEM.match(text)
    if not found or _LEADERS.search(text[-_LINE_END:]):
        return None
    number, rest = found["number"].replace("·", ".").replace(" ", ""), found["rest"]
    if "." not in number:
        number = number.lstrip("0") or "0"
    caption = caption_of(number)
    if caption is None:
        return None
    if not found["word"]:  # some print the number alone, with its caption
        return (
            (number, rest) if "." in number and _folded(rest).startswith(_folded(caption)[:_CAPTION_BEGINS]) else None
        )
    is_styled = line.bold_until >= found.end("number") or line.is_underlined or bool(line.heading_level)
    if not is_styled and _SENTENCE.match(rest):
        return None
    return number, rest


def _is_end(line: Line) -> bool:
    text = shown(line.text)
    return kind_of(text) in _ENDS and known(text) and line.text == line.text.strip()


def _folded(text: str) -> str:
    return _LETTERS.sub("", text).lower()


def _heading(lines: Sequence[Line], visible: list[int], nth: int, number: str, rest: str) -> str:
    """The number and the caption as filed, from one line or several."""
    line = lines[visible[nth]]
    caption = _folded(caption_of(number) or "")
    if (
        0 < line.bold_until < len(line.text)
        and line.bold_until <= LONGEST_STYLED
        and line.bold_until > len(line.text) - len(rest)
    ):
        return shown(line.text[: line.bold_until])
    if len(line.text) > LONGEST_STYLED:
        return _up_to_caption(shown(line.text), rest, caption)
    heading = [shown(line.text)]
    so_far = _folded(rest)
    for at in visible[nth + 1 : nth + 5]:
        after = lines[at]
        if after.is_furniture or len(after.text) > LONGEST_STYLED or _item(after):
            break
        more = _folded(after.text)
        goes_on = bool(more) and len(so_far) < len(caption) and caption.startswith((so_far + more)[: len(caption)])
        if (
            not goes_on
            and (so_far or not (after.is_bold or after.is_underlined))
            and not (so_far and after.is_bold and line.is_bold and not after.begins_paragraph)
        ):
            break
        heading.append(shown(after.text))
        so_far += more
    return " ".join(heading)


def _up_to_caption(text: str, rest: str, caption: str) -> str:
    """The beginning of a paragraph up to where its item's caption ends; the number alone where it has another caption."""
    begin = len(text) - len(rest)
    if not _folded(rest).startswith(caption):
        return text[:begin].rstrip()
    left, at = len(caption), begin
    while left and at < len(text):
        left -= len(_folded(text[at]))
        at += 1
    return text[: at + 1].rstrip() if text[at : at + 1] in (".", ":") else text[:at]


def _without_contents(lines: Sequence[Line], heads: list[Section]) -> list[Section]:
    """Leave out what a table of contents lists: headings without text that come again."""
    kept = []
    last = {(head.kind, head.item): head.first for head in heads}
    for head, after in zip(heads, [*heads[1:], None], strict=False):
        end = after.first if after else len(lines)
        written = sum(len(line.text) for line in lines[head.first : end])
        comes_again = last[head.kind, head.item] > head.first
        if comes_again and written <= len(head.heading or "") + 8:
            continue
        kept.append(head)
    return kept
