"""One tag of HTML: its kind, by the rules of HTML for which elements close which, and its look (form-6k-cover.md 3.2)."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from filings.parse.text.characters import decoded
from filings.parse.text.style import Look


class Kind(IntEnum):
    """What the walk does with a tag."""

    NONE = 0
    INLINE = 1
    FORMATTING = 2
    BLOCK = 3
    PARAGRAPH = 4
    HEADING = 5
    ITEM = 6
    TABLE = 7
    ROW = 8
    CELL = 9
    GROUP = 10
    BREAK = 11
    RULE = 12
    IMAGE = 13
    RAW = 14
    PAGE = 15


class Usual(IntEnum):
    """What a tag does in most cases: change the style alone, at an edge of lines, at a cell's edge; or more than that."""

    STYLE = 0
    EDGE = 1
    CELL = 2
    MORE = 3


_KINDS = {
    Kind.FORMATTING: "a b big code em font i nobr s small strike strong tt u",
    Kind.BLOCK: "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form header hgroup html legend listing main menu nav ol optgroup option plaintext pre search section summary "
    "ul xmp",
    Kind.PARAGRAPH: "p",
    Kind.HEADING: "h1 h2 h3 h4 h5 h6",
    Kind.ITEM: "li",
    Kind.TABLE: "table",
    Kind.ROW: "tr",
    Kind.CELL: "td th caption",
    Kind.GROUP: "tbody thead tfoot",
    Kind.BREAK: "br",
    Kind.RULE: "hr",
    Kind.IMAGE: "img",
    # Their inside is no markup, or nothing that is shown as text.
    Kind.RAW: "script style title textarea iframe noembed noframes noscript template select svg math object ix:header",
    Kind.NONE: "area base basefont bgsound col colgroup embed frame head input link meta param source track wbr",
    Kind.PAGE: "page",
}
KINDS = {name: kind for kind, names in _KINDS.items() for name in names.split()}

_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"([^\s=/>\"'<]+)(?:\s*=\s*(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?")
_WANTED = frozenset(("style", "face", "hidden", "href"))
_SIGNS = re.compile(r"style|face|hidden|href", re.IGNORECASE)


class Tag:
    """A tag as the source spells it: the same spelling is read once.

    `keeps` and `sets` change the style around (`style.Look`). `is_block`: lines end at it. `is_gone`: ``display: none``.
    `begins` and `ends` say what a start tag and the end of its element do in the usual case.
    """

    __slots__ = (
        "begins",
        "breaks_page_after",
        "breaks_page_before",
        "ends",
        "href",
        "is_block",
        "is_closed",
        "is_end",
        "is_gone",
        "keeps",
        "kind",
        "name",
        "sets",
    )

    def __init__(self, source: str) -> None:
        named = _NAME.match(source)
        self.name = named[1].lower() if named else ""
        self.is_end = bool(named) and source[1] == "/"
        self.kind = KINDS.get(self.name, Kind.INLINE) if named else Kind.NONE
        self.is_closed = source.endswith("/>")
        self.href: str | None = None
        said: tuple[tuple[str, str], ...] = ()
        if named and not self.is_end and _SIGNS.search(source):
            said = self._attributes(source, named.end())
        look = look_of(self.name, said)
        if self.kind == Kind.INLINE and look.is_block:
            self.kind = Kind.BLOCK
        self.keeps, self.sets = look.keeps, look.sets
        self.is_gone = look.is_gone
        self.is_block = self.kind > Kind.FORMATTING and look.is_block is not False
        self.breaks_page_before, self.breaks_page_after = look.breaks_page_before, look.breaks_page_after
        self.begins, self.ends = self._usual()

    def _usual(self) -> tuple[Usual, Usual]:
        kind, begins, ends = self.kind, Usual.MORE, Usual.MORE
        if kind in (Kind.INLINE, Kind.FORMATTING):
            begins = ends = Usual.STYLE
        elif kind in (Kind.BLOCK, Kind.PARAGRAPH) and self.is_block:
            begins = ends = Usual.EDGE
        elif kind == Kind.CELL and self.name != "caption":
            begins = ends = Usual.CELL
        if self.is_closed or self.is_gone or self.breaks_page_before or self.name in ("a", "pre"):
            begins = Usual.MORE
        return begins, Usual.MORE if self.breaks_page_after else ends

    def _attributes(self, source: str, at: int) -> tuple[tuple[str, str], ...]:
        """The attributes that change the look, in lower case; of a repeated one the first counts."""
        said: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(source, at):
            name = found[1].lower()
            if name not in _WANTED:
                continue
            value = decoded(found[2] or found[3] or found[4] or "")
            if name == "href":
                self.href = self.href or " ".join(value.split()) or None
            else:
                said.setdefault(name, value.lower())
        return tuple(said.items())


@lru_cache(maxsize=4096)
def look_of(name: str, said: tuple[tuple[str, str], ...]) -> Look:
    """The look of an element and its attributes: few, in many spellings of tags."""
    look = Look(name)
    for attribute, value in said:
        look.attribute(attribute, value)
    return look
