"""Forms 3, 4 and 5: what insiders own and trade (forms.md 1, tables.md 6.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date as day
from typing import Any

from sqlalchemy import Column

from filings.forms.family import Family, FamilyReading, issue_of
from filings.schema.columns import (
    Computed,
    RowAt,
    RowBelow,
    Xml,
    date,
    decimal,
    flag,
    integer,
    one_row,
    rows,
    smallint,
    text,
)


def _rows_of(what: str, having: str | None = None, lacking: str | None = None) -> tuple[RowAt, ...]:
    """The elements of one kind of row in both tables. X0101 is flat: one element for both kinds, told apart by a child."""
    common, derivative = (("is_derivative", False),), (("is_derivative", True),)
    return (
        RowAt("nonDerivativeSecurity", having, lacking, common, f"nonDerivative{what}"),
        RowAt("derivativeSecurity", having, lacking, derivative, f"derivative{what}"),
        RowAt(f"nonDerivativeTable/nonDerivative{what}", values=common, kind=f"nonDerivative{what}"),
        RowAt(f"derivativeTable/derivative{what}", values=derivative, kind=f"derivative{what}"),
    )


ownership_filing = one_row(
    "ownership_filing",
    "One row for each Form 3, 4 or 5 with an ownershipDocument.",
    [
        text("schema_version", "version of the SEC's schema, as X0508", at=Xml("schemaVersion"), form="code"),
        text("document_type", "3 … 5/A; must equal the header's type", at=Xml("documentType"), null="expected", form="code", sec="SUBMISSION.DOCUMENT_TYPE"),
        date("period_of_report", "event (3), earliest transaction (4), fiscal year end (5)", at=Xml("periodOfReport"), past=True, sec="SUBMISSION.PERIOD_OF_REPORT"),
        date("date_of_original_submission", "in /A only, often wrong", at=Xml("dateOfOriginalSubmission"), past=True, sec="SUBMISSION.DATE_OF_ORIG_SUB"),
        flag("no_securities_owned", "Form 3: no securities are owned", at=Xml("noSecuritiesOwned"), sec="SUBMISSION.NO_SECURITIES_OWNED"),
        flag("not_subject_to_section16", "the owner is no longer subject to Section 16 (exit box)", at=Xml("notSubjectToSection16"), sec="SUBMISSION.NOT_SUBJECT_SEC16"),
        flag("form3_holdings_reported", "Form 5: holdings due on a Form 3 are reported", at=Xml("form3HoldingsReported"), sec="SUBMISSION.FORM3_HOLDINGS_REPORTED"),
        flag("form4_transactions_reported", "Form 5: transactions due on a Form 4 are reported", at=Xml("form4TransactionsReported"), sec="SUBMISSION.FORM4_TRANS_REPORTED"),
        flag("is_rule_10b5_1", "a transaction was made under a Rule 10b5-1 plan: one box for the whole filing; NULL before 2023", at=Xml("aff10b5One"), sec="SUBMISSION.AFF10B5ONE"),
        text("issuer_cik", "CIK of the issuer, 10 digits", at=Xml("issuer/issuerCik"), null="expected", form="cik", sec="SUBMISSION.ISSUERCIK"),
        text("issuer_name", "EDGAR's name at filing", at=Xml("issuer/issuerName"), form="name", sec="SUBMISSION.ISSUERNAME"),
        text("issuer_trading_symbol", "ticker as the filer typed it", at=Xml("issuer/issuerTradingSymbol"), form="name", sec="SUBMISSION.ISSUERTRADINGSYMBOL"),
        text("issuer_foreign_trading_symbol", "ticker on a foreign exchange; from 2026-03", at=Xml("issuer/issuerForeignTradingSymbol"), form="name"),
        text("remarks", "general remarks", at=Xml("remarks"), form="prose", sec="SUBMISSION.REMARKS"),
    ],
    at=(RowAt(""),),
    family="ownership",
)

ownership_reporting_owner = rows(
    "ownership_reporting_owner",
    "One row for each reporting owner; order means nothing, all rows of the filing belong to all owners.",
    [
        text("owner_cik", "CIK of the reporting owner, 10 digits", at=Xml("reportingOwnerId/rptOwnerCik"), null="expected", form="cik", sec="REPORTINGOWNER.RPTOWNERCIK"),
        text("owner_name", "name of the reporting owner; persons LAST FIRST MIDDLE", at=Xml("reportingOwnerId/rptOwnerName"), form="name", sec="REPORTINGOWNER.RPTOWNERNAME"),
        text("street1", "first line of the street", at=Xml("reportingOwnerAddress/rptOwnerStreet1"), form="name", sec="REPORTINGOWNER.RPTOWNER_STREET1"),
        text("street2", "second line of the street", at=Xml("reportingOwnerAddress/rptOwnerStreet2"), form="name", sec="REPORTINGOWNER.RPTOWNER_STREET2"),
        text("city", "city of the address", at=Xml("reportingOwnerAddress/rptOwnerCity"), form="name", sec="REPORTINGOWNER.RPTOWNER_CITY"),
        text("state_code", "state or country, EDGAR code, not ISO", at=Xml("reportingOwnerAddress/rptOwnerState"), form="code", sec="REPORTINGOWNER.RPTOWNER_STATE"),
        text("zip_code", "postcode as filed", at=Xml("reportingOwnerAddress/rptOwnerZipCode"), form="code", sec="REPORTINGOWNER.RPTOWNER_ZIPCODE"),
        text("state_description", "state or country in words, mostly of foreign addresses", at=Xml("reportingOwnerAddress/rptOwnerStateDescription"), form="name", sec="REPORTINGOWNER.RPTOWNER_STATE_DESC"),
        flag("is_non_us_address", "the address is outside the United States; from 2026-03", at=Xml("reportingOwnerAddress/rptOwnerNonUSAddressFlag")),
        text("non_us_state_territory", "state or territory abroad; from 2026-03", at=Xml("reportingOwnerAddress/rptOwnerNonUSStateTerritory"), form="name"),
        text("country", "country of the address; from 2026-03", at=Xml("reportingOwnerAddress/rptOwnerCountry"), form="name"),
        flag("is_director", "the owner is a director of the issuer (box ticked)", at=Xml("reportingOwnerRelationship/isDirector"), sec="REPORTINGOWNER.RPTOWNER_RELATIONSHIP"),
        flag("is_officer", "the owner is an officer of the issuer (box ticked)", at=Xml("reportingOwnerRelationship/isOfficer"), sec="REPORTINGOWNER.RPTOWNER_RELATIONSHIP"),
        flag("is_ten_percent_owner", "the owner holds 10 % or more (box ticked)", at=Xml("reportingOwnerRelationship/isTenPercentOwner"), sec="REPORTINGOWNER.RPTOWNER_RELATIONSHIP"),
        flag("is_other", "the owner stands in another relation (box ticked)", at=Xml("reportingOwnerRelationship/isOther"), sec="REPORTINGOWNER.RPTOWNER_RELATIONSHIP"),
        text("officer_title", "title of an officer; See Remarks is common", at=Xml("reportingOwnerRelationship/officerTitle"), form="name", sec="REPORTINGOWNER.RPTOWNER_TITLE"),
        text("other_text", "what the box Other means", at=Xml("reportingOwnerRelationship/otherText"), form="name", sec="REPORTINGOWNER.RPTOWNER_TXT"),
    ],
    at=(RowAt("reportingOwner"),),
    family="ownership",
)

ownership_transaction = rows(
    "ownership_transaction",
    "One row for each transaction line of Table I or II. Paths below nonDerivativeTable/nonDerivativeTransaction and derivativeTable/derivativeTransaction; X0101: nonDerivativeSecurity, derivativeSecurity with a transactionCoding.",
    [
        flag("is_derivative", "the row is of Table II: derivative securities such as options", at=Computed("which element the row is"), null="no"),
        integer("ordinal_in_form", "1, 2, 3 … over all transactions and holdings of the filing as they interleave", at=Computed("order in the document"), null="no"),
        integer("part_position", "1, 2, 3 … within its own kind, for comparison with the SEC's order", at=Computed("order in the document"), null="no"),
        text("security_title", "title of the security", at=Xml("securityTitle/value"), form="name", sec="DERIV_TRANS.SECURITY_TITLE, NONDERIV_TRANS.SECURITY_TITLE"),
        decimal("conversion_or_exercise_price", "conversion or exercise price of a derivative, dollars per share", at=Xml("conversionOrExercisePrice/value"), digits=(20, 4), unit="dollars per share", sec="DERIV_TRANS.CONV_EXERCISE_PRICE"),
        date("transaction_date", "trade date", at=Xml("transactionDate/value"), past=True, sec="DERIV_TRANS.TRANS_DATE, NONDERIV_TRANS.TRANS_DATE"),
        date("deemed_execution_date", "deemed execution date, if any", at=Xml("deemedExecutionDate/value"), past=True, sec="DERIV_TRANS.DEEMED_EXECUTION_DATE, NONDERIV_TRANS.DEEMED_EXECUTION_DATE"),
        text("transaction_form_type", "form on which the transaction is due: 4 or 5; 3 for late holdings", at=Xml("transactionCoding/transactionFormType"), form="code", sec="DERIV_TRANS.TRANS_FORM_TYPE, NONDERIV_TRANS.TRANS_FORM_TYPE"),
        text("transaction_code", "what kind of transaction: P open-market or private purchase, S such a sale, A grant or award, D disposition to the issuer, F price or tax paid with shares, M exercise or conversion (exempt), G gift, C conversion, E expiration (short), H expiration (long), I discretionary, J other, L small acquisition, O exercise out of the money, U tender, W will or inheritance, X exercise in the money, Z voting trust", at=Xml("transactionCoding/transactionCode"), form="code", sec="DERIV_TRANS.TRANS_CODE, NONDERIV_TRANS.TRANS_CODE"),
        flag("equity_swap_involved", "an equity swap is involved (suffix K)", at=Xml("transactionCoding/equitySwapInvolved"), sec="DERIV_TRANS.EQUITY_SWAP_INVOLVED, NONDERIV_TRANS.EQUITY_SWAP_INVOLVED"),
        text("transaction_timeliness", "E reported early, L late; empty on time", at=Xml("transactionTimeliness/value"), form="code", sec="DERIV_TRANS.TRANS_TIMELINESS, NONDERIV_TRANS.TRANS_TIMELINESS"),
        decimal("shares", "units of the security", at=Xml("transactionAmounts/transactionShares/value"), unit="units of the security", sec="DERIV_TRANS.TRANS_SHARES, NONDERIV_TRANS.TRANS_SHARES"),
        decimal("total_value", "value of a derivative transaction, dollars", at=Xml("transactionAmounts/transactionTotalValue/value"), unit="dollars", sec="DERIV_TRANS.TRANS_TOTAL_VALUE"),
        decimal("price_per_share", "price of one share, dollars; often a weighted average that a footnote explains", at=Xml("transactionAmounts/transactionValue/value", "transactionAmounts/transactionPricePerShare/value"), digits=(20, 4), unit="dollars per share", sec="DERIV_TRANS.TRANS_PRICEPERSHARE, NONDERIV_TRANS.TRANS_PRICEPERSHARE"),
        text("acquired_disposed_code", "A acquired, D disposed of", at=Xml("transactionAmounts/transactionAcquiredDisposedCode/value"), form="code", sec="DERIV_TRANS.TRANS_ACQUIRED_DISP_CD, NONDERIV_TRANS.TRANS_ACQUIRED_DISP_CD"),
        date("exercise_date", "day from which a derivative can be exercised", at=Xml("exerciseDate/value"), sec="DERIV_TRANS.EXCERCISE_DATE"),
        date("expiration_date", "day on which a derivative expires", at=Xml("expirationDate/value"), sec="DERIV_TRANS.EXPIRATION_DATE"),
        text("underlying_security_title", "title of the underlying security", at=Xml("underlyingSecurity/underlyingSecurityTitle/value"), form="name", sec="DERIV_TRANS.UNDLYNG_SEC_TITLE"),
        decimal("underlying_shares", "shares of the underlying security", at=Xml("underlyingSecurity/underlyingSecurityShares/value"), unit="shares", sec="DERIV_TRANS.UNDLYNG_SEC_SHARES"),
        decimal("underlying_value", "dollars", at=Xml("underlyingSecurity/underlyingSecurityValue/value"), unit="dollars", sec="DERIV_TRANS.UNDLYNG_SEC_VALUE"),
        decimal("shares_owned_following", "after this row's class and ownership form", at=Xml("postTransactionAmounts/sharesOwnedFollowingTransaction/value"), unit="shares", sec="DERIV_TRANS.SHRS_OWND_FOLWNG_TRANS, NONDERIV_TRANS.SHRS_OWND_FOLWNG_TRANS"),
        decimal("value_owned_following", "value owned after the transaction, where dollars are given instead of shares", at=Xml("postTransactionAmounts/valueOwnedFollowingTransaction/value"), unit="dollars", sec="DERIV_TRANS.VALU_OWND_FOLWNG_TRANS, NONDERIV_TRANS.VALU_OWND_FOLWNG_TRANS"),
        text("direct_or_indirect", "D held directly, I indirectly", at=Xml("ownershipNature/directOrIndirectOwnership/value"), form="code", sec="DERIV_TRANS.DIRECT_INDIRECT_OWNERSHIP, NONDERIV_TRANS.DIRECT_INDIRECT_OWNERSHIP"),
        text("nature_of_ownership", "nature of indirect ownership (By Trust)", at=Xml("ownershipNature/natureOfOwnership/value"), form="name", sec="DERIV_TRANS.NATURE_OF_OWNERSHIP, NONDERIV_TRANS.NATURE_OF_OWNERSHIP"),
    ],
    at=_rows_of("Transaction", having="transactionCoding"),
    family="ownership",
)

ownership_holding = rows(
    "ownership_holding",
    "One row for each holding line of Table I or II. Paths below nonDerivativeTable/nonDerivativeHolding and derivativeTable/derivativeHolding; X0101 as above without a transactionCoding.",
    [
        flag("is_derivative", "the row is of Table II: derivative securities such as options", at=Computed("which element the row is"), null="no"),
        integer("ordinal_in_form", "1, 2, 3 … over all transactions and holdings of the filing as they interleave", at=Computed("order in the document"), null="no"),
        integer("part_position", "1, 2, 3 … within its own kind, for comparison with the SEC's order", at=Computed("order in the document"), null="no"),
        text("security_title", "title of the security", at=Xml("securityTitle/value"), form="name", sec="DERIV_HOLDING.SECURITY_TITLE, NONDERIV_HOLDING.SECURITY_TITLE"),
        decimal("conversion_or_exercise_price", "conversion or exercise price of a derivative, dollars per share", at=Xml("conversionOrExercisePrice/value"), digits=(20, 4), unit="dollars per share", sec="DERIV_HOLDING.CONV_EXERCISE_PRICE"),
        text("transaction_form_type", "3 marks a late Form 3 holding on a Form 5", at=Xml("transactionCoding/transactionFormType"), form="code", sec="DERIV_HOLDING.TRANS_FORM_TYPE, NONDERIV_HOLDING.TRANS_FORM_TYPE"),
        date("exercise_date", "day from which a derivative can be exercised", at=Xml("exerciseDate/value"), sec="DERIV_HOLDING.EXERCISE_DATE"),
        date("expiration_date", "day on which a derivative expires", at=Xml("expirationDate/value"), sec="DERIV_HOLDING.EXPIRATION_DATE"),
        text("underlying_security_title", "title of the underlying security", at=Xml("underlyingSecurity/underlyingSecurityTitle/value"), form="name", sec="DERIV_HOLDING.UNDLYNG_SEC_TITLE"),
        decimal("underlying_shares", "shares of the underlying security", at=Xml("underlyingSecurity/underlyingSecurityShares/value"), unit="shares", sec="DERIV_HOLDING.UNDLYNG_SEC_SHARES"),
        decimal("underlying_value", "dollars", at=Xml("underlyingSecurity/underlyingSecurityValue/value"), unit="dollars", sec="DERIV_HOLDING.UNDLYNG_SEC_VALUE"),
        decimal("shares_owned_following", "after this row's class and ownership form", at=Xml("postTransactionAmounts/sharesOwnedFollowingTransaction/value"), unit="shares", sec="DERIV_HOLDING.SHRS_OWND_FOLWNG_TRANS, NONDERIV_HOLDING.SHRS_OWND_FOLWNG_TRANS"),
        decimal("value_owned_following", "value owned after the transaction, where dollars are given instead of shares", at=Xml("postTransactionAmounts/valueOwnedFollowingTransaction/value"), unit="dollars", sec="DERIV_HOLDING.VALU_OWND_FOLWNG_TRANS, NONDERIV_HOLDING.VALU_OWND_FOLWNG_TRANS"),
        text("direct_or_indirect", "D held directly, I indirectly", at=Xml("ownershipNature/directOrIndirectOwnership/value"), form="code", sec="DERIV_HOLDING.DIRECT_INDIRECT_OWNERSHIP, NONDERIV_HOLDING.DIRECT_INDIRECT_OWNERSHIP"),
        text("nature_of_ownership", "nature of indirect ownership (By Trust)", at=Xml("ownershipNature/natureOfOwnership/value"), form="name", sec="DERIV_HOLDING.NATURE_OF_OWNERSHIP, NONDERIV_HOLDING.NATURE_OF_OWNERSHIP"),
    ],
    at=_rows_of("Holding", lacking="transactionCoding"),
    family="ownership",
)

ownership_footnote = rows(
    "ownership_footnote",
    "One row for each footnote; an id defined twice is two rows.",
    [
        text("footnote_id", "F1 … F99", at=Xml("@id"), null="expected", form="code", sec="FOOTNOTES.FOOTNOTE_ID"),
        text("footnote_text", "text of the footnote", at=Xml(""), form="prose", sec="FOOTNOTES.FOOTNOTE_TXT"),
    ],
    at=(RowAt("footnotes/footnote"),),
    family="ownership",
)

ownership_footnote_ref = rows(
    "ownership_footnote_ref",
    "One row for each reference from a cell of a transaction or holding to a footnote.",
    [
        text("row_kind", "transaction or holding: which table row_position counts in", at=Computed("the row it stands in"), null="no"),
        integer("row_position", "position in ownership_transaction or ownership_holding", at=Computed("the row it stands in"), null="no"),
        text("field_name", "our column name", at=Computed("the element that holds footnoteId; transactionCoding/footnoteId → transaction_code"), null="no"),
        smallint("ref_position", "1, 2 … within the cell", at=Computed("order"), null="no"),
        text("footnote_id", "F1 … F99", at=Xml("@id"), null="expected", form="code"),
    ],
    at=(RowBelow("footnoteId", ("ownership_transaction", "ownership_holding")),),
    family="ownership",
)

ownership_signature = rows(
    "ownership_signature",
    "One row for each owner signature.",
    [
        text("signature_name", "signature as filed", at=Xml("signatureName"), form="name", sec="OWNER_SIGNATURE.OWNERSIGNATURENAME"),
        date("signature_date", "date of signing", at=Xml("signatureDate"), past=True, sec="OWNER_SIGNATURE.OWNERSIGNATUREDATE"),
    ],
    at=(RowAt("ownerSignature"),),
    family="ownership",
)


def _field_names(columns: Iterable[Column[Any]]) -> dict[str, str]:
    """Cell (the element that may hold footnotes beside its value) → our column."""
    cells = {path.removesuffix("/value"): column.name for column in columns if isinstance(column.info["at"], Xml) for path in column.info["at"].paths}
    coding = "transaction_code" if "transaction_code" in cells.values() else "transaction_form_type"
    return {**cells, "transactionCoding": coding}


_FIELDS = {table.name: _field_names(table.columns) for table in (ownership_transaction, ownership_holding)}


def _hang_footnotes(reading: FamilyReading) -> None:
    """Say of each reference in which row and cell it stands, and find those whose footnote the document does not hold."""
    held = {row.get("footnote_id") for row in reading.rows.get("ownership_footnote", ())}
    met: Counter[tuple[int, str]] = Counter()
    for found in reading.below.get("ownership_footnote_ref", ()):
        cell = (id(found.parent), found.cell)
        met[cell] += 1
        row, footnote = found.row, found.row.get("footnote_id")
        row["row_kind"] = found.parent_table.removeprefix("ownership_")
        row["row_position"] = found.parent["position"]
        row["field_name"] = _FIELDS[found.parent_table].get(found.cell, found.cell)
        row["ref_position"] = met[cell]
        if footnote is not None and footnote not in held:
            reading.issues.append(issue_of("footnote_missing", "ownership_footnote_ref", "footnote_id", row, str(footnote)))


FAMILY = Family(
    name="ownership",
    version=1,
    forms=("3", "3/A", "4", "4/A", "5", "5/A"),
    roots={"ownershipDocument": (None,)},
    tables=(
        ownership_filing,
        ownership_reporting_owner,
        ownership_transaction,
        ownership_holding,
        ownership_footnote,
        ownership_footnote_ref,
        ownership_signature,
    ),
    after=(_hang_footnotes,),
    xml_since=day(2003, 6, 30),
    form_type_column=ownership_filing.c.document_type,
    cik_columns=(ownership_filing.c.issuer_cik, ownership_reporting_owner.c.owner_cik),
)
