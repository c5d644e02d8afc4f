"""Forms 3, 4 and 5 as a person reads them: who owns what of which issuer, what was bought, sold and held."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from filings.query.grid import Look, visible
from filings.query.sheet import WIDTH, facts, narrow, number, plain, section, words
from filings.query.show import FilingRows, Row

CODES = {
    "A": "grant or award",
    "C": "conversion of a derivative",
    "D": "disposition to the issuer",
    "E": "expiration of a short derivative",
    "F": "shares withheld for tax or price",
    "G": "gift",
    "H": "expiration or cancellation with value",
    "I": "discretionary transaction",
    "J": "other, see footnote",
    "L": "small acquisition",
    "M": "exercise or conversion",
    "O": "exercise out of the money",
    "P": "purchase",
    "S": "sale",
    "U": "tender in a change of control",
    "W": "will or inheritance",
    "X": "exercise in or at the money",
    "Z": "voting trust",
}
"""Transaction codes in a few words (forms.md 1.6)."""

_OF_THE_FILING = ("filing_id", "load_id", "document_position")


def ownership(shown: FilingRows, look: Look) -> Iterator[str]:
    """The sections of an ownership document; nothing for any other filing."""
    cover = (shown.tables.get("ownership_filing") or [{}])[0]
    if cover:
        yield from section("Ownership document", (line[2:] for line in facts(_cover(cover), look)), look)
    yield from section("Reporting owners", _owners(shown, look), look)
    for title, is_derivative in (("Transactions", "false"), ("Transactions in derivatives", "true")):
        yield from section(title, _transactions(shown, is_derivative, look), look)
    for title, is_derivative in (("Holdings", "false"), ("Holdings of derivatives", "true")):
        yield from section(title, _holdings(shown, is_derivative, look), look)
    yield from section("Footnotes", _footnotes(shown, look), look)
    signed = shown.tables.get("ownership_signature", [])
    yield from section(
        "Signed", narrow(["name", "on"], [(r["signature_name"], r["signature_date"]) for r in signed], (), look), look
    )


def _cover(cover: Row) -> Iterator[tuple[str, str | None]]:
    symbol = f" ({cover['issuer_trading_symbol']})" if cover["issuer_trading_symbol"] else ""
    yield "issuer", f"{cover['issuer_name'] or ''}{symbol}, CIK {cover['issuer_cik']}"
    for name, value in cover.items():
        if not name.startswith(("issuer_name", "issuer_cik", "issuer_trading")) and name not in _OF_THE_FILING:
            yield words(name), None if value in (None, "false") else plain(value or "")


def _owners(shown: FilingRows, look: Look) -> Iterator[str]:
    rows = []
    for row in shown.tables.get("ownership_reporting_owner", []):
        roles = (
            ("director", row["is_director"], None),
            ("officer", row["is_officer"], row["officer_title"]),
            ("10 % owner", row["is_ten_percent_owner"], None),
            ("other", row["is_other"], row["other_text"]),
        )
        role = ", ".join(name + (f": {text}" if text else "") for name, box, text in roles if box == "true" or text)
        place = ", ".join(part for part in (row["city"], row["state_code"] or row["country"]) if part)
        rows.append((row["owner_cik"], row["owner_name"], role, place))
    yield from narrow(["cik", "name", "role", "place"], rows, look=look)


def _transactions(shown: FilingRows, is_derivative: str, look: Look) -> Iterator[str]:
    notes = _notes(shown, "transaction")
    rows = [
        (
            row["transaction_date"],
            row["transaction_code"] and f"{row['transaction_code']} {CODES.get(row['transaction_code'], '')}".rstrip(),
            row["acquired_disposed_code"] and {"A": "+", "D": "-"}.get(row["acquired_disposed_code"], "?"),
            number(row["shares"]),
            number(row["price_per_share"]),
            number(row["total_value"]),
            number(row["shares_owned_following"] or row["value_owned_following"]),
            _owned(row),
            row["security_title"],
            *_underlying(row),
            notes.get(row["position"]),
        )
        for row in shown.tables.get("ownership_transaction", [])
        if row["is_derivative"] == is_derivative
    ]
    columns = ["date", "code", "", "shares", "price", "value", "owned after", "how", "security", *_UNDERLYING, "notes"]
    yield from narrow(columns, rows, {3, 4, 5, 6, 9, 11}, look)


def _holdings(shown: FilingRows, is_derivative: str, look: Look) -> Iterator[str]:
    notes = _notes(shown, "holding")
    rows = [
        (
            row["security_title"],
            number(row["shares_owned_following"] or row["value_owned_following"]),
            _owned(row),
            *_underlying(row),
            notes.get(row["position"]),
        )
        for row in shown.tables.get("ownership_holding", [])
        if row["is_derivative"] == is_derivative
    ]
    yield from narrow(["security", "owned", "how", *_UNDERLYING, "notes"], rows, {1, 3, 5}, look)


_UNDERLYING = ("exercise price", "underlying", "underlying shares", "exercisable", "expires")


def _underlying(row: Row) -> tuple[str | None, ...]:
    shares = number(row["underlying_shares"] or row["underlying_value"])
    price = number(row["conversion_or_exercise_price"])
    return price, row["underlying_security_title"], shares, row["exercise_date"], row["expiration_date"]


def _owned(row: Row) -> str | None:
    how = {"D": "direct", "I": "indirect"}.get(row["direct_or_indirect"] or "", row["direct_or_indirect"])
    return ": ".join(part for part in (how, row["nature_of_ownership"]) if part) or None


def _notes(shown: FilingRows, kind: str) -> dict[str | None, str]:
    """The footnotes that a row's cells name, each once."""
    found: dict[str | None, list[str]] = {}
    for row in shown.tables.get("ownership_footnote_ref", []):
        named = found.setdefault(row["row_position"], []) if row["row_kind"] == kind else []
        if row["footnote_id"] and row["footnote_id"] not in named:
            named.append(row["footnote_id"])
    return {position: " ".join(named) for position, named in found.items()}


def _footnotes(shown: FilingRows, look: Look) -> Iterator[str]:
    for row in shown.tables.get("ownership_footnote", []):
        name = row["footnote_id"] or "?"
        wrapped = textwrap.wrap(visible(row["footnote_text"] or ""), (look.width or WIDTH) - 8)
        yield from (f"{name if not place else '':4} {line}" for place, line in enumerate(wrapped))
