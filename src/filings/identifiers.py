"""Identifiers of EDGAR: parse, check, canonical form (edgar.md H)."""

from __future__ import annotations

import re

_ACCESSION = re.compile(r"([0-9]{10})-?([0-9]{2})-?([0-9]{6})")
_EDGAR_PATH = re.compile(r"(?:^|/)edgar/data/\d{1,10}/(?:(\d{18})/[^/]+|(\d{10}-\d{2}-\d{6})\.(?:txt|nc))$", re.ASCII)
_FOLDER_FILE = re.compile(r"(?:^|/)edgar/data/\d{1,10}/(\d{18})/(\d{10}-\d{2}-\d{6})\.(?:txt|nc)$", re.ASCII)
_FILE_NAME = re.compile(r"(?<!\d)(\d{10}-\d{2}-\d{6})(?!\d)", re.ASCII)
_FILE_NUMBER = re.compile(r"([0-9]{1,3}|[0-9]{2}[A-Z])-([0-9]{1,9})(?:-([0-9]{1,4}))?")


def accession(text: str | None) -> str | None:
    """The accession number with dashes, from either spelling (H.1); None for anything else."""
    found = _ACCESSION.fullmatch((text or "").strip())
    return "-".join(found.groups()) if found else None


def accession_of_path(path: str) -> str | None:
    """The accession that an EDGAR path, URL or mirror of the tree states (tables.md 1).

    Of a folder path ``ACC18/NAME`` the folder names the accession, whatever the file is called.
    """
    path = path.split("?")[0].replace("\\", "/")
    if folder := _FOLDER_FILE.search(path):
        return folder.group(2)
    found = _EDGAR_PATH.search(path)
    return accession(found.group(1) or found.group(2)) if found else None


def accession_in_name(name: str) -> str | None:
    """The accession in a bare file name: only a claim (tables.md 1)."""
    found = _FILE_NAME.search(name.rsplit("/", 1)[-1])
    return found.group(1) if found else None


def cik(text: str | None) -> str | None:
    """Ten digits, zeros on the left (H.2); None where it is no number or zero."""
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits.lstrip("0")) not in range(1, 11):
        return None
    return digits.lstrip("0").zfill(10)


def file_number(text: str | None) -> str | None:
    """The canonical SEC file number (H.3): prefix of 3, number of at least 5, suffix of at least 2 digits.

    None where the text has another shape; the text as filed stands beside it.
    """
    found = _FILE_NUMBER.fullmatch((text or "").strip().upper())
    if not found:
        return None
    prefix, number, suffix = found.groups()
    number = number.lstrip("0").zfill(5) if len(number) > 5 else number.zfill(5)
    return f"{prefix.zfill(3)}-{number}" + (f"-{suffix.zfill(2)}" if suffix else "")
