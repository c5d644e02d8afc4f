"""The command `filings`: arguments in, exit code out.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 something to look at, 130 interrupted. Nothing heavy is imported before a
command needs it, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from filings.command import alerts, backfill, browse, doctor, filing, indexes, load, query, service, watch
from filings.command.options import Quiet, Warehouse
from filings.command.parameters import Group
from filings.command.terminal import INTERRUPTED, complain
from filings.errors import FilingsError


class Commands(Group):
    """All commands: errors become words and an exit code, whichever of them failed."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except FilingsError as error:
            complain(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            print("Interrupted.", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from error
        except BrokenPipeError as error:  # the reader has seen enough: `filings query … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        except OSError as error:
            complain(error)
            raise typer.Exit(1) from error


app = typer.Typer(
    name="filings",
    cls=Commands,
    help="SEC EDGAR filings as DuckDB tables: complete, faithful to the byte, loaded exactly once.",
    epilog='Example: filings ingest FOLDER && filings query "SELECT form_type, count(*) FROM filing GROUP BY ALL"',
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
for room in (load, backfill, watch, indexes, service, alerts, query, filing, browse, doctor):
    room.register(app)


def _versions(wanted: bool) -> None:
    if not wanted:
        return
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from filings import __version__

    print(f"filings {__version__}")
    print(f"python {platform.python_version()}")
    for package in ("duckdb", "prefect", "sqlalchemy", "pyarrow", "lxml"):
        try:
            print(f"{package} {version(package)}")
        except PackageNotFoundError:
            print(f"{package} is not installed")
    raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the versions of filings and of what it stands on.",
            is_eager=True,
            callback=_versions,
        ),
    ] = False,
) -> None:
    """Keep what stands before the command."""
    context.obj = {"warehouse": warehouse, "quiet": quiet or None}


def main() -> None:
    """The entry point of the command."""
    app(prog_name="filings")
