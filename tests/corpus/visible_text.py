"""The visible text of an HTML page by another library: lexbor's tree, read with rules of our own for what is shown."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol p page plaintext pre section "
    "summary table tbody td tfoot th thead tr ul xmp"
)
BLOCKS = frozenset(_BLOCKS.split())
_GONE = "head title script style textarea template noscript select iframe svg math object ix:header"
GONE = frozenset(_GONE.split())
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
WITHOUT_WIDTH = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)


def visible_words(text: str) -> list[str]:
    """The words that a reader of the page sees, in the order of the tree."""
    pieces: list[str] = []
    root = LexborHTMLParser(text).root
    if root is not None:
        add(root, pieces)
    return WITHOUT_WIDTH.sub("", "".join(pieces)).split()


def add(node: LexborNode, pieces: list[str]) -> None:
    stack: list[LexborNode | None] = [node]
    while stack:
        at = stack.pop()
        if at is None:
            pieces.append(" ")
            continue
        name = at.tag or ""
        if name == "-text":
            pieces.append(at.text_content or "")
            continue
        if name.startswith(("-", "!")) or name in GONE or "hidden" in at.attributes:
            continue
        style = at.attributes.get("style") or ""
        if HIDDEN.search(style):
            continue
        is_block = name in BLOCKS and not re.search(r"display\s*:\s*inline", style, re.IGNORECASE)
        if is_block:
            pieces.append(" ")
            stack.append(None)
        stack.extend(reversed(list(at.iter(include_text=True))))
