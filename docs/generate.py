"""Write the pages that come from the code: dictionary.md, codes.md, commands.md.

    python docs/generate.py [--check]

`--check` writes nothing and ends with 1 when a page is stale.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py from the code; change the code, then run `python docs/generate.py`. -->\n\n"


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;") if text else ""


def _table(head: Iterable[str], body: Iterable[Iterable[object]]) -> str:
    lines = ["| " + " | ".join(names := list(head)) + " |", "| " + " | ".join("---" for _ in names) + " |"]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in body]
    return "\n".join(lines) + "\n"


def dictionary() -> str:
    """Every table: what a row is; every column: type, whether it may be NULL, meaning, unit, place."""
    from filings.forms import registry  # its import declares the tables of the families
    from filings.load.database import tables as every_table
    from filings.schema.derive import dictionary as declared

    rows = declared(every_table())
    parts = [
        NOTE,
        "# Dictionary of tables and columns\n\n",
        "The same stands in each warehouse as `ops.dictionary`, and `filings dictionary TABLE` prints it.\n\n",
        "**Null**: *no* is declared NOT NULL; *expected* may be NULL, and is then told in `ops.issue` as "
        "`value_missing`; *yes* may be NULL. **Place** says where a value comes from:\n\n",
        _table(
            ["kind", "the value comes from"],
            [
                ("Header", "a label of the submission's header, or its twin in the tag dialect"),
                ("Xml", "a path in the data document, below the element that is the row; alternatives oldest first"),
                ("Rule", "a rule of the specification"),
                ("Computed", "other columns, or the shape of the file"),
                ("Ours", "the pipeline itself"),
            ],
        ),
        "\nNames such as *edgar.md B.9*, *tables.md 2* and *forms.md 1.6* are pages of the specification that the "
        "readers were written from; they are not part of this repository.\n\n",
        "Families that are read: "
        + "; ".join(f"**{family.name}** ({', '.join(family.forms)})" for family in registry.FAMILIES)
        + ".\n\n",
    ]
    tables = list(dict.fromkeys(row["table_name"] for row in rows))
    parts.append("## Where the values come from\n\n")
    parts.append(_shares(rows))
    for name in tables:
        columns = [row for row in rows if row["table_name"] == name]
        parts.append(f"\n## {name}\n\n{columns[0]['grain']}\n\n")
        parts.append(_table(["column", "type", "null", "meaning", "unit", "place"], map(_column, columns)))
    return "".join(parts)


def _column(row: dict[str, Any]) -> tuple[str, ...]:
    from filings.schema.columns import metadata

    column = metadata.tables[row["table_name"]].columns[row["column_name"]]
    null = "no" if not row["is_nullable"] else "expected" if column.info["expected"] else "yes"
    kind, place = row["place_kind"], row["place"].removeprefix("; ")
    if kind == "Xml":
        place = "; ".join(f"`{path}`" if path else "the element itself" for path in row["place"].split("; "))
    return (
        f"`{row['column_name']}`",
        row["sql_type"],
        null,
        row["meaning"],
        row["unit"] or "",
        f"{kind}: {place}" if place else kind,
    )


def _shares(rows: list[dict[str, Any]]) -> str:
    kinds = ("Header", "Xml", "Rule", "Computed", "Ours")
    groups: dict[str, list[str]] = {}
    for row in rows:
        group = row["family"] or _group(row["table_name"])
        groups.setdefault(group, []).append(row["place_kind"])
    return _table(
        ["columns of", *kinds, "all"],
        [(group, *(found.count(kind) or "0" for kind in kinds), len(found)) for group, found in groups.items()],
    )


def _group(table: str) -> str:
    if table.startswith("ops."):
        return "ops"
    return "companies" if table.startswith("company") else "header and documents"


def codes() -> str:
    """Statuses, reasons, issue codes, verdicts, checks: each with its sentence."""
    from filings import statements
    from filings.fetch.verdict import SENTENCES, is_filing
    from filings.schema.codes import ISSUE_CODES, REASONS, STATUSES

    parts = [
        NOTE,
        "# Codes\n\nEvery code that can stand in `ops.ingest_log`, `ops.issue` and `ops.check_result`, and every "
        "verdict on a file that is refused.\n\n## Statuses of a version (`ops.ingest_log.status`)\n\n",
        _table(["status", "meaning"], ((f"`{status}`", text) for status, text in STATUSES.items())),
        "\n## Reasons (`ops.ingest_log.reason_code`)\n",
    ]
    for status, reasons in REASONS.items():
        parts.append(f"\n### {status}\n\n")
        parts.append(_table(["reason", "meaning"], ((f"`{code}`", text) for code, text in reasons.items())))
    parts.append(
        "\n## Issues (`ops.issue.code`)\n\nA filing with an issue is loaded all the same. Some codes belong to readers "
        "that are still to come (6-K, 13F): a code never changes its meaning, so the whole list is given.\n\n"
    )
    parts.append(_table(["code", "meaning"], ((f"`{code}`", text) for code, text in ISSUE_CODES.items())))
    parts.append("\n## Verdicts on files\n\nA file is kept as a filing, or refused by one of these names.\n\n")
    parts.append(
        _table(
            ["verdict", "kept", "meaning"],
            ((f"`{verdict}`", "yes" if is_filing(verdict) else "no", text) for verdict, text in SENTENCES.items()),
        )
    )
    parts.append(
        "\n## Checks (`ops.check_result.check_name`)\n\nSQL over each batch before it is committed. What an *error* "
        "check finds is quarantined; a *warning* only tells.\n\n"
    )
    shipped = statements.read_all(statements.folder() / "checks")
    parts.append(
        _table(["check", "level", "asks"], ((f"`{one.name}`", one.head["level"], one.head["asks"]) for one in shipped))
    )
    return "".join(parts)


def commands() -> str:
    """The `--help` of every command, as the command prints it on 100 columns."""
    parts = [NOTE, "# Commands\n"]
    whole = _help()
    parts.append(f"\n## filings\n\n```text\n{whole.strip()}\n```\n")
    for name in _named(whole):
        shown = _help(name)
        inner = [(f"### filings {name} {each}", _help(name, each)) for each in _named(shown)]
        parts += [
            f"\n{title}\n\n```text\n{text.strip()}\n```\n" for title, text in [(f"## filings {name}", shown), *inner]
        ]
    return "".join([*parts, _settings()])


def _named(shown: str) -> list[str]:
    """The commands that a help lists."""
    return re.findall(r"^  ([a-z]+) {2,}\S", shown.partition("Commands:")[2], re.MULTILINE)


def _settings() -> str:
    from filings.settings import Settings

    rows = [
        (f"`{each.name}`", f"`FILINGS_{each.name.upper()}`", each.metadata["help"], f"`{each.default}`")
        for each in fields(Settings)
        if "help" in each.metadata
    ]
    return (
        "\n## Settings\n\nA flag wins over the environment, the environment over `settings.toml` in the warehouse, that "
        "over the default. `None` leaves the choice to the program. Rules of [alerts](alerts.md) are tables of that "
        "file.\n\n" + _table(["key in settings.toml", "environment", "meaning", "default"], rows)
    )


def _help(*command: str) -> str:
    call = [sys.executable, "-m", "filings", *filter(None, command), "--help"]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    return subprocess.run(call, check=True, capture_output=True, encoding="utf-8", env=environment).stdout


PAGES: dict[str, Callable[[], str]] = {"dictionary.md": dictionary, "codes.md": codes, "commands.md": commands}


def main() -> int:
    """Write the pages, or say which are stale."""
    stale = []
    for name, page in PAGES.items():
        path, text = FOLDER / name, page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    print(f"{', '.join(stale) or 'nothing'} {'is stale' if '--check' in sys.argv else 'was written'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
