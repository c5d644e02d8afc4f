"""Raw stores in a folder of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from raw_packs import Stores


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = Stores(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[[], dict[str, tuple[bytes, int]]]:
    """Every byte of the raw folder, and when it was last written."""

    def take() -> dict[str, tuple[bytes, int]]:
        paths = (p for p in (tmp_path / "raw").rglob("*") if p.is_file())
        return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in paths}

    return take
