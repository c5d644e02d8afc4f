"""Rules of alerts: the tables ``[alerts.NAME]`` of a warehouse's `settings.toml`, read and checked.

A rule says which new filings somebody wants to be told of, and the one target that is told: a command or a webhook.
Whether its condition is SQL only a snapshot can say (`query/alert.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from filings.errors import UsageError
from filings.selection import Selection, kept

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_MINE = frozenset({"content-type", "content-length", "host", "transfer-encoding", "connection"})
"""Headers that belong to the request itself."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Which filings, and who is told. `forms` and `companies` as the settings of these names, `where` a condition in SQL;
    empty ones select nothing out, and all that are given must hold.

    `since` (a day by the filing date) tells also of filings that are here already. `command` is a program with its
    arguments; `webhook` an address, ``$VARIABLE`` or ``@FILE``, `headers` likewise by name. Addresses and headers may hold
    secrets: `target` is what may be shown.
    """

    name: str
    forms: str = ""
    companies: str = ""
    where: str = ""
    since: date | None = None
    command: tuple[str, ...] = field(default=(), repr=False)
    webhook: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def selection(self) -> Selection:
        """Its forms and companies."""
        return kept(self.forms, self.companies)

    @property
    def target(self) -> str:
        """Who is told, in words without a secret: the program's name, or the host of the address."""
        if self.command:
            return self.command[0]
        return self.webhook if is_elsewhere(self.webhook) else origin(self.webhook)


def is_elsewhere(value: str) -> bool:
    """Whether a value is not the thing itself but where it stands: ``$VARIABLE`` or ``@FILE``."""
    return value[:1] in ("$", "@") and len(value) > 1


def origin(url: str) -> str:
    """Scheme, host and port of an address: the rest may be a secret."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}"


def wrong_in_url(url: str) -> str:
    """Why an address cannot be told; empty where it can. Does not quote it: it may be a secret."""
    try:
        split = urlsplit(url)
        is_right = split.scheme in ("http", "https") and bool(split.hostname) and (split.port or 1) > 0
    except ValueError:
        is_right = False
    if not is_right or split.username or re.search(r"[\x00-\x20\x7f]", url):
        return "it must be an address such as https://example.com/hook, without a name or password in it"
    return ""


_KEYS = tuple(each.name for each in fields(AlertRule) if each.name != "name")
_KINDS = {
    "forms": (str, "a text in quotes"),
    "companies": (str, "a text in quotes"),
    "where": (str, "a text in quotes"),
    "since": (date, "a day without quotes, as 2026-01-31"),
    "command": (list, "a list of texts: the program and its arguments"),
    "webhook": (str, "a text in quotes"),
    "headers": (dict, "a table of texts"),
}


def read_rules(stated: object, place: str) -> tuple[AlertRule, ...]:
    """The rules of a settings file's table ``alerts``, in their order; `place` names the file.

    Raises UsageError for what is no rule; it names the rule and the key, and no value that may be a secret.
    """
    if not isinstance(stated, Mapping) or not all(isinstance(each, Mapping) for each in stated.values()):
        raise UsageError(f"alerts in {place} must be tables", "Write [alerts.NAME] above the keys of a rule.")
    return tuple(_rule(name, table, f"[alerts.{name}] in {place}") for name, table in stated.items())


def _rule(name: str, stated: Mapping[str, Any], where: str) -> AlertRule:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{where}: a name has letters, digits, - and _, at most 64", "Give the rule another name.")
    if unknown := sorted(stated.keys() - set(_KEYS)):
        raise UsageError(f"{where} holds unknown keys: {', '.join(unknown)}", f"Known are: {', '.join(sorted(_KEYS))}.")
    for key, value in stated.items():
        kind, wanted = _KINDS[key]
        if not isinstance(value, kind) or isinstance(value, datetime):
            raise UsageError(f"{key} of {where} must be {wanted}")
    targets = [key for key in ("command", "webhook") if stated.get(key)]
    if len(targets) != 1:
        said = "two targets" if targets else "no target"
        raise UsageError(f"{where} has {said}", "Give either command or webhook.")
    command, webhook, headers = stated.get("command", []), stated.get("webhook", ""), stated.get("headers", {})
    if not all(isinstance(each, str) and "\0" not in each for each in command) or (command and not command[0].strip()):
        raise UsageError(f"command of {where} must be a list of texts: the program and its arguments")
    if webhook and not is_elsewhere(webhook) and (wrong := wrong_in_url(webhook)):
        raise UsageError(f"webhook of {where}: {wrong}")
    if headers and not webhook:
        raise UsageError(f"headers of {where} belong to a webhook", "Take them out, or give webhook.")
    for header, value in headers.items():
        if not _HEADER.fullmatch(header) or header.lower() in _MINE or not isinstance(value, str):
            raise UsageError(
                f"headers of {where}: {header!r} cannot be given", "A header has a name and a text as its value."
            )
    rule = AlertRule(name, **{**stated, "command": tuple(command), "headers": tuple(headers.items())})
    try:
        chosen = rule.selection
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}", error.hint) from error
    if not (chosen or rule.where.strip()):
        raise UsageError(f"{where} selects nothing", 'Give forms, companies or where; where = "TRUE" is every filing.')
    return rule
