"""Rules of alerts in `settings.toml`: what is one, what is none and is told by its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alerts import with_rules
from filings.errors import UsageError
from filings.settings import settle

COMMAND = 'command = ["true"]\n'


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    warehouse = with_rules(
        tmp_path / "w",
        'timezone = "Asia/Tokyo"\n[alerts.auditors]\nforms = "8-K, 6-K"\ncompanies = "320193, msft"\nsince = 2026-01-31\n'
        'command = ["tell", "me"]\n[alerts.all-of-it]\nwhere = "TRUE"\nwebhook = "https://example.com/hook"\n'
        'headers = { Authorization = "@token" }\n',
    )
    settings = settle({"warehouse": warehouse}, {})
    first, second = settings.alerts
    assert (first.name, first.command, first.since) == ("auditors", ("tell", "me"), date(2026, 1, 31))
    assert (first.selection.forms, first.selection.tickers) == (("8-K", "6-K"), ("MSFT",))
    assert (second.name, second.target, second.headers) == (
        "all-of-it", "https://example.com", (("Authorization", "@token"),),
    )  # fmt: skip
    assert (settings.timezone, settings.alert_days) == ("Asia/Tokyo", 7)
    assert settle({"warehouse": tmp_path}, {}).alerts == ()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('forms = "8-K"\n', "has no target"),
        ('forms = "8-K"\ncommand = []\n', "has no target"),
        ('forms = "8-K"\nwebhook = "https://example.com"\n' + COMMAND, "has two targets"),
        ('form = "8-K"\n' + COMMAND, "unknown keys: form"),
        ("forms = 8\n" + COMMAND, "forms of"),
        ('forms = "8*K"\n' + COMMAND, "is no form"),
        ('companies = "no ticker at all"\n' + COMMAND, "is no ticker"),
        ('forms = "8-K"\nsince = "2026-01-01"\n' + COMMAND, "a day without quotes"),
        ('forms = "8-K"\nsince = 2026-01-01T10:00:00\n' + COMMAND, "a day without quotes"),
        (COMMAND, "selects nothing"),
        ('where = " "\n' + COMMAND, "selects nothing"),
        ('forms = "8-K"\ncommand = "mail me"\n', "a list of texts"),
        ('forms = "8-K"\ncommand = ["mail", 3]\n', "a list of texts"),
        ('forms = "8-K"\nwebhook = "example.com/SECRET"\n', "must be an address"),
        ('forms = "8-K"\nwebhook = "ftp://example.com/SECRET"\n', "must be an address"),
        ('forms = "8-K"\nwebhook = "https://me:SECRET@example.com/"\n', "must be an address"),
        ('forms = "8-K"\nwebhook = "https://example.com/SECRET\\r\\nX: y"\n', "must be an address"),
        ('forms = "8-K"\nheaders = { A = "b" }\n' + COMMAND, "belong to a webhook"),
        ('forms = "8-K"\nwebhook = "https://example.com"\nheaders = { "A b" = "SECRET" }\n', "cannot be given"),
        ('forms = "8-K"\nwebhook = "https://example.com"\nheaders = { Host = "SECRET" }\n', "cannot be given"),
    ],
)
def test_what_is_no_rule_is_named_by_its_place_and_without_secrets(tmp_path: Path, rule: str, said: str) -> None:
    warehouse = with_rules(tmp_path / "w", f"[alerts.mine]\n{rule}")
    with pytest.raises(UsageError) as caught:
        settle({"warehouse": warehouse}, {})
    assert said in str(caught.value)
    assert "[alerts.mine]" in str(caught.value) and "settings.toml" in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("text", ["alerts = 3\n", "alerts.mine = 3\n", '[[alerts]]\nforms = "8-K"\n'])
def test_alerts_are_tables(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="must be tables"):
        settle({"warehouse": with_rules(tmp_path / "w", text)}, {})


def test_a_name_is_a_plain_word(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a name has letters"):
        settle({"warehouse": with_rules(tmp_path / "w", f'[alerts."a b"]\nforms = "8-K"\n{COMMAND}')}, {})


def test_no_secret_is_shown(tmp_path: Path) -> None:
    rules = '[alerts.a]\nforms = "8-K"\nwebhook = "https://hooks.example.com/SECRET?key=SECRET"\nheaders = { A = "SECRET" }\n'
    settings = settle({"warehouse": with_rules(tmp_path / "w", rules)}, {})
    assert "SECRET" not in repr(settings) + settings.alerts[0].target
