"""How long do envelope, header and spans take beside a bare loop, and how long do peers take for the same?

    FILINGS_CORPUS=../shared python bench/envelope.py [--without-peers]

CPU seconds on one core over the corpus of real submissions, reading of the files included; all in turns, several times,
and of each the best (`peers/timing.py`). The bare loop finds with `bytes.find` each ``<DOCUMENT>``, and behind it
``<TEXT>`` and ``</DOCUMENT>``. Peers are installed into an environment of their own, `.venv-peers/`; each runs in a
process of its own, beside the bare loop there.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from peers import environment, timing

from filings.parse import content, dots, envelope, header_rows, uuencode
from filings.parse.submission import Version

ROUNDS = 9
ROUNDS_OF_PEERS = 3
PEERS = {"secsgml": "0.3.6", "pyedgar": "0.1.13", "edgartools": "5.62.1", "secsgml2": "0.1.4"}


def split(data: bytes) -> list[Version]:
    return envelope.split(data).versions


def read(data: bytes) -> list[Version]:
    """Envelope, spans and header: what is compared."""
    versions = split(data)
    for version in versions:
        if version.header is not None:
            header_rows.read(version.header)
    return versions


def hashed(data: bytes) -> None:
    for version in read(data):
        hashlib.sha256(version.raw).hexdigest()
        for document in version.documents:
            hashlib.sha256(document.content).hexdigest()


def encoded(data: bytes) -> None:
    for version in read(data):
        for document in version.documents:
            if not uuencode.is_uuencoded(document.content):
                content.encoding(document.content)


def decoded(data: bytes) -> None:
    for version in read(data):
        uuencoded = [document for document in version.documents if uuencode.is_uuencoded(document.content)]
        are_doubled = bool(uuencoded) and dots.are_doubled(version.documents)
        for document in uuencoded:
            for _ in uuencode.Decoder(document.content, dots_doubled=are_doubled):
                pass


def line(name: str, seconds: float, beside: float, remark: str = "") -> None:
    print(f"{name:<42}{seconds:>8.3f}{seconds / beside:>8.2f}  {remark}".rstrip())


def main() -> None:
    timing.pin()
    folder = Path(os.environ.get("FILINGS_CORPUS", "../shared")) / "edgar" / "submissions"
    if not folder.is_dir():
        sys.exit("needs the corpus of real filings: set FILINGS_CORPUS")
    paths = timing.submissions(folder)
    size = sum(path.stat().st_size for path in paths)
    loops = {"bare": timing.bare, "walk": timing.walk, "anywhere": timing.anywhere}
    ours = {"split": split, "first": read, "read": read, "hashed": hashed, "encoded": encoded, "decoded": decoded}
    found = timing.best(paths, {**loops, **ours}, ROUNDS, before={"first": header_rows._plan.cache_clear})
    bare, base = found["bare"], found["read"]
    print(f"{len(paths):,} submissions, {size / 1e6:.1f} MB; CPU seconds on one core, best of {ROUNDS}")
    print(f"{'':<42}{'CPU s':>8}{'ratio':>8}")
    line("bare loop", bare, bare)
    line("  from mark to mark", found["walk"], bare, "no byte is looked at twice")
    line("  each mark by itself", found["anywhere"], bare)
    line("ours: envelope and spans", found["split"], bare)
    line(
        "ours: envelope, spans and header",
        found["first"],
        bare,
        "at most 4; no shape of a header is known at the start",
    )
    line("  in a longer run", base, bare, "the shapes are known")
    line("  hashing adds", found["hashed"] - base, bare, "sha256 of submission and documents")
    line("  the codec test adds", found["encoded"] - base, bare, "documents that are no uuencode")
    line("  uuencode adds", found["decoded"] - base, bare)
    if "--without-peers" in sys.argv:
        return
    for peer, version in PEERS.items():
        name = f"{peer} {version}"
        if wrong := environment.install(peer, version):
            print(f"{name:<42}not run: {wrong}")
        elif (seconds := environment.run(peer, folder, ROUNDS_OF_PEERS)) is None:
            print(f"{name:<42}not run: it fails at the start")
        else:
            failed = f"fails on {seconds['failed']:.0f} files" if seconds["failed"] else ""
            line(name, seconds["peer"], seconds["bare"], failed)


if __name__ == "__main__":
    main()
