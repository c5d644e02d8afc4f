"""One warehouse of every real file that is held, made once however many processes share the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouses import made_once

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
    return made_once(tmp_path_factory.getbasetemp(), "whole-corpus", [corpus / folder for folder in FOLDERS])


@pytest.fixture(scope="session")
def real_files(corpus: Path) -> dict[str, Path]:
    """Every file that `ingested` was given, by the name under which a warehouse keeps it."""
    return {
        f"{Path(folder).name}/{path.relative_to(corpus / folder).as_posix()}": path
        for folder in FOLDERS
        for path in sorted((corpus / folder).rglob("*"))
        if path.is_file()
    }
