"""The named fault points: every write, fsync, rename and commit that the product makes on disk, one list.

Code calls ``reach(Point.X)`` just before the step. In production it does nothing. Tests arm one point through
``FILINGS_FAULT=point:n:mode``: the n-th time it is reached the process fails, as an ``OSError`` (``mode`` = ``error``)
or as by ``kill -9`` (``kill``). ``tests/faults`` walks the whole list.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter
from enum import StrEnum


class Point(StrEnum):
    """A step on disk that can fail."""

    RAW_OPEN = "raw.open"
    RAW_WRITE = "raw.write"
    RAW_FSYNC = "raw.fsync"
    RAW_SEAL = "raw.seal"
    RAW_TRUNCATE = "raw.truncate"
    SPOOL_WRITE = "spool.write"
    SPOOL_APPEND = "spool.append"
    SPOOL_CLOSE = "spool.close"
    SPOOL_REMOVE = "spool.remove"
    DOWNLOAD_WRITE = "download.write"
    DOWNLOAD_RENAME = "download.rename"
    CLAIM_TAKE = "claim.take"
    CLAIM_RELEASE = "claim.release"
    STATE_COMMIT = "state.commit"
    LOAD_CREATE = "load.create"
    LOAD_BEGIN = "load.begin"
    LOAD_DELETE = "load.delete"
    LOAD_INSERT = "load.insert"
    LOAD_COMMIT = "load.commit"
    LOAD_COMMITTED = "load.committed"
    LOAD_CHECKPOINT = "load.checkpoint"
    REBUILD_SWAP = "rebuild.swap"
    UPGRADE_SWAP = "upgrade.swap"
    SNAPSHOT_COPY = "snapshot.copy"
    SNAPSHOT_FINISH = "snapshot.finish"
    SNAPSHOT_FSYNC = "snapshot.fsync"
    SNAPSHOT_SEAL = "snapshot.seal"
    SNAPSHOT_LINK = "snapshot.link"
    SNAPSHOT_RENAME = "snapshot.rename"
    SNAPSHOT_REMOVE = "snapshot.remove"
    ALERT_NOTE = "alert.note"
    SERVICE_SIGN = "service.sign"
    SCHEDULE_WRITE = "schedule.write"
    SCHEDULE_RENAME = "schedule.rename"
    PAGE_WRITE = "page.write"
    PAGE_RENAME = "page.rename"


_reached: Counter[str] = Counter()
_armed = os.environ.get("FILINGS_FAULT", "")


def reach(point: Point) -> None:
    """Pass a fault point. Raises OSError, or kills the process, only where a test armed it."""
    if not _armed:
        return
    _reached[point] += 1
    name, nth, mode = _armed.split(":")
    if name != point or _reached[point] != int(nth):
        return
    if mode == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.EIO, f"fault {point} number {nth}")


def reached() -> Counter[str]:
    """How often each point was passed while `FILINGS_FAULT` is set (``none:0:count`` only counts)."""
    return _reached
