"""What a start tag says about the text inside it: an element's own look, and its ``style`` (form-6k-cover.md 3)."""

from __future__ import annotations

import re

from filings.parse.text.symbols import FONTS

BOLD, ITALIC, UNDERLINED, HIDDEN, KEEPS_LINES = 1, 2, 4, 8, 16
_FONT, _LEVEL = 6, 8
FONT_MASK, LEVEL_MASK = 3 << _FONT, 7 << _LEVEL
"""A style is a number: bits, the symbol font in two more, the level of the heading in three."""

_BOLD = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_ITALIC = frozenset(("i", "em", "cite", "var", "dfn", "address"))
_UNDERLINED = frozenset(("u", "ins"))
_KEEPS_LINES = frozenset(("pre", "listing", "xmp", "plaintext"))

_DECLARATION = re.compile(r"(?<![a-z-])([a-z-]++)\s*+:\s*+([^;]*+)")
"""Begins only where a word does: a long word without a colon is looked at once."""
_BOLD_VALUE = re.compile(r"\b(?:bold|bolder|[6-9]00)\b")
_BREAKS = re.compile(r"always|page|left|right|recto|verso")
_IN_LINE = frozenset(("inline", "inline-block", "inline-table", "inline-flex", "contents", "ruby"))


def font_of(style: int) -> int:
    """The symbol font of a style (`symbols`), 0 for any other."""
    return (style & FONT_MASK) >> _FONT


def level_of(style: int) -> int:
    """The level of the heading around, 0 outside."""
    return (style & LEVEL_MASK) >> _LEVEL


class Look:
    """What an element does to the style around it: ``(style & keeps) | sets``; and what its box is."""

    __slots__ = ("breaks_page_after", "breaks_page_before", "is_block", "is_gone", "keeps", "sets")

    def __init__(self, name: str) -> None:
        self.keeps = -1
        self.sets = 0
        self.is_block: bool | None = None
        self.is_gone = self.breaks_page_before = self.breaks_page_after = False
        self._set(BOLD, True if name in _BOLD else None)
        self._set(ITALIC, True if name in _ITALIC else None)
        self._set(UNDERLINED, True if name in _UNDERLINED else None)
        self._set(KEEPS_LINES, True if name in _KEEPS_LINES else None)
        if len(name) == 2 and name[0] == "h" and name[1] in "123456":
            self.keeps &= ~LEVEL_MASK
            self.sets |= int(name[1]) << _LEVEL

    def _set(self, bit: int, value: bool | None) -> None:
        if value is not None:
            self.keeps &= ~bit
            self.sets = self.sets | bit if value else self.sets & ~bit

    def _set_font(self, names: str) -> None:
        self.keeps &= ~FONT_MASK
        self.sets = self.sets & ~FONT_MASK | FONTS.get(names.split(",")[0].strip(" \"'"), 0) << _FONT

    def attribute(self, name: str, value: str) -> None:
        """Take an attribute into account; `name` and `value` in lower case."""
        if name == "style":
            for declaration in _DECLARATION.finditer(value):
                self._declare(declaration[1], declaration[2].strip())
        elif name == "face":
            self._set_font(value)
        elif name == "hidden":
            self._hide()

    def _hide(self) -> None:
        self.is_gone = True
        self._set(HIDDEN, True)

    def _declare(self, name: str, value: str) -> None:
        match name:
            case "font-weight":
                self._set(BOLD, bool(_BOLD_VALUE.search(value)))
            case "font-style":
                self._set(ITALIC, value.startswith(("italic", "oblique")))
            case "font-family":
                self._set_font(value)
            case "font":
                self._set_short(value)
            case "text-decoration" | "text-decoration-line":
                if "underline" in value:
                    self._set(UNDERLINED, True)
            case "display":
                if value.startswith("none"):
                    self._hide()
                else:
                    self.is_block = value not in _IN_LINE
            case "visibility":
                if value.startswith(("hidden", "collapse")):
                    self._set(HIDDEN, True)
            case "white-space":
                self._set(KEEPS_LINES, value.startswith(("pre", "break-spaces")))
            case "page-break-before" | "break-before":
                self.breaks_page_before = bool(_BREAKS.match(value))
            case "page-break-after" | "break-after":
                self.breaks_page_after = bool(_BREAKS.match(value))

    def _set_short(self, value: str) -> None:
        """``font: italic bold 10pt/1.2 Times``: what stands before the size, the families after it; the rest is reset."""
        words = value.split()
        at = next((at for at, word in enumerate(words) if word[0].isdigit() and not word.isdigit()), len(words))
        before = " ".join(words[:at])
        if value.startswith("inherit"):
            return
        self._set(BOLD, bool(_BOLD_VALUE.search(before)))
        self._set(ITALIC, "italic" in before or "oblique" in before)
        self._set_font(" ".join(words[at + 1 :]))
