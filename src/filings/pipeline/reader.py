"""The program of a reading process: `python -m filings.pipeline.reader DESCRIPTOR` (prefect.md 4).

It is a program of its own, and no fork of its caller, so that it imports what reading takes and nothing else: never
Prefect, whatever its caller has imported. It opens packs to read them, never the database, and writes nothing. It ends when
its caller does, whatever became of that: the connection then ends.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from filings.load.beforehand import Beforehand, read_beforehand


def main() -> None:
    """Answer each part with what its files become; with None where that failed, so that the caller reads them itself and
    says what is wrong."""
    with Connection(int(sys.argv[1])) as connection:
        try:
            folder, text_forms = connection.recv()
            while True:
                part = connection.recv()
                answer: Beforehand | None = None
                try:
                    answer = read_beforehand(folder, part, text_forms)
                except Exception:
                    answer = None
                connection.send(answer)
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main()
