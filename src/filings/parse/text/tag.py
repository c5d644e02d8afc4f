"""One tag of HTML: its kind, by the rules of HTML for which elements close which, and its look (form-6k-cover.md 3.2)."""

from __future__ import annotations

import re
from enum import IntEnum

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
    `is_simple`: a start tag that does no more than change the style, `leaves`: its end does more than to change it back.
    """

    __slots__ = (
        "breaks_page_after",
        "breaks_page_before",
        "href",
        "is_block",
        "is_closed",
        "is_end",
        "is_gone",
        "is_simple",
        "keeps",
        "kind",
        "leaves",
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
        look = Look(self.name)
        if named and not self.is_end and _SIGNS.search(source):
            self._read_attributes(look, source, named.end())
        if self.kind == Kind.INLINE and look.is_block:
            self.kind = Kind.BLOCK
        self.keeps, self.sets = look.keeps, look.sets
        self.is_gone = look.is_gone
        self.is_block = self.kind > Kind.FORMATTING and look.is_block is not False
        self.breaks_page_before, self.breaks_page_after = look.breaks_page_before, look.breaks_page_after
        self.is_simple = (
            self.kind in (Kind.INLINE, Kind.FORMATTING)
            and self.name != "a"
            and not (self.is_closed or self.breaks_page_before)
        )
        self.leaves = self.kind > Kind.FORMATTING or self.breaks_page_after

    def _read_attributes(self, look: Look, source: str, at: int) -> None:
        seen = set()
        for found in _ATTRIBUTE.finditer(source, at):
            name = found[1].lower()
            if name not in _WANTED or name in seen:
                continue
            seen.add(name)
            value = decoded(found[2] or found[3] or found[4] or "")
            if name == "href":
                self.href = " ".join(value.split()) or None
            else:
                look.attribute(name, value.lower())
