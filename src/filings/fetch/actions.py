"""What follows from each verdict on an answer (edgar.md A.5): keep it, ask again, pause everything, absent, refused."""

from __future__ import annotations

from enum import StrEnum

from filings.fetch.shapes import Shape, is_expected, is_whole
from filings.fetch.verdict import Verdict, judge
from filings.large import Bytes


class Action(StrEnum):
    """What the client does with an answer."""

    KEEP = "keep"
    RETRY = "retry"
    PAUSE = "pause"
    ABSENT = "absent"
    REFUSED = "refused"


ACTIONS: dict[Verdict, Action] = {
    Verdict.EMPTY: Action.RETRY,
    Verdict.S3_ACCESS_DENIED: Action.ABSENT,
    Verdict.S3_NO_SUCH_KEY: Action.ABSENT,
    Verdict.UNDECLARED_TOOL: Action.REFUSED,
    Verdict.RATE_BLOCKED: Action.PAUSE,
    Verdict.UNAVAILABLE: Action.RETRY,
    # A page of 404 proves nothing: for a day in 2022 everything was one (edgar.md A.2). Only the store's word does.
    Verdict.NOT_FOUND_HTML: Action.RETRY,
    Verdict.HTML_OTHER: Action.RETRY,
    Verdict.CUT_OFF: Action.RETRY,
    # what was not asked for: asking again may bring it
    Verdict.SUBMISSION: Action.RETRY,
    Verdict.INDEX: Action.RETRY,
    Verdict.FEED_XML: Action.RETRY,
    Verdict.JSON: Action.RETRY,
    Verdict.GZIP: Action.RETRY,
    Verdict.TAR: Action.RETRY,
}
"""The action on an answer that is not of the shape asked for, or not whole."""

_TOO_MANY_REQUESTS = 429
_OK = 200


def action(status: int, shape: Shape, body: Bytes) -> tuple[Verdict, Action]:
    """The verdict on an answer and what to do.

    The body decides. Two things are left to the status: only 200 can bring what was asked for (an error in JSON is JSON,
    too), and 429 is a block whatever the page under it says, since a limit at the edge of the network has many pages.
    """
    verdict = judge(body, from_network=True)
    if is_expected(shape, verdict, body):
        if status == _OK and is_whole(shape, body):
            return verdict, Action.KEEP
        if status == _OK:
            return Verdict.CUT_OFF, Action.RETRY
    if status == _TOO_MANY_REQUESTS and ACTIONS[verdict] is not Action.REFUSED:
        return Verdict.RATE_BLOCKED, Action.PAUSE
    return verdict, ACTIONS[verdict]
