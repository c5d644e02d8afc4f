"""One warehouse of every real file that is held, made once however many processes share the tests."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from filings.pipeline.ingest import ingest

FOLDERS = (
    "edgar/submissions",
    "edgar/mangled",
    "edgar/truncated",
    "edgar/headers",
    "edgar/document_only",
    "edgar/http_errors",
    "edgar/documents",
    "seeds",
)


@pytest.fixture(scope="session")
def ingested(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of all of `FOLDERS`; tests only read it."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "whole-corpus"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process makes it, the others wait here
        if not (place / "made").exists():
            ingest(place / "w", [corpus / folder for folder in FOLDERS])
            (place / "made").touch()
    return place / "w"


@pytest.fixture(scope="session")
def real_files(corpus: Path) -> dict[str, Path]:
    """Every file that `ingested` was given, by the name under which a warehouse keeps it."""
    return {
        f"{Path(folder).name}/{path.relative_to(corpus / folder).as_posix()}": path
        for folder in FOLDERS
        for path in sorted((corpus / folder).rglob("*"))
        if path.is_file()
    }
