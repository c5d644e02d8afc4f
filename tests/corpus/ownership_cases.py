"""The ownership filings of the corpus, cut out and read, for the tests that judge them. The cutting is not ours."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from filings.forms import engine
from filings.forms.family import FamilyReading
from filings.forms.ownership import FAMILY
from filings.load.values import type_rows
from filings.parse.submission import Document
from filings.schema.columns import metadata

Typed = dict[str, list[dict[str, Any]]]

_DOCUMENT = re.compile(rb"<DOCUMENT>\s*\n<TYPE>([^\r\n]*)(?:(?!<TEXT>).)*<TEXT>\r?\n(.*?)</TEXT>", re.DOTALL)
_WRAPPED = re.compile(rb"\s*<XML>\r?\n(.*)</XML>\s*", re.DOTALL)


@dataclass
class Case:
    accession: str
    form: str
    filed: date
    documents: list[Document]
    ciks: frozenset[str]
    reading: FamilyReading


def _without_pem(raw: bytes) -> bytes:
    if not raw.startswith(b"-----BEGIN PRIVACY"):
        return raw
    lines = [line[2:] if line.startswith(b"- -") else line for line in raw.split(b"\n")]
    return b"".join(line if len(line) == 1023 else line + b"\n" for line in lines)


def _documents(raw: bytes) -> list[Document]:
    found = []
    for position, match in enumerate(_DOCUMENT.finditer(raw), 1):
        inner = _WRAPPED.fullmatch(match[2])
        content = inner[1] if inner else match[2]
        found.append(
            Document(
                position,
                match[1].decode().strip(),
                None,
                None,
                None,
                0,
                len(content),
                content,
                inner_wrapper="XML" if inner else None,
            )
        )
    return found


def read_case(path: Path) -> Case:
    raw = _without_pem(path.read_bytes())
    form = re.search(rb"(?:CONFORMED SUBMISSION TYPE:|^<TYPE>)\s*(\S+)", raw, re.MULTILINE)
    filed = re.search(rb"(?:FILED AS OF DATE:|^<FILING-DATE>)\s*(\d{8})", raw, re.MULTILINE)
    assert form and filed
    ciks = frozenset(cik.decode() for cik in re.findall(rb"(?:CENTRAL INDEX KEY:|<CIK>)\s*(\d+)", raw))
    day = datetime.strptime(filed[1].decode(), "%Y%m%d").date()
    documents = _documents(raw)
    reading = engine.read(FAMILY, form[1].decode(), day, documents, ciks)
    return Case(path.name[:20], form[1].decode(), day, documents, ciks, reading)


def read_all(corpus: Path) -> list[Case]:
    folders = [corpus / "edgar" / "submissions" / name for name in ("3", "4", "5", "4_A")]
    return [read_case(path) for folder in folders for path in sorted(folder.iterdir())]


def sample(corpus: Path, name: str, form: str = "4", filed: date = date(2024, 8, 1)) -> FamilyReading:
    content = (corpus / "edgar" / "samples" / "ownership" / "real" / name).read_bytes()
    return engine.read(FAMILY, form, filed, [Document(1, form, "1", name, None, 0, len(content), content)])


def flag(text: str | None) -> bool | None:
    return {None: None, "1": True, "true": True, "0": False, "false": False}[text]


def typed_rows(readings: dict[str, FamilyReading], filed: dict[str, date] | None = None) -> tuple[Typed, list[Any]]:
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    for filing, reading in readings.items():
        for table, own in reading.rows.items():
            rows[table] += [{**row, "filing_id": filing, "load_id": 1} for row in own]
    found: dict[str, list[dict[str, Any]]] = {}
    issues = []
    for table, own in rows.items():
        batch, told = type_rows(metadata.tables[table], own, filed)
        found[table] = batch.to_pylist()
        issues += [issue for _, issue in told]
    return found, issues
