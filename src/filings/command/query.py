"""`filings query`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filings.command.options import Format, Output, Quiet, Warehouse, settings_of
from filings.command.parameters import Command
from filings.command.terminal import exact_text, is_terminal, look_of, replacing, stopping_at_once

if TYPE_CHECKING:
    import duckdb

    from filings.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "query",
        cls=Command,
        short_help="Ask the newest snapshot in SQL.",
        epilog='Example: filings query "SELECT form_type, count(*) AS filings FROM filing GROUP BY ALL ORDER BY 2 DESC"',
    )(query)


def query(
    context: typer.Context,
    sql: Annotated[
        str | None,
        typer.Argument(metavar="SQL", help="The SQL; without it, it is read from standard input.", show_default=False),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Read the SQL from this file.", show_default=False)
    ] = None,
    format: Format = None,
    output: Output = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="ZONE", help="Show instants in this zone; else UTC.", show_default=False),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option("--threads", metavar="N", help="Use at most this many processor threads.", show_default=False),
    ] = None,
    memory_limit: Annotated[
        str | None,
        typer.Option(
            "--memory-limit", metavar="SIZE", help="Use at most this much memory, as 2GB.", show_default=False
        ),
    ] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> None:
    """Ask the newest snapshot in SQL; a table in a terminal, CSV elsewhere, unless --format says otherwise."""
    from filings.query.connect import connect

    settings = settings_of(
        context,
        warehouse=warehouse,
        quiet=quiet,
        format=format,
        timezone=timezone,
        threads=threads,
        memory_limit=memory_limit,
    )
    text = _text_of(sql, file)
    form = _format_of(settings, output)
    connection = connect(
        settings.warehouse,
        timezone=settings.timezone,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
    )
    with connection, stopping_at_once():
        _write(connection, text, form, output, is_watched=not settings.quiet and is_terminal(sys.stderr))


def _text_of(sql: str | None, file: Path | None) -> str:
    from filings.errors import UsageError

    if sql is not None and file is not None:
        raise UsageError("The SQL is given twice: as an argument and by --file.")
    if file is not None:
        try:
            return file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if sql is not None and sql != "-":
        return sql
    if sys.stdin.isatty() and sql is None:
        raise UsageError("There is no SQL to run.", 'Example: filings query "SELECT count(*) FROM filing"')
    return sys.stdin.read()


def _format_of(settings: Settings, output: Path | None) -> str:
    from filings.errors import UsageError
    from filings.query.formats import SUFFIXES

    form = settings.format or (SUFFIXES.get(output.suffix.lower()) if output else None)
    if form is None:
        form = "table" if output is None and is_terminal(sys.stdout) else "csv"
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError("Parquet is no text for a terminal.", "Give it a file with --output FILE.")
    return form


def _write(
    connection: duckdb.DuckDBPyConnection, sql: str, form: str, output: Path | None, *, is_watched: bool
) -> None:
    from filings.query.answer import ask
    from filings.query.formats import write, write_parquet

    if form == "parquet":
        with _parquet_place(output) as place, _watch(connection, is_watched):
            write_parquet(connection, sql, place)
        return
    with _watch(connection, is_watched):
        answer = ask(connection, sql, nested_as_json=form.startswith("json"))
    if output is None:
        stream = exact_text()
        write(answer, stream, form, look_of(stream))
        return
    with replacing(output) as place, place.open("w", encoding="utf-8", newline="") as opened:
        write(answer, opened, form)


@contextmanager
def _parquet_place(output: Path | None) -> Iterator[Path]:
    """Where DuckDB writes: the file asked for, or one of our own that goes to standard output when it is whole."""
    if output is not None:
        with replacing(output) as place:
            yield place
        return
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "answer.parquet"
        yield place
        with place.open("rb") as opened:
            shutil.copyfileobj(opened, sys.stdout.buffer)
    sys.stdout.buffer.flush()


@contextmanager
def _watch(connection: duckdb.DuckDBPyConnection, is_shown: bool) -> Iterator[None]:
    """Tell on standard error how far DuckDB is, once a query takes longer than a second."""
    if not is_shown:
        yield
        return
    import threading
    import time

    from filings.pipeline.progress import duration

    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    ended = threading.Event()

    def tell() -> None:
        begun = time.monotonic()
        wait = 1.0
        while not ended.wait(wait):
            wait, spent = 0.5, time.monotonic() - begun
            share = connection.query_progress() / 100
            left = f"  {duration(spent / share - spent)} left" if 0.01 < share < 1 else ""
            print(f"\r\x1b[Kquery  {max(share, 0):.0%}  {duration(spent)}{left}", end="", file=sys.stderr, flush=True)
        if wait < 1.0:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
