"""The families there are. A module or package of `filings.forms` that holds a `FAMILY` is one: nothing else to touch."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import filings.forms
from filings.forms.family import Family
from filings.parse.submission import Document


def _declared() -> Iterator[Family]:
    for module in pkgutil.iter_modules(filings.forms.__path__, "filings.forms."):
        if module.name != __name__:
            family = getattr(import_module(module.name), "FAMILY", None)
            if isinstance(family, Family):
                yield family


def by_form(families: tuple[Family, ...]) -> dict[str, Family]:
    """Form type → family. Raises ValueError where two families claim one form: a bug of a declaration."""
    found: dict[str, Family] = {}
    for family in families:
        for form in family.forms:
            if form in found:
                raise ValueError(f"form {form} is claimed by {found[form].name} and by {family.name}")
            found[form] = family
    return found


FAMILIES: tuple[Family, ...] = tuple(_declared())
"""Every family, in the order of the names of its modules. Importing this module registers all their tables."""

_BY_FORM = by_form(FAMILIES)


def family_of(form_type: str | None) -> Family | None:
    """The family that reads a form type as it stands in `filing.form_type`; None where nobody does."""
    return _BY_FORM.get(" ".join((form_type or "").upper().split()))


def form_on_cover(document: Document) -> str | None:
    """The form type that a document without an envelope states on its cover; None where no family knows it."""
    return next((form for family in FAMILIES if family.cover and (form := family.cover(document))), None)
