"""`filings up`: the server and the runner of a warehouse, started in order, watched, taken down in the other order.

Whatever was killed and when, the next `up` finds what is left by the files that its children hold: it takes a server of
its own over, and ends a runner, since two would serve the same deployments. Nothing here knows what a flow is.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from filings.errors import ServiceError, UsageError
from filings.pipeline.progress import duration
from filings.service import children, living
from filings.service.api import Api
from filings.service.children import Child, Program
from filings.service.going_down import end, end_runs, told
from filings.service.holds import Hold, holder
from filings.service.home import Home, said_here, url_of
from filings.service.news import News
from filings.service.revival import Revival
from filings.service.stopping import Wish, wishes

_PORTS = 50
"""Ports that are tried, from the one of the settings on."""


class Place(Protocol):
    """Where a server and a runner live: a `Home`, or something smaller in a test."""

    def server(self, port: int) -> Program:
        """The server."""
        ...

    def runner(self, port: int) -> Program:
        """The runner."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient it is, in seconds.

    `start` for the server's first answer, `look` between two looks at the children, `poll` between two questions to the
    server, `answer` until a question is given up, `hung` without an answer until the server counts as hung. What dies is
    started again after `first`, then twice as long, `longest` at most; `steady` after its start it begins anew.
    """

    start: float = 180
    look: float = 1
    poll: float = 10
    answer: float = 15
    hung: float = 300
    first: float = 1
    longest: float = 300
    steady: float = 600


def up(
    home: Home, first_port: int, say: Callable[[str], None], *, pace: Pace | None = None, place: Place | None = None
) -> None:
    """Start the server and the runner, and see to it that they run, until Ctrl-C, SIGTERM or `filings down`.

    Raises ServiceError where another one is up, or the server cannot be started; StoreError.
    """
    hold = Hold.take(home.up)
    if hold is None:
        raise ServiceError(f"filings is up already: {who(home)}", "`filings status` shows it, `filings down` ends it.")
    with hold, wishes() as wish:
        hold.sign(settings=said_here())
        service = _Service(home, place or home, first_port, say, pace or Pace(), wish)
        try:
            service.come_up()
            service.watch()
        finally:
            service.go_down()


def who(home: Home) -> str:
    """Who holds a warehouse's `up`, since when, and where the pages are."""
    one, port = holder(home.up), port_of(home)
    parts = [f"process {one.pid}, since {clock(one.since)}" if one and one.pid else "it is just starting"]
    return ", ".join([*parts, url_of(port)] if port else parts)


def port_of(home: Home) -> int | None:
    """The port of the warehouse's server; None where none lives."""
    found = holder(home.folder / "server.lock")
    return int(found.facts["port"]) if found and "port" in found.facts else None


def clock(since: str) -> str:
    """A UTC instant for people, in their zone."""
    try:
        return f"{datetime.fromisoformat(since).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return since


class _Restart:
    """When something that died is started again."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._wait = pace.first
        self._started = time.monotonic()
        self._due: float | None = None

    def started(self) -> None:
        """It runs."""
        self._started, self._due = time.monotonic(), None

    def died(self) -> float | None:
        """It is dead; the seconds until it is started again where that is new, None where it is known."""
        if self._due is not None:
            return None
        if time.monotonic() - self._started > self._pace.steady:
            self._wait = self._pace.first
        wait, self._wait = self._wait, min(self._wait * 2, self._pace.longest)
        self._due = time.monotonic() + wait
        return wait

    @property
    def is_due(self) -> bool:
        """Whether it is time."""
        return self._due is not None and time.monotonic() >= self._due


class _Service:
    """The two children of one `up`."""

    def __init__(
        self, home: Home, place: Place, first_port: int, say: Callable[[str], None], pace: Pace, wish: Wish
    ) -> None:
        self._home, self._place, self._first_port = home, place, first_port
        self._say, self._pace, self._wish = say, pace, wish
        self._port = 0
        self._server: Child | None = None
        self._runner: Child | None = None
        self._restarts = {"server": _Restart(pace), "runner": _Restart(pace)}
        self._answered = time.monotonic()
        self._polled = 0.0

    # --- up

    def come_up(self) -> None:
        """Find what is left, then start what is missing. Raises ServiceError, StoreError."""
        if left := children.find(self._place.runner(0)):
            self._say("a runner was left by an `up` that was killed; it is ended")
            left.stop(lambda: self._wish.is_urgent)
        self._take_over()
        if not self._server and not self._wish.is_there:
            self._start_server()
        if self._server and not self._wish.is_there:
            self._listen()
            self._say(f"the server is up; its pages: {self._api.url}")
            self._start_runner()

    def _take_over(self) -> None:
        """The server that a killed `up` left, where it is of this version and answers."""
        left = children.find(self._place.server(0))
        if not left:
            return
        wanted = self._place.server(0).facts.get("prefect")
        port = int(left.facts.get("port") or 0)
        if port and left.facts.get("prefect") == wanted:
            self._say(f"a server of this warehouse runs already on port {port}; it is taken over")
            if self._answers(left, port):
                self._port, self._server = port, left
                return
        if self._wish.is_there and left.is_alive:
            self._server = left  # it goes down with the rest
            return
        if left.is_alive:
            self._say("the server that was left is of another version, or does not answer; it is ended")
            left.stop(lambda: self._wish.is_urgent)

    def _start_server(self) -> None:
        """Raises ServiceError where it ends before it answers, or does not answer."""
        self._port = _free_port(self._first_port)
        program = self._place.server(self._port)
        self._say("the Prefect server starts; that takes 15 to 30 seconds, more on a busy machine …")
        self._server = children.start(program)
        if self._answers(self._server, self._port) or self._wish.is_there:
            self._restarts["server"].started()
            return
        if self._server.is_alive:
            self._server.stop()
            said = f"the server did not answer within {duration(self._pace.start)}"
        else:
            said = f"the server ended before it answered: {self._server.ending}"
        self._server = None
        raise ServiceError(said, f"{children.tail(program.log)}\n  All of it: {program.log}".strip())

    def _answers(self, server: Child, port: int) -> bool:
        """Wait for the first answer; False where the server dies, does not answer in time, or somebody wishes an end."""
        api = Api(url_of(port), self._pace.answer)
        until = time.monotonic() + self._pace.start
        while server.is_alive and time.monotonic() < until and not self._wish.is_there:
            if api.is_healthy():
                return server.is_alive  # not somebody else's server, which had the port first
            self._wish.wait(min(self._pace.look, 0.2))
        return False

    def _listen(self) -> None:
        """Speak to the server on its port from now on."""
        self._api = Api(url_of(self._port), self._pace.answer)
        self._news = News(self._api)
        self._suspects = living.Suspects(self._api, self._home)
        self._revival = Revival(self._api, self._home)
        self._answered = time.monotonic()

    def _start_runner(self) -> None:
        self._runner = children.start(self._place.runner(self._port))
        self._restarts["runner"].started()
        self._polled = time.monotonic()  # its deployments come a little later
        self._say("the runner starts, which serves the flows; Ctrl-C or `filings down` ends both")

    # --- while it is up

    def watch(self) -> None:
        """Start again what dies, and tell what goes on, until somebody wishes an end. Raises StoreError."""
        while not self._wish.is_there:
            self._mend_server()
            self._mend_runner()
            if time.monotonic() - self._polled >= self._pace.poll:
                self._polled = time.monotonic()
                self._poll()
            self._wish.wait(self._pace.look)

    def _mend_server(self) -> None:
        server, restart = self._server, self._restarts["server"]
        if server and server.is_alive:
            if time.monotonic() - self._answered <= self._pace.hung:
                return
            self._say(f"the server has not answered for {duration(self._pace.hung)}; it is ended")
            server.stop(lambda: self._wish.is_urgent)
        if (wait := restart.died()) is not None:
            ending = f": {server.ending}" if server else ""
            self._say(f"the server is gone{ending}; it is started again in {duration(wait)} ({self._log('server')})")
        if not restart.is_due:
            return
        before = self._port
        try:
            self._first_port = self._port or self._first_port  # the runner knows this one
            self._start_server()
        except ServiceError as error:
            self._server = None
            restart.started()
            self._say(error.message)
            return
        if self._wish.is_there:
            return
        self._listen()
        self._say(f"the server is up again; its pages: {self._api.url}")
        if self._port != before and self._runner:
            self._runner.stop(lambda: self._wish.is_urgent)  # it speaks to the port that somebody else has now

    def _mend_runner(self) -> None:
        runner, restart = self._runner, self._restarts["runner"]
        if (runner and runner.is_alive) or self._wish.is_there or not (self._server and self._server.is_alive):
            return
        if (wait := restart.died()) is not None:
            ending = f": {runner.ending}" if runner else ""
            self._say(f"the runner is gone{ending}; it is started again in {duration(wait)} ({self._log('runner')})")
        if not restart.is_due:
            return
        try:
            self._start_runner()
        except ServiceError as error:
            restart.started()
            self._say(error.message)

    def _log(self, name: str) -> str:
        program = self._place.server(self._port) if name == "server" else self._place.runner(self._port)
        return f"its log: {program.log}"

    def _poll(self) -> None:
        if not self._server:
            return
        try:
            for line in self._news.look():
                self._say(line)
            for name in self._suspects.look():
                self._say(f"crashed: {name}, since its process is gone")
            for line in self._revival.look():
                self._say(line)
            self._answered = time.monotonic()
        except ServiceError:
            if self._api.is_healthy():
                self._answered = time.monotonic()

    # --- down

    def go_down(self) -> None:
        """Runner, then what it left running, then the server: each by itself if it can, with a word."""
        if not self._server and not self._runner:
            return
        self._say("going down; once more Ctrl-C does it at once" if not self._wish.is_urgent else "going down at once")
        if self._runner:
            self._end(self._runner)
        with told(self._say):
            end_runs(self._home, self._say, lambda: self._wish.is_urgent)
        if self._server:
            if self._server.is_alive and not self._wish.is_urgent and self._port:
                with told(self._say):
                    living.sweep(Api(url_of(self._port)), self._home, self._say, "filings went down.", settle=0)
            self._end(self._server)
        self._say("down")

    def _end(self, child: Child) -> None:
        end(child, self._say, lambda: self._wish.is_urgent)


def _free_port(first: int) -> int:
    """The first free port of this machine from `first` on. Raises ServiceError."""
    for port in range(first, min(first + _PORTS, 65536)):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself will ask for it
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServiceError(f"no port is free from {first} on", "Set prefect_port to another one.")


def checked_port(port: int) -> int:
    """A port as the settings give it. Raises UsageError."""
    if not 1024 <= port <= 65535:
        raise UsageError(f"prefect_port is {port}", "It goes from 1024 to 65535.")
    return port
