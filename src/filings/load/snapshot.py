"""Sealed snapshots: what people open (house 5, storage.md 4).

Each snapshot has its own number and its final name from the start; it is never renamed over and never written again.
`filings.duckdb` is a symbolic link, swapped atomically. A reader that stays open keeps its snapshot and blocks nobody.
"""

from __future__ import annotations

import re
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from sqlalchemy import Engine, delete, func, insert, select, update

from filings import statements
from filings.disk import disk, sync
from filings.errors import StoreError
from filings.faults import Point, reach
from filings.load.database import STORAGE_VERSION, Database, last_load_id
from filings.schema import state

LINK = "filings.duckdb"
KEPT = 2
REMEMBERED = 1000
"""Snapshots that are gone and still have their row: a watch makes some thousand a day."""

_NAME = re.compile(r"(\d{6,})\.duckdb$")


class Snapshots:
    """The published files of a warehouse. Only the writer, under its lock, publishes."""

    def __init__(self, warehouse: Path, engine: Engine) -> None:
        self._warehouse = warehouse
        self._folder = warehouse / "snapshots"
        self._engine = engine

    def current(self) -> int | None:
        """The number that the link points to; None where there is none, or a file that a copy made of the link."""
        link = self._warehouse / LINK
        if not link.is_symlink():
            return None
        target = link.readlink()
        found = _NAME.search(target.name)
        return int(found.group(1)) if found and (self._warehouse / target).exists() else None

    def recover(self) -> None:
        """Take away what a killed run left: copies that the link never pointed to, links under a temporary name."""
        current = self.current()
        for link in self._warehouse.glob(".*.link"):
            link.unlink()
        numbers = self._numbers()
        for number in numbers:
            if current is None or number > current:
                self._remove(number)
        with self._engine.begin() as connection:
            there = select(state.snapshot.c.number).where(state.snapshot.c.state != "removed")
            rows = connection.execute(there).scalars().all()
            for number in rows:
                if current is None or number > current:
                    connection.execute(
                        update(state.snapshot).where(state.snapshot.c.number == number).values(state="removed")
                    )
            if current is not None and current not in rows:
                self._note(connection, current, "current")

    def published_load_id(self) -> int | None:
        """The newest batch in the current snapshot; None where there is no snapshot, or where somebody wrote to it: every
        reader would see that too (storage.md 4.2)."""
        current = self.current()
        if current is None or self.tampered():
            return None
        with self._engine.connect() as connection:
            row = connection.execute(
                select(state.snapshot.c.load_id, state.snapshot.c.state).where(state.snapshot.c.number == current)
            ).first()
        if row and row.load_id is not None and row.state == "current":
            return int(row.load_id)
        with duckdb.connect(str(self._path(current)), read_only=True) as snapshot:
            return last_load_id(snapshot)

    def outdate(self) -> None:
        """From now on the current snapshot counts as behind, whatever batch it ends with: rows will change of old ones."""
        with disk("noting that a snapshot is behind"), self._engine.begin() as connection:
            reach(Point.STATE_COMMIT)
            connection.execute(update(state.snapshot).where(state.snapshot.c.state == "current").values(load_id=-1))

    def tampered(self) -> str | None:
        """What shows that somebody wrote to the current snapshot (as root, who may); None where nothing does."""
        current = self.current()
        if current is None:
            return None
        path = self._path(current)
        with self._engine.connect() as connection:
            stated = connection.execute(
                select(state.snapshot.c.byte_length).where(state.snapshot.c.number == current)
            ).scalar()
        if _log(path).exists():
            return "a write-ahead log that is not ours lies beside it"
        size = path.stat().st_size
        if stated is not None and size != stated:
            return f"it has {size:,} bytes, and had {stated:,} when it was published"
        return None

    def publish(self, database: Database) -> int:
        """Copy the writer's database, finish the copy, seal it, and swap the link. Gives the new number.

        Call between transactions. Needs room for one more copy. Raises Full where there is none; the link then still
        points to the snapshot before.
        """
        database.checkpoint()
        load_id = database.last_load_id()
        number = self._next()
        with disk(f"writing snapshot {number}"):
            try:
                self._write(database, number, load_id)
            except Exception:
                if self.current() != number:  # a copy cut short keeps no room from a full disk
                    self._remove(number)
                raise
            self._prune()
        return number

    def _write(self, database: Database, number: int, load_id: int) -> None:
        path = self._path(number)
        with self._engine.begin() as connection:
            self._note(connection, number, "writing")
        reach(Point.SNAPSHOT_COPY)
        self._folder.mkdir(exist_ok=True)
        _copy(database.path, path)
        reach(Point.SNAPSHOT_FINISH)
        self._finish(path)
        reach(Point.SNAPSHOT_FSYNC)
        sync(path)
        reach(Point.SNAPSHOT_SEAL)
        path.chmod(0o444)
        sync(self._folder)
        reach(Point.SNAPSHOT_LINK)
        link = self._warehouse / f".{number:06}.link"
        link.symlink_to(f"snapshots/{path.name}")
        reach(Point.SNAPSHOT_RENAME)
        link.replace(self._warehouse / LINK)
        sync(self._warehouse)
        with self._engine.begin() as connection:
            connection.execute(update(state.snapshot).where(state.snapshot.c.state == "current").values(state="sealed"))
            self._note(connection, number, "current", load_id)

    def _finish(self, path: Path) -> None:
        """Views, macros and the user's own views go into the copy, never into the writer's file."""
        with duckdb.connect() as connection:
            place = str(path).replace("'", "''")
            connection.execute(f"ATTACH '{place}' AS snapshot (STORAGE_VERSION '{STORAGE_VERSION}')")
            connection.execute("USE snapshot")
            shipped = statements.folder()
            for one in statements.in_order(
                [*statements.read_all(shipped / "macros"), *statements.read_all(shipped / "views")]
            ):
                connection.execute(one.text)
                if one.kind == "view" and "asks" in one.head:
                    asks = one.head["asks"].replace("'", "''")
                    connection.execute(f"COMMENT ON VIEW {one.name} IS '{asks}'")
            for own in sorted((self._warehouse / "views").glob("*.sql")):
                try:
                    connection.execute(own.read_text(encoding="utf-8"))
                except duckdb.Error as error:
                    raise StoreError(
                        f"views/{own.name} of this warehouse fails: {error}",
                        "Mend or remove the file and run the same command again; what was loaded is kept.",
                    ) from error
            connection.execute("CHECKPOINT snapshot")

    def _prune(self) -> None:
        for number in self._numbers()[:-KEPT]:
            reach(Point.SNAPSHOT_REMOVE)
            self._remove(number)
            with self._engine.begin() as connection:
                connection.execute(
                    update(state.snapshot).where(state.snapshot.c.number == number).values(state="removed")
                )
                is_old = (state.snapshot.c.state == "removed") & (state.snapshot.c.number < number - REMEMBERED)
                connection.execute(delete(state.snapshot).where(is_old))

    def _remove(self, number: int) -> None:
        path = self._path(number)
        for leftover in (path, _log(path)):  # a stray log dies with its snapshot
            with suppress(FileNotFoundError):
                leftover.unlink()

    def _next(self) -> int:
        with self._engine.connect() as connection:
            used = connection.execute(select(func.max(state.snapshot.c.number))).scalar() or 0
        return max(int(used), *self._numbers(), 0) + 1

    def _numbers(self) -> list[int]:
        return sorted(
            int(found.group(1)) for path in self._folder.glob("*.duckdb*") if (found := _NAME.match(path.name))
        )

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.duckdb"

    def _note(self, connection: object, number: int, now: str, load_id: int | None = None) -> None:
        reach(Point.STATE_COMMIT)
        path = self._path(number)
        row = {
            "number": number,
            "path": f"snapshots/{path.name}",
            "state": now,
            "byte_length": path.stat().st_size if path.exists() else None,
            "load_id": load_id,
            "published_at": datetime.now(UTC).isoformat() if now == "current" else None,
        }
        connection.execute(delete(state.snapshot).where(state.snapshot.c.number == number))  # type: ignore[attr-defined]
        connection.execute(insert(state.snapshot).values(row))  # type: ignore[attr-defined]


def _log(path: Path) -> Path:
    """Where DuckDB writes ahead what is not in the file yet."""
    return path.with_name(path.name + ".wal")


def _copy(source: Path, target: Path) -> None:
    """By a child process: opening the database in this one would drop DuckDB's lock (storage.md 4.1)."""
    done = subprocess.run(["cp", str(source), str(target)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(28 if "No space left" in done.stderr else 5, done.stderr.strip())
