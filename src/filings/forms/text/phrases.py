"""Lines that filers write in the same few words, whatever the form of the page (form-6k-cover.md 6 to 9)."""

from __future__ import annotations

import re

_UNFINISHED = re.compile(
    r"(?:\b(?:of|and|the|for|in|to|with|on|by|from|a|an|at|its|or|among|between)|[,&–—-])\s*$", re.IGNORECASE
)

RELEASE_MARK = re.compile(
    r"\W*(?:for\s+immediate\s+(?:release|publication)|(?:press|news|media)\s+(?:information|release|statement)"
    r"|(?:stock\s+exchange|company|regulatory)\s+(?:announcement|release)|immediate\s+release|logo|release)"
    r"(?:\s+(?:no\.?|number|nr\.?)\s*[\d/-]+)?\W*",
    re.IGNORECASE,
)
"""A line that says what follows is a release; it is no headline (form-6k-cover.md 8)."""

SIGNATURES = re.compile(r"\W*signatures?(?:\s+page)?\W*", re.IGNORECASE)
"""The heading of a signature block (form-6k-cover.md 7)."""

FORWARD_LOOKING = re.compile(
    r"forward[\s-]*looking\s+(?:statements?|information)|safe\s+harbou?r|cautionary", re.IGNORECASE
)
"""Words that tell a section of forward-looking statements (form-6k-cover.md 9)."""

ABOUT = re.compile(r"\W*about\s+(?:the\s+)?[^\W\d_].{0,100}", re.IGNORECASE)
"""A heading that opens what a company says of itself (form-6k-cover.md 9)."""

INCORPORATION = re.compile(
    r"\W*(?:documents?\s+)?incorporat(?:ion|ed)\s+(?:of\s+.{1,40}\s)?by\s+reference\W*", re.IGNORECASE
)
"""The heading of the paragraphs that incorporate the report (form-6k-cover.md 9)."""

CONTENTS = re.compile(r"\W*(?:table\s+of\s+contents|contents|(?:document\s+)?index)\W*", re.IGNORECASE)
"""The heading of a table of contents (form-6k-cover.md 9)."""

KNOWN = re.compile(
    r"\W*(?:explanatory\s+note|legal\s+proceedings|(?:safe\s+harbou?r|forward[\s-]*looking)\s+statements?"
    r"|cautionary\s+(?:note|statement).{0,80})\W*",
    re.IGNORECASE,
)
"""Headings that count without style, beside those above (form-6k-cover.md 9)."""


def is_unfinished(text: str) -> bool:
    """The line ends with a word or mark that cannot be the last, or within a quotation (form-6k-cover.md 6, 8)."""
    return _UNFINISHED.search(text) is not None or text.count("\u201c") > text.count("\u201d")
