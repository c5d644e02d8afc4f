"""Telling one target: a program of this machine, or a webhook. Whatever fails there is a reason in words, never an error.

A program is run without a shell, the message on its standard input. A webhook gets the message by POST; 2xx is told,
redirects are not followed. Both have ten seconds. Addresses and headers may be secrets: no reason holds them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filings.alert_rule import AlertRule, is_elsewhere, origin, wrong_in_url
from filings.fetch.wire import Broken, Timeouts, post
from filings.query.grid import visible

SECONDS = 10.0
_TAIL = 300  # characters of what a target says about its failure
_VARIABLE = 1000  # characters of a variable: the system takes no more than so many


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: `why` not, empty where it was told. `is_down`: nothing answers there, so the next one can wait."""

    why: str = ""
    is_down: bool = False


def deliver(rule: AlertRule, message: Mapping[str, Any], warehouse: Path, seconds: float = SECONDS) -> Told:
    """Tell the rule's target of one filing."""
    body = json.dumps(message).encode()
    if rule.command:
        try:
            return _run(rule, message, body, warehouse, seconds)
        except OSError as error:  # no room for what it is given, as a rule
            return Told(f"it cannot be given its message: {error.strerror}", is_down=True)
    try:
        url = _value(rule.webhook, warehouse)
        headers = {name: _value(value, warehouse) for name, value in rule.headers}
    except _Unknown as unknown:
        return Told(str(unknown), is_down=True)
    if wrong := wrong_in_url(url):
        return Told(f"the address in {rule.webhook}: {wrong}", is_down=True)
    for name, value in headers.items():
        if not value.isprintable() or not value.isascii():
            return Told(f"the value of the header {name} is no text for a header", is_down=True)
    return _post(url, headers, body, seconds)


class _Unknown(Exception):
    """A value that stands elsewhere is not there."""


def _value(text: str, warehouse: Path) -> str:
    """The value itself: of a variable, or the first line of a file; a path is taken from the warehouse."""
    if not is_elsewhere(text):
        return text
    name = text[1:]
    if text[0] == "$":
        if not (found := os.environ.get(name, "").strip()):
            raise _Unknown(f"the variable {name} is not set")
        return found
    try:
        lines = (warehouse / name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _Unknown(f"{name} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from error
    if not (lines and lines[0].strip()):
        raise _Unknown(f"{name} is empty")
    return lines[0].strip()


def _post(url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Told:
    """By a thread of its own: neither a name that is looked up nor a byte now and then may take longer."""
    outcome: list[Told] = []

    def work() -> None:
        try:
            sent = {**headers, "Content-Type": "application/json", "User-Agent": headers.get("User-Agent", "filings")}
            status, said = post(url, sent, body, Timeouts(connect=seconds, read=seconds), longest=_TAIL * 4)
        except Broken as error:
            outcome.append(Told(_clean(str(error), url, headers), is_down=True))
        else:
            outcome.append(_judged(status, _clean(said.decode("utf-8", "replace"), url, headers)))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    return outcome[0] if outcome else Told(f"no answer within {seconds:g} s", is_down=True)


def _judged(status: int, said: str) -> Told:
    if 200 <= status < 300:
        return Told()
    what = ", a redirect, which is not followed" if 300 <= status < 400 else f": {said}" if said else ""
    return Told(f"answered {status}{what}")


def _clean(text: str, url: str, headers: Mapping[str, str]) -> str:
    """On one line, short, without what may be a secret."""
    path = url.removeprefix(origin(url))
    for secret in (url, path, *headers.values(), *(part for value in headers.values() for part in value.split())):
        if len(secret) > 3:
            text = text.replace(secret, "…")
    return visible(text.strip())[:_TAIL]


def _run(rule: AlertRule, message: Mapping[str, Any], body: bytes, warehouse: Path, seconds: float) -> Told:
    """Files, not pipes: a program need not read what it is given, and may leave something behind that runs on."""
    facts = {name: message.get(name) for name in ("rule", "filing_id", "form_type", "url", "text")}
    variables = {
        f"FILINGS_ALERT_{name.upper()}": visible(str(value or ""))[:_VARIABLE] for name, value in facts.items()
    }
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(body + b"\n")
        given.seek(0)
        try:
            process = subprocess.Popen(
                rule.command, stdin=given, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
                cwd=warehouse, env={**os.environ, **variables},
            )  # fmt: skip
        except (OSError, ValueError) as error:
            return Told(f"{rule.command[0]} cannot be run: {getattr(error, 'strerror', None) or error}", is_down=True)
        try:
            code = process.wait(seconds)
        except BaseException as error:  # Ctrl-C, too
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                return Told(f"it did not end within {seconds:g} s", is_down=True)
            raise
        if code == 0:
            return Told()
        said.seek(max(0, said.seek(0, os.SEEK_END) - _TAIL))
        words = visible(said.read().decode("utf-8", "replace").strip())[-_TAIL:]
        how = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
        return Told(f"{how}: {words}" if words else how)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    except PermissionError:  # it has become another user's
        return
    process.wait()
