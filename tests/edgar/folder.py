"""Filings from any folder: what their own headers say, served under their true paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from edgar.filing import Filing, Party

_HEAD = 400_000
_ACCESSION = re.compile(rb"^(?:ACCESSION NUMBER:\s*|<ACCESSION-NUMBER>)(\d{10}-\d{2}-\d{6})", re.MULTILINE)
_FORM = re.compile(rb"^(?:CONFORMED SUBMISSION TYPE:\s*|<TYPE>)([^\r\n]+)", re.MULTILINE)
_FILED = re.compile(rb"^(?:FILED AS OF DATE:\s*|<FILING-DATE>)(\d{8})", re.MULTILINE)
_ACCEPTED = re.compile(rb"^<ACCEPTANCE-DATETIME>(\d{14})", re.MULTILINE)
_PARTY = re.compile(
    rb"(?:COMPANY CONFORMED NAME:\s*|<CONFORMED-NAME>)([^\r\n]+)[\r\n]+\s*(?:CENTRAL INDEX KEY:\s*|<CIK>)(\d{1,10})"
)


def read(folder: Path) -> Iterator[Filing]:
    """Each file that says its accession, form, date and a party; others are passed over."""
    seen: set[str] = set()
    for place in sorted(folder.rglob("*")):
        if place.is_file() and (filing := _filing(place)) and filing.accession not in seen:
            seen.add(filing.accession)
            yield filing


def _filing(place: Path) -> Filing | None:
    with place.open("rb") as file:
        head = file.read(_HEAD)
    header = re.split(rb"^\s*<DOCUMENT>", head, maxsplit=1, flags=re.MULTILINE)[0]
    accession, form, filed = _ACCESSION.search(header), _FORM.search(header), _FILED.search(header)
    parties = tuple(Party(int(cik), name.decode("latin-1").strip()) for name, cik in _PARTY.findall(header) if int(cik))
    if not (accession and form and filed and parties):
        return None
    try:
        day = datetime.strptime(filed[1].decode(), "%Y%m%d")
        stamp = _ACCEPTED.search(header)
        accepted = datetime.strptime(stamp[1].decode(), "%Y%m%d%H%M%S") if stamp else day + timedelta(hours=12)
    except ValueError:
        return None
    return Filing(
        accession[1].decode(),
        form[1].decode("latin-1").strip().upper(),
        day.date(),
        accepted,
        parties,
        place.read_bytes,
        place.read_bytes,  # the feed holds the other dialect; these bytes are all there is
    )
