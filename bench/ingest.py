"""How fast is an ingest on one core, and where does the time go?

    FILINGS_CORPUS=../shared python bench/ingest.py

CPU seconds of this process and its children (user and system, so zstd, fsync and the copy of the snapshot are in), less
what it took to start. The files are new to a warehouse that holds other filings. Stages are timed apart, in a second run,
since a timer costs too.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filings.load.assemble as assemble
import filings.load.loader as loader
import filings.load.reading as reading
import filings.load.words as words
import filings.pipeline.ingest as pipeline
from filings.load.snapshot import Snapshots
from filings.raw.store import RawStore

EXAMPLES = Path(__file__).parents[1] / "examples"


def cpu() -> float:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


class Stages:
    """CPU seconds a stage, each less what the stages inside it took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside: list[float] = []

    def time(self, owner: Any, name: str, stage: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def timed(*words: Any, **named: Any) -> Any:
            began = cpu()
            self._inside.append(0.0)
            try:
                return original(*words, **named)
            finally:
                took = cpu() - began
                inside = self._inside.pop()
                self.seconds[stage] = self.seconds.get(stage, 0.0) + took - inside
                if self._inside:
                    self._inside[-1] += took

        setattr(owner, name, timed)


def run(folder: Path) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as temporary:
        warehouse = Path(temporary) / "warehouse"
        pipeline.ingest(warehouse, [EXAMPLES])
        before = cpu()
        report = pipeline.ingest(warehouse, [folder])
        return cpu() - before, report.bytes


def main() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    corpus = Path(os.environ.get("FILINGS_CORPUS", "../shared")) / "edgar" / "submissions"
    if not corpus.is_dir():
        sys.exit("needs the corpus of real filings: set FILINGS_CORPUS")
    best = min(run(corpus) for _ in range(3))
    print(f"{best[1] / 1e6:.1f} MB in {best[0]:.2f} CPU s on one core: {best[1] / 1e6 / best[0]:.1f} MB/s")
    stages = Stages()
    stages.time(pipeline, "judge", "judge the bytes")
    stages.time(RawStore, "put", "keep: sha256, zstd, append")
    stages.time(RawStore, "flush", "keep: fsync, index")
    stages.time(loader, "split", "envelope")
    stages.time(reading.header_rows, "read", "header")
    stages.time(reading.content, "describe", "documents: kind, encoding, sha256")
    stages.time(reading.engine, "read", "forms: XML by declaration")
    stages.time(words.Lines, "__call__", "text: lines")
    stages.time(reading, "read_texts", "text: sections and blocks")
    stages.time(assemble, "choose", "choice of version")
    stages.time(loader, "build", "typing by column, Arrow")
    stages.time(loader, "commit", "transaction and checks")
    stages.time(Snapshots, "publish", "snapshot")
    total, _ = run(corpus)
    print(f"{'stage':<36}{'CPU s':>7}{'share':>8}")
    rest = total - sum(stages.seconds.values())
    for stage, seconds in [*sorted(stages.seconds.items(), key=lambda pair: -pair[1]), ("the rest", rest)]:
        print(f"{stage:<36}{seconds:>7.2f}{seconds / total:>8.0%}")


if __name__ == "__main__":
    main()
