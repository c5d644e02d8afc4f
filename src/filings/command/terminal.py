"""Where the command speaks: results to standard output, everything else to standard error."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from filings.errors import FilingsError, UsageError

INTERRUPTED = 130
SOMETHING_TO_LOOK_AT = 3

if TYPE_CHECKING:
    from filings.pipeline.progress import Progress
    from filings.query.grid import Look
    from filings.settings import Settings


def is_terminal(stream: IO[str]) -> bool:
    """Whether a person sits before the stream."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def look_of(stream: IO[str]) -> Look:
    """How a grid may look there: bold only in a terminal and without ``NO_COLOR``, cut to its width only there."""
    from filings.query.grid import Look

    if not is_terminal(stream):
        return Look()
    return Look(width=shutil.get_terminal_size().columns, is_styled=not os.environ.get("NO_COLOR"))


def progress_for(settings: Settings) -> Progress:
    """Progress on standard error; nothing under ``--quiet``."""
    from filings.pipeline.progress import Line, Silent

    if settings.quiet:
        return Silent()
    return Line(sys.stderr, is_live=is_terminal(sys.stderr), width=shutil.get_terminal_size().columns)


def complain(error: FilingsError | OSError) -> None:
    """An error in words: what is wrong, then what to do."""
    if isinstance(error, FilingsError):
        lines = [error.message, *([f"  {error.hint}"] if error.hint else [])]
    else:
        place = f": {error.filename}" if error.filename else ""
        lines = [f"{error.strerror or error}{place}"]
    print("error: " + "\n".join(lines), file=sys.stderr)


def exact_text() -> IO[str]:
    """Standard output for texts of filings: UTF-8, but in a terminal escapes for what it cannot show."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", newline="\n")
    return stream


def writable(path: Path) -> None:
    """Raise UsageError where the folder of `path` is missing or `path` is a folder."""
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(
            f"{path} cannot be written: " + ("it is a folder." if path.is_dir() else "there is no such folder.")
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A place to write what shall stand at `path` when it is whole; what stands there goes only then.

    Raises UsageError where `path` is not writable.
    """
    writable(path)
    if path.exists() and not path.is_file():  # a device or a pipe
        yield path
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    _parts.add(part)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        _parts.discard(part)


_parts: set[Path] = set()


@contextmanager
def stopping_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process there and then: for what only reads.

    DuckDB would first let its threads finish what they are at, and a large join may be at it for hours.
    """

    def stop(number: int, frame: object) -> None:
        for part in _parts:
            part.unlink(missing_ok=True)
        erase = "\r\x1b[K" if is_terminal(sys.stderr) else ""
        os.write(sys.stderr.fileno(), f"{erase}Interrupted.\n".encode())
        os._exit(INTERRUPTED)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
