"""A published warehouse of examples to which the text of two filings was added by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb

from filings.forms.text.reading import FORMS, read_texts
from filings.load.values import type_rows
from filings.parse.submission import Document
from filings.parse.text.line import Line
from filings.parse.text.reader import lines
from filings.pipeline.ingest import ingest
from filings.schema import text as tables
from warehouses import publish_as_it_is

EXAMPLES = Path(__file__).parents[1] / "examples"
REPORT = (
    "FORM 8-K\n\nItem 2.02  Results of Operations and Financial Condition\n\nThe quarter was good.\n\n"
    "Item 9.01  Financial Statements and Exhibits\n\n99.1  Release\n\nSIGNATURE\n\n/s/ Jo Doe\n"
)
RELEASE = (
    "<p><b>FOR IMMEDIATE RELEASE</b></p><p><b>HOLLOWAY GROWS<br>ABROAD</b></p><p>"
    + "A long paragraph of the release. " * 1500
    + "</p><p><b>About Holloway</b></p><table><tr><td>Sales<td>5</table>"
)


def ascii_lines(document: Document) -> list[Line]:
    return lines(bytes(document.content), "ascii")


def warehouse_with_text(place: Path) -> str:
    """Make the warehouse at `place`; gives the filing that has text."""
    ingest(place, [EXAMPLES])
    with duckdb.connect(str(place / "load" / "filings.duckdb")) as connection:
        ((filing_id, load_id),) = connection.execute(
            "SELECT filing_id, load_id FROM filing WHERE form_type = '8-K' ORDER BY filing_id LIMIT 1"
        ).fetchall()
        report, release = REPORT.encode(), RELEASE.encode()
        documents = [
            Document(1, "8-K", "1", None, None, 0, len(report), report),
            Document(2, "EX-99.1", "2", None, None, 0, len(release), release),
        ]
        rows, _ = read_texts(documents, 1, "8-K", FORMS, ascii_lines)
        for table in (tables.section, tables.text_block):
            connection.execute(f"DELETE FROM {table.name}")
            batch, _ = type_rows(
                table, [{**row, "filing_id": filing_id, "load_id": load_id} for row in rows[table.name]]
            )
            connection.register("batch", batch)
            connection.execute(f"INSERT INTO {table.name} BY NAME SELECT * FROM batch")
    publish_as_it_is(place)
    return str(filing_id)
