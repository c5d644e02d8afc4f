"""Words and numbers of a contact: headings, telephones, e-mail addresses, organisations (form-6k-cover.md 8)."""

from __future__ import annotations

import re

_WHAT = r"(?:press|media|news|investors?|analysts?|corporate|company|public|shareholders?|financial|business|ir|general|global|u\.?s\.?|european?)"
_HEADING = re.compile(
    rf"\W*(?:(?:for\s+)?(?:{_WHAT}|relations|communications?|and|&|/|,|\s)*\s*(?:contacts?|enquir(?:y|ies)|inquir(?:y|ies))"
    rf"(?:\s+(?:information|details|persons?|us|for\s+\w+))?"
    r"|(?:for\s+)?(?:further|additional|more)\s+information[\s,]*(?:please\s+)?(?:(?:contact|call|visit)(?:\s+us)?)?(?:\s+or\s+.{0,30})?"
    r"|for\s+(?:further|additional|more)\s+information[^.:]{0,80}?(?:please\s+)?contact"
    rf"|(?:for\s+)?(?:{_WHAT}|relations|communications?|and|&|/|,|\s)+\s*:?"
    r"|contact\s+(?:person|information|details)"
    r"|(?:for\s+)?[\w .,&'-]{1,50}\s+(?:investor|media|press|public)\s+(?:relations|inquiries|enquiries|contacts?)(?:\s*(?:&|and)\s*(?:investor|media|press|public)\s+relations)?)"
    r"\s*[:.]?\W*",
    re.IGNORECASE,
)
_STRONG = re.compile(r"contacts?\b|enquir|inquir|information", re.IGNORECASE)
_INVESTOR = re.compile(r"\binvestors?\b|\banalysts?\b|\bshareholders?\b|\bIR\b", re.IGNORECASE)
_MEDIA = re.compile(r"\bmedia\b|\bjournalists?\b", re.IGNORECASE)
_PRESS = re.compile(r"\bpress\b|\bcorporate\s+communications?\b|\bpublic\s+relations\b", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b(?:office|department|relations|press|media|communications?|inquiries|enquiries|group|partners|consulting|advisors?|advisory|team|desk"
    r"|agency|associates|international|hotline|service|services|bank|institute|university)\b|&",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
"""An e-mail address."""
_DIGITS = r"(?:\+|\(|00)?\s?\d[\d\s().+/\x1f-]{5,34}\d"
PHONE = re.compile(
    rf"(?:(?P<label>tel(?:ephone|efon)?|phone|ph|mobile|mob|cell|direct|office|t|p|m|o|call)\s*(?:no|number|nr)?\s?[.:]{{0,2}}\s*)?(?P<number>{_DIGITS})"
    r"(?:\s*(?:ext|x|extension)\.?\s*\d{1,6})?",
    re.IGNORECASE,
)
"""A telephone number, with its label where it has one."""
FAX = re.compile(r"(?:fax|facsimile|f)\s*(?:no|number)?\s?[.:]{1,2}|\bfax\b", re.IGNORECASE)
"""A word for a fax number, which is no telephone."""
_NAME_WORD = r"(?:[^\W\d_a-z][\w'’.-]*|de|van|von|der|den|da|di|la|le|del|bin|al|ter|dos|du|y|e)"
_NAME = re.compile(rf"{_NAME_WORD}(?:\s+{_NAME_WORD}){{1,4}}")
_CAPITAL = re.compile(r"[^\W\d_a-z]")
_FEWEST_DIGITS = 7


def is_contact_heading(text: str) -> bool:
    """The line opens the contacts of a release: ``CONTACT``, ``Enquiries:``, ``For further information, please contact:``."""
    has_word = text.rstrip().endswith(":") or _STRONG.search(text) is not None
    return len(text) <= 120 and has_word and _HEADING.fullmatch(text) is not None


def kind_of(text: str) -> str | None:
    """``investor``, ``media`` or ``press``, by the words of a heading or an organisation; None where they do not say."""
    if _INVESTOR.search(text):
        return "investor"
    return "media" if _MEDIA.search(text) else "press" if _PRESS.search(text) else None


def is_organisation(text: str) -> bool:
    """An office, a firm, a department: no person."""
    return _ORGANISATION.search(text) is not None


def is_person(text: str) -> bool:
    """Two to five words that begin with capitals, without digits: a person's name, as far as shape tells."""
    return (
        len(text) <= 60
        and _NAME.fullmatch(text) is not None
        and len(_CAPITAL.findall(text[:1] + text[text.rfind(" ") + 1 :][:1])) == 2
    )


def telephone(text: str) -> re.Match[str] | None:
    """The first telephone number in a line: behind its label, or digits enough to be one."""
    for found in PHONE.finditer(text):
        if sum(map(str.isdigit, found["number"])) >= _FEWEST_DIGITS:
            return found
    return None
