"""Marks in a symbol font: what the letter looks like (form-6k-cover.md 3.4)."""

from __future__ import annotations

WINGDINGS, WINGDINGS_2, WEBDINGS = 1, 2, 3
FONTS = {"wingdings": WINGDINGS, "wingdings 2": WINGDINGS_2, "webdings": WEBDINGS}
"""Names of symbol fonts, folded, and the numbers by which a style names them."""


def _table(marks: dict[str, str]) -> dict[int, str]:
    # Word writes symbols in the private use area too, where U+F0FE is the font's character FE.
    return {ord(mark) + area: seen for mark, seen in marks.items() for area in (0, 0xF000)}


_SEEN = {
    WINGDINGS: _table(
        {"x": "☒", "o": "☐", "þ": "☑", "ý": "☒", "ü": "✓", "û": "✗", "¨": "☐", "q": "☐", "n": "■"}
        | {"§": "▪", "l": "●", "Ø": "➢", "v": "❖", "u": "◆", "à": "→"}
    ),
    WINGDINGS_2: _table({"R": "☑", "T": "☒", "£": "☐", "S": "☒", "P": "✓", "O": "✗"}),
    WEBDINGS: _table({"a": "✓", "r": "✗", "c": "☐", "g": "■"}),
}


def translated(text: str, font: int) -> str:
    """The text as it looks in a symbol font.

    Only where each of its visible characters is a mark that we know: a font that somebody left on a sentence is no
    reason to turn its letters into boxes.
    """
    seen = _SEEN[font]
    return text.translate(seen) if all(ord(each) in seen for each in text if not each.isspace()) else text
