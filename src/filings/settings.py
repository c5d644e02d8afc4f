"""The settings of a run, one frozen object: flag over environment over the warehouse's `settings.toml` over default.

The warehouse itself is `--warehouse`, else ``FILINGS_WAREHOUSE``, else ``./warehouse``. Each other setting is a field
of `Settings`; its variable is ``FILINGS_`` and its name in capitals, its key in `settings.toml` its name. Only the rules of
alerts have no variable: they are tables of that file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from filings.alert_rule import AlertRule, read_rules
from filings.errors import UsageError

FORMATS = ("table", "csv", "json", "jsonl", "markdown", "parquet")
"""How the rows of an answer may be written."""

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


@dataclass(frozen=True)
class Settings:
    """What a run was asked for; `None` leaves the choice to the program."""

    warehouse: Path = Path("warehouse")
    quiet: bool = field(default=False, metadata={"help": "Say nothing but results and errors."})
    strict: bool = field(
        default=False, metadata={"help": "`ingest` ends with 3 when a filing was quarantined or a file refused."}
    )
    trust_names: bool = field(
        default=False, metadata={"help": "The accession number in a file's name is taken as the filing's own."}
    )
    format: str | None = field(default=None, metadata={"help": "How `query` writes its rows.", "values": FORMATS})
    text_forms: str = field(
        default="6-K, 8-K, 10-K, 10-Q, 20-F, 40-F",
        metadata={"help": "Forms whose text is loaded, amendments included; empty for none. `upgrade` after a change."},
    )
    timezone: str = field(default="UTC", metadata={"help": "The zone in which `query` shows and reads instants."})
    threads: int | None = field(default=None, metadata={"help": "Processor threads that `query` may use."})
    memory_limit: str | None = field(default=None, metadata={"help": "Memory that `query` may use, as `2GB`."})
    user_name: str | None = field(
        default=None, metadata={"help": "Who you are, a person or a company; the SEC wants it with every request."}
    )
    user_email: str | None = field(
        default=None, metadata={"help": "Where the SEC can write to you; it wants that with every request."}
    )
    edgar_url: str | None = field(
        default=None, metadata={"help": "Another host than `https://www.sec.gov`; the next two follow it."}
    )
    edgar_data_url: str | None = field(default=None, metadata={"help": "Another host than `https://data.sec.gov`."})
    edgar_search_url: str | None = field(default=None, metadata={"help": "Another host than `https://efts.sec.gov`."})
    processes: int | None = field(
        default=None,
        metadata={
            "help": "Processes that read filings where there are many; one a core up to 4, unless said; 1: none."
        },
    )
    requests_per_second: int = field(
        default=8,
        metadata={"help": "Requests of all processes of this machine together; the SEC allows no more than 10."},
    )
    block_seconds: int = field(
        default=600, metadata={"help": "How long everything waits when EDGAR blocks; at least 600 for the SEC's hosts."}
    )
    forms: str = field(default="", metadata={"help": "Forms that scheduled runs load, as `6-K, 20-F`; empty for all."})
    companies: str = field(default="", metadata={"help": "Companies that they load, by CIK or ticker; empty for all."})
    look_back_days: int = field(
        default=30, metadata={"help": "How many days back a `daily` run looks for what is not complete."}
    )
    prefect_port: int = field(
        default=4200,
        metadata={"help": "The port of the server that `up` starts; where it is taken, the next free one."},
    )
    alert_days: int = field(
        default=7, metadata={"help": "Alerts tell of filings that were public for at most so many days when they came."}
    )
    alerts: tuple[AlertRule, ...] = ()


_SETTINGS: dict[str, Field[Any]] = {each.name: each for each in fields(Settings) if "help" in each.metadata}


def settle(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a run.

    `flags` holds what was said on the command line, `None` where nothing was. Raises UsageError for an unknown key of
    `settings.toml`, for a value of the wrong kind, and for a file that is not TOML; it names the place.
    """
    environment = os.environ if environment is None else environment
    said = {name: value for name, value in (flags or {}).items() if value is not None}
    warehouse = Path(said.pop("warehouse", None) or environment.get("FILINGS_WAREHOUSE") or "warehouse")
    chosen = _of_file(warehouse / "settings.toml")
    for name, setting in _SETTINGS.items():
        variable = f"FILINGS_{name.upper()}"
        if variable in environment:
            chosen[name] = _of_text(setting, environment[variable], variable)
    chosen.update(
        {name: _checked(_SETTINGS[name], value, f"--{name.replace('_', '-')}") for name, value in said.items()}
    )
    return Settings(warehouse=warehouse, **chosen)


def _of_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    import tomllib  # only a warehouse with settings pays for it

    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    rules = read_rules(stated.pop("alerts", {}), str(path))
    if unknown := sorted(stated.keys() - _SETTINGS.keys()):
        known = ", ".join(sorted({*_SETTINGS, "alerts"}))
        raise UsageError(f"{path} holds unknown settings: {', '.join(unknown)}", f"Known are: {known}.")
    chosen: dict[str, Any] = {"alerts": rules} if rules else {}
    return chosen | {name: _checked(_SETTINGS[name], value, f"{name} in {path}") for name, value in stated.items()}


def _kind(setting: Field[Any]) -> type[bool] | type[int] | type[str]:
    stated = str(setting.type)
    return bool if stated.startswith("bool") else int if stated.startswith("int") else str


def _of_text(setting: Field[Any], text: str, where: str) -> Any:
    kind = _kind(setting)
    if kind is bool:
        if text.strip().lower() not in _TRUE | _FALSE:
            raise UsageError(f"{where} is {text!r}; it must be true or false")
        return text.strip().lower() in _TRUE
    if kind is int:
        try:
            return _checked(setting, int(text), where)
        except ValueError:
            raise UsageError(f"{where} is {text!r}; it must be a whole number") from None
    return _checked(setting, text, where)


def _checked(setting: Field[Any], value: Any, where: str) -> Any:
    kind = _kind(setting)
    if type(value) is not kind:
        wanted = {bool: "true or false", int: "a whole number", str: "a text in quotes"}[kind]
        raise UsageError(f"{where} is {value!r}; it must be {wanted}")
    if isinstance(value, int) and not isinstance(value, bool) and value < 1:
        raise UsageError(f"{where} is {value}; it must be 1 or more")
    values = setting.metadata.get("values")
    if values and value not in values:
        raise UsageError(f"{where} is {value!r}; it must be one of {', '.join(values)}")
    return value
