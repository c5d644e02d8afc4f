"""How much faster is a rebuild when other processes read, and what is left for the writer?

    FILINGS_CORPUS=../shared python bench/rebuild.py [COPIES]

The real submissions of the corpus, so many times (2) under accession numbers of their own, are ingested; then the database
is made again from the packs with 1, 2 … reading processes, in turns. CPU seconds are user and system, of the writer without
what importing took, of the others with it. However many cores there are, a rebuild takes as long as the writer's CPU: `at
most` is how many times faster than alone it can become.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ACCESSION = re.compile(rb"\d{10}-\d\d-\d{6}")
ROUNDS = 2


def copies(corpus: Path, folder: Path, count: int) -> None:
    for path in sorted(corpus.rglob("*.*")):
        data = path.read_bytes()
        found = _ACCESSION.search(data) or _ACCESSION.search(path.name.encode())
        for number in range(count):
            target = folder / f"{number}" / path.relative_to(corpus)
            target.parent.mkdir(parents=True, exist_ok=True)
            if found:
                other = b"%010d%s" % (
                    8_000_000_000 + number * 100_000_000 + int(found[0][:10]) % 100_000_000,
                    found[0][10:],
                )
                target.write_bytes(data.replace(found[0], other))


def once(warehouse: str) -> None:
    """In a process of its own: what it prints is read by `main`."""
    import filings.pipeline.ahead
    from filings.pipeline.rebuild import rebuild

    filings.pipeline.ahead.LARGE_BATCHES = 1  # as in a long rebuild, of which the first batch is a small part
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    began = time.monotonic()
    report = rebuild(Path(warehouse))
    wall = time.monotonic() - began
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, others = (a.ru_utime + a.ru_stime - b.ru_utime - b.ru_stime for a, b in zip(after, before, strict=True))
    print(json.dumps({"wall": wall, "writer": own, "others": others, "bytes": report.bytes, "files": report.files}))


def main() -> None:
    corpus = Path(os.environ.get("FILINGS_CORPUS", "../shared")) / "edgar" / "submissions"
    if not corpus.is_dir():
        sys.exit("needs the corpus of real filings: set FILINGS_CORPUS")
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        copies(corpus, place / "in", int(sys.argv[1]) if len(sys.argv) > 1 else 2)
        command = [
            sys.executable,
            "-m",
            "filings",
            "ingest",
            str(place / "in"),
            "--warehouse",
            str(place / "w"),
            "--quiet",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        cores = len(os.sched_getaffinity(0))
        best: dict[int, dict[str, float]] = {}
        for _ in range(ROUNDS):
            for processes in sorted({1, 2, cores}):
                done = subprocess.run(
                    [sys.executable, __file__, "--once", str(place / "w")],
                    env={**os.environ, "FILINGS_PROCESSES": str(processes)},
                    check=True,
                    stdout=subprocess.PIPE,
                )
                found = json.loads(done.stdout)
                if processes not in best or found["wall"] < best[processes]["wall"]:
                    best[processes] = found
    alone = best[1]
    print(f"{alone['files']:,.0f} files, {alone['bytes'] / 1e6:.0f} MB, {cores} cores, best of {ROUNDS}")
    print(
        f"{'processes':<11}{'wall s':>8}{'MB/s':>7}{'faster':>8}{'writer CPU s':>14}{'other CPU s':>13}{'at most':>9}"
    )
    for processes, one in best.items():
        print(
            f"{processes:<11}{one['wall']:>8.1f}{one['bytes'] / 1e6 / one['wall']:>7.1f}{alone['wall'] / one['wall']:>8.2f}"
            f"{one['writer']:>14.1f}{one['others']:>13.1f}{alone['writer'] / one['writer']:>9.1f}"
        )


if __name__ == "__main__":
    once(sys.argv[2]) if sys.argv[1:2] == ["--once"] else main()
