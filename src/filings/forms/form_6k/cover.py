"""The cover: its rules in their order, and where it ends (form-6k-cover.md 3.6 and 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from filings.forms.form_6k import address as addresses
from filings.forms.form_6k import names, questions, title
from filings.forms.form_6k import period as periods
from filings.forms.form_6k.captions import Caption, Stretch, captions, former_name, is_former_name, lines_between
from filings.forms.form_6k.file_numbers import FileNumber, commission_file_numbers, number_behind_82
from filings.forms.text.companies import Name
from filings.forms.text.running import Running

_MOST_LINES = 400
_MOST_CHARACTERS = 40_000
"""Of the part in which a cover is looked for; the longest seen has 5,000."""
_WITHOUT_ANCHORS = 60
"""Lines that are taken for the cover where nothing ends it (form-6k-cover.md 3.6)."""
_NOTICES = re.compile(
    r"^\W*names?\s+and\s+address(?:es)?\s+of\s+(?:the\s+)?persons?\s+authori[sz]ed\s+to\s+receive\s+notices[^:]{0,160}?commission\b",
    re.IGNORECASE | re.MULTILINE,
)
_NOTICE_LINES = 6
_SEC_NAME = re.compile(
    r"^\W{0,40}(?:united\s+states|u\.s\.)?\W{0,10}securities\s+and\s+exchange\s+commission\W{0,40}$|^\W{0,40}washington,?\s+d\.?\s?c\.?,?\s*(?:20549)?\W{0,40}$|^\W{0,40}united\s+states\W{0,40}$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(slots=True)
class Value:
    """A value, and the characters `start` to `end` (half-open) of the running text that state it."""

    value: object
    start: int
    end: int


@dataclass(slots=True)
class Noted:
    """An issue code, the column it speaks of, and the characters that raised it."""

    code: str
    column: str | None
    start: int
    end: int
    detail: str | None = None


@dataclass(slots=True)
class Cover:
    """Columns of ``report_6k`` with their places, what is odd, and the first line behind the cover.

    `notices` is the line of the person who receives notices, with the lines below it; None where the cover names none.
    """

    values: dict[str, Value] = field(default_factory=dict)
    issues: list[Noted] = field(default_factory=list)
    end_line: int = 0
    notices: tuple[int, int] | None = None


@dataclass(slots=True)
class _Anchors:
    """Everything on the cover that rules hold on to."""

    form: title.FormName | None
    citation: title.Citation | None
    captions: list[Caption]
    annual: questions.Question | None
    papers: dict[str, questions.Question]
    twelve_g: questions.Question | None
    number_82: questions.Number82 | None
    period: periods.Period | None = None
    report_number: periods.ReportNumber | None = None
    numbers: list[FileNumber] = field(default_factory=list)

    def first_question(self, limit: int) -> int:
        """Where the questions begin; no name and no address stands behind it."""
        asked = [self.annual, self.twelve_g, *self.papers.values()]
        return min((each.start for each in asked if each), default=limit)


def read_cover(
    running: Running, content: bytes, header_names: Sequence[str], signer: Name | None, body_start: int | None
) -> Cover:
    """Read the cover. `signer` is the registrant of the signature block, `body_start` where that block begins.

    `content` is asked for images that stand for marks.
    """
    cover = Cover()
    if not running.lines:
        return cover
    limit = min(running.start_of(min(_MOST_LINES, len(running.lines))), _MOST_CHARACTERS)
    if body_start is not None:
        limit = min(limit, body_start)
    anchors = _anchors(running, limit)
    _form(running, anchors, limit, cover)
    _period(running, anchors, cover)
    _names_and_address(running, anchors, limit, header_names, signer, cover)
    _questions(running, anchors, content, cover)
    _end(running, anchors, limit, cover)
    return cover


def _anchors(running: Running, limit: int) -> _Anchors:
    text = running.text
    found = _Anchors(
        form=title.form_name(running, limit),
        citation=title.rule_citation(text, limit),
        captions=captions(text, limit),
        annual=questions.annual_report_form(text, limit),
        papers=dict(questions.paper(text, limit)),
        twelve_g=questions.twelve_g(text, limit),
        number_82=questions.number_82(text, limit),
    )
    first_question = found.first_question(limit)
    # Body text has captions and dates of its own: no anchor of the cover stands behind its first question.
    found.captions = [caption for caption in found.captions if caption.start < first_question]
    named = [caption.start for caption in found.captions if caption.kind in ("exact", "translation", "address")]
    found.numbers = commission_file_numbers(running.unruled, 0, max([first_question, *named]))
    start = found.citation.end if found.citation else 0
    stop = min([first_question, *(place for place in named if place > start)])
    found.period = periods.period(running.unruled, start, stop)
    if found.period:
        found.report_number = periods.report_number(running.unruled, found.period.end, stop)
    return found


def _form(running: Running, anchors: _Anchors, limit: int, cover: Cover) -> None:
    form, citation = anchors.form, anchors.citation
    if form:
        cover.values["form_as_filed"] = Value(running.filed(form.start, form.end), form.start, form.end)
        cover.values["is_amendment"] = Value(form.is_amendment, form.start, form.end)
    if citation and citation.is_garbled:
        cover.issues.append(Noted("rule_citation_garbled", "cover_title_as_filed", citation.start, citation.end))
    start = form.end if form else 0
    stop = citation.end if citation else min(limit, start + 600)
    if found := title.cover_title(running.text, start, stop):
        cover.values["cover_title_as_filed"] = Value(running.filed(*found), *found)


def _period(running: Running, anchors: _Anchors, cover: Cover) -> None:
    found = anchors.period
    if found is None:
        cover.values["period_kind"] = Value("none", 0, 0)
        cover.issues.append(Noted("period_missing", "period_as_filed", 0, 0))
        return
    place = (found.start, anchors.report_number.end if anchors.report_number else found.end)
    cover.values["period_as_filed"] = Value(running.filed(*place), *place)
    cover.values["period_kind"] = Value(found.kind, *place)
    cover.values["period_start_on"] = Value(found.first, *place)
    cover.values["period_end_on"] = Value(found.last, *place)
    if found.has_day_in_month:
        cover.issues.append(Noted("period_day_in_month", "period_as_filed", *place))
    if found.is_unparsed:
        cover.issues.append(Noted("period_unparsed", "period_as_filed", *place))
    if found.is_ambiguous:
        cover.issues.append(Noted("date_ambiguous", "period_as_filed", *place))
    if number := anchors.report_number:
        cover.values["report_number"] = Value(number.number, number.start, number.end)


def put_file_numbers(running: Running, cover: Cover, found: Sequence[FileNumber]) -> None:
    """The first number in its columns, all of them in the list (form-6k-cover.md 4.4)."""
    if not found:
        return
    first = found[0]
    cover.values["commission_file_number_as_filed"] = Value(
        running.filed(first.start, first.end), first.start, first.end
    )
    cover.values["commission_file_number"] = Value(first.canonical, first.start, first.end)
    every = list(dict.fromkeys(each.canonical for each in found if each.canonical))
    cover.values["commission_file_numbers"] = Value(every or None, first.start, found[-1].end)


def _cuts(running: Running, anchors: _Anchors) -> list[int]:
    """Where blocks of the cover end: what stands above a caption reaches up to the last of these."""
    ends = [caption.end for caption in anchors.captions if caption.kind != "former"]  # it is no caption
    ends += [number.anchor_end for number in anchors.numbers]
    ends += [found.end() for found in _SEC_NAME.finditer(running.text, 0, anchors.first_question(_MOST_CHARACTERS))]
    if anchors.form:
        ends.append(anchors.form.end)
    if anchors.citation:
        ends.append(anchors.citation.end)
    if anchors.period:
        ends.append(anchors.report_number.end if anchors.report_number else anchors.period.end)
    return sorted(ends)


def _above(running: Running, cuts: Sequence[int], place: int, starts: Sequence[int] = ()) -> list[Stretch]:
    """The lines above a place, up to the end of the block before it."""
    begin = max([cut for cut in cuts if cut <= place] or [0])
    lines = lines_between(running, begin, min([place, *(start for start in starts if begin < start < place)]))
    return [line for line in lines if not is_former_name(running.text[line.start : line.end])]


def _names_and_address(
    running: Running,
    anchors: _Anchors,
    limit: int,
    header_names: Sequence[str],
    signer: Name | None,
    cover: Cover,
) -> None:
    cuts = _cuts(running, anchors)
    of = {
        kind: [each for each in anchors.captions if each.kind == kind]
        for kind in ("exact", "translation", "jurisdiction", "address", "former")
    }
    # Labels and numbers in front of an anchor are no lines of the block that it ends.
    starts = [number.anchor for number in anchors.numbers]
    first_question = anchors.first_question(limit)
    address_at = of["address"][0].start if of["address"] else first_question
    registrant: names.Registrant | None = None
    if of["exact"]:
        exact = of["exact"][0]
        registrant = names.from_caption(running, _above(running, cuts, exact.start, starts), is_plural=exact.is_plural)
        if registrant and of["translation"]:
            above = _above(running, cuts, of["translation"][0].start, starts)
            other = names.translation(running, above, registrant.name.text)
            registrant = names.Registrant(registrant.name, "caption", other, max(registrant.count, len(of["exact"])))
    elif of["translation"]:
        caption = of["translation"][0]
        below = lines_between(running, caption.end, max(address_at, caption.end))
        above = _above(running, cuts, caption.start, starts)
        registrant = names.from_translation_caption(running, above, below, header_names, signer)
    if registrant is None:
        known = [*header_names, *([signer.text] if signer else [])]
        registrant = names.from_position(running, _above(running, cuts, address_at, starts), known)
    if registrant is None:
        cover.issues.append(Noted("registrant_missing", "registrant_name", 0, 0))
    else:
        _put_registrant(registrant, cover)
    if of["former"] and (former := former_name(running, of["former"][0])):
        cover.values["former_name"] = Value(former, of["former"][0].start, of["former"][0].end)
    if of["jurisdiction"]:
        stated = names.joined(running, _above(running, cuts, of["jurisdiction"][0].start, starts))
        if stated and not names.says_nothing(stated.text):
            cover.values["jurisdiction"] = Value(stated.text, stated.start, stated.end)
    _address(running, anchors, cuts, registrant, address_at, first_question, cover)


def _put_registrant(found: names.Registrant, cover: Cover) -> None:
    place = (found.name.start, found.name.end)
    cover.values["registrant_name"] = Value(found.name.text, *place)
    cover.values["registrant_name_source"] = Value(found.source, *place)
    cover.values["registrant_count"] = Value(found.count, *place)
    if found.translation:
        cover.values["name_translation"] = Value(found.translation.text, found.translation.start, found.translation.end)


def _address(
    running: Running,
    anchors: _Anchors,
    cuts: Sequence[int],
    registrant: names.Registrant | None,
    address_at: int,
    first_question: int,
    cover: Cover,
) -> None:
    starts = [number.anchor for number in anchors.numbers]
    if registrant and registrant.address_start is not None:
        cuts = sorted([*cuts, registrant.address_start])
    lines = _above(running, cuts, address_at, starts)
    has_caption = address_at != first_question or any(each.kind == "address" for each in anchors.captions)
    if (
        not has_caption
        and not any(each.kind in ("exact", "translation") for each in anchors.captions)
        and not (registrant and registrant.address_start is not None)
    ):
        lines = []
    found = addresses.address(running, lines)
    if found.lines:
        texts = [running.filed(line.start, line.end) for line in found.lines]
        cover.values["address_lines"] = Value(texts, found.lines[0].start, found.lines[-1].end)
    elif not has_caption:
        cover.issues.append(Noted("address_missing", "address_lines", 0, 0))
    phone = found.phone
    if phone is None and has_caption:
        captioned = [each.end for each in anchors.captions if each.kind == "address"]
        phone = (
            addresses.phone_behind(running, lines_between(running, captioned[0], first_question)) if captioned else None
        )
    if phone:
        cover.values["phone"] = Value(running.filed(phone.start, phone.end), phone.start, phone.end)


def _questions(running: Running, anchors: _Anchors, content: bytes, cover: Cover) -> None:
    if anchors.annual:
        _pair(running, anchors.annual, content, cover, "annual_report_form")
    for which, asked in anchors.papers.items():
        value = questions.paper_value(asked.answer)
        cover.values[f"paper_101b{which}"] = Value(value, asked.start, asked.answer_end)
    if anchors.twelve_g:
        _pair(running, anchors.twelve_g, content, cover, "twelve_g")
    if number := anchors.number_82:
        if number.start < number.end:
            cover.values["file_number_82_as_filed"] = Value(
                running.filed(number.start, number.end), number.start, number.end
            )
        if number.number:
            cover.values["file_number_82"] = Value(number.number, number.start, number.end)
            answer = cover.values.get("is_12g3_2b")
            # Where neither is ticked, that is said already: the number may well be the answer.
            if (answer is None or answer.value is not True) and (answer or not anchors.twelve_g):
                cover.issues.append(Noted("number_82_without_yes", "file_number_82", number.start, number.end))


_CODES = {
    "annual_report_form": ("annual_report_form", "annual_report_form_both", "annual_report_form_unmarked"),
    "twelve_g": ("is_12g3_2b", "twelve_g_both", "twelve_g_unanswered"),
}


def _pair(running: Running, asked: questions.Question, content: bytes, cover: Cover, name: str) -> None:
    column, both, unmarked = _CODES[name]
    answer = asked.answer
    place = (answer.start, answer.end) if answer.end > answer.start else (asked.start, asked.end)
    if answer.labels:
        cover.values[f"{name}_as_filed"] = Value(running.filed(*place), *place)
    if len(answer.ticked) == 1:
        ticked = next(iter(answer.ticked))
        value: object = ticked if name == "annual_report_form" else ticked == "yes"
        cover.values[column] = Value(value, *place)
        return
    code = both if answer.ticked else unmarked
    if not answer.ticked and not answer.marks and answer.labels:
        start, end = running.bytes_of(asked.start, min(asked.answer_end + 1, len(running.text)))
        code = "mark_not_text" if questions.is_drawn(content[start:end]) else unmarked
    cover.issues.append(Noted(code, column, *place))


def _end(running: Running, anchors: _Anchors, limit: int, cover: Cover) -> None:
    """The line behind the cover (form-6k-cover.md 3.6)."""
    ends = [each.answer_end for each in (anchors.annual, anchors.twelve_g, *anchors.papers.values()) if each]
    if anchors.number_82:
        ends.append(anchors.number_82.end)
        if behind := number_behind_82(running.text, anchors.number_82.end, limit):
            anchors.numbers = anchors.numbers or []
            ends.append(behind.end)
    last = running.line_at(max(ends) - 1) + 1 if ends else 0
    for note in questions.notes(running.text, limit):
        last = max(last, running.paragraph(running.line_at(note))[1])
    if found := _NOTICES.search(running.text, 0, limit):
        first = running.line_at(found.end()) + 1
        cover.notices = (first, _notices_end(running, first))
        last = max(last, cover.notices[1])
    if not anchors.annual:
        captioned = [caption.end for caption in anchors.captions if caption.kind == "address"]
        if captioned:
            last = max(last, running.line_at(captioned[-1] - 1) + 1)
        elif not last:
            last = min(_WITHOUT_ANCHORS, len(running.lines))
            cover.issues.append(Noted("cover_end_unknown", None, running.starts[last - 1], running.end_of(last - 1)))
    cover.end_line = max(last, 1)


def _notices_end(running: Running, start: int) -> int:
    """The lines of name and address below the caption: short ones, up to a sentence or a gap behind them."""
    last = start
    met = 0
    for number in range(start, min(start + 3 * _NOTICE_LINES, len(running.lines))):
        text = running.lines[number].text
        if not text:
            if met:
                break
            continue
        if met == _NOTICE_LINES or len(text) > 80 or text.endswith(":") or running.is_furniture(number):
            break
        met, last = met + 1, number + 1
    return last
