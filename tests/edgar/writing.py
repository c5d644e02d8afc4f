"""A submission in both dialects of its header (edgar.md B, C), of about the size wanted."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from edgar.filing import Party

_FILLER = [
    "the",
    "registrant",
    "agrees",
    "to",
    "furnish",
    "a",
    "copy",
    "of",
    "any",
    "instrument",
    "upon",
    "request",
    "and",
    "hereby",
    "reports",
    "as",
    "follows",
]


@cache
def _block() -> bytes:
    one = random.Random(7)
    lines = (" ".join(one.choices(_FILLER, k=12)) for _ in range(1200))
    return "\n".join(lines).encode() + b"\n"


def submission(
    dialect: str,
    accession: str,
    form: str,
    filed: date,
    accepted: datetime,
    parties: Sequence[Party],
    size: int,
) -> bytes:
    document = _document(accession, form, filed, parties)
    header = _text_header if dialect == "text" else _tag_header
    top = header(accession, form, filed, accepted, parties)
    body = _filled(document, size - len(top) - len(document) - 20)
    end = b"</SEC-DOCUMENT>\n" if dialect == "text" else b"</SUBMISSION>\n"
    return top + body + end


def _filled(document: bytes, missing: int) -> bytes:
    if missing <= 0:
        return document
    block = _block()
    filler = (block * (missing // len(block) + 1))[:missing].rpartition(b"\n")[0] + b"\n"
    exhibit = b"<DOCUMENT>\n<TYPE>EX-99\n<SEQUENCE>2\n<FILENAME>ex99.txt\n<TEXT>\n%b</TEXT>\n</DOCUMENT>\n" % filler
    return document + exhibit


def _text_header(accession: str, form: str, filed: date, accepted: datetime, parties: Sequence[Party]) -> bytes:
    lines = [
        f"<SEC-DOCUMENT>{accession}.txt : {filed:%Y%m%d}",
        f"<SEC-HEADER>{accession}.hdr.sgml : {filed:%Y%m%d}",
        f"<ACCEPTANCE-DATETIME>{accepted:%Y%m%d%H%M%S}",
        f"ACCESSION NUMBER:\t\t{accession}",
        f"CONFORMED SUBMISSION TYPE:\t{form}",
        "PUBLIC DOCUMENT COUNT:\t\t2",
        f"FILED AS OF DATE:\t\t{filed:%Y%m%d}",
        f"DATE AS OF CHANGE:\t\t{accepted:%Y%m%d}",
        "",
    ]
    for party in parties:
        part = "OWNER DATA" if party.role == "REPORTING-OWNER" else "COMPANY DATA"
        lines += [
            f"{party.role}:\t",
            "",
            f"\t{part}:\t",
            f"\t\tCOMPANY CONFORMED NAME:\t\t\t{party.name}",
            f"\t\tCENTRAL INDEX KEY:\t\t\t{party.cik:010d}",
            "",
            "\tFILING VALUES:",
            f"\t\tFORM TYPE:\t\t{form}",
            "\t\tSEC ACT:\t\t1934 Act",
            f"\t\tSEC FILE NUMBER:\t001-{party.cik % 100_000:05d}",
            "",
        ]
    return "\n".join([*lines, "</SEC-HEADER>", ""]).encode()


def _tag_header(accession: str, form: str, filed: date, accepted: datetime, parties: Sequence[Party]) -> bytes:
    lines = [
        "<SUBMISSION>",
        f"<ACCESSION-NUMBER>{accession}",
        f"<TYPE>{form}",
        "<PUBLIC-DOCUMENT-COUNT>2",
        f"<FILING-DATE>{filed:%Y%m%d}",
        f"<DATE-OF-FILING-DATE-CHANGE>{accepted:%Y%m%d}",
    ]
    for party in parties:
        role = party.role.replace(" ", "-")
        part = "OWNER-DATA" if role == "REPORTING-OWNER" else "COMPANY-DATA"
        lines += [
            f"<{role}>",
            f"<{part}>",
            f"<CONFORMED-NAME>{party.name}",
            f"<CIK>{party.cik:010d}",
            f"</{part}>",
            "<FILING-VALUES>",
            f"<FORM-TYPE>{form}",
            "<ACT>34",
            f"<FILE-NUMBER>001-{party.cik % 100_000:05d}",
            "</FILING-VALUES>",
            f"</{role}>",
        ]
    return "\n".join([*lines, ""]).encode()


def _document(accession: str, form: str, filed: date, parties: Sequence[Party]) -> bytes:
    if form in ("3", "4", "4/A"):
        body, name = _ownership(form, filed, parties), "ownership.xml"
    else:
        body, name = (
            f"<html><body><p>Form {form} of {parties[0].name}</p></body></html>".replace("&", "&amp;"),
            "main.htm",
        )
    return (
        f"<DOCUMENT>\n<TYPE>{form}\n<SEQUENCE>1\n<FILENAME>{name}\n<DESCRIPTION>{accession}\n<TEXT>\n{body}\n</TEXT>\n"
        "</DOCUMENT>\n"
    ).encode()


def _ownership(form: str, filed: date, parties: Sequence[Party]) -> str:
    names = {party.role: (f"{party.cik:010d}", party.name.replace("&", "&amp;")) for party in parties}
    (owner_cik, owner), (issuer_cik, issuer) = names["REPORTING-OWNER"], names["ISSUER"]
    trade = f"""        <nonDerivativeTransaction>
            <securityTitle><value>Common Stock</value></securityTitle>
            <transactionDate><value>{filed}</value></transactionDate>
            <transactionCoding><transactionFormType>4</transactionFormType><transactionCode>S</transactionCode>
                <equitySwapInvolved>0</equitySwapInvolved></transactionCoding>
            <transactionAmounts>
                <transactionShares><value>1200</value></transactionShares>
                <transactionPricePerShare><value>31.25</value></transactionPricePerShare>
                <transactionAcquiredDisposedCode><value>D</value></transactionAcquiredDisposedCode>
            </transactionAmounts>
            <postTransactionAmounts><sharesOwnedFollowingTransaction><value>8800</value>
                </sharesOwnedFollowingTransaction></postTransactionAmounts>
            <ownershipNature><directOrIndirectOwnership><value>D</value></directOrIndirectOwnership></ownershipNature>
        </nonDerivativeTransaction>"""
    holding = """        <nonDerivativeHolding>
            <securityTitle><value>Common Stock</value></securityTitle>
            <postTransactionAmounts><sharesOwnedFollowingTransaction><value>500</value>
                </sharesOwnedFollowingTransaction></postTransactionAmounts>
            <ownershipNature><directOrIndirectOwnership><value>D</value></directOrIndirectOwnership></ownershipNature>
        </nonDerivativeHolding>"""
    return f"""<XML>
<?xml version="1.0"?>
<ownershipDocument>
    <schemaVersion>X0508</schemaVersion>
    <documentType>{form}</documentType>
    <periodOfReport>{filed}</periodOfReport>
    <issuer><issuerCik>{issuer_cik}</issuerCik><issuerName>{issuer}</issuerName>
        <issuerTradingSymbol>NONE</issuerTradingSymbol></issuer>
    <reportingOwner>
        <reportingOwnerId><rptOwnerCik>{owner_cik}</rptOwnerCik><rptOwnerName>{owner}</rptOwnerName></reportingOwnerId>
        <reportingOwnerRelationship><isDirector>1</isDirector></reportingOwnerRelationship>
    </reportingOwner>
    <nonDerivativeTable>
{holding if form == "3" else trade}
    </nonDerivativeTable>
    <ownerSignature><signatureName>{owner}</signatureName><signatureDate>{filed}</signatureDate></ownerSignature>
</ownershipDocument>
</XML>"""
