"""A small EDGAR for each test, and a client that waits for nothing longer than it must."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from edgar.archive import Archive
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from filings.fetch.client import Client, Patience
from filings.fetch.wire import Timeouts
from filings.settings import Settings

HASTY = Patience(attempts=4, first=0.01, longest=0.02, timeouts=Timeouts(connect=2, read=0.5, stall=0.3, slowest=1000))


@pytest.fixture
def small() -> Iterator[SmallEdgar]:
    with SmallEdgar(Archive(generate(2, 12, scale=0.01)), gate=Gate(None)) as server:
        yield server


@pytest.fixture
def make_client(small: SmallEdgar, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    with ExitStack() as stack:

        def make(patience: Patience = HASTY, tell: Callable[[str], None] = print, **changed: Any) -> Client:
            said: dict[str, Any] = {
                "user_name": "Test",
                "user_email": "test@example.com",
                "edgar_url": small.url,
                "requests_per_second": 1000,
                "block_seconds": 1,
            }
            client = Client(Settings(**(said | changed)), patience=patience, tell=tell, state=tmp_path / "state")
            return stack.enter_context(client)

        yield make


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()
