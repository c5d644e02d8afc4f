"""Lines of HTML, rule by rule (form-6k-cover.md 3)."""

from __future__ import annotations

import time

import pytest

from filings.parse.text.line import CELL, Line, Link
from filings.parse.text.reader import lines
from linear import is_linear


def read(html: str) -> list[Line]:
    return lines(html.encode(), "utf-8")


def texts(html: str) -> list[str]:
    return [line.text for line in read(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>FORM\n6-K</p>", ["FORM 6-K"]),
        ("<p>Commission\r\nfile   number:</p>", ["Commission file number:"]),
        ("<p>one<br>two<br/>three</p>four", ["one", "two", "three", "four"]),
        ("<div>one<div>two</div>three</div>", ["one", "two", "three"]),
        ("<p>Form&nbsp;6-K&#160;</p>", ["Form 6-K"]),
        ("<p>Company&#146;s &#8220;a&#8221; &amp; b</p>", ["Company’s “a” & b"]),
        ("<p>20‑F hy\u00adphen zero\u200bwidth</p>", ["20‑F hyphen zerowidth"]),
        ("<p>AT&T &notanentity; &amp;lt;</p>", ["AT&T ¬anentity; &lt;"]),
        ("<p>a < b and 3<4</p>", ["a < b and 3<4"]),
        ("<p>one<!-- two > --> three<!----> four<!--> five", ["one three four five"]),
        ("<?xml version='1.0'?><![if x]><p>one</p>", ["one"]),
        ("<p>a<script>if (a<b) '</p>'</script>b<style>p {}</style>c</p>", ["abc"]),
        ("<head><title>form6k.htm</title></head><body>text</body>", ["text"]),
        (
            "<div style='display:none'><ix:header><ix:hidden>x</ix:hidden></ix:header></div><p>FORM 6-K</p>",
            ["FORM 6-K"],
        ),
        ("<ix:header><p>x</p></ix:header><p>shown</p>", ["shown"]),
        ("<p>one <span style='DISPLAY: none'>hidden <b>too</b></span>two</p>", ["one two"]),
        ("<p>one <span style='visibility:hidden'>no</span>two</p><p hidden>no</p>", ["one two"]),
        ("<p title='a>b'>one</p><p title=it's>two's</p>", ["one", "two's"]),
        ("<p><font face='Times>text</p>", ["text"]),  # a browser shows nothing
        ("<p>is <b>cut <a href='x", ["is cut"]),
        (
            "<p><div style='display:inline'>one</div> <span style='display:block'>two</span>three",
            ["one", "two", "three"],
        ),
        ("<ul><li>one<li>two</ul>", ["one", "two"]),
        ("one<hr>two<center>three</center>", ["one", "two", "three"]),
    ],
)
def test_what_is_a_line(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_cells_stand_in_one_line_and_keep_their_place() -> None:
    html = (
        "<table><tr><td></td><td><p>99.1</p></td><td>&nbsp;</td><td><div>Press<br>release</div></td></tr>"
        "<tr><td>Form 20-F<td>[<td>]</table>after"
    )
    found = read(html)
    assert [line.text for line in found] == [f"99.1{CELL}Press", "release", f"Form 20-F{CELL}[{CELL}]", "after"]
    assert [(line.table, line.row, line.columns) for line in found] == [
        (1, 1, (2, 4)),
        (1, 1, (4,)),
        (1, 2, (1, 2, 3)),
        (0, 0, ()),
    ]
    assert [line.begins_paragraph for line in found] == [True, False, True, True]


def test_a_table_in_a_cell_has_its_own_number() -> None:
    found = read("<table><tr><td>a<table><tr><td>b</table>c</td><td>d</table>")
    assert [(line.text, line.table, line.row) for line in found] == [("a", 1, 1), ("b", 2, 1), (f"c{CELL}d", 1, 1)]


def test_paragraphs() -> None:
    found = read("<p>one<br>two<br><br>three<br>&nbsp;<br>four</p>five")
    assert [line.begins_paragraph for line in found] == [True, False, True, True, True]


@pytest.mark.parametrize(
    ("html", "is_bold", "until"),
    [
        ("<p><b>Heading</b></p>", True, 7),
        ("<p><B>Regulation FD Disclosure</B>.</p>", True, 24),
        ("<p><b>Heading</b> and text</p>", False, 7),
        ("<p>text <b>bold</b></p>", False, 0),
        ("<p style='font-weight:700'>a<span style='font-weight:normal'>b</span></p>", False, 1),
        ("<p style='font: bold 10pt Times New Roman'>a</p>", True, 1),
        ("<b><p style='font: 10pt Times'>a</p></b>", False, 0),
        ("<h2>a</h2>", True, 1),
        ("<p><b>one<p>two</b> three", None, None),
        ("<p><b>one</p><p>two</p>", True, 3),
    ],
)
def test_bold(html: str, is_bold: bool | None, until: int | None) -> None:
    found = read(html)
    if is_bold is None:  # misnested: the formatting goes on in the next paragraph, as in browsers
        assert [(line.is_bold, line.bold_until) for line in found] == [(True, 3), (False, 3)]
    else:
        assert (found[0].is_bold, found[0].bold_until) == (is_bold, until)


def test_bold_ends_with_its_cell() -> None:
    assert [line.is_bold for line in read("<table><tr><td><b>a<tr><td>b</table>c")] == [True, False, False]


def test_italic_underlined_and_headings() -> None:
    found = read("<p><i>a</i></p><p><u>b</u>:</p><h3>c</h3><p style='text-decoration: underline'>d")
    assert [(line.is_italic, line.is_underlined, line.heading_level) for line in found] == [
        (True, False, 0),
        (False, True, 0),
        (False, False, 3),
        (False, True, 0),
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<font face='Wingdings'>x</font> <font face=Wingdings>o</font> þ", "☒ ☐ þ"),
        ("<span style='font-family:Wingdings'>&#254;&#253;&#252;&#168;qn</span>", "☑☒✓☐☐■"),
        ("<span style=\"font-family:'Wingdings 2'\">R T &pound; S</span>", "☑ ☒ ☐ ☒"),
        ("<font style=\"font-family: 'Wingdings 2', serif\"><font style='font-family: Times'>☐ R</font></font>", "☐ R"),
        ("<span style='font: 10pt Wingdings'>&#xF06F;</span>", "☐"),
        ("<span style='font-family:Wingdings'>box office</span>", "box office"),
    ],
)
def test_symbol_fonts(html: str, expected: str) -> None:
    assert texts(f"<p>{html}</p>") == [expected]


def test_links_and_images() -> None:
    (line,) = read(
        "<p>see <a href='ex99.htm'><b>Exhibit</b> 99.1</a>, <a name=x>none</a> <img src=a.gif>and <a href=\"b\n c\">c</a>"
    )
    assert line.text == "see Exhibit 99.1, none and c"
    assert line.links == (Link(4, 16, "ex99.htm"), Link(27, 28, "b c"))
    assert line.images == (23,)


def test_page_breaks_and_furniture() -> None:
    found = read(
        "<p>text</p><p>2</p><hr style='page-break-after:always'><p>more</p><p>7</p>"
        "<p style='page-break-before: always'>____</p><p>- - - -</p><p>end 3</p><!-- Field: Page; Sequence: 4 --><p>5</p>"
    )
    assert [line.text for line in found if line.follows_page_break] == ["more", "____", "5"]
    assert [line.text for line in found if line.is_furniture] == ["2", "7", "____", "- - - -", "5"]


def test_pre_keeps_the_lines_of_the_source() -> None:
    found = read("<p>one\ntwo</p><pre>\n  <b>FORM</b>\t6-K\n\nDate:      Name\f\nnext</pre><p>a\nb")
    assert [line.text for line in found] == ["one two", "FORM 6-K", "", "Date: Name", "", "next", "a b"]
    assert found[1].layout == "  FORM  6-K"
    assert found[3].layout == "Date:      Name"
    assert [line.begins_paragraph for line in found] == [True, True, False, True, False, True, True]


def test_self_closing_tags_close_in_xhtml_alone() -> None:
    assert texts("<?xml version='1.0'?><html><div style='display:none'/><p>shown</p></html>") == ["shown"]
    assert texts("<html><div style='display:none'/><p>hidden</p></html>") == []


def test_doubled_dots() -> None:
    content = b"<p>net\n..08% of\n...and</p>"
    assert [line.text for line in lines(content, "ascii")] == ["net ..08% of ...and"]
    (line,) = lines(content, "ascii", dots_doubled=True)
    assert line.text == "net .08% of ..and"
    assert content[slice(*line.span(4, 8))] == b".08%"


def test_a_thousand_open_elements() -> None:
    html = "<div><span>" * 5000 + "<b>deep</b>" + "</span></div>" * 5000 + "<p>after</p>"
    assert texts(html) == ["deep", "after"]


def test_the_wrapper_is_no_text() -> None:
    page = b"<HTML><BODY><P>FORM 6-K</P></BODY></HTML>\n"
    wrapped = b"<DOCUMENT>\n<TYPE>6-K\n<SEQUENCE>1\n<FILENAME>a.htm\n<TEXT>\n" + page + b"</TEXT>\n</DOCUMENT>\n"
    assert lines(page, "ascii") != [] and len(lines(wrapped, "ascii")) == 1
    for content in (wrapped, wrapped.replace(b"\n", b"\r\n"), wrapped.replace(b"<HTML>", b"<XBRL>\n<HTML>")):
        (line,) = lines(content, "ascii")
        assert content[line.start : line.end] == b"FORM 6-K" == line.text.encode()


@pytest.mark.parametrize("unit", ["a", "a-", "a ", " ", ":", "a:", ";", "-"])
def test_a_style_is_read_in_time_linear_in_its_length(unit: str) -> None:
    def seconds(length: int) -> float:
        html = f'<p style="{unit * (length // len(unit))}">x'.encode()
        started = time.process_time()
        lines(html, "ascii")
        return time.process_time() - started

    assert is_linear(seconds)
