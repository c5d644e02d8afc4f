"""One target told: programs and webhooks that do as they should, and those that do not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts import Webhook, webhook
from filings.alert_rule import AlertRule
from filings.pipeline.deliver import deliver

MESSAGE = {
    "rule": "r",
    "filing_id": "sha256:00",
    "form_type": "8-K\x00",
    "text": "a \x1b[31mred\n“name”",
    "url": None,
    "companies": [{"name": "\ud800 <b>'\"; rm -rf / #"}],
}


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as one:
        yield one


def command(*words: str) -> AlertRule:
    return AlertRule("r", command=words)


def test_a_program_gets_the_message_and_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "mine")
    script = 'cat > got.json; printf "%s|" "$FILINGS_ALERT_RULE" "$FILINGS_ALERT_FORM_TYPE" "$FILINGS_ALERT_TEXT" "$MINE" > got.txt'
    assert deliver(command("sh", "-c", script), MESSAGE, tmp_path).why == ""
    assert json.loads((tmp_path / "got.json").read_text()) == MESSAGE
    assert (tmp_path / "got.txt").read_text() == "r|8-K\\u0000|a \\u001b[31mred\\n“name”|mine|"


@pytest.mark.parametrize(
    ("words", "said", "is_down"),
    [
        (("sh", "-c", "echo first; echo no\x1b luck >&2; exit 7"), "exit code 7: no\\u001b luck", False),
        (("sh", "-c", "exit 7"), "exit code 7", False),
        (("sh", "-c", "kill -9 $$"), "ended by signal 9", False),
        (("./not-here",), "./not-here cannot be run: No such file or directory", True),
        (("sh", "-c", "exec sleep 60"), "it did not end within 0.5 s", True),
    ],
)
def test_a_program_that_fails_says_why(words: tuple[str, ...], said: str, is_down: bool, tmp_path: Path) -> None:
    told = deliver(command(*words), MESSAGE, tmp_path, 0.5)
    assert (told.why, told.is_down) == (said, is_down)


def test_a_program_may_leave_something_running_and_read_nothing(tmp_path: Path) -> None:
    began = time.monotonic()
    assert deliver(command("sh", "-c", "sleep 5 & exit 0"), MESSAGE | {"text": "x" * 200_000}, tmp_path).why == ""
    assert time.monotonic() - began < 4


def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    script = "(sleep 1; touch late) & sleep 60"
    assert "did not end" in deliver(command("sh", "-c", script), MESSAGE, tmp_path, 0.2).why
    time.sleep(1.2)
    assert not (tmp_path / "late").exists()


def test_a_webhook_gets_json_and_headers(hook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("Bearer abc def\nsecond line\n")
    monkeypatch.setenv("HOOK", f"{hook.url}/a/b?c=d")
    rule = AlertRule("r", webhook="$HOOK", headers=(("Authorization", "@token"), ("X-Mine", "here")))
    assert deliver(rule, MESSAGE, tmp_path).why == ""
    ((path, headers, body),) = hook.requests
    assert (path, body) == ("/a/b?c=d", MESSAGE)
    assert (headers["Authorization"], headers["X-Mine"]) == ("Bearer abc def", "here")
    assert (headers["Content-Type"], headers["User-Agent"]) == ("application/json", "filings")


@pytest.mark.parametrize(
    ("answer", "said", "is_down"),
    [
        (204, "", False),
        (500, "answered 500: no\\u001b thank", False),
        (404, "answered 404: no\\u001b thank", False),
        (302, "answered 302, a redirect, which is not followed", False),
        ("hang", "no answer within 0.3 s", True),
        ("drip", "no answer within 0.3 s", True),
        ("reset", "Connection", True),
    ],
)
def test_a_webhook_that_fails_says_why(
    hook: Webhook, answer: int | str, said: str, is_down: bool, tmp_path: Path
) -> None:
    hook.answer = answer
    told = deliver(AlertRule("r", webhook=f"{hook.url}/hook"), MESSAGE, tmp_path, 0.3)
    assert (said in told.why) if said else told.why == ""
    assert told.is_down == is_down
    assert len(hook.requests) == 1, "neither redirects nor failures are asked again"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("$NOT_SET", "the variable NOT_SET is not set"),
        ("@not-here", "not-here cannot be read: No such file or directory"),
        ("@empty", "empty is empty"),
        ("@wrong", "the address in @wrong: it must be an address"),
    ],
)
def test_an_address_that_is_not_there(value: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "wrong").write_text("SECRET\n")
    told = deliver(AlertRule("r", webhook=value), MESSAGE, tmp_path)
    assert said in told.why and told.is_down and "SECRET" not in told.why


def test_no_reason_holds_a_secret(hook: Webhook, tmp_path: Path) -> None:
    hook.answer = "hang"
    headers = (("Authorization", "Bearer SECRET"),)
    whys = [
        deliver(AlertRule("r", webhook=f"{url}/SECRET?key=SECRET", headers=headers), MESSAGE, tmp_path, 0.2).why
        for url in (hook.url, "http://127.0.0.1:1", "http://no.such.host.invalid", hook.url.replace("http", "https"))
    ]
    assert all(whys) and "SECRET" not in str(whys)
