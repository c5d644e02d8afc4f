"""Form 6-K as a person reads it: who reports, for when, what is said, attached, signed, and whom to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator

from filings.query.grid import Look, visible
from filings.query.sheet import facts, narrow, number, plain, section
from filings.query.show import FilingRows, Row

DRAWN = ("report_6k", "incorporation_by_reference", "exhibit", "signature", "press_contact")
"""The tables that the page shows."""


def form_6k(shown: FilingRows, look: Look) -> Iterator[str]:
    """The sections of a Form 6-K; of any other filing its exhibits and who signed."""
    reports = shown.tables.get("report_6k", [])
    for report in reports:
        title = report["cover_title_as_filed"] or "Report of a foreign private issuer"
        yield from section(visible(title), (line[2:] for line in facts(_cover(report), look)), look)
        yield from section("Release", (line[2:] for line in facts(_release(report), look)), look)
    yield from section("Incorporated by reference into", _incorporated(shown, look), look)
    yield from section("Exhibits", _exhibits(shown, look), look)
    yield from section("Contacts", _contacts(shown, look), look)
    yield from section("Signed", _signed(shown, look), look)


def _cover(report: Row) -> Iterator[tuple[str, str | None]]:
    yield "form", report["form_as_filed"] if report["form_as_filed"] != report["form_type"] else None
    yield "amends the report of", report["amends_report_on"]
    yield "period", _period(report)
    yield "registrant", report["registrant_name"]
    yield "in English", report["name_translation"]
    yield "formerly", report["former_name"]
    yield "jurisdiction", report["jurisdiction"]
    yield "address", plain(report["address_lines"]) if report["address_lines"] else None
    yield "phone", report["phone"]
    yield "file number", _file_numbers(report)
    yield "annual reports on", report["annual_report_form"] and f"Form {report['annual_report_form']}"
    for name, column in (
        ("on paper, Rule 101(b)(1)", "paper_101b1"),
        ("on paper, Rule 101(b)(7)", "paper_101b7"),
        ("Rule 12g3-2(b)", "is_12g3_2b"),
    ):
        yield name, report[column] and ("yes" if report[column] == "true" else "no")
    yield "82- number", report["file_number_82"]
    yield "furnished, not filed", "yes" if report["furnished_not_filed"] == "true" else None


def _period(report: Row) -> str | None:
    stated = report["period_as_filed"]
    first, last = report["period_start_on"], report["period_end_on"]
    days = " to ".join(dict.fromkeys(day for day in (first, last) if day))
    return f"{stated} ({days})" if stated and days else stated


def _file_numbers(report: Row) -> str | None:
    every = json.loads(report["commission_file_numbers"] or "[]")
    return ", ".join(every) or report["commission_file_number_as_filed"]


def _release(report: Row) -> Iterator[tuple[str, str | None]]:
    yield "headline", report["release_headline"]
    yield "date", report["release_date_on"] or report["release_date_line"]
    yield "place", report["release_place"]


def _incorporated(shown: FilingRows, look: Look) -> Iterator[str]:
    rows = [
        (
            "all registration statements" if row["is_blanket"] == "true" else row["registration_form"],
            row["file_number"] or row["file_number_as_filed"],
            row["scope"],
            plain(row["exhibit_numbers"]) if row["exhibit_numbers"] else None,
            row["registrant_named"],
        )
        for row in shown.tables.get("incorporation_by_reference", [])
    ]
    yield from narrow(["form", "file number", "what", "exhibits", "of"], rows, (), look)


def _exhibits(shown: FilingRows, look: Look) -> Iterator[str]:
    rows = [
        (
            row["number"],
            row["description"],
            number(row["exhibit_document_position"]),
            None if row["is_listed"] == "true" else "not listed",
        )
        for row in shown.tables.get("exhibit", [])
    ]
    yield from narrow(["number", "description", "document", "remark"], rows, {2}, look)


def _contacts(shown: FilingRows, look: Look) -> Iterator[str]:
    columns = ["kind", "name", "title", "organisation", "phone", "email"]
    rows = [[row[column] for column in columns] for row in shown.tables.get("press_contact", [])]
    yield from narrow(columns, rows, (), look)


def _signed(shown: FilingRows, look: Look) -> Iterator[str]:
    rows = [
        (
            row["registrant"],
            row["name"] or row["signature_as_filed"],
            row["title"],
            row["place"],
            row["signed_on"] or row["date_as_filed"],
        )
        for row in shown.tables.get("signature", [])
    ]
    yield from narrow(["for", "by", "title", "at", "on"], rows, (), look)
