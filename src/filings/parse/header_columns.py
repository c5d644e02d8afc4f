"""Which label or tag fills which column, from the declarations in `schema.core` (house, section 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Table

from filings.parse import header_values as values
from filings.parse.header_names import PARTS, key
from filings.schema import core
from filings.schema.columns import Header


class HeaderColumn(NamedTuple):
    """The column that a label fills, and the form its values get (None: as filed)."""

    name: str
    form: Callable[[str], str | None] | None


BARE = frozenset({"is_confirming_copy", "is_private_to_public", "is_paper", "is_correction", "is_deletion"})
"""Flags that a bare label states, and which are false without it; the other flags of the header have a value."""
STATES = frozenset({"state_of_incorporation", "state_code", "province_country"})
"""Columns of EDGAR's codes of states and countries."""

FORMS: dict[str, Callable[[str], str | None]] = {
    "filing.form_type": values.form_type,
    "filing_party.act": values.act,
    "filing_party.cik": values.party_cik,
    "filing_party.irs_number": values.employer_number,
}
"""The form that the values of a column get, where it is not the one that was filed."""


def _of(table: Table, *without: str) -> dict[str, HeaderColumn]:
    """The columns that a header fills, under each spelling of their label and under their tag, by key."""
    found: dict[str, HeaderColumn] = {}
    for column in table.columns:
        at = column.info["at"]
        if isinstance(at, Header) and column.name not in without:
            for spelling in (*at.labels, *([at.tag] if at.tag else ())):
                form = FORMS.get(f"{table.name}.{column.name}")
                found.setdefault(key(spelling), HeaderColumn(column.name, form))
    return found


FILING = _of(core.filing)
PARTY = _of(core.filing_party)
ADDRESS = _of(core.party_address, "kind")
FORMER_NAME = _of(core.party_former_name)
SERIES = _of(core.filing_series)
CLASS = _of(core.filing_class)
MERGER = _of(core.filing_merger, "side")

ITEMS = frozenset(_of(core.filing_item))
MEMBERS = frozenset(_of(core.group_member))
REFERENCES = {
    **dict.fromkeys(_of(core.filing_reference, "file_number_as_filed"), ("public_reference", "accession_number")),
    "REFERENCES 429": ("rule_429", "file_number_as_filed"),
    "REFERENCE 462B": ("rule_462b", "file_number_as_filed"),
}
"""Fields of the submission that make a row each: the row's kind, and the column of the value."""

IDENTITY = frozenset(spelling for spelling, column in PARTY.items() if column.name in ("cik", "conformed_name"))
"""Fields that only a party has."""

FIELDS = frozenset({*FILING, *PARTY, *ADDRESS, *FORMER_NAME, *SERIES, *CLASS, *ITEMS, *MEMBERS, *REFERENCES} - PARTS)
"""Labels and tags that fill a column somewhere: never the label of a section, however empty."""
