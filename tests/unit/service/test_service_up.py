"""`up` with fake children: order, what dies, what is killed, what is left, who is refused."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest
from places import Fakes
from stage import Stage, until

from filings.errors import ServiceError
from filings.service import children
from filings.service.going_down import down
from filings.service.holds import Hold, holder
from filings.service.home import SERVED
from filings.service.living import living, living_runs


def test_server_first_then_runner_and_down_in_the_other_order(stage: Stage) -> None:
    up = stage.up()
    until(stage.is_up)
    until(lambda: stage.events() == ["server began", "runner began"])
    assert f"its pages: http://127.0.0.1:{stage.port}" in stage.said()
    up.send(signal.SIGINT)
    assert up.wait() == 0
    assert stage.events() == ["server began", "runner began", "runner SIGTERM", "server SIGINT"]
    assert stage.nothing_is_left()
    assert stage.said().rstrip().endswith("down")


def test_sigterm_goes_down_too_and_a_later_up_comes_up(stage: Stage) -> None:
    for _ in range(2):
        up = stage.up()
        until(stage.is_up)
        up.send(signal.SIGTERM)
        assert up.wait() == 0
        assert stage.nothing_is_left()


def test_a_second_up_is_refused_with_who_since_when_and_where(stage: Stage) -> None:
    up = stage.up()
    until(stage.is_up)
    second = stage.up()
    assert second.wait() == 1
    assert f"filings is up already: process {up.pid}, since " in stage.said()
    assert f"http://127.0.0.1:{stage.port}" in stage.said()
    assert not up.is_over
    assert stage.pid("server")


@pytest.mark.parametrize("name", ["runner", "server"])
def test_what_dies_is_started_again(stage: Stage, name: str) -> None:
    stage.up()
    until(stage.is_up)
    other = "server" if name == "runner" else "runner"
    stays, first = stage.pid(other), stage.pid(name)
    os.kill(first, signal.SIGKILL)
    until(lambda: stage.pid(name) not in (0, first))
    assert f"the {name} is gone: killed by SIGKILL; it is started again" in stage.said()
    assert stage.pid(other) == stays
    assert holder(stage.home.folder / "server.lock").facts["port"] == stage.port  # type: ignore[union-attr]


def test_what_dies_again_and_again_is_waited_for_longer(stage: Stage) -> None:
    stage.do("runner", "die")
    up = stage.up()
    until(lambda: stage.events().count("runner died") >= 5)
    assert "exit code 7" in stage.said()
    assert "runner.log" in stage.said()
    stage.do("runner")
    until(lambda: stage.pid("runner"))
    up.send(signal.SIGTERM)
    assert up.wait() == 0


def test_a_server_that_hangs_is_ended_and_started_again(stage: Stage) -> None:
    stage.up()
    until(stage.is_up)
    first = stage.pid("server")
    (stage.folder / "hang").touch()
    until(lambda: "it is ended" in stage.said())
    (stage.folder / "hang").unlink()
    until(lambda: stage.pid("server") not in (0, first))


def test_a_server_that_dies_at_its_start_ends_up_with_its_words(stage: Stage) -> None:
    stage.do("server", "die")
    up = stage.up()
    assert up.wait() == 1
    assert "the server ended before it answered: exit code 7" in stage.said()
    assert "it is not my day" in stage.said()
    assert "runner began" not in stage.events()
    assert stage.nothing_is_left()


def test_a_port_that_somebody_has_is_passed_over(stage: Stage) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", stage.port))
        other.listen()
        stage.up()
        until(stage.is_up)
        assert holder(stage.home.folder / "server.lock").facts["port"] > stage.port  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["runner", "server"])
def test_who_ignores_the_wish_is_killed_with_all_it_started(stage: Stage, name: str) -> None:
    stage.do(name, "ignore", "child")
    up = stage.up()
    until(stage.is_up)
    until(lambda: (stage.folder / "grandchild").exists() and (stage.folder / "grandchild").read_text())
    up.send(signal.SIGTERM)
    assert up.wait() == 0
    assert f"the {name} did not end by itself and was killed" in stage.said()
    assert stage.nothing_is_left()
    grandchild = int((stage.folder / "grandchild").read_text())
    until(lambda: not is_alive(grandchild))


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ctrl_c_twice_does_not_wait(stage: Stage) -> None:
    stage.do("runner", "ignore")
    up = stage.up()
    until(stage.is_up)
    up.send(signal.SIGINT)
    until(lambda: "runner SIGTERM" in stage.events())
    up.send(signal.SIGINT)
    assert up.wait() == 0
    assert stage.nothing_is_left()


def test_ctrl_c_while_the_server_starts(stage: Stage) -> None:
    stage.do("server", "mute")
    up = stage.up()
    until(lambda: "server began" in stage.events())
    up.send(signal.SIGINT)
    assert up.wait() == 0
    assert "server SIGINT" in stage.events()
    assert "runner began" not in stage.events()
    assert stage.nothing_is_left()


# --- an `up` that was killed, in every phase


def test_killed_while_the_server_starts(stage: Stage) -> None:
    up = stage.up()
    until(lambda: stage.pid("server"))  # at the earliest moment
    up.kill()
    server = stage.pid("server")
    assert server, "the child lives on, and is known"
    stage.up()
    until(stage.is_up)
    assert stage.pid("server") == server
    assert "it is taken over" in stage.said()
    assert stage.events().count("server began") == 1


def test_killed_while_it_is_up(stage: Stage) -> None:
    up = stage.up()
    until(stage.is_up)
    server, runner = stage.pid("server"), stage.pid("runner")
    up.kill()
    assert (stage.pid("server"), stage.pid("runner")) == (server, runner)
    again = stage.up()
    until(stage.is_up)
    assert stage.pid("server") == server
    assert stage.pid("runner") != runner
    assert "a runner was left by an `up` that was killed" in stage.said()
    os.kill(server, signal.SIGKILL)  # also what it did not start itself is watched
    until(lambda: stage.pid("server") not in (0, server))
    again.send(signal.SIGTERM)
    assert again.wait() == 0
    assert stage.nothing_is_left()


def test_killed_while_the_runner_goes_down(stage: Stage) -> None:
    stage.do("runner", "ignore")
    up = stage.up()
    until(stage.is_up)
    server = stage.pid("server")
    up.send(signal.SIGTERM)
    until(lambda: "runner SIGTERM" in stage.events())
    up.kill()
    stage.do("runner")
    stage.up()
    until(stage.is_up)
    assert stage.pid("server") == server
    assert stage.events().count("runner began") == 2


def test_killed_while_the_server_goes_down(stage: Stage) -> None:
    stage.do("server", "ignore")
    up = stage.up()
    until(stage.is_up)
    up.send(signal.SIGTERM)
    until(lambda: "server SIGINT" in stage.events())
    up.kill()
    assert stage.pid("server")
    assert not stage.pid("runner")
    again = stage.up()
    until(stage.is_up)
    again.send(signal.SIGTERM)
    assert again.wait() == 0
    assert stage.nothing_is_left()


def test_a_server_of_another_version_is_not_taken_over(stage: Stage) -> None:
    up = stage.up()
    until(stage.is_up)
    server = stage.pid("server")
    up.kill()
    (stage.folder / "version").write_text("2")
    stage.up()
    until(stage.is_up)
    assert stage.pid("server") != server
    assert "of another version" in stage.said()


def test_a_second_one_of_a_kind_is_not_started(stage: Stage) -> None:
    stage.up()
    until(stage.is_up)
    with pytest.raises(ServiceError, match="another runner of this warehouse lives"):
        children.start(Fakes(stage.folder).runner(stage.port))


# --- filings down


def test_down_asks_the_up_that_runs(stage: Stage) -> None:
    up = stage.up()
    until(stage.is_up)
    said: list[str] = []
    assert down(stage.home, said.append)
    assert up.wait() == 0
    assert said == [f"asking process {up.pid} to go down …", "down"]
    assert stage.nothing_is_left()
    assert not down(stage.home, said.append)


def test_down_ends_what_a_killed_up_left_the_runner_first(stage: Stage) -> None:
    up = stage.up()
    until(stage.is_up)
    up.kill()
    assert down(stage.home, print)
    assert stage.events()[-2:] == ["runner SIGTERM", "server SIGINT"]
    assert stage.nothing_is_left()


def test_down_ends_the_runs_of_a_runner_that_was_killed_and_leaves_those_by_hand(stage: Stage) -> None:
    runs = {}
    for name, environment in (("served", {SERVED: "1"}), ("by-hand", {})):
        runs[name] = os.fork()
        if runs[name] == 0:
            os.environ.pop(SERVED, None)
            os.environ.update(environment)
            with living(stage.folder, name):
                signal.pause()
            os._exit(0)
    until(lambda: all(one.pid for one in living_runs(stage.home).values()) and len(living_runs(stage.home)) == 2)
    try:
        assert down(stage.home, print)
        assert list(living_runs(stage.home)) == ["by-hand"]
        assert is_alive(runs["by-hand"])
        assert not is_alive(runs["served"])
    finally:
        os.kill(runs["by-hand"], signal.SIGKILL)
        for pid in runs.values():
            os.waitpid(pid, 0)


# --- who lives


def test_a_hold_ends_with_its_process_whatever_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    assert holder(path) is None
    child = os.fork()
    if child == 0:
        hold = Hold.take(path)
        assert hold
        hold.sign(port=1)
        signal.pause()
        os._exit(0)
    until(lambda: (found := holder(path)) and found.pid == child and found.facts == {"port": 1})
    assert Hold.take(path) is None
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert holder(path) is None
    assert "port" in path.read_text(), "what the dead wrote is still there, and nobody believes it"
    with Hold.take(path) as hold:  # type: ignore[union-attr]
        assert holder(path).pid == 0  # type: ignore[union-attr]
        hold.sign()
        assert holder(path).pid == os.getpid()  # type: ignore[union-attr]
