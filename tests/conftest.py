"""What tests share: the corpus of real filings, and small warehouses."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
settings.register_profile("deep", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


# A runner in the background has Ctrl-C ignored, and its children would inherit that: tests that send it would wait for ever.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder that holds `edgar/`, `spec/`, `seeds/`; the test says by name what was not run where it is absent."""
    place = os.environ.get("FILINGS_CORPUS", "")
    if not place or not Path(place, "edgar").is_dir():
        pytest.skip("needs the corpus of real filings: set FILINGS_CORPUS")
    return Path(place)


LONG = ("tests/faults/", "tests/unit/service/", "tests/docs/", "tests/soak/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: who is done early takes the short ones off the others, and no long one is left to the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
