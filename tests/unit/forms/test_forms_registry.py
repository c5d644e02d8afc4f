from __future__ import annotations

from dataclasses import replace

import pytest

from filings.forms import registry
from filings.forms.ownership import FAMILY, ownership_filing
from filings.schema.columns import metadata


def test_the_registry_finds_families_by_itself() -> None:
    assert FAMILY in registry.FAMILIES
    for form in ("3", "3/A", "4", "4/A", "5", "5/A"):
        assert registry.family_of(form) is FAMILY
    assert registry.family_of(" 4/a ") is FAMILY


@pytest.mark.parametrize("form", [None, "", "8-K", "44", "4/B"])
def test_other_forms_have_no_family(form: str | None) -> None:
    assert registry.family_of(form) is not FAMILY


def test_a_form_has_one_family() -> None:
    with pytest.raises(ValueError, match="form 3 is claimed by ownership and by other"):
        registry.by_form((FAMILY, replace(FAMILY, name="other")))


def test_the_tables_of_a_family_are_registered() -> None:
    for family in registry.FAMILIES:
        assert all(metadata.tables[table.fullname] is table for table in family.tables)


def test_the_fingerprint_follows_what_changes_rows_and_nothing_else() -> None:
    assert FAMILY.fingerprint == replace(FAMILY).fingerprint
    changed = [
        replace(FAMILY, version=FAMILY.version + 1),
        replace(FAMILY, tables=FAMILY.tables[1:]),
        replace(FAMILY, skip={"remarks": "why"}),
        replace(FAMILY, roots={"ownershipDocument": (None, "urn:x")}),
        replace(FAMILY, forms=("4",)),
    ]
    prints = {family.fingerprint for family in changed}
    assert len(prints | {FAMILY.fingerprint}) == len(changed) + 1
    comment = ownership_filing.c.remarks.comment
    try:
        ownership_filing.c.remarks.comment = "a mended sentence"
        assert replace(FAMILY).fingerprint == FAMILY.fingerprint
    finally:
        ownership_filing.c.remarks.comment = comment
    reason = replace(FAMILY, skip={"remarks": "another sentence"})
    assert reason.fingerprint == changed[2].fingerprint
