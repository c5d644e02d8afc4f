"""One peer over the corpus, in an interpreter that has it: `python run.py PEER FOLDER ROUNDS` prints JSON."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import timing

Reader = Callable[[bytes], Any]


def secsgml() -> Reader:
    """Reads header, heads and contents of the documents; decodes uuencode, which cannot be turned off."""
    from secsgml import parse_sgml_content_into_memory

    return lambda data: parse_sgml_content_into_memory(bytes_content=data)


def secsgml2() -> Reader:
    """The same in C; decodes nothing by itself."""
    from secsgml2 import parse_sgml_content_into_memory

    return lambda data: parse_sgml_content_into_memory(data)


def pyedgar() -> Reader:
    """Header, and the documents with their heads, out of text."""
    from pyedgar.utilities import forms

    def read(data: bytes) -> Any:
        text = data.decode("utf-8", errors="ignore")
        return forms.get_all_headers(text), forms.chunk_filing(text)

    return read


def edgartools() -> Reader:
    """Header as an object, and the documents with their heads, out of text."""
    from edgar.sgml.sgml_common import parse_submission_text

    return lambda data: parse_submission_text(data.decode("utf-8", errors="replace"))


def selectolax() -> Reader:
    """HTML to text by lexbor's tree; of what is hidden it knows nothing."""
    from selectolax.lexbor import LexborHTMLParser

    def read(data: bytes) -> Any:
        body = LexborHTMLParser(data.decode("utf-8", errors="replace")).body
        return body.text(separator=" ") if body is not None else ""

    return read


def edgartools_text() -> Reader:
    """HTML to text as `Filing.text` makes it: parsed, with its tables laid out."""
    from edgar.documents import HTMLParser, ParserConfig

    def read(data: bytes) -> Any:
        return (
            HTMLParser(ParserConfig(form="6-K"))
            .parse(data.decode("utf-8", errors="replace"))
            .text(table_max_col_width=500)
        )

    return read


PEERS: dict[str, Callable[[], Reader]] = {
    "secsgml": secsgml,
    "secsgml2": secsgml2,
    "pyedgar": pyedgar,
    "edgartools": edgartools,
    "selectolax": selectolax,
    "edgartools_text": edgartools_text,
}


def main() -> None:
    peer, folder, rounds = sys.argv[1:]
    timing.pin()
    paths = timing.submissions(Path(folder))
    read = PEERS[peer]()
    logging.disable(logging.CRITICAL)

    def tolerant(data: bytes) -> bool:
        with contextlib.suppress(Exception):  # whatever a peer raises, the next file is read
            read(data)
            return True
        return False

    failed = sum(not tolerant(path.read_bytes()) for path in paths)
    seconds = timing.best(paths, {"bare": timing.bare, "peer": tolerant}, int(rounds))
    print(json.dumps({**seconds, "failed": failed}))


if __name__ == "__main__":
    main()
