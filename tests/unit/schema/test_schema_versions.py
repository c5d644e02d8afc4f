"""Pins: each stands in constraints.txt for a reason, and the reason says when it may go (DECISIONS.md, "Versions")."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[3]
PINS: dict[str, Version] = {
    canonicalize_name(name): Version(version)
    for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"))
}
WHEEL: dict[str, SpecifierSet] = {
    canonicalize_name(one.name): one.specifier
    for one in map(
        Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    )
}
REASONS = {
    "prefect": ("<3.9", "3.9 wants a certifi that the index does not have"),
    "fastapi": ("<0.151", "Prefect 3.8.8's server does not start on 0.151"),
    "sqlalchemy": ("<2.1", "Prefect 3.8.8 fires no schedule on 2.1, silently"),
    "duckdb-sqlalchemy": (">=1.5.6.4", "the first that passes the contract on DuckDB 2.0"),
    "duckdb": (">=1.5.6", "storage version v1.5.0, which people's 1.5 reads"),
}


@pytest.mark.parametrize("name", REASONS)
def test_the_pin_and_the_wheels_range_hold_the_reason(name: str) -> None:
    allowed, why = REASONS[name]
    assert PINS[name] in SpecifierSet(allowed), why
    assert PINS[name] in WHEEL[name], f"the wheel itself refuses what was tried together: {name}{WHEEL[name]}"
    for one in SpecifierSet(allowed):
        edge = one.version
        assert (edge in WHEEL[name]) == (edge in SpecifierSet(allowed)), f"{name} {edge}: {why}"


@pytest.mark.parametrize("name", sorted(WHEEL))
def test_the_wheel_allows_what_was_tried_together(name: str) -> None:
    assert str(PINS[name]) in WHEEL[name]


def test_prefect_still_asks_for_no_more_than_we_hold_back() -> None:
    """When Prefect itself caps these two, our caps are in the way of nobody and may go: then this test says so."""
    asked: dict[str, SpecifierSet] = {
        canonicalize_name(one.name): one.specifier for one in map(Requirement, requires("prefect") or [])
    }
    for name, edge in (("fastapi", "0.151"), ("sqlalchemy", "2.1")):
        assert edge in asked[name], f"Prefect asks for {name}{asked[name]} by itself: our own cap may go"


def test_one_dialect_alone_is_called_duckdb() -> None:
    """Two packages that register the same name: which one answers would be chance (storage.md 2)."""
    claiming = {
        str(one.metadata["Name"])
        for one in distributions()
        for entry in one.entry_points
        if entry.group == "sqlalchemy.dialects" and entry.name == "duckdb"
    }
    assert {canonicalize_name(name) for name in claiming} == {"duckdb-sqlalchemy"}
    assert "duckdb-engine" not in PINS


def test_the_installed_are_the_pinned() -> None:
    """What is tested here is what constraints.txt names; where a person installed others, this says which."""
    found: dict[str, Version] = {
        canonicalize_name(str(one.metadata["Name"])): Version(one.version) for one in distributions()
    }
    named = {name: (found[name], pin) for name, pin in PINS.items() if name in REASONS and found.get(name) != pin}
    if named:
        pytest.skip(f"not the versions of constraints.txt are installed: {named}")
    assert set(REASONS) <= set(found)
