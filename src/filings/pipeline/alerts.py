"""Alerts: who asked to be told of new filings is told, once a filing; at least once where a run is killed.

In three steps, none of which holds the writer's lock while a target is waited for. New filings of the newest snapshot are
held against the rules, and those that match are noted in the control state, in one transaction with how far the rule has
come. They are sent, and what came of each is noted at once. The writer brings that into `ops.alert`.

Nothing here fails a run: what did not go is told, and a later run tries again.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from sqlalchemy import Engine, func, select

from filings.alert_rule import AlertRule
from filings.disk import disk
from filings.errors import Busy, FilingsError, UsageError
from filings.faults import Point, reach
from filings.load.alerts import GIVEN_UP, LONGEST, SENT, WAITING, Alert, add, change, forget, give_up, noted, record
from filings.load.database import Database
from filings.load.snapshot import Snapshots
from filings.pipeline import alert_marks
from filings.pipeline.alert_marks import Mark, marks
from filings.pipeline.deliver import Told, deliver
from filings.pipeline.progress import Progress, Silent
from filings.pipeline.warehouse import DATABASE, STATE, writer_lock
from filings.query import alert as query
from filings.query.connect import is_published
from filings.query.show import find, missing
from filings.raw.state import open_state
from filings.schema import state
from filings.settings import Settings, settle

LOCK = "load/alerts.lock"
ALTOGETHER = 60.0
"""Seconds after which a run sends no more; the rest waits for the next one."""
ATTEMPTS = 8
"""Times that an alert is tried before it is given up."""

_WAITS = tuple(timedelta(minutes=each) for each in (0, 1, 10, 60, 360, 1440, 1440))
"""From the first failure on: how long it is left alone. Together more than two days."""
_AT_ONCE = 200  # filings that are read for messages


@dataclass(slots=True)
class AlertReport:
    """What a run did about alerts: `sent`, `failed` (tried again later), `given_up`, `waiting` (not tried yet);
    `passed_over` had long been public when they came. `snapshot` was published to show what was sent."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    waiting: int = 0
    passed_over: int = 0
    snapshot: int | None = None

    def to_dict(self) -> dict[str, int]:
        """The counts that are not 0, by name."""
        counts = asdict(self)
        del counts["snapshot"]
        return {name: count for name, count in counts.items() if count}


def rules_of(warehouse: Path) -> Settings:
    """The settings with the rules: an affair of the warehouse, so that every run tells the same. Raises UsageError."""
    return settle({"warehouse": warehouse})


def ready_alerts(warehouse: Path) -> None:
    """At the start of a run: check the rules, and let those that are new begin with what is here now.

    Raises UsageError where a rule makes no sense, or its condition is no SQL; StoreError.
    """
    rules = rules_of(warehouse).alerts
    if not rules and not (warehouse / STATE).exists():
        return
    here = _checked(warehouse, rules) if rules else None
    engine = open_state(warehouse / STATE)
    try:
        known = marks(engine)
        if gone := known.keys() - {rule.name for rule in rules}:
            _take_out(engine, gone)
        if here:
            _begin(engine, rules, known, here)
    finally:
        engine.dispose()


def _checked(warehouse: Path, rules: Sequence[AlertRule]) -> query.Seen | None:
    """What is here now, after the rules were held against it. None where that cannot be said: then a new rule begins with
    what is here at the end of the run."""
    if not is_published(warehouse):
        return query.Seen()
    try:
        with query.opened(warehouse) as connection:
            for rule in rules:
                query.check(connection, rule)
            return query.seen(connection)
    except UsageError:
        raise
    except FilingsError:  # the run that begins may mend the snapshot
        return None


def _begin(engine: Engine, rules: Sequence[AlertRule], known: dict[str, Mark], here: query.Seen) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    new = []
    for rule in rules:
        since, mark = str(rule.since) if rule.since else None, known.get(rule.name)
        if mark is None:
            new.append((rule, Mark(now, None if since else here, since)))
        elif mark.since != since:  # it asks for others of those that are here
            new.append((rule, replace(mark, since=since, seen=None if since else mark.seen or here)))
    if new:
        with disk("noting new alerts"), engine.begin() as connection:
            reach(Point.STATE_COMMIT)
            for rule, mark in new:
                mark.write(connection, rule.name)


def _take_out(engine: Engine, names: set[str]) -> None:
    """Rules that are no longer in the settings: what waits for them is given up; put in again, they begin anew."""
    now = datetime.now(UTC)
    for one in noted(engine):
        if one.rule_name in names and one.state == WAITING:
            _note(engine, give_up(one, "the rule is no longer in the settings", now))
    alert_marks.forget(engine, names)


def send_alerts(
    warehouse: Path,
    *,
    progress: Progress | None = None,
    again: bool = False,
    altogether: float = ALTOGETHER,
    writes: bool = True,
) -> AlertReport:
    """After a snapshot was published: send what is new, and what is due of that which did not go. Holds no writer's lock.

    `again` tries at once what waits and what was given up. `altogether` seconds at most. What came of it is written to
    `ops.alert` and published, unless `writes` is off (for a run that publishes again soon, which writes it), or somebody
    else is writing, who will. Raises no error of ours: what went wrong is told to `progress`.
    """
    shown = progress or Silent()
    report = AlertReport()
    try:
        settings = rules_of(warehouse)
        if not settings.alerts or not is_published(warehouse):
            return report
        with _alone(warehouse, shown, waits=writes) as is_alone:
            if not is_alone:
                return report  # the other one sends them
            engine = open_state(warehouse / STATE)
            try:
                _Sending(settings, engine, report, shown).go(again, time.monotonic() + altogether)
                is_new = report.failed or report.given_up or any(one.state == SENT for one in noted(engine))
                if writes and is_new:
                    report.snapshot = _write(warehouse, engine)
            finally:
                engine.dispose()
    except FilingsError as error:
        shown.say(f"alerts wait for the next run: {error.message}")
    return report


@contextmanager
def _alone(warehouse: Path, shown: Progress, *, waits: bool) -> Iterator[bool]:
    """One process sends at a time: else two would send the same. False where another one does, for who does not wait."""
    path = warehouse / LOCK
    with disk("taking the lock of alerts"):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not waits:
                yield False
                return
            shown.say("waiting for another run to send its alerts")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield True
    finally:
        os.close(file)


class _Sending:
    """One run's alerts, under the lock of alerts."""

    def __init__(self, settings: Settings, engine: Engine, report: AlertReport, shown: Progress) -> None:
        self._settings, self._engine, self._report, self._shown = settings, engine, report, shown
        self._rules = {rule.name: rule for rule in settings.alerts}
        self._complained: set[str] = set()

    def go(self, again: bool, until: float) -> None:
        with query.opened(self._settings.warehouse) as connection:
            self._find(connection)
            now = datetime.now(UTC)
            waiting = [one for one in noted(self._engine) if one.rule_name in self._rules]
            due = [one for one in waiting if _is_due(one, now, again)]
            try:
                self._send(connection, due, until)
            finally:
                self._shown.finish()
        self._report.waiting = sum(
            one.rule_name in self._rules and one.state == WAITING and not one.attempts for one in noted(self._engine)
        )

    def _find(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Hold what is new against each rule. A rule that fails keeps its mark, and looks again next time."""
        known, told = marks(self._engine), {(one.rule_name, one.filing_id): one for one in query.history(connection)}
        here = query.seen(connection)
        had = self._known(told)
        looked: list[query.Seen | None] = []  # since when new filings are listed; most rules have come equally far
        for rule in self._rules.values():
            mark = known.get(rule.name)
            if mark is None:  # it came into the settings while this run was on
                _begin(self._engine, [rule], known, here)
                continue
            if mark.seen == here:
                continue
            try:
                if looked != [mark.seen]:
                    query.find_new(connection, mark.seen)
                    looked = [mark.seen]
                found = query.Matches([], 0, ())
                if query.count_new(connection):
                    found = query.matching(connection, rule, None if rule.since else self._settings.alert_days)
            except FilingsError as error:
                self._shown.say(f"alert {rule.name}: {error.message}")
                continue
            self._take_in(rule, replace(mark, seen=here), found, told.keys() | had)

    def _take_in(self, rule: AlertRule, mark: Mark, found: query.Matches, had: set[tuple[str, str]]) -> None:
        for ticker in found.unknown:
            self._shown.say(f"alert {rule.name}: no company has the ticker {ticker}")
        self._report.passed_over += found.passed_over
        fresh = [Alert(rule.name, filing, sha) for filing, sha in found.found if (rule.name, filing) not in had]
        with disk("noting what is to be told"), self._engine.begin() as connection:
            reach(Point.STATE_COMMIT)
            add(connection, fresh)
            replace(mark, passed_over=mark.passed_over + found.passed_over).write(connection, rule.name)

    def _known(self, told: dict[tuple[str, str], query.Told]) -> set[tuple[str, str]]:
        """Rule and filing of all that the control state knows, after it was held against `ops.alert` of the snapshot.

        What that says was sent it forgets; what that says did not go, and it does not know, it takes in: then it was lost,
        and made again.
        """
        every = noted(self._engine)
        shown = {key for key, row in told.items() if row.outcome == "sent"}
        forget(self._engine, [one for one in every if _key(one) in shown])
        had = {_key(one) for one in every}
        lost = [
            Alert(
                row.rule_name,
                row.filing_id,
                row.raw_sha256,
                state=WAITING if row.outcome.startswith("failed") else GIVEN_UP,
                why=row.outcome.partition(": ")[2],
            )
            for key, row in told.items()
            if row.outcome != "sent" and row.rule_name in self._rules and key not in had
        ]
        if lost:
            with disk("noting what is to be told"), self._engine.begin() as connection:
                reach(Point.STATE_COMMIT)
                add(connection, lost)
        return had | {_key(one) for one in lost}

    def _send(self, connection: duckdb.DuckDBPyConnection, due: Sequence[Alert], until: float) -> None:
        down: set[str] = set()
        run_id = _newest_run(self._engine)
        number = query.snapshot_number(connection)
        self._shown.start("send alerts", len(due), "alerts")
        for at in range(0, len(due), _AT_ONCE):
            some = due[at : at + _AT_ONCE]
            messages = query.messages(connection, {one.filing_id for one in some})
            for one in some:
                if time.monotonic() > until:
                    return
                if one.rule_name in down:
                    continue
                rule, message = self._rules[one.rule_name], messages.get(one.filing_id)
                if message is None:
                    told = Told("the filing is not in the snapshot")
                else:
                    whole = envelope(rule, message, self._settings.warehouse, number)
                    told = deliver(rule, whole, self._settings.warehouse)
                self._note(replace(one, run_id=run_id), told)
                self._shown.advance(1)
                if told.is_down:
                    down.add(one.rule_name)

    def _note(self, one: Alert, told: Told) -> None:
        now = datetime.now(UTC)
        tried = replace(one, attempts=one.attempts + 1, tried_at=now.isoformat(), why=told.why[:LONGEST])
        if not told.why:
            tried = replace(tried, state=SENT, next_try_at=None)
            self._report.sent += 1
        elif tried.attempts >= ATTEMPTS:
            tried = give_up(tried, told.why, now)
            self._report.given_up += 1
            self._complain(one, f"is given up: {told.why}")
        else:
            again = now + _WAITS[min(tried.attempts, len(_WAITS)) - 1]
            tried = replace(tried, state=WAITING, next_try_at=again.isoformat())
            self._report.failed += 1
            self._complain(one, f"did not go: {told.why}")
        _note(self._engine, tried)

    def _complain(self, one: Alert, what: str) -> None:
        """Once a rule; the rest is counted, and stands in `filings status`."""
        if one.rule_name not in self._complained:
            self._complained.add(one.rule_name)
            self._shown.say(f"alert {one.rule_name} of {one.filing_id} {what}")


def try_alert(settings: Settings, name: str, asked: str | None) -> tuple[AlertRule, str, Told]:
    """Tell the target of a rule of one filing, marked as a test, and write nothing: the filing that is asked for, else the
    newest that the rule would tell of. Gives the rule, the filing and what came of it.

    Raises UsageError where there is no such rule, its condition is no SQL, or it would tell of no filing here; FilingsError
    where the filing is not here.
    """
    rule = next((one for one in settings.alerts if one.name == name), None)
    if rule is None:
        known = ", ".join(one.name for one in settings.alerts) or "none"
        raise UsageError(f"there is no rule {name} in the settings", f"There are: {known}.")
    with query.opened(settings.warehouse) as connection:
        query.check(connection, rule)
        if asked:
            filing_id = find(connection, asked)
        else:
            query.find_new(connection, None)
            matches = query.matching(connection, rule, None).found
            if not matches:
                raise UsageError(f"{name} would tell of no filing that is here", "Name a filing behind the rule.")
            filing_id = matches[-1][0]
        message = query.messages(connection, [filing_id]).get(filing_id)
        number = query.snapshot_number(connection)
    if message is None:
        raise missing(filing_id)
    whole = envelope(rule, message, settings.warehouse, number, is_test=True)
    return rule, filing_id, deliver(rule, whole, settings.warehouse)


def _key(one: Alert) -> tuple[str, str]:
    return one.rule_name, one.filing_id


def _is_due(one: Alert, now: datetime, again: bool) -> bool:
    if one.state == WAITING:
        return again or not one.next_try_at or datetime.fromisoformat(one.next_try_at) <= now
    return again and one.state == GIVEN_UP


def envelope(
    rule: AlertRule, message: dict[str, object], warehouse: Path, snapshot: int, *, is_test: bool = False
) -> dict[str, object]:
    """The whole message: of which rule, which filing, and where it can be asked for. docs/alerts.md lists the keys."""
    place = {"warehouse": str(warehouse.resolve()), "snapshot": snapshot}
    return {"rule": rule.name, **message, **place, **({"test": True} if is_test else {})}


def _note(engine: Engine, one: Alert) -> None:
    """What came of an attempt: from here on it is not sent again."""
    with disk("noting what was told"), engine.begin() as connection:
        reach(Point.ALERT_NOTE)
        change(connection, one)


def _newest_run(engine: Engine) -> str | None:
    with disk("reading the runs"), engine.connect() as connection:
        number = connection.execute(select(func.max(state.run.c.run_id))).scalar()
    return None if number is None else str(number)


def _write(warehouse: Path, engine: Engine) -> int | None:
    """Bring what came of it into `ops.alert` and publish, where nobody is writing: who is does it when he publishes. Gives
    the number of the snapshot."""
    try:
        with writer_lock(warehouse, "alerts", None):
            database = Database(warehouse / DATABASE)
            try:
                record(database, engine)
                snapshots = Snapshots(warehouse, engine)
                snapshots.recover()
                is_behind = (
                    snapshots.published_load_id() != database.last_load_id()
                )  # also what a kill left unpublished
                return snapshots.publish(database) if is_behind else None
            finally:
                database.close()
    except Busy:
        return None
