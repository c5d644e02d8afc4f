"""Index files in their true layouts (edgar.md D): daily and quarterly, by master, company, form and crawler."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

Row = tuple[int, str, str, date, str]

KINDS = ("company", "crawler", "form", "master")
_TITLES = {"company": " by Company Name", "form": " by Form Type", "crawler": " by Company Name", "master": ""}


def day_in_name(day: date) -> str:
    """The day in a daily file's name; it changed twice (edgar.md D.2)."""
    if day.year < 1995:
        return f"{day:%m%d%y}"
    return f"{day:%y%m%d}" if day <= date(1998, 3, 30) else f"{day:%Y%m%d}"


def daily(kind: str, day: date, rows: Iterable[Row]) -> bytes:
    title = {"crawler": "Daily Crawler Index"}.get(kind, "Daily Index")
    head = [
        f"Description:           {title} of EDGAR Dissemination Feed{_TITLES[kind]}",
        f"Last Data Received:    {day:%b} {day.day:2d}, {day.year}",
        "Comments:              webmaster@sec.gov",
        *(["Anonymous FTP:         ftp://ftp.sec.gov/edgar/"] if kind != "crawler" else []),
        *([" "] if kind == "master" else [" "] * 4),
    ]
    return _file(kind, head, rows, "%Y%m%d", padded=True, is_daily=True)


def quarterly(kind: str, last: date, rows: Iterable[Row]) -> bytes:
    title = {"master": "Master Index", "form": "Form Index", "company": "Company Index", "crawler": "Crawler Index"}[
        kind
    ]
    head = [
        f"Description:           {title} of EDGAR Dissemination Feed{_TITLES[kind]}",
        f"Last Data Received:    {last:%B} {last.day}, {last.year}",
        "Comments:              webmaster@sec.gov",
        "Anonymous FTP:         ftp://ftp.sec.gov/edgar/",
        "Cloud HTTP:            https://www.sec.gov/Archives/",
        *([""] * 4),
    ]
    return _file(kind, head, rows, "%Y-%m-%d", padded=False, is_daily=False)


def _file(kind: str, head: list[str], rows: Iterable[Row], dates: str, *, padded: bool, is_daily: bool) -> bytes:
    if kind == "master":
        head = [*head, f"CIK|Company Name|Form Type|Date Filed|{'File Name' if is_daily else 'Filename'}", "-" * 80]
        lines = sorted(f"{cik}|{name}|{form}|{day.strftime(dates)}|{path}" for cik, name, form, day, path in rows)
        return _bytes([*head, *lines])
    company, form_type, last = (
        f"{'Company Name':<62}",
        f"{'Form Type':<12}",
        "URL" if kind == "crawler" else "File Name",
    )
    first = f"{form_type}{company}" if kind == "form" else f"{company}{form_type}"
    # the daily company and crawler files break their line of columns over two, as real ones do
    middle = "CIK\n      Date Filed  " if is_daily and kind != "form" else f"{'CIK':<12}Date Filed  "
    lines = []
    for cik, name, form, day, path in sorted(rows, key=lambda row: (row[2], row[1]) if kind == "form" else row[1:]):
        # daily files cut the form type at 10 characters: SCHEDULE 13G is "SCHEDULE 1"
        form = form[:10] if is_daily else form
        front = f"{form:<12}{name:<62}" if kind == "form" else f"{name:<62}{form:<12}"
        where = path
        if kind == "crawler":
            where = f"http{'' if is_daily else 's'}://www.sec.gov/Archives/{path.removesuffix('.txt')}-index.htm"
        line = f"{front}{cik:<12}{day.strftime(dates):<12}{where}"
        lines.append(f"{line:<150}" if padded else line)
    return _bytes([*head, f"{first}{middle}{last}", "-" * 141, *lines])


def _bytes(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("latin-1", "replace")
