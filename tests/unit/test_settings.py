from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from filings.errors import UsageError
from filings.settings import Settings, settle


def write(warehouse: Path, text: str) -> Path:
    warehouse.mkdir(exist_ok=True)
    (warehouse / "settings.toml").write_text(text, encoding="utf-8")
    return warehouse


def test_nothing_said_gives_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settle({}, {}) == Settings(warehouse=Path("warehouse"))
    assert settle({}, {}).timezone == "UTC"


def test_the_warehouse_is_flag_over_environment_over_here() -> None:
    here = {"FILINGS_WAREHOUSE": "there"}
    assert settle({"warehouse": Path("flag")}, here).warehouse == Path("flag")
    assert settle({"warehouse": None}, here).warehouse == Path("there")
    assert settle({}, {"FILINGS_WAREHOUSE": ""}).warehouse == Path("warehouse")


def test_each_place_wins_over_the_next(tmp_path: Path) -> None:
    warehouse = write(tmp_path / "w", 'timezone = "Asia/Tokyo"\nthreads = 3\nstrict = true\nformat = "csv"\n')
    environment = {"FILINGS_TIMEZONE": "Europe/Oslo", "FILINGS_THREADS": "2", "FILINGS_STRICT": "no"}
    settings = settle({"warehouse": warehouse, "timezone": "America/New_York", "threads": None}, environment)
    assert (settings.timezone, settings.threads, settings.strict) == ("America/New_York", 2, False)
    assert (settings.format, settings.quiet) == ("csv", False)


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    warehouse = write(tmp_path / "w", "quiet = true\ntime_zone = 'UTC'\ncolour = 1\n")
    with pytest.raises(UsageError) as caught:
        settle({"warehouse": warehouse}, {})
    assert "colour, time_zone" in caught.value.message
    assert "settings.toml" in caught.value.message
    assert "timezone" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("quiet = 1\n", "true or false"),
        ("threads = 'two'\n", "a whole number"),
        ("threads = true\n", "a whole number"),
        ("threads = 0\n", "1 or more"),
        ("timezone = 5\n", "a text in quotes"),
        ("format = 'xml'\n", "one of table, csv"),
        ("quiet = \n", "is not TOML"),
    ],
)
def test_a_wrong_value_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        settle({"warehouse": write(tmp_path / "w", text)}, {})
    assert said in caught.value.message
    assert "settings.toml" in caught.value.message


@pytest.mark.parametrize(("name", "value"), [("FILINGS_QUIET", "perhaps"), ("FILINGS_THREADS", "2.5")])
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        settle({}, {name: value})
    assert name in caught.value.message
    assert repr(value) in caught.value.message


def test_variables_of_others_are_no_settings() -> None:
    assert settle({}, {"FILINGS_FAULT": "x:1:kill", "FILINGS_CORPUS": "/somewhere"}) == Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().quiet = True  # type: ignore[misc]
