"""Who signs: one block, read label by label (form-6k-cover.md 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from filings.forms.text import companies
from filings.forms.text.days import Day, days_in, find_day
from filings.forms.text.exhibit_lists import is_exhibit_heading
from filings.forms.text.phrases import RELEASE_MARK
from filings.forms.text.running import Piece, Running, is_page_number
from filings.forms.text.titles import is_title, split_title

_NAMED = re.compile(r"(?:registrants?|company|issuer|undersigned),?\s+(?P<name>[^\W_a-z][^\x1f]*?)[\s,]*$", re.DOTALL)
_AT = re.compile(
    r"^[\s,]*(?:at|in)\s+(?:the\s+city\s+of\s+)?(?P<place>[^\W\d][^\d\n]*?)[\s,]+(?:on\s+)?(?:this\s+)?(?:the\s+)?(?=\S+\s*$)",
    re.IGNORECASE,
)
_REGISTRANT_CAPTION = re.compile(r"\(\s*(?:name\s+of\s+)?registrants?'?s?(?:\s+name)?\s*\)", re.IGNORECASE)
_FORM_WORDS = re.compile(
    r"\W*(?:\(?signature\)?\s*\*{0,2}|\*{0,2}\s*print\s+(?:the\s+)?name\s+and\s+title.*|\(?(?:print(?:ed)?\s+)?names?(?:\s+and\s+title)?\)?"
    r"|\(?title\)?|\(?dated?\)?|\(?duly\s+authori[sz]ed.{0,40}|\(?authori[sz]ed\s+signature\)?)\W*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\W{0,3}(?P<label>by|names?(?:\s*(?:and|/|&)\s*titles?)?|titles?|its|capacity|position|signature|dated?)\s*(?:\([^()]{0,20}\)\s*)?(?P<colon>[:：])\s*",
    re.IGNORECASE,
)
_BARE_BY = re.compile(r"by(?=\s+/s/|\s*_|\s*$)\s*", re.IGNORECASE)
_CONFORMED = re.compile(r"[/\\]\s?s\s?[/\\]|\(\s?s\s?\)|/\s?s\s(?=[A-Z])", re.IGNORECASE)
_DATE_LABEL = re.compile(r"(?<![A-Za-z])dated?\s*(?:as\s+of\s*)?:?[\s\x1f]*$", re.IGNORECASE)
_LONE_DATE_LABEL = re.compile(r"\W*dated?\s*:\s*(?P<rest>.*)", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"\W*(?:sec|commission)\s+file\s+(?:no|number).*", re.IGNORECASE)
_FURTHER = re.compile(
    r"\W*(?:pursuant\s+to\s+the\s+requirements|(?:powers?\s+of\s+attorney|know\s+all\s+(?:men|persons|by))\b|statement\s+of\s+differences)",
    re.IGNORECASE,
)
"""What follows a block: the clause for directors, a power of attorney, an agent's list of signs it cannot show."""
_DEBRIS = re.compile(r"</?page>|page|\d{1,3}\.|\W+", re.IGNORECASE)
"""What belongs to the page: its mark, its number, rulers of any sign."""
LONGEST = 160
"""Characters of a line of a signature block; a longer one is body text."""


@dataclass(slots=True)
class Signer:
    """One row of ``signature``, with characters `start` to `end` (half-open); `on` None where the date cannot be read."""

    start: int
    end: int
    registrant: str | None = None
    signature: str | None = None
    name: str | None = None
    title: str | None = None
    place: str | None = None
    date_text: str | None = None
    date_at: tuple[int, int] = (0, 0)
    day: Day | None = None
    title_is_open: bool = True

    @property
    def is_conformed(self) -> bool | None:
        """The signature has ``/s/``; None where there is none."""
        return None if self.signature is None else _CONFORMED.search(self.signature) is not None


@dataclass(slots=True)
class Block:
    """The signature block: its lines `first` to `last` (half-open), heading included, and its signers.

    `registrant` is whom they sign for, in the block's own words; `number_at` is where its lines begin, for a file number
    in it.
    """

    first: int
    last: int
    has_heading: bool
    signers: list[Signer] = field(default_factory=list)
    registrant: companies.Name | None = None
    unread_dates: list[tuple[int, int]] = field(default_factory=list)


class SignerReader:
    """Reads one block label by label, cells and columns first."""

    def __init__(self, running: Running, block: Block, clause: re.Match[str], rest: int) -> None:
        self.running, self.block = running, block
        self.registrant: companies.Name | None = None
        self.is_captioned = False
        self.place: str | None = None
        self.waiting: str | None = None
        self.dates: list[tuple[int, int, Day]] = []
        self.further: list[Piece] = []
        self.later: str | None = None
        self._of_clause(clause, rest)

    def _of_clause(self, clause: re.Match[str], rest: int) -> None:
        """A registrant named in the clause, and ``at Amsterdam, on January 30, 2023`` behind it."""
        running = self.running
        named = _NAMED.search(running.as_filed[clause.start("named") : clause.end("named")])
        if named and companies.is_company(named["name"]):
            at = clause.start("named") + named.start("name")
            self.registrant = companies.Name(running.filed(at, at + len(named["name"])), at, at + len(named["name"]))
            self.is_captioned = True
        day = find_day(running.unruled, clause.end(), rest)
        if day:
            self.dates.append((day.start, day.end, day))
        where = _AT.match(running.text[clause.end() : day.start] + " x" if day else "")
        if where:
            start, end = clause.end() + where.start("place"), clause.end() + where.end("place")
            self.place = running.filed(start, end)

    def read(self, first: int, last: int) -> None:
        """Read the lines up to the end of the block."""
        pieces = list(self._pieces(first, last))
        loose: list[Piece] = []
        for number, piece in enumerate(pieces):
            following = pieces[number + 1] if number + 1 < len(pieces) else None
            if self._ends_before(piece):
                break
            self.block.last = piece.line + 1
            self._piece(piece, following, loose)
        if self.registrant is None and loose and not self.block.signers:
            self._take_registrant(loose)
        self._finish()

    def _pieces(self, first: int, last: int) -> Iterator[Piece]:
        """Pieces, with dates taken out: they may stand anywhere, also between name and title."""
        running = self.running
        for piece in _by_columns(list(running.pieces(first, last, columns=True))):
            at = piece.start
            if len(piece.text) > LONGEST:
                yield piece
                continue
            for day in days_in(running.unruled, piece.start, piece.end):
                label = _DATE_LABEL.search(running.unruled, piece.start, day.start)
                begin = label.start() if label else day.start
                if not label and (begin > piece.start and day.end < piece.end):
                    continue  # a date within words
                end = day.end + (running.text[day.end : day.end + 1] == ".")
                self.dates.append((begin, end, day))
                if running.text[at:begin].strip(" _,"):
                    yield Piece(running.text[at:begin].rstrip(" ,"), at, begin, piece.line, piece.column)
                yield Piece("", begin, end, piece.line, piece.column)
                at = end
            if (
                not is_page_number(piece.text)
                and not _DEBRIS.fullmatch(piece.text)
                and running.text[at : piece.end].strip(" _,.)")
            ):
                yield Piece(running.text[at : piece.end].strip(), at, piece.end, piece.line, piece.column)

    def _ends_before(self, piece: Piece) -> bool:
        """The block is over where something else begins: an exhibit list, a release, body text, another page's matter."""
        if len(piece.text) > LONGEST and not _FORM_WORDS.fullmatch(piece.text):
            return True
        if is_exhibit_heading(piece.text) or _FURTHER.match(piece.text):
            return True
        signers = self.block.signers
        if not signers or not piece.text:
            return bool(signers) and not piece.text and self._is_date_line_of_release(piece)
        line = self.running.lines[piece.line]
        is_label = bool(_LABEL.match(piece.text) or _CONFORMED.search(piece.text) or _FORM_WORDS.fullmatch(piece.text))
        if is_label or self.waiting:
            return False
        if line.follows_page_break or RELEASE_MARK.fullmatch(piece.text):
            return True
        last = signers[-1]
        if last.title and self.registrant and companies.folded(piece.text) == companies.folded(self.registrant.text):
            return True
        return bool(last.title) and (line.is_bold or line.heading_level > 0) and not is_title(piece.text)

    def _is_date_line_of_release(self, piece: Piece) -> bool:
        """A date on a new page, when the signers have theirs, heads other matter."""
        return self.running.lines[piece.line].follows_page_break and len(self.dates) > 1

    def _piece(self, piece: Piece, following: Piece | None, loose: list[Piece]) -> None:
        text = piece.text
        if not text:
            return
        lone = _LONE_DATE_LABEL.fullmatch(text)
        if lone:
            self._lone_date(piece, lone, following)
            return
        if _REGISTRANT_CAPTION.fullmatch(text) or (_REGISTRANT_CAPTION.search(text) and not self.is_captioned):
            self._caption(piece, loose)
            return
        if following and _REGISTRANT_CAPTION.match(following.text) and not self.is_captioned:
            loose.append(piece)
            return
        if _FORM_WORDS.fullmatch(text) and not self.waiting:
            return
        label = _LABEL.match(text) or _BARE_BY.match(text)
        if not label and not self.block.signers and not _CONFORMED.search(text):
            if (loose or self.registrant) and split_title(text)[1] and not companies.is_company(text):
                if loose and self.registrant is None:
                    self._take_registrant(loose)
                self._unlabelled_text(self._begin(piece), self.running.filed(piece.start, piece.end))
                return
            loose.append(piece)
            return
        if loose and self.registrant is None:
            self._take_registrant(loose)
        if label:
            self._labelled(piece, label)
        elif self._is_further_registrant(piece):
            self.further.append(piece)
        else:
            self._unlabelled(piece)

    def _is_further_registrant(self, piece: Piece) -> bool:
        """After a signer's title the names of other registrants, for whom the next one signs under the same clause."""
        signers = self.block.signers
        if self.waiting or not signers or signers[-1].title is None or _CONFORMED.search(piece.text):
            return False
        return bool(self.further) or (companies.is_company(piece.text) and not is_title(piece.text))

    def _lone_date(self, piece: Piece, lone: re.Match[str], following: Piece | None) -> None:
        """``Date:`` whose day stands in the next cell, or is none that we can read."""
        if lone["rest"].strip(" _.") and not any(begin <= piece.start < end for begin, end, _ in self.dates):
            self.block.unread_dates.append((piece.start, piece.end))

    def _caption(self, piece: Piece, loose: list[Piece]) -> None:
        """``(Registrant)`` names the lines above it; ``/s/ CSR LIMITED`` is then no person."""
        caption = _REGISTRANT_CAPTION.search(piece.text)
        if caption and piece.text[: caption.start()].strip():
            loose.append(
                Piece(piece.text[: caption.start()].strip(), piece.start, piece.start + caption.start(), piece.line)
            )
        if not loose:
            return
        self._take_registrant(loose, is_captioned=True)

    def _take_registrant(self, loose: list[Piece], *, is_captioned: bool = False) -> None:
        """The first line after the clause that is no label; all lines above the caption where there is one."""
        running = self.running
        taken = [piece for piece in loose if not _FILE_NUMBER.fullmatch(piece.text)]
        loose.clear()
        if not taken:
            return
        if not is_captioned:
            taken = taken[: 2 if len(taken) > 1 and self._is_of_one_name(*taken[:2]) else 1]
        texts = [_CONFORMED.sub("", running.filed(piece.start, piece.end)).strip() for piece in taken]
        text = re.split(r"\s*:\s*(?=(?:sec|commission)\b)", " ".join(texts), flags=re.IGNORECASE)[0].strip(" _:")
        text = re.sub(r"^for\s+and\s+on\s+behalf\s+of:?\s*", "", text, flags=re.IGNORECASE)
        if text:
            self.registrant = companies.Name(text, taken[0].start, taken[-1].end)
            self.is_captioned = self.is_captioned or is_captioned

    def _is_of_one_name(self, one: Piece, other: Piece) -> bool:
        """A name over two lines, without a caption: its first line is no company's, and the second goes on with it."""
        if companies.is_company(one.text) and not one.text.endswith(","):
            return False
        is_next = one.line + 1 == other.line and not self.running.lines[other.line].begins_paragraph
        return is_next or companies.is_company(other.text)

    def _labelled(self, piece: Piece, label: re.Match[str]) -> None:
        word = (label.groupdict().get("label") or "by").lower()
        at = piece.start + label.end()
        rest = self.running.filed(at, piece.end)
        if not rest.strip(" _") and word == "by" and self._awaits_name():
            return  # a line to sign on, below the signature
        kind = "by" if word in ("by", "signature") else "name" if word.startswith("name") else "title"
        if kind == "by":
            if not (
                self.block.signers and self.block.signers[-1].signature is None and self.block.signers[-1].name is None
            ):
                self._begin(piece)
            self.waiting = None if rest else "signature"
            if rest:
                self._sign(rest, piece)
            return
        signer = self.block.signers[-1] if self.block.signers else self._begin(piece)
        if (kind == "name" and signer.name is not None) or (
            kind == "title" and signer.title and signer.title_is_open is False
        ):
            signer = self._begin(piece)
        signer.end = max(signer.end, piece.end)
        self.waiting = None if rest else kind
        if not rest:
            return
        if kind == "name":
            signer.name, title = split_title(rest)
            signer.title = signer.title or title
        else:
            signer.title = rest
        if kind == "name" and "title" in word and title is None:
            self.waiting = "title"

    def _awaits_name(self) -> bool:
        """The last signer has signed, and nothing else is known of him."""
        signers = self.block.signers
        return bool(signers) and signers[-1].signature is not None and signers[-1].name is None

    def _begin(self, piece: Piece) -> Signer:
        if self.further:
            self.later = self.running.filed(self.further[0].start, self.further[-1].end)
            self.further.clear()
        signer = Signer(piece.start, piece.end, registrant=self.later)
        self.block.signers.append(signer)
        return signer

    def _sign(self, text: str, piece: Piece) -> None:
        signer = self.block.signers[-1]
        signer.end = max(signer.end, piece.end)
        inner = _LABEL.search(text)
        if inner and inner.start() > 0 and inner["label"].lower() in ("name", "title"):
            text = text[: inner.start()].strip()
            self._labelled(
                Piece(piece.text, piece.start, piece.end, piece.line), _LABEL.search(piece.text, inner.start()) or inner
            )
        if _CONFORMED.search(text) or text.startswith("_"):
            signer.signature = text if text.strip(" _") else None
        else:
            self._unlabelled_text(signer, text)

    def _unlabelled(self, piece: Piece) -> None:
        text = self.running.filed(piece.start, piece.end)
        waiting, self.waiting = self.waiting, None
        signers = self.block.signers
        if _CONFORMED.search(text):
            if not signers or signers[-1].signature or (signers[-1].name and waiting != "signature"):
                self._begin(piece)
            signers[-1].signature = text
        elif waiting == "signature" and text.startswith("_") and text.strip(" _"):
            signers[-1].signature = text
        elif waiting == "name":
            signers[-1].name, title = split_title(text)
            signers[-1].title = signers[-1].title or title
        elif waiting == "title":
            signers[-1].title = _unbracketed(text)
        else:
            self._unlabelled_text(signers[-1], text)
        signers[-1].end = max(signers[-1].end, piece.end)

    def _unlabelled_text(self, signer: Signer, text: str) -> None:
        """The line below the signature is the name, what follows the title, unless its words say otherwise."""
        signed = _CONFORMED.sub("", signer.signature or "").strip(" _,")
        name, title = split_title(text)
        if signer.name is None and signed and text.casefold().startswith(f"{signed.casefold()} ") and is_title(text):
            signer.name, signer.title = text[: len(signed)], signer.title or text[len(signed) :].lstrip(" ,")
        elif signer.name is None and not (signed and is_title(name)):
            signer.name, signer.title = name.rstrip(" ,"), signer.title or title
        elif signer.title is None and signer.name is not None and text.casefold() == signer.name.casefold():
            return
        elif signer.title is None:
            signer.title = _unbracketed(text)
            signer.title_is_open = not text.rstrip().endswith(")")
        elif signer.title_is_open:
            signer.title = f"{signer.title} {text}"

    def _finish(self) -> None:
        """What serves all signers: the registrant, and a date that stands once."""
        signers = self.block.signers
        for signer in signers:
            signer.registrant = signer.registrant or (self.registrant.text if self.registrant else None)
            signer.place = self.place
            if signer.name is None and signer.signature:
                signer.name = _CONFORMED.sub("", signer.signature).strip(" _") or None
        self.block.registrant = self.registrant
        dates = [date for date in self.dates if date[0] < self.running.start_of(self.block.last)]
        if not signers and (self.registrant or dates):
            self.block.signers = signers = [
                Signer(self.running.starts[self.block.first], self.running.end_of(self.block.last - 1))
            ]
            signers[0].registrant = self.registrant.text if self.registrant else None
        for number, signer in enumerate(signers):
            if dates:
                begin, end, signer.day = dates[number] if len(dates) == len(signers) else dates[0]
                signer.date_text, signer.date_at = self.running.filed(begin, end), (begin, end)
            elif self.block.unread_dates:
                signer.date_at = self.block.unread_dates[0]
                signer.date_text = self.running.filed(*signer.date_at)


def _by_columns(pieces: list[Piece]) -> list[Piece]:
    """Two signers side by side are read one after the other; other blocks in the order of their lines."""
    lines: dict[int, list[Piece]] = {}
    for piece in pieces:
        lines.setdefault(piece.line, []).append(piece)
    side_by_side = [held for held in lines.values() if len([p for p in held if _CONFORMED.search(p.text)]) > 1]
    if not side_by_side:
        return pieces
    first = side_by_side[0][0].line
    return [piece for piece in pieces if piece.line < first] + sorted(
        (piece for piece in pieces if piece.line >= first), key=lambda piece: (piece.column, piece.line)
    )


def _unbracketed(text: str) -> str:
    """Brackets around a title are dropped: ``(Chief Legal Officer)``."""
    held = text.strip()
    return held[1:-1].strip() if held.startswith("(") and held.endswith(")") else held
