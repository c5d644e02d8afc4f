"""Directory listings → names (edgar.md A.1, D): they, not a calendar, tell which days there are."""

from __future__ import annotations

import html
import json
import re
from typing import NamedTuple

from filings.errors import SourceError
from filings.large import Bytes

_LINK = re.compile(rb'<a\s[^>]*?href="([^"?#]+)"', re.IGNORECASE)
_DAY = re.compile(r"(?:^|\.)(\d{8}|\d{6})(?:\.|$)")


class Listed(NamedTuple):
    """A name in a folder. Size and time are text as stated, without a zone, empty for what was made on the way."""

    name: str
    size: str
    last_modified: str


def read_listing(body: Bytes) -> list[Listed]:
    """The names of a listing, `index.json` or the page for people, in its order. Raises SourceError for neither.

    Names are the last part of what is linked: a listing of others can lead nowhere else.
    """
    data = bytes(body)
    if data.lstrip()[:1] == b"{":
        try:
            items = json.loads(data)["directory"]["item"]
            each = [
                (str(item["name"]), str(item.get("size", "")), str(item.get("last-modified", ""))) for item in items
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(f"A directory listing cannot be read: {error!r}", "Ask for it again.") from error
        return [Listed(_last(name), size, modified) for name, size, modified in each if _last(name)]
    if not data.lstrip().startswith(b"<"):
        raise SourceError("A directory listing is neither JSON nor a page", "Ask for it again.")
    names = (_last(html.unescape(link.decode("latin-1"))) for link in _LINK.findall(data) if not link.endswith(b"/"))
    return [Listed(name, "", "") for name in dict.fromkeys(names) if name]


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].strip()


def day_of_name(name: str, year: int) -> str | None:
    """The day in the name of a daily file of a year's folder, `YYYY-MM-DD`; None where it has none.

    Three spellings (D.2): ``MMDDYY`` to the end of 1994, ``YYMMDD`` to 30 March 1998, then ``YYYYMMDD``. The folder tells
    the year, which decides between the first two.
    """
    found = _DAY.search(name)
    if not found:
        return None
    digits = found[1]
    if len(digits) == 8:
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    first, second, third = digits[:2], digits[2:4], digits[4:]
    short = f"{year % 100:02d}"
    month, day = (first, second) if third == short and first != short else (second, third)
    if third == short == first:  # 940194 reads both ways only where month or day rules one out
        month, day = (first, second) if int(first) <= 12 else (second, third)
    return f"{year}-{month}-{day}"
