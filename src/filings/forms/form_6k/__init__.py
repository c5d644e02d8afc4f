"""Form 6-K, read from words: each module one idea, each rule one function with the number of its page."""

from filings.forms.family import Family
from filings.forms.form_6k import reader, tables

FAMILY = Family(
    name="form_6k",
    version=reader.VERSION,
    forms=reader.FORMS,
    roots={},
    tables=(tables.report_6k, tables.incorporation_by_reference, tables.press_contact),
    words=reader.read,
    cover=reader.form_on_cover,
)
