"""Who the registrant is, by the captions of the cover (form-6k-cover.md 4.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filings.forms.form_6k.captions import Stretch
from filings.forms.text.companies import Name, ends_company, folded, is_same
from filings.forms.text.running import Running

_NOTHING = re.compile(r"\W*(?:not\s+applicable|n\s?/\s?a|none|same)\W*", re.IGNORECASE)
_MARK = re.compile(r"\s*[*†‡]+$")
_LOOKED_AT = 20_000
"""Characters behind the cover in which a registrant names itself."""
_PARTED = re.compile(r"\s+and\s+|\n|\s*;\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Registrant:
    """What the cover says of the registrant; `source` as in ``report_6k.registrant_name_source``."""

    name: Name
    source: str
    translation: Name | None = None
    count: int = 1
    address_start: int | None = None


def says_nothing(text: str) -> bool:
    """``Not applicable``, ``N/A``, ``None`` (form-6k-cover.md 4.5)."""
    return _NOTHING.fullmatch(text) is not None


def joined(running: Running, lines: Sequence[Stretch]) -> Name | None:
    """Lines joined with a blank; None where there are none."""
    if not lines:
        return None
    text = " ".join(running.filed(line.start, line.end) for line in lines)
    return Name(text, lines[0].start, lines[-1].end)


def from_caption(running: Running, lines: Sequence[Stretch], *, is_plural: bool) -> Registrant | None:
    """Rules 1 and 2: the caption says that it is the exact name; a plural caption stands for several registrants."""
    name = joined(running, lines)
    if name is None:
        return None
    count = 1
    if is_plural:
        text = "\n".join(running.filed(line.start, line.end) for line in lines)
        parts = [part for part in _PARTED.split(re.sub(r"\s+and\n", "\n", text, flags=re.IGNORECASE)) if part.strip()]
        count = len(parts)
    return Registrant(name, "caption", count=count)


def translation(running: Running, lines: Sequence[Stretch], registrant: str) -> Name | None:
    """Rule 1: the lines above the caption of the translation; nothing where they say so, or repeat the name."""
    found = joined(running, lines)
    if found is None or says_nothing(found.text) or found.text.casefold() == registrant.casefold():
        return None
    return _without_mark(running, found)


def from_translation_caption(
    running: Running, above: Sequence[Stretch], below: Sequence[Stretch], header: Sequence[str], signer: Name | None
) -> Registrant | None:
    """Rules 3 to 6: the caption of the translation stands alone, and the lines above it are, mostly, no translation.

    `header` are names of the registrant in the header; `signer` is the signature block's. `below` are the lines after the
    caption.
    """
    known = [*header, signer.text] if signer else list(header)
    found = joined(running, above)
    if found is None:
        return None
    first = joined(running, below[:1])
    if (
        first
        and not is_same(first.text, found.text)
        and (_is_known(first.text, known) or _is_named_again(running, first))
    ):
        return Registrant(first, "after_translation", _without_mark(running, found), address_start=below[0].end)
    if (
        len(above) > 1
        and not _is_known(found.text, known)
        and ends_company(running.filed(above[0].start, above[0].end))
    ):
        name, last = joined(running, above[:1]), joined(running, above[1:])
        if name and last and not says_nothing(last.text):
            return Registrant(
                name, "caption", None if name.text.casefold() == last.text.casefold() else _without_mark(running, last)
            )
        found = name or found
    if signer and not is_same(signer.text, found.text) and not _is_known(found.text, header):
        return Registrant(signer, "signature", _without_mark(running, found))
    return Registrant(_without_mark(running, found), "caption")


def from_position(running: Running, lines: Sequence[Stretch], known: Sequence[str]) -> Registrant | None:
    """Rule 7: without a caption, the first line after period and file number is the name, the others the address."""
    if not lines:
        return None
    taken = 1
    if (
        len(lines) > 1
        and (two := joined(running, lines[:2]))
        and two.text.casefold() in {name.casefold() for name in known}
    ):
        taken = 2
    name = joined(running, lines[:taken])
    return Registrant(name, "position", address_start=lines[taken - 1].end) if name else None


def _is_known(name: str, known: Sequence[str]) -> bool:
    return any(folded(name) == folded(each) for each in known if each)


def _is_named_again(running: Running, name: Name) -> bool:
    """The text behind the cover speaks of a company of this name; ``c/o`` names somebody else's."""
    if not ends_company(name.text) or name.text.lower().startswith("c/o"):
        return False
    wanted = folded(name.text)
    return len(wanted) > 5 and wanted in folded(running.as_filed[name.end : name.end + _LOOKED_AT])


def _without_mark(running: Running, name: Name) -> Name:
    """A star or dagger that a footnote repeats is no part of the name (form-6k-cover.md 4.5)."""
    mark = _MARK.search(name.text)
    if not mark:
        return name
    sign = mark.group().strip()
    if re.search(rf"^[\s|\x1f]*{re.escape(sign)}", running.text[name.end :], re.MULTILINE):
        return Name(name.text[: mark.start()], name.start, name.end - len(sign))
    return name
