"""Inputs that somebody made to break a reader, each with the outcome that it must have (tables.md 7, edgar.md A.5).

Each function makes the bytes of one file, the same ones each time; its name is the input's name. `heavy` ones take minutes
or gigabytes to read, and are left to `make soak`. What is hostile in the file system and not in the bytes stands in
tests/faults/test_faults_hostile.py.
"""

from __future__ import annotations

import binascii
import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from filings.parse.pem import BEGIN, END

MB = 1 << 20


@dataclass(frozen=True)
class Hostile:
    """One input. `outcome`: ``refused: VERDICT``, or the status in the ledger, with ``: REASON`` where there is one.

    `issues` are all the codes in `ops.issue`, `rows` how many rows some of the tables hold, of all the input's filings;
    `filings` is how many filings it is.
    """

    name: str
    make: Callable[[str], bytes]
    outcome: str
    issues: frozenset[str]
    rows: dict[str, int] = field(default_factory=dict)
    filings: int = 1
    is_heavy: bool = False

    @property
    def accession(self) -> str:
        """Its own accession number, which the header of its submission names."""
        return f"0009990077-24-{zlib.crc32(self.name.encode()) % 10**6:06}"

    def bytes(self) -> bytes:
        """What stands in the file."""
        return self.make(self.accession)


HOSTILE: list[Hostile] = []


def hostile(
    outcome: str, *issues: str, rows: dict[str, int] | None = None, filings: int = 1, heavy: bool = False
) -> Callable[[Callable[[str], bytes]], Callable[[str], bytes]]:
    """Enter a function into the list, with what must become of its bytes."""

    def enter(make: Callable[[str], bytes]) -> Callable[[str], bytes]:
        HOSTILE.append(Hostile(make.__name__, make, outcome, frozenset(issues), rows or {}, filings, heavy))
        return make

    return enter


def document(body: bytes, kind: bytes = b"8-K", *, filename: bytes = b"a.txt", number: int = 1) -> bytes:
    head = b"<DOCUMENT>\n<TYPE>%b\n<SEQUENCE>%d\n<FILENAME>%b\n<TEXT>\n" % (kind, number, filename)
    return head + body + b"\n</TEXT>\n</DOCUMENT>\n"


WORDS = document(b"words")
FILER = b"\nFILER:\n\n\tCOMPANY DATA:\t\n\t\tCOMPANY CONFORMED NAME:\t\t\tHOSTILE CO\n\t\tCENTRAL INDEX KEY:\t\t\t0000000077\n"


def header(
    accession: str, *, form: bytes = b"8-K", count: int | bytes = 1, more: bytes = b"", parties: bytes = FILER
) -> bytes:
    stated = b"%d" % count if isinstance(count, int) else count
    return (
        (
            b"<ACCEPTANCE-DATETIME>20240105120000\nACCESSION NUMBER:\t\t%b\nCONFORMED SUBMISSION TYPE:\t%b\n"
            b"PUBLIC DOCUMENT COUNT:\t\t%b\nFILED AS OF DATE:\t\t20240105\n" % (accession.encode(), form, stated)
        )
        + more
        + parties
    )


def submission(accession: str, documents: bytes = WORDS, **stated: bytes | int) -> bytes:
    name = accession.encode()
    return (
        b"<SEC-DOCUMENT>%b.txt : 20240105\n<SEC-HEADER>%b.hdr.sgml : 20240105\n" % (name, name)
        + header(accession, **stated)  # type: ignore[arg-type]
        + b"</SEC-HEADER>\n"
        + documents
        + b"</SEC-DOCUMENT>\n"
    )


OWNERSHIP = b"""<?xml version="1.0"?>
%b<ownershipDocument%b>
<schemaVersion>X0306</schemaVersion><documentType>4</documentType><periodOfReport>2024-01-03</periodOfReport>
<issuer><issuerCik>0000000077</issuerCik><issuerName>HOSTILE CO</issuerName><issuerTradingSymbol>HC</issuerTradingSymbol></issuer>
<reportingOwner><reportingOwnerId><rptOwnerCik>0000000078</rptOwnerCik><rptOwnerName>A B</rptOwnerName></reportingOwnerId>
<reportingOwnerRelationship><isDirector>1</isDirector></reportingOwnerRelationship></reportingOwner>
<nonDerivativeTable><nonDerivativeTransaction><securityTitle><value>Common</value></securityTitle>
<transactionDate><value>2024-01-03</value></transactionDate>
<transactionCoding><transactionFormType>4</transactionFormType><transactionCode>P</transactionCode><equitySwapInvolved>0</equitySwapInvolved></transactionCoding>
<transactionAmounts><transactionShares><value>%b</value></transactionShares><transactionPricePerShare><value>%b</value></transactionPricePerShare>
<transactionAcquiredDisposedCode><value>A</value></transactionAcquiredDisposedCode></transactionAmounts>
<postTransactionAmounts><sharesOwnedFollowingTransaction><value>10</value></sharesOwnedFollowingTransaction></postTransactionAmounts>
<ownershipNature><directOrIndirectOwnership><value>D</value></directOrIndirectOwnership></ownershipNature>
</nonDerivativeTransaction></nonDerivativeTable>
%b<ownerSignature><signatureName>A B</signatureName><signatureDate>2024-01-04</signatureDate></ownerSignature>
</ownershipDocument>"""
OWNER = FILER.replace(b"FILER:", b"ISSUER:") + FILER.replace(b"FILER:", b"REPORTING-OWNER:").replace(b"77", b"78")


def form_4(
    accession: str,
    *,
    before: bytes = b"",
    attributes: bytes = b"",
    shares: bytes = b"1",
    price: bytes = b"1",
    inside: bytes = b"",
) -> bytes:
    xml = OWNERSHIP % (before, attributes, shares, price, inside)
    return submission(accession, document(b"<XML>\n" + xml + b"\n</XML>", b"4"), form=b"4", parties=OWNER)


def uuencoded(data: bytes, *, end: bytes = b"\nend") -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip() for at in range(0, len(data), 45)]
    return b"begin 644 a.zip\n" + b"\n".join(lines) + b"\n" + end


# No filing at all


@hostile("refused: empty")
def an_empty_file(accession: str) -> bytes:
    return b""


@hostile("refused: empty")
def ten_mb_of_blanks(accession: str) -> bytes:
    return b" \r\n\t\n" * (2 * MB)


@hostile("quarantined: not_text")
def ten_mb_of_nuls(accession: str) -> bytes:
    return b"\0" * (10 * MB)


@hostile("quarantined: not_text")
def random_looking_bytes(accession: str) -> bytes:
    return b"".join(zlib.crc32(b"%d" % n).to_bytes(4, "big") for n in range(50_000))


@hostile("refused: gzip")
def gzip_of_a_filing(accession: str) -> bytes:
    return gzip.compress(submission(accession), mtime=0)


@hostile("quarantined: not_text")
def zip_bomb_saved_as_a_filing(accession: str) -> bytes:
    held = io.BytesIO()
    member = zipfile.ZipInfo("a.txt")
    member.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(held, "w") as archive, archive.open(member, "w") as file:
        for _ in range(200):
            file.write(b"\0" * MB)
    return held.getvalue()


@hostile("refused: tar")
def tar_of_filings(accession: str) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name in ("../../etc/passwd", "/etc/shadow", accession + ".txt"):
            member = tarfile.TarInfo(name)
            member.size = len(WORDS)
            archive.addfile(member, io.BytesIO(WORDS))
    return held.getvalue()


@hostile("quarantined: not_text")
def pdf_with_marks_of_an_envelope_inside(accession: str) -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"0 1 obj << /Length 9 >> stream\n" * 5000 + b"%%EOF\n"


@hostile("refused: s3_access_denied")
def s3_access_denied_with_a_long_tail(accession: str) -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>'
        + b"x" * MB
        + b"</Message></Error>"
    )


@hostile("refused: s3_no_such_key")
def s3_no_such_key_naming_a_filing(accession: str) -> bytes:
    return (
        b'<?xml version="1.0"?>\n<Error><Code>NoSuchKey</Code><Key>edgar/data/77/%b.txt</Key></Error>'
        % accession.encode()
    )


@hostile("refused: undeclared_tool")
def page_for_undeclared_tools(accession: str) -> bytes:
    return b"<!DOCTYPE html>\n<html><head><title>SEC.gov</title></head><body>Your Request Originates from an Undeclared Automated Tool</body></html>"


@hostile("refused: rate_blocked")
def page_for_too_many_requests(accession: str) -> bytes:
    return b"<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head><body></body></html>"


@hostile("no_family")
def filing_that_talks_of_error_pages(accession: str) -> bytes:
    page = b"<html><head><title>404 Not Found</title></head><body>Request Rate Threshold Exceeded, AccessDenied</body></html>"
    return submission(accession, document(page, filename=b"a.htm"))


@hostile("quarantined: not_text")
def utf_16_file(accession: str) -> bytes:
    return submission(accession).decode().encode("utf-16")


# Names and numbers of the header


@hostile("no_family", rows={"filing_party": 1, "header_extra": 1})
def nuls_in_header_values(accession: str) -> bytes:
    parties = FILER.replace(b"HOSTILE CO", b"\0A\0CO\0")
    return submission(accession, more=b"NUL\0LABEL:\t\ta\0b\n", parties=parties)


@hostile("no_family", rows={"header_extra": 1})
def label_of_10_mb(accession: str) -> bytes:
    return submission(accession, more=b"L" * (10 * MB) + b": value\n")


@hostile("no_family", rows={"header_extra": 1})
def tag_of_10_mb(accession: str) -> bytes:
    return submission(accession, more=b"<" + b"T" * (10 * MB) + b">value\n")


@hostile("no_family", rows={"filing_party": 1})
def value_of_10_mb(accession: str) -> bytes:
    return submission(accession, parties=FILER.replace(b"HOSTILE CO", b"V" * (10 * MB)))


@hostile("no_family", "header_value_repeated", rows={"header_extra": 5_000})
def one_field_5_000_times(accession: str) -> bytes:
    return submission(accession, more=b"FILED AS OF DATE:\t\t20240105\n" * 5_000)


@hostile("no_family", rows={"header_extra": 100_000})
def header_of_100_000_lines(accession: str) -> bytes:
    return submission(accession, more=b"A:b\n" * 100_000)


@hostile("no_family", rows={"header_extra": 1_000_000}, heavy=True)
def header_of_a_million_lines(accession: str) -> bytes:
    return submission(accession, more=b"A:b\n" * 1_000_000)


@hostile("no_family", rows={"filing_party": 100_000})
def a_hundred_thousand_parties(accession: str) -> bytes:
    return submission(accession, parties=FILER * 100_000)


@hostile("no_family")
def sections_10_000_deep(accession: str) -> bytes:
    tags = b"".join(b"<S%d>\n" % n for n in range(10_000)) + b"".join(b"</S%d>\n" % n for n in reversed(range(10_000)))
    return submission(accession, more=tags)


@hostile("no_family", "cik_missing")
def cik_of_ten_zeros(accession: str) -> bytes:
    return submission(accession, parties=FILER.replace(b"0000000077", b"0000000000"))


@hostile("no_family", "value_untyped", "date_out_of_range")
def dates_that_are_none(accession: str) -> bytes:
    more = b"CONFORMED PERIOD OF REPORT:\t99999999\nDATE AS OF CHANGE:\t\t00000000\nEFFECTIVENESS DATE:\t\t00010101\n"
    return submission(accession, more=more)


@hostile("no_family", "encoding_guessed")
def lone_surrogates_in_the_header(accession: str) -> bytes:
    return submission(accession, parties=FILER.replace(b"HOSTILE CO", b"A \xed\xa0\x80\xed\xbf\xbf CO"))


@hostile("no_family", "encoding_guessed")
def lone_surrogates_in_a_document(accession: str) -> bytes:
    return submission(accession, document(b"a \xed\xa0\x80 b"))


@hostile("no_family")
def byte_order_mark_before_the_envelope(accession: str) -> bytes:
    return b"\xef\xbb\xbf" + submission(accession)


# Documents: names, numbers, marks

_NAMES = {
    "climbs_to_etc_passwd": b"../../../../etc/passwd",
    "is_absolute": b"/etc/shadow",
    "is_of_windows": b"C:\\Windows\\System32\\config",
    "holds_a_nul": b"a.txt\0.exe",
    "has_10_000_characters": b"a" * 10_000,
    "runs_from_right_to_left": "a\u202etxt.exe\u2066\u200b".encode(),
    "holds_terminal_escapes": b"\x1b[2J\x1b]0;owned\x07.txt",
    "is_the_warehouse": b"filings.duckdb",
}


def _name_input(name: str, filename: bytes) -> None:
    def make(accession: str) -> bytes:
        return submission(accession, document(b"words", filename=filename))

    make.__name__ = f"filename_that_{name}"
    hostile("no_family", rows={"document": 1})(make)


for _name, _filename in _NAMES.items():
    _name_input(_name, _filename)


@hostile("no_family", rows={"document": 100_000})
def a_hundred_thousand_documents(accession: str) -> bytes:
    return submission(accession, b"".join(document(b"x", number=n) for n in range(1, 100_001)), count=100_000)


@hostile("no_family", rows={"document": 2_000}, filings=2_000)
def two_thousand_submissions_in_one_file(accession: str) -> bytes:
    return b"".join(submission(f"0009990078-24-{n:06}") for n in range(2_000))


@hostile("no_family", rows={"document": 100_000}, filings=100_000, heavy=True)
def a_hundred_thousand_submissions_in_one_file(accession: str) -> bytes:
    return b"".join(submission(f"0009990079-24-{n:06}") for n in range(100_000))


@hostile("quarantined: cut_off", "uuencode_damaged", rows={"document": 1})
def nothing_is_closed(accession: str) -> bytes:
    name = accession.encode()
    opened = b"<SEC-DOCUMENT>%b.txt : 20240105\n<SEC-HEADER>%b.hdr.sgml\n" % (name, name)
    return opened + header(accession) + b"<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<TEXT>\n<PDF>\nbegin 644 a.pdf\nM"


@hostile("quarantined: cut_off", rows={"document": 1})
def cut_in_the_middle_of_a_mark(accession: str) -> bytes:
    return submission(accession)[: -len("MENT>\n</SEC-DOCUMENT>\n")]


@hostile("no_family", "document_not_closed", "document_count_differs", "structure_doubtful", rows={"document": 10_000})
def documents_nested_10_000_deep(accession: str) -> bytes:
    opened = b"<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n" * 10_000
    return submission(accession, opened + b"</TEXT>\n</DOCUMENT>\n" * 10_000)


@hostile("no_family", "structure_doubtful", rows={"document": 1})
def ends_of_text_by_the_thousand(accession: str) -> bytes:
    return submission(accession, document(b"</TEXT>\n" * 200_000))


@hostile("no_family", "structure_doubtful", rows={"document": 1}, heavy=True)
def a_million_ends_of_text(accession: str) -> bytes:
    return submission(accession, document(b"</TEXT>\n" * 1_000_000))


@hostile("no_family", rows={"document": 1})
def beginnings_of_text_by_the_thousand(accession: str) -> bytes:
    return submission(accession, document(b"<TEXT>\n" * 200_000))


@hostile("no_family", "structure_doubtful", rows={"document": 1})
def documents_by_the_thousand_inside_one(accession: str) -> bytes:
    return submission(accession, document(b"<DOCUMENT>\n" * 200_000))


@hostile("no_family", rows={"document": 1})
def line_ends_of_every_kind(accession: str) -> bytes:
    ends = (b"\r", b"\r\n", b"\n")
    lines = submission(accession).splitlines()
    return b"".join(line + ends[n % 3] for n, line in enumerate(lines))


@hostile("no_family", "leaves_left_out", rows={"document": 1})
def one_line_of_40_mb(accession: str) -> bytes:
    return submission(accession, document(b"x" * (40 * MB)))


# uuencode


@hostile("no_family", rows={"document": 1})
def uuencode_of_lone_lines(accession: str) -> bytes:
    """2 MB that stand for 45 MB of zeros."""
    return submission(accession, document(b"begin 644 a.zip\n" + b"M\n" * MB + b"`\nend", filename=b"a.zip"))


@hostile("quarantined: inflates_too_far", rows={"document": 1}, heavy=True)
def uuencode_that_claims_10_gb(accession: str) -> bytes:
    return submission(
        accession, document(b"begin 644 a.zip\n" + b"M\n" * (10 * (1 << 30) // 45) + b"`\nend", filename=b"a.zip")
    )


@hostile("no_family", "uuencode_damaged", rows={"document": 1})
def uuencode_that_never_ends(accession: str) -> bytes:
    return submission(accession, document(uuencoded(b"words " * 10_000, end=b""), filename=b"a.zip"))


@hostile("no_family", rows={"document": 1})
def uuencode_of_uuencode_of_uuencode(accession: str) -> bytes:
    body = b"words " * 1000
    for _ in range(8):
        body = uuencoded(body)
    return submission(accession, document(body, filename=b"a.zip"))


@hostile("no_family", "uuencode_damaged", rows={"document": 1})
def uuencode_of_nothing_but_noise(accession: str) -> bytes:
    noise = b"begin 644 ../../x\nM" + b"!" * 60 + b"\n" + b"~~~ \x7f\xff\n" * 200_000 + b"end"
    return submission(accession, document(noise, filename=b"a.zip"))


# XML


@hostile("not_readable: xml_refused")
def xml_that_laughs_a_billion_times(accession: str) -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return form_4(
        accession, before=b'<!DOCTYPE a [<!ENTITY l0 "lol">' + entities + b"]>\n", inside=b"<remarks>&l9;</remarks>"
    )


@hostile("not_readable: xml_refused")
def xml_with_an_external_entity(accession: str) -> bytes:
    before = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n'
    return form_4(accession, before=before, inside=b"<remarks>&e;</remarks>")


@hostile("not_readable: xml_not_well_formed", "xml_not_well_formed")
def xml_with_an_entity_that_nobody_declared(accession: str) -> bytes:
    return form_4(accession, inside=b"<remarks>&e;</remarks>")


@hostile("not_readable: xml_refused")
def xml_100_000_deep(accession: str) -> bytes:
    return form_4(accession, inside=b"<a>" * 100_000 + b"</a>" * 100_000)


@hostile("loaded", rows={"xml_leaf": 5_000})
def xml_with_5_000_attributes(accession: str) -> bytes:
    return form_4(accession, attributes=b"".join(b' a%d="1"' % n for n in range(5_000)))


@hostile("not_readable: xml_refused", heavy=True)  # libxml2 reads no tag of 10 MB
def xml_with_a_million_attributes(accession: str) -> bytes:
    return form_4(accession, attributes=b"".join(b' a%d="1"' % n for n in range(1_000_000)))


@hostile("not_readable: xml_refused")
def xml_leaf_of_50_mb(accession: str) -> bytes:
    return form_4(accession, inside=b"<remarks>" + b"x" * (50 * MB) + b"</remarks>")


@hostile("not_readable: xml_not_well_formed", "xml_not_well_formed", "structure_doubtful")
def xml_that_closes_its_own_document(accession: str) -> bytes:
    return form_4(accession, inside=b"<remarks>\n</XML>\n</TEXT>\n</DOCUMENT>\n</remarks>")


@hostile("loaded", "value_untyped", "digits_beyond_scale")
def numbers_of_400_digits(accession: str) -> bytes:
    return form_4(accession, shares=b"9" * 400, price=b"0." + b"0" * 400 + b"1")


@hostile("loaded", "value_untyped", "digits_beyond_scale")
def numbers_with_huge_exponents(accession: str) -> bytes:
    return form_4(accession, shares=b"1e999999", price=b"1e-9999")


@hostile("loaded", "value_untyped")
def numbers_that_are_not_finite(accession: str) -> bytes:
    return form_4(accession, shares=b"NaN", price=b"Infinity")


@hostile("loaded", "document_cik_differs")
def xml_of_another_filers(accession: str) -> bytes:
    return form_4(accession).replace(b"<issuerCik>0000000077", b"<issuerCik>0000000079")


# PEM


def _pem(inside: bytes) -> bytes:
    return BEGIN + b"\nProc-Type: 2001,MIC-CLEAR\nOriginator-Name: a@b\n\n" + inside + END + b"\n"


@hostile("no_family", rows={"document": 1})
def pem_of_nothing_but_lines_of_1_023_bytes(accession: str) -> bytes:
    return _pem(submission(accession, document(b"\n".join([b"x" * 1023] * 10_000))))


@hostile("no_family", "end_mark_missing", rows={"document": 1})
def pem_without_its_end(accession: str) -> bytes:
    return _pem(submission(accession)).replace(END + b"\n", b"")


@hostile("no_family", rows={"document": 1})
def pem_inside_pem(accession: str) -> bytes:
    inner = _pem(b"words\n").replace(b"-----BEGIN", b"- -----BEGIN").replace(b"-----END", b"- -----END")
    return _pem(submission(accession, document(inner * 1000)))


@hostile("quarantined: cut_off")
def pem_that_holds_nothing(accession: str) -> bytes:
    return BEGIN + b"\nProc-Type: 2001,MIC-CLEAR\n" + b" folded\n" * 100_000


# Verdicts, clocks and numbers at their ends


@hostile("no_family", rows={"document": 1})
def comments_by_the_thousand_before_a_page(accession: str) -> bytes:
    return b"<!---->" * 9000 + b"<p>words</p>\n"


@hostile("no_family", rows={"document": 1})
def title_of_nothing_but_blanks(accession: str) -> bytes:
    return b"<html><head><title>" + b" " * MB


@hostile("no_family", "header_value_repeated", rows={"header_extra": 50_000})
def one_field_50_000_times(accession: str) -> bytes:
    return submission(accession, more=b"FILED AS OF DATE:\t\t20240105\n" * 50_000)


@hostile("no_family", "value_untyped")
def document_count_of_5_000_digits(accession: str) -> bytes:
    return submission(accession, count=b"9" * 5_000)


@hostile("no_family", "value_untyped")
def document_count_in_superscript(accession: str) -> bytes:
    return submission(accession, count="²".encode())


@hostile("no_family", "value_untyped", rows={"filing": 1})
def accession_number_that_is_none(accession: str) -> bytes:
    return submission(accession).replace(accession.encode(), b"0001127602:-21-../../x")


@hostile("no_family", "value_untyped", rows={"filing": 1})
def accession_number_in_other_digits(accession: str) -> bytes:
    return submission(accession).replace(b":\t\t" + accession.encode(), ":\t\t٠٠٠٩٩٩٠٠٩٩-٢٤-٠٠٠٠٠١".encode())


@hostile("no_family", rows={"filing": 1})
def accepted_on_the_last_evening_there_is(accession: str) -> bytes:
    return submission(accession).replace(b"<ACCEPTANCE-DATETIME>20240105120000", b"<ACCEPTANCE-DATETIME>99991231235959")


@hostile("no_family", "date_out_of_range", rows={"filing": 1})
def released_on_the_last_day_there_is(accession: str) -> bytes:
    return submission(accession, more=b"<PUBLIC-REL-DATE>99991231\n")


@hostile("no_family", "header_only", rows={"filing": 1})
def corrected_in_the_year_1(accession: str) -> bytes:
    corrected = submission(accession, b"", more=b"<CORRECTION>\n<TIMESTAMP>00010101000000\n")
    return submission(accession) + corrected.replace(b" : 20240105", b" : 20240106")


@hostile("loaded", "second_data_document", "leaves_left_out", heavy=True)
def a_hundred_data_documents_of_100_000_leaves(accession: str) -> bytes:
    small = document(b"<XML>\n<a>" + b"<b>1</b>" * 100_001 + b"</a>\n</XML>", b"4")
    xml = OWNERSHIP % (b"", b"", b"1", b"1", b"")
    first = document(b"<XML>\n" + xml + b"\n</XML>", b"4")
    return submission(accession, first + small * 100, form=b"4", parties=OWNER, count=101)


@hostile("no_family", rows={"document": 1})
def title_that_is_nearly_not_found(accession: str) -> bytes:
    return b"<html><head><title>404" + b" " * 65_000 + b"x</title></head></html>"


@hostile("no_family", rows={"header_extra": 2})
def words_behind_a_closing_tag(accession: str) -> bytes:
    return submission(accession, more=b"<A>\n<B>1\n</A> BEHIND: it\n")
