"""Claims: one at a time, whoever asks; free again when the holder is gone or its lease has run out."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from filings.pipeline.claims import Claims
from filings.raw.state import open_state
from filings.schema.state import claim, work


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Engine]:
    engine = open_state(tmp_path / "state.sqlite")
    yield engine
    engine.dispose()


def test_a_piece_of_work_is_held_by_one(state: Engine) -> None:
    mine, theirs = Claims(state), Claims(state)
    with mine.holding("day", "2024-01-02") as is_mine, theirs.holding("day", "2024-01-02") as is_theirs:
        assert (is_mine, is_theirs) == (True, False)
        with theirs.holding("day", "2024-01-03") as another:
            assert another
        holder = theirs.holder("day", "2024-01-02")
        assert holder and holder.pid == os.getpid()
    assert mine.holder("day", "2024-01-02") is None
    with theirs.holding("day", "2024-01-02") as is_theirs:
        assert is_theirs


def test_it_is_free_after_an_error(state: Engine) -> None:
    claims = Claims(state)
    with pytest.raises(ZeroDivisionError), claims.holding("day", "x"):
        raise ZeroDivisionError
    assert claims.holder("day", "x") is None


def test_many_threads_at_once_get_it_once(state: Engine) -> None:
    inside, most, wins = [0], [0], [0]
    lock, ready = threading.Lock(), threading.Barrier(8)

    def take() -> None:
        claims = Claims(state)
        ready.wait()
        for _ in range(5):
            with claims.holding("day", "x") as is_ours:
                if is_ours:
                    with lock:
                        inside[0] += 1
                        wins[0] += 1
                        most[0] = max(most[0], inside[0])
                    with lock:
                        inside[0] -= 1

    threads = [threading.Thread(target=take) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert most == [1] and wins[0] >= 1
    with state.connect() as connection:
        assert len(connection.execute(select(work.c.work_id)).all()) == 1


def test_the_claim_of_a_process_that_is_gone_is_free(state: Engine) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    claims = Claims(state)
    with claims.holding("day", "x"):
        with state.begin() as connection:
            connection.execute(update(claim).values(pid=gone.pid))
        with Claims(state).holding("day", "x") as is_ours:
            assert is_ours


def test_another_machine_s_claim_holds_until_its_lease_is_over(state: Engine) -> None:
    claims = Claims(state)
    with claims.holding("day", "x"):
        with state.begin() as connection:
            connection.execute(update(claim).values(host="elsewhere"))
        with Claims(state).holding("day", "x") as is_ours:
            assert not is_ours
        with state.begin() as connection:
            over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
            connection.execute(update(claim).values(lease_until=over))
        with Claims(state).holding("day", "x") as is_ours:
            assert is_ours


def test_a_lease_is_renewed_and_one_that_was_taken_over_is_left_alone(state: Engine) -> None:
    claims = Claims(state, lease=0.3)
    renewed = threading.Event()
    with claims.holding("day", "x"):
        with state.connect() as connection:
            first = connection.execute(select(claim.c.lease_until)).scalar_one()
        for _ in range(100):
            if renewed.wait(0.02):
                break
            with state.connect() as connection:
                if connection.execute(select(claim.c.lease_until)).scalar_one() > first:
                    renewed.set()
        assert renewed.is_set()
        with state.begin() as connection:  # as if it had hung, and somebody else has it now
            connection.execute(update(claim).values(taken_at="later", pid=1, host="elsewhere"))
    with state.connect() as connection:
        assert connection.execute(select(claim.c.taken_at)).scalars().all() == ["later"]
