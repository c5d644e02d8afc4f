"""Whatever the bytes: lines come out, each character knows the bytes that gave it, and the time is linear."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filings.parse.text.line import CELL
from filings.parse.text.reader import lines
from linear import is_linear

TAGS = (
    "<p> </p> <b> </b> <i> </i> <td> </td> <tr> <table> </table> <div> </div> <br> <hr> <pre> </pre> <h2> </h2> "
    "</span> </font> </a> <li> <!-- --> <script> </script> <ix:header> </ix:header> <PAGE> <title> </title> <TABLE> <S>"
)
WORDS = (
    "< > & &amp; &nbsp; &#8217; &ampx &notin; &#146; &shy; &#0; &#x80; x o FORM 6-K 20‑F é — .. . ___ 7 \u00ad \u200b = "
    "\" ' / \x92 \ufeff"
)
PIECES = st.sampled_from(
    [
        *TAGS.split(),
        *WORDS.split(" "),
        *(" ", "\n", "\r\n", "\t", "\f", "\u00a0", "\0", "\x1f"),
        *(
            "<p style='page-break-before:always'>",
            "<p style='white-space:pre'>",
            "<span style='display:none'>",
            "<p />",
        ),
        *("<font face=Wingdings>", "<a href=x>", "<b style='font-weight:normal'>", "<span style='display:block'>"),
    ]
)
HTML = st.lists(PIECES, max_size=40).map("".join)


@given(
    st.binary(max_size=200), st.sampled_from(["ascii", "utf-8", "cp1252", "latin-1", "shift_jis", "gb18030", "none"])
)
def test_arbitrary_bytes(content: bytes, encoding: str) -> None:
    for prefix in (b"", b"<html>", b"<p><table><td>"):
        for line in lines(prefix + content, encoding):
            assert 0 <= line.start <= line.end <= len(prefix + content)
            assert len(line.offsets) == len(line.text)
            _ = list(line.offsets)


@given(HTML, st.booleans(), st.booleans())
def test_each_character_knows_its_bytes(text: str, dots_doubled: bool, is_html: bool) -> None:
    content = (("<html>" if is_html else "") + text).encode()
    before = 0
    for line in lines(content, "utf-8", dots_doubled=dots_doubled):
        assert line.text == line.text.strip(f" {CELL}") and "  " not in line.text
        if not line.text:
            continue
        offsets = list(line.offsets)
        assert offsets == sorted(offsets)
        assert line.start == offsets[0] >= before
        assert line.end == line.span(0, len(line.text))[1]
        before = line.end
        assert len(line.text.split(CELL)) == len(line.columns) or not line.columns
        for at, character in enumerate(line.text):
            start, end = line.span(at, at + 1)
            given_by = content[start:end].decode()
            if character == CELL:
                assert given_by.startswith("<td")
            elif character == " ":
                assert not html.unescape(given_by).strip()
            elif character not in "☒☐☑✓■●":
                # U+0080 to U+009F are read as cp1252 there.
                assert character in html.unescape(given_by) or character in html.unescape(given_by).encode(
                    "latin-1", "ignore"
                ).decode("cp1252", "ignore")


@given(HTML)
def test_line_ends_make_no_difference(text: str) -> None:
    unix = "<html>" + text.replace("\r\n", "\n")
    found = [lines(form.encode(), "utf-8") for form in (unix, unix.replace("\n", "\r\n"))]
    assert [line.text for line in found[0]] == [line.text for line in found[1]]
    assert [line.layout for line in found[0]] == [line.layout for line in found[1]]


@given(HTML)
def test_the_styled_ranges_lie_in_the_line(text: str) -> None:
    for line in lines(f"<html>{text}".encode(), "utf-8"):
        assert 0 <= line.bold_until <= len(line.text)
        assert not line.is_bold or line.bold_until
        for link in line.links:
            assert 0 <= link.start < link.end <= len(line.text)
            assert line.text[link.start : link.end] == line.text[link.start : link.end].strip(f" {CELL}")


NASTY = {
    "one line": b"word " * 20,
    "open tags": b"<p <p ",
    "open quotes": b"<p a='",
    "two quotes": b"<p a='\"><p a=\"'>",
    "open comments": b"<!--",
    "half comments": b"<!-- - ",
    "entities": b"&amp;&#8217;&nbsp",
    "long entities": b"&" + b"#" + b"9" * 40,
    "unclosed": b"<b><i><font size=1>x",
    "unclosed blocks": b"<div><b>x</p>",
    "unclosed tables": b"<table><tr><td>x",
    "misnested": b"<b><p>x</b></i></td>",
    "closing": b"</b></p></table>",
    "formatting": b"<p><b><u><font face=a>x",
    "links": b"<a href=x>y <b>z</b> ",
    "cells": b"<td>x<td><td>\xc2\xa0",
    "scripts": b"<script><title><ix:header>",
    "titles": b"<title>x</script>",
    "images": b"x<img> y",
    "blanks": b" \n\t",
    "breaks": b"<br>&nbsp;",
    "attributes": b"<p style='font: bold",
    "declarations": b"a:b;",
    "brackets": b"<![<?",
}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("prefix", [b"<html>", b"<html><p style='", b"<table><td>", b""])
def test_time_is_linear(name: str, prefix: bytes) -> None:
    def seconds(size: int) -> float:
        content = prefix + NASTY[name] * (size // len(NASTY[name]))
        before = time.process_time()
        for line in lines(content, "utf-8"):
            _ = line.offsets[0] if line.text else 0
        return time.process_time() - before

    assert is_linear(seconds)
