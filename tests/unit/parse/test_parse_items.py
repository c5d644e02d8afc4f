"""Item captions and numbers, both numbering systems (edgar.md C.3)."""

from __future__ import annotations

import pytest

from filings.parse import items


@pytest.mark.parametrize(
    ("caption", "old", "new"),
    [
        ("Other Events", "5", "8.01"),
        ("Other events", "5", "8.01"),
        ("Financial statements and exhibits", "7", "9.01"),
        ("Regulation FD Disclosure", "9", "7.01"),
        ("Results of Operations and Financial Condition", "12", "2.02"),
        ("Changes in Control of Registrant", "1", "5.01"),
        ("Changes in Registrant's Certifying Accountant", "4", "4.01"),
        ("Bankruptcy or Receivership", "3", "1.03"),
        # Only one of the systems has these: the day does not matter.
        ("Acquisition or disposition of assets", "2", "2"),
        ("Completion of Acquisition or Disposition of Assets", "2.01", "2.01"),
        ("Cost Associated with Exit or Disposal Activities", "2.05", "2.05"),
    ],
)
def test_the_day_chooses_between_two_numbers_of_one_caption(caption: str, old: str, new: str) -> None:
    assert (items.number_of(caption, True), items.number_of(caption, False)) == (old, new)


@pytest.mark.parametrize(
    ("day", "form_type", "old"),
    [
        ("20040822235959", "8-K", True),
        ("20040823000000", "8-K", False),
        ("19940124", "8-K", True),
        (None, "8-K", False),
        ("20240101120000", "1-U", True),
        ("20240101120000", "1-U/A", True),
    ],
)
def test_the_numbers_changed_on_23_august_2004_but_not_for_1_u(day: str | None, form_type: str, old: bool) -> None:
    assert items.has_old_numbers(form_type, day) is old


def test_blanks_and_case_of_a_caption_do_not_matter() -> None:
    assert items.number_of("  SUBMISSION of Matters\tto a  Vote of Security Holders", False) == "5.07"


@pytest.mark.parametrize(
    "caption",
    [
        "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers:"
        " Compensatory Arrangements of Certain Officers",
        "Departure of Directors or Principal Officers; Election of Directors; Appointment of Principal Officers",
    ],
)
def test_both_wordings_of_5_02(caption: str) -> None:
    assert items.number_of(caption, False) == "5.02"


@pytest.mark.parametrize(
    ("value", "number", "caption"),
    [
        ("7", "7", "Financial statements and exhibits"),  # 0000950144-94-000103: the bare number
        ("<ITEMS>06c", "06c", None),  # 0000925421-24-000007: the tag leaked, EDGAR has no caption
        ("Section 3(c)(1)", "3C.1", "Section 3(c)(1)"),
        ("Investment Company Act Section 3(c)", "3C", "Investment Company Act Section 3(c)"),
        ("Rule 506", "06", "Rule 506"),  # 0000919574-09-006093, whose XML says 06
        ("<ITEMS>", None, None),
        ("A caption that nobody knows", None, "A caption that nobody knows"),
    ],
)
def test_what_stands_behind_the_label(value: str, number: str | None, caption: str | None) -> None:
    assert items.read_label(value, old=False) == (number, caption)


def test_abs_15g_has_items_of_its_own() -> None:
    assert items.caption_of("2.01", "ABS-15G") is None
    assert items.caption_of("2.01", "8-K") == "Completion of Acquisition or Disposition of Assets"


def test_number_to_caption_and_back() -> None:
    old = [str(number) for number in range(1, 13)]
    new = {
        *(f"1.0{n}" for n in range(1, 6)),
        *(f"2.0{n}" for n in range(1, 7)),
        *(f"3.0{n}" for n in range(1, 4)),
        *(f"4.0{n}" for n in range(1, 3)),
        *(f"5.0{n}" for n in range(1, 9)),
        *(f"6.0{n}" for n in range(1, 7)),
        *("6.10", "7.01", "8.01", "9.01"),
    }
    for number in (*old, *new, "06", "3C", "3C.14"):
        caption = items.caption_of(number)
        assert caption is not None
        assert items.number_of(caption, number in old) == number
