"""What a flow's file needs when a person runs it: Prefect on its own in this process, and words for the terminal.

Imports no Prefect: the environment must be set before Prefect is imported.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filings.command.terminal import complain, look_of
from filings.errors import FilingsError
from filings.fetch.identity import user_agent
from filings.selection import selection
from filings.settings import settle
from filings.span import span

if TYPE_CHECKING:
    from filings.pipeline.report import Report

QUESTION = "Which filings are here, and what did insiders trade?"
SQL = """
SELECT f.form_type AS form, f.filed_on AS filed, any_value(p.conformed_name) AS company, f.document_count AS documents,
       (SELECT count(*) FROM ownership_transaction t WHERE t.filing_id = f.filing_id) AS trades
FROM filing f LEFT JOIN filing_party p ON p.filing_id = f.filing_id AND p.position = 1
GROUP BY ALL ORDER BY filed DESC NULLS LAST, form LIMIT 10
"""


def arguments() -> Namespace:
    """`paths`, `day`, `warehouse`, `trust_names` and `form` of the command line."""
    parser = ArgumentParser(
        description="Load filings by a Prefect flow; what is loaded is what `filings ingest` loads."
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, and folders that are read whole")
    parser.add_argument("--day", metavar="DAY", help="instead of files, what EDGAR lists for a day")
    parser.add_argument("--warehouse", metavar="DIR", default=os.environ.get("FILINGS_WAREHOUSE") or "warehouse")
    parser.add_argument("--trust-names", action="store_true", help="believe the accession number in a file's name")
    parser.add_argument("--form", metavar="FORM", help="the form of files that do not say theirs")
    asked = parser.parse_args()
    if bool(asked.paths) == bool(asked.day):
        parser.error("give files and folders, or a day")
    for path in asked.paths:
        if not Path(path).exists():  # said now, not when Prefect is up
            parser.exit(2, f"error: there is no file or folder {path}\n")
    return asked


def backfill_arguments() -> Namespace:
    """`start`, `end`, `form`, `cik`, `ticker`, `no_amendments`, `route` and `warehouse` of the command line."""
    parser = ArgumentParser(
        description="Fetch from EDGAR what is not here yet by a Prefect flow; the same as `filings backfill`."
    )
    parser.add_argument("start", metavar="START", help="the first day, or a month, quarter or year")
    parser.add_argument("end", metavar="END", nargs="?", help="the last one; without it START alone")
    for name in ("form", "cik", "ticker"):
        parser.add_argument(f"--{name}", action="append", metavar=name.upper(), help="may be repeated")
    parser.add_argument("--no-amendments", action="store_true", help="leave out forms that end in /A")
    parser.add_argument("--route", default="auto", choices=("auto", "filings", "archive"))
    parser.add_argument("--warehouse", metavar="DIR", default=os.environ.get("FILINGS_WAREHOUSE") or "warehouse")
    asked = parser.parse_args()
    try:  # said now, not when Prefect is up
        selection(asked.form or (), asked.cik or (), asked.ticker or ())
        span(asked.start, asked.end)
        user_agent(settle({"warehouse": asked.warehouse}))
    except FilingsError as error:
        complain(error)
        parser.exit(error.exit_code)
    return asked


def prefect_alone(warehouse: str) -> None:
    """Let Prefect live in this process alone, with its home in the warehouse; call it before importing Prefect.

    Where ``PREFECT_API_URL`` names a server, that server is used and nothing but the noise is changed; where `filings up`
    runs on the warehouse, its server: two of them would write one database.
    """
    from filings.service.home import Home, url_of
    from filings.service.supervisor import port_of

    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "ERROR"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    if not os.environ.get("PREFECT_API_URL") and (port := port_of(Home.of(Path(warehouse)))):
        os.environ["PREFECT_API_URL"] = f"{url_of(port)}/api"
    if os.environ.get("PREFECT_API_URL"):
        print(f"Using the Prefect server at {os.environ['PREFECT_API_URL']}.", flush=True)
        return
    os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "true"
    os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "180"  # 20 is too short on a busy machine
    home = Path(warehouse, "prefect").absolute()
    home.mkdir(parents=True, exist_ok=True)  # Prefect makes no folder above its own
    os.environ["PREFECT_HOME"] = str(home)
    print("Prefect comes up inside this process; that takes 16 to 28 seconds …", flush=True)


def run(flow: Callable[[], Report], warehouse: str) -> int:
    """Run the flow, then say what was loaded and set aside, and answer a question in SQL. Gives the exit code."""
    try:
        report = flow()
        _tell(report, warehouse)
    except FilingsError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted. What was loaded stays; run the same again to go on.", file=sys.stderr)
        return 130
    return 0


def run_backfill(flow: Callable[[], dict[str, Any]], days: str) -> int:
    """Run the flow of a backfill of these days, then print its report. Gives the exit code, as `filings backfill` does."""
    from filings.pipeline.backfill_parts import is_clean, markdown

    try:
        report = flow()
    except FilingsError as error:
        complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted. What was loaded stays; run the same again to go on.", file=sys.stderr)
        return 130
    print(markdown(report, days), end="")
    return 0 if is_clean(report) else 3


def _tell(report: Report, warehouse: str) -> None:
    from filings.command.summary import summary
    from filings.query.answer import ask
    from filings.query.connect import connect
    from filings.query.formats import write

    look = look_of(sys.stdout)
    for line in summary(report, look):
        print(line)
    print(f"\n{look.bold(QUESTION)}\n{SQL.strip()}\n")
    with connect(Path(warehouse)) as connection:
        write(ask(connection, SQL), sys.stdout, "table", look)
    print(
        '\nAsk your own: filings query "SELECT ..."' + ("" if warehouse == "warehouse" else f" --warehouse {warehouse}")
    )
