"""The way down: the runner, the flow runs that lost theirs, the server; and `filings down`, which asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from filings.errors import FilingsError, ServiceError
from filings.pipeline.progress import duration
from filings.service import children, living
from filings.service.api import Api
from filings.service.children import Child
from filings.service.holds import Hold, Holder, holder
from filings.service.home import Home, url_of


def end(child: Child, say: Callable[[str], None], is_hurried: Callable[[], bool] = lambda: False) -> None:
    """End a server or a runner, with a word."""
    began = time.monotonic()
    name = child.program.name
    if not child.is_alive:
        child.stop(lambda: True)  # what it left in its session
        say(f"the {name} has ended before")
    elif child.stop(is_hurried):
        say(f"the {name} has ended ({time.monotonic() - began:.1f} s)")
    else:
        say(f"the {name} did not end by itself and was killed")


def end_runs(home: Home, say: Callable[[str], None], is_hurried: Callable[[], bool] = lambda: False) -> None:
    """End the flow runs that a runner left when it was killed. Raises StoreError."""
    for run_id, one in living.living_runs(home).items():
        if not one.facts.get("served"):
            continue  # somebody runs it by hand
        say(f"a run that lost its runner is ended (process {one.pid})")
        children.end_process(one.pid, home.runs / f"{run_id}.lock", is_hurried)


@contextmanager
def told(say: Callable[[str], None]) -> Iterator[None]:
    """Going down goes on whatever fails on the way."""
    try:
        yield
    except FilingsError as error:
        say(error.message)


def down(home: Home, say: Callable[[str], None], patience: float = 120.0) -> bool:
    """End the `up` of a warehouse, or what a killed one left; False where there is nothing. Raises ServiceError."""
    one = _settled(home)
    if one is None:
        return _end_leftovers(home, say)
    say(f"asking process {one.pid} to go down …")
    children.ask(one.pid)
    until = time.monotonic() + patience
    while (still := holder(home.up)) and still.since == one.since and time.monotonic() < until:
        time.sleep(0.1)
    if holder(home.up):
        raise ServiceError(
            f"process {one.pid} is not down after {duration(patience)}", "Look at its terminal, or at the logs."
        )
    say("down")
    return True


def _settled(home: Home) -> Holder | None:
    until = time.monotonic() + 5
    while (one := holder(home.up)) and not one.pid and time.monotonic() < until:
        time.sleep(0.05)
    if one and not one.pid:
        raise ServiceError("somebody is just starting `up`", "Try again in a moment.")
    return one


def _end_leftovers(home: Home, say: Callable[[str], None]) -> bool:
    hold = Hold.take(home.up)  # nobody comes up meanwhile
    if hold is None:
        raise ServiceError("somebody is just starting `up`", "Try again in a moment.")
    with hold:
        hold.sign()
        found = [child for child in map(children.find, (home.runner(0), home.server(0))) if child]
        if found:
            say("`up` was killed before; what it left is ended")
        runs = any(one.facts.get("served") for one in living.living_runs(home).values())
        for child in found:
            if child.program.name == "server":
                end_runs(home, say)
                with told(say):
                    living.sweep(Api(url_of(int(child.facts["port"]))), home, say, "filings went down.", settle=0)
            end(child, say)
        if not any(child.program.name == "server" for child in found):
            end_runs(home, say)
    return bool(found) or runs
