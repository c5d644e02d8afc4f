"""Parameters of a command: their values read without pydantic, their names in the help as people write them.

Since 0.29 typer builds a pydantic validator for every parameter of a command, which costs 0.14 s of each call. Ours are
texts, whole numbers, paths and lists of paths; Python's own types read them. An older typer is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_READERS: dict[Any, Callable[[str], Any]] = {
    bool: bool,
    str: str,
    int: int,
    Path: Path,
    list[Path]: lambda values: [Path(value) for value in values],
    list[str]: list,
}


class _Reader:
    """Takes the place of typer's own coercion for one parameter."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the parameter's type. Raises BadParameter."""
        if value is None:
            return () if param.nargs == -1 else None
        try:
            return self._read(value)
        except ValueError as error:
            raise typer.BadParameter(f"{value!r} is not a valid integer.", ctx=ctx, param=param) from error


def _read_plainly(parameters: Iterable[Any]) -> None:
    """Let these parameters of a command read their values plainly, where typer offers the place."""
    for each in parameters:
        read = _READERS.get(getattr(getattr(each, "type_descriptor", None), "annotation", None))
        if read is not None and hasattr(each, "get_runtime_param"):
            reader = _Reader(read)
            each.get_runtime_param = lambda reader=reader: reader


def _name_plainly(parameters: Iterable[Any]) -> None:
    """Let arguments stand in the help by their own word: `PATH...`, not `{PATH...}...` of the type `<list[Path]>`."""
    for each in parameters:
        if getattr(each, "param_type_name", "") == "argument" and each.metavar:
            usage = each.metavar if each.required else f"[{each.metavar}]"
            each.get_usage_pieces = lambda ctx, usage=usage: [usage]
            if hasattr(each, "display_type_rich"):
                each.display_type_rich = lambda ctx: ""


class _ReadsPlainly:
    """For a command or a group: its parameters, the help option too, are read and named plainly."""

    def get_params(self, ctx: Any) -> Any:
        """The parameters, as they are about to be read."""
        found = super().get_params(ctx)  # type: ignore[misc]
        _read_plainly(found)
        _name_plainly(found)
        return found


class Command(_ReadsPlainly, TyperCommand):
    """A command of ours."""


class Group(_ReadsPlainly, TyperGroup):
    """All commands of ours."""
