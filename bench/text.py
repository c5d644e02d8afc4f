"""How fast are Forms 6-K read into all their tables, and what do peers need to turn the same HTML to text?

    FILINGS_CORPUS=../shared python bench/text.py [--without-peers]

CPU seconds on one core over every 6-K of the corpus, files read included; several times, and of each the
best (`peers/timing.py`). MB are those of the HTML whose text is read: the 6-K documents and their EX-99. Peers get each
of these documents as a file of its own; they give text and nothing else, no places, no tables.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from peers import environment, timing

from filings.forms.text.reading import FORMS, has_text
from filings.load.reading import read_documents, read_version
from filings.parse import content, envelope
from filings.parse.text import reader as text
from filings.pipeline.ingest import ingest

ROUNDS = 7
ROUNDS_OF_PEERS = 3
PEERS = {"selectolax": ("selectolax", "1.0.2"), "edgartools_text": ("edgartools", "5.62.1")}
FOLDERS = ("edgar/submissions/6-K", "edgar/documents/6-K")
FORM = "6-K"


def tables(data: bytes) -> None:
    """Envelope, header, documents, lines, sections, blocks, and every table of the family: all rows of a submission."""
    for version in envelope.split(data).versions:
        reading = read_version(version)
        read_documents(reading, FORM, reading.header, FORMS)


def lines(data: bytes) -> None:
    text.lines(data, content.encoding(data)[0] or "ascii")


def put_documents(paths: list[Path], folder: Path) -> int:
    """Each document whose text is read, where it is HTML, as a file of its own; their bytes."""
    size = 0
    for path in paths:
        for version in envelope.split(path.read_bytes()).versions:
            main = content.main_position(version.documents)
            for document in version.documents:
                held = bytes(document.content)
                if has_text(document, FORM, is_main=document.position == main) and text.is_html(held):
                    (folder / f"{path.stem}.{document.position}.htm").write_bytes(held)
                    size += len(held)
    return size


def ingested(paths: list[Path]) -> float:
    """CPU seconds of a whole ingest of the files into a warehouse that stands, with zstd, typing, checks, snapshot."""
    with tempfile.TemporaryDirectory() as temporary:
        warehouse = Path(temporary) / "warehouse"
        ingest(warehouse, paths[:1])
        began = time.process_time()
        ingest(warehouse, paths[1:])
        return time.process_time() - began


def line(name: str, seconds: float, size: int, remark: str = "") -> None:
    print(f"{name:<46}{seconds:>8.2f}{size / 1e6 / seconds:>8.1f}  {remark}".rstrip())


def main() -> None:
    timing.pin()
    corpus = Path(os.environ.get("FILINGS_CORPUS", "../shared"))
    if not (corpus / "edgar").is_dir():
        sys.exit("needs the corpus of real filings: set FILINGS_CORPUS")
    paths = [path for folder in FOLDERS for path in timing.submissions(corpus / folder) if path.suffix != ".tsv"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        size = put_documents(paths, folder)
        documents = timing.submissions(folder)
        print(f"{len(paths)} files, {len(documents)} documents of {size / 1e6:.1f} MB of HTML; best of {ROUNDS}")
        print(f"{'':<46}{'CPU s':>8}{'MB/s':>8}")
        line("ours: all tables, as rows", timing.best(paths, {"tables": tables}, ROUNDS)["tables"], size, "at least 5")
        line("  lines alone", timing.best(documents, {"lines": lines}, ROUNDS)["lines"], size)
        line("ours: the whole ingest", min(ingested(paths) for _ in range(3)), size, "zstd, typing, checks, snapshot")
        if "--without-peers" in sys.argv:
            return
        for name, (peer, version) in PEERS.items():
            said = f"{peer} {version}"
            if wrong := environment.install(peer, version):
                print(f"{said:<46}not run: {wrong}")
            elif (seconds := environment.run(name, folder, ROUNDS_OF_PEERS)) is None:
                print(f"{said:<46}not run: it fails at the start")
            else:
                failed = f", fails on {seconds['failed']:.0f} files" if seconds["failed"] else ""
                line(said, seconds["peer"], size, f"text alone{failed}")


if __name__ == "__main__":
    main()
