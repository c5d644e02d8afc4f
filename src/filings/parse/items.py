"""Item numbers and captions of the header: the one from the other (edgar.md C.3).

The text dialect states the caption, the tag dialect the number. Form 8-K was renumbered on 2004-08-23 (Release
33-8400) and kept several captions word for word, so that a caption alone does not tell its number: the day does.
"""

from __future__ import annotations

import re

RENUMBERED_ON = "20040823"
"""First day of the numbers with a point, YYYYMMDD, by acceptance."""

_SINCE_2004: dict[str, tuple[str, ...]] = {
    "1.01": ("Entry into a Material Definitive Agreement",),
    "1.02": ("Termination of a Material Definitive Agreement",),
    "1.03": ("Bankruptcy or Receivership",),
    "1.04": ("Mine Safety - Reporting of Shutdowns and Patterns of Violations",),
    "1.05": ("Material Cybersecurity Incidents",),
    "2.01": ("Completion of Acquisition or Disposition of Assets",),
    "2.02": ("Results of Operations and Financial Condition",),
    "2.03": (
        "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement of a"
        " Registrant",
    ),
    "2.04": (
        "Triggering Events That Accelerate or Increase a Direct Financial Obligation or an Obligation under an"
        " Off-Balance Sheet Arrangement",
    ),
    "2.05": (
        "Cost Associated with Exit or Disposal Activities",
        "Costs Associated with Exit or Disposal Activities",
    ),
    "2.06": ("Material Impairments",),
    "3.01": ("Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; Transfer of Listing",),
    "3.02": ("Unregistered Sales of Equity Securities",),
    "3.03": (
        "Material Modifications to Rights of Security Holders",
        "Material Modification to Rights of Security Holders",
    ),
    "4.01": ("Changes in Registrant's Certifying Accountant",),
    "4.02": (
        "Non-Reliance on Previously Issued Financial Statements or a Related Audit Report or Completed Interim Review",
    ),
    "5.01": ("Changes in Control of Registrant",),
    "5.02": (
        "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers:"
        " Compensatory Arrangements of Certain Officers",
        "Departure of Directors or Principal Officers; Election of Directors; Appointment of Principal Officers",
    ),
    "5.03": ("Amendments to Articles of Incorporation or Bylaws; Change in Fiscal Year",),
    "5.04": ("Temporary Suspension of Trading Under Registrant's Employee Benefit Plans",),
    "5.05": (
        "Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics",
        "Amendment to Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics",
    ),
    "5.06": ("Change in Shell Company Status",),
    "5.07": ("Submission of Matters to a Vote of Security Holders",),
    "5.08": (
        "Shareholder Director Nominations",
        "Shareholder Nominations Pursuant to Exchange Act Rule 14a-11",
    ),
    "6.01": ("ABS Informational and Computational Material",),
    "6.02": ("Change of Servicer or Trustee",),
    "6.03": ("Change in Credit Enhancement or Other External Support",),
    "6.04": ("Failure to Make a Required Distribution",),
    "6.05": ("Securities Act Updating Disclosure",),
    "6.06": ("Static Pool",),
    "6.10": ("Alternative Filings of Asset-Backed Issuers",),
    "7.01": ("Regulation FD Disclosure",),
    "8.01": ("Other Events",),
    "9.01": ("Financial Statements and Exhibits",),
}
_UP_TO_2004: dict[str, tuple[str, ...]] = {
    "1": ("Changes in control of registrant",),
    "2": ("Acquisition or disposition of assets",),
    "3": ("Bankruptcy or receivership",),
    "4": ("Changes in registrant's certifying accountant",),
    "5": ("Other events",),
    "6": ("Resignations of registrant's directors",),
    "7": ("Financial statements and exhibits",),
    "8": ("Change in fiscal year",),
    "9": ("Regulation FD disclosure",),
    "10": (
        "Amendments to the code of ethics",
        "Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics",
    ),
    "11": (
        "Temporary suspension of trading under employee benefit plans",
        "Temporary Suspension of Trading Under Registrant's Employee Benefit Plans",
    ),
    "12": ("Results of operations and financial condition",),
}
# 06b and 06c have none: EDGAR writes the code into the text dialect, tag and all.
_EXEMPTIONS: dict[str, tuple[str, ...]] = {
    "06": ("Rule 506",),
    "3C": ("Investment Company Act Section 3(c)",),
    **{f"3C.{number}": (f"Section 3(c)({number})",) for number in range(1, 15)},
}
_NUMBER = re.compile(r"\d{1,2}[A-Za-z]?(?:\.\d{1,2})?")
_LEAKED_TAG = "<ITEMS>"


def _folded(caption: str) -> str:
    return " ".join(caption.replace("’", "'").lower().split())


def _by_caption(*systems: dict[str, tuple[str, ...]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for system in systems:
        for number, captions in system.items():
            for caption in captions:
                found.setdefault(_folded(caption), number)
    return found


_CAPTIONS = {number: captions[0] for s in (_SINCE_2004, _UP_TO_2004, _EXEMPTIONS) for number, captions in s.items()}
_NUMBERS_SINCE_2004 = _by_caption(_SINCE_2004, _UP_TO_2004, _EXEMPTIONS)
_NUMBERS_UP_TO_2004 = _by_caption(_UP_TO_2004, _SINCE_2004, _EXEMPTIONS)


def has_old_numbers(form_type: str | None, day: str | None) -> bool:
    """Whether a caption means a number of before 2004-08-23, from the form and the acceptance (or filing) date.

    `day` begins with YYYYMMDD. Form 1-U numbers its items 1 to 9 to this day.
    """
    if form_type and form_type.startswith("1-U"):
        return True
    return day is not None and day[:8] < RENUMBERED_ON


def system(filing: dict[str, object]) -> tuple[str | None, bool]:
    """Form type of a row of `filing`, and whether its items have the old numbers: by acceptance, else filing date."""
    form_type, day = filing.get("form_type"), filing.get("accepted_at_eastern") or filing.get("filed_on")
    form_type = form_type if isinstance(form_type, str) else None
    return form_type, has_old_numbers(form_type, day if isinstance(day, str) else None)


def caption_of(number: str, form_type: str | None = None) -> str | None:
    """The caption that EDGAR writes for an item number; None where edgar.md C.3 knows none.

    ABS-15G has items of its own under numbers of Form 8-K, so there the caption of Form 8-K would be wrong.
    """
    if form_type and form_type.startswith("ABS-15G"):
        return None
    return _CAPTIONS.get(number)


def number_of(caption: str, old: bool, form_type: str | None = None) -> str | None:
    """The item number of a caption, in the old numbers or the new; None where edgar.md C.3 knows none."""
    if form_type and form_type.startswith("ABS-15G"):
        return None
    return (_NUMBERS_UP_TO_2004 if old else _NUMBERS_SINCE_2004).get(_folded(caption))


def read(value: str, old: bool, form_type: str | None, *, is_number: bool) -> tuple[str | None, str | None]:
    """Number and caption of a value: `is_number` in the tag dialect."""
    return (value, caption_of(value, form_type)) if is_number else read_label(value, old, form_type)


def read_label(value: str, old: bool, form_type: str | None = None) -> tuple[str | None, str | None]:
    """Number and caption from the text dialect, which states a caption, a bare number (1994), or a tag that leaked."""
    if value.startswith(_LEAKED_TAG):
        value = value[len(_LEAKED_TAG) :].strip()
        return value or None, caption_of(value, form_type)
    if _NUMBER.fullmatch(value):
        return value, caption_of(value, form_type)
    return number_of(value, old, form_type), value
