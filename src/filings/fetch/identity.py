"""Who asks: the User-Agent that the SEC wants with every request, `Company Name AdminContact@company.com` (A.2)."""

from __future__ import annotations

import re

from filings.errors import UsageError
from filings.settings import Settings

HOW = (
    "The SEC refuses requests without a name and an e-mail address. Set them once, in settings.toml of the warehouse\n"
    '  (user_name = "Jane Doe" and user_email = "jane@example.com"), or as FILINGS_USER_NAME and FILINGS_USER_EMAIL.'
)
"""What to do where the SEC does not know who asks."""

_EMAIL = re.compile(r"[^\s@<>()\",;:]+@[^\s@<>()\",;:]+\.[^\s@<>()\",;:.]+")


def user_agent(settings: Settings) -> str:
    """The User-Agent of these settings. Raises UsageError where the name or the address is missing or cannot be sent.

    Only printable ASCII can stand in a header, so a name in another script has to be written in Latin letters.
    """
    name, email = (settings.user_name or "").strip(), (settings.user_email or "").strip()
    if not name or not email:
        missing = " and ".join(label for label, value in (("user_name", name), ("user_email", email)) if not value)
        raise UsageError(f"{missing}: not set", HOW)
    if not (name.isascii() and name.isprintable()):
        raise UsageError(f"user_name is {name!r}; a request can carry printable ASCII only", HOW)
    if not (email.isascii() and email.isprintable() and _EMAIL.fullmatch(email)):
        raise UsageError(f"user_email is {email!r}; that is no e-mail address", HOW)
    return f"{name} {email}"
