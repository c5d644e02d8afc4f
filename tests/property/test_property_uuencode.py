"""Whatever the manner of writing, the decoder gives the bytes that were written; and no bytes make it raise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import uuencoding
from filings.parse import content, uuencode
from filings.parse.submission import Document

FILES = st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from([b"\0", b"8", b"PK\5\6", b"\xff"]), max_size=120).map(
        b"".join
    ),  # zeros, and dots before dots
)


@given(data=st.data(), decoded=FILES)
def test_what_was_written_is_read(data: st.DataObject, decoded: bytes) -> None:
    is_cut, is_doubled = data.draw(st.booleans()), data.draw(st.booleans())
    lines = uuencoding.lines_of(
        decoded,
        bits=lambda size: data.draw(st.integers(0, size - 1)) if size > 1 else 0,
        is_backtick=(lambda: data.draw(st.booleans())) if data.draw(st.booleans()) else (lambda: False),
        is_cut=is_cut,
    )
    if is_doubled:
        lines = [b"." + line if line.startswith(b".") else line for line in lines]
    last = data.draw(st.sampled_from([[], [b""], [b"`"], [b" "], [b"", b"", b"`"]]))
    line_end = data.draw(st.sampled_from([b"\n", b"\r\n", b"\r", b"\n\n"]))
    written = line_end.join([b"begin 644 a b.bin", *lines, *last, b"end", b""])
    decoder = uuencode.Decoder(written, dots_doubled=is_doubled)
    assert b"".join(decoder) == decoded
    assert decoder.length == len(decoded)
    assert [issue.code for issue in decoder.issues(1) if issue.code != "dot_doubled"] == []
    if is_doubled and not is_cut:  # each line is then too long by one, which proves it without help
        assert uuencode.decode(written) == decoded


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=70),
            st.sampled_from(
                [b"M", b"M" + b"!" * 60, b"M" + b"!" * 61, b"end", b"end ", b"`", b"begin 644 b", b"..", b"- M"]
            ),
        ),
        max_size=80,
    ),
    st.sampled_from([b"\n", b"\r", b"\r\n"]),
)
def test_any_lines_are_decoded_as_far_as_can_be(lines: list[bytes], line_end: bytes) -> None:
    written = line_end.join([b"begin 644 a", *lines])
    document = Document(1, None, None, None, None, 0, len(written), written)
    columns, issues = content.describe(document)
    if not columns["is_uuencoded"]:
        return
    decoder = uuencode.Decoder(written)
    decoded = b"".join(decoder)
    assert columns["decoded_length"] == decoder.length == len(decoded)
    assert len(decoded) <= 45 * (sum(map(len, lines)) + 1)
    for issue in issues:
        assert issue.start is not None and issue.end is not None
        assert 0 <= issue.start <= issue.end <= len(written)
    if any(line.rstrip() == b"end" for line in written.splitlines()):
        return
    assert any(issue.code == "uuencode_damaged" for issue in issues), "the end line is missing and nothing is said"


@given(st.binary(max_size=300))
def test_any_bytes(written: bytes) -> None:
    for each in (written, b"begin 644 a\nM\n" + written):
        if uuencode.is_uuencoded(each):
            uuencode.decode(each)
            uuencode.decode(each, dots_doubled=True)


@given(FILES, st.integers(0, 700))
def test_a_cut_file_gives_the_beginning_of_the_whole(decoded: bytes, at: int) -> None:
    written = uuencoding.encode(decoded)
    if not uuencode.is_uuencoded(written[:at]):
        return
    found = uuencode.decode(written[:at])
    assert decoded.startswith(found)
    assert len(found) <= len(decoded)
