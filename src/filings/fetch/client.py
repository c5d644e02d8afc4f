"""The client: one request after the other, each answer judged, the right and whole ones kept, the others acted upon.

right and whole          an `Answer`
nothing new (304)        an `Answer` without a body
page of a block          everything of all processes pauses; then the same request again
store's AccessDenied     Absent
User-Agent refused       Undeclared
all else                 asked again after a growing, random wait; in the end Unanswered
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from filings.errors import Absent, Blocked, TooLong, Unanswered, Undeclared
from filings.fetch.actions import Action, action
from filings.fetch.addresses import Address, Host, bases
from filings.fetch.download import Download
from filings.fetch.identity import HOW, user_agent
from filings.fetch.rate import LOOK, Limit, Paused, clock, limit_for
from filings.fetch.shapes import LONGEST, Shape
from filings.fetch.verdict import SENTENCES, Verdict
from filings.fetch.wire import Broken, Overlong, Received, Timeouts, Wire
from filings.large import Bytes, gathered
from filings.settings import Settings

_NOT_MODIFIED = 304
_LONGEST_RETRY_AFTER = 3600  # seconds; nobody can stop all programs here for days by one header
_LATEST_END = 5000  # edgar.md F.1: beyond it the feed's answer is always "File Unavailable", which is its end


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on: attempts, and the waits between them in seconds, doubled from `first` up to `longest`.

    `waits_out`: a pause after a block page is waited out, up to `blocks` of them; else Blocked is raised at once.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 60.0
    blocks: int = 3
    waits_out: bool = True
    timeouts: Timeouts = field(default_factory=Timeouts)

    def wait(self, attempt: int) -> float:
        """Seconds after the attempt of this number, from 1: a random part of the half, so that many do not come at once."""
        return min(self.longest, self.first * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier answer said of itself, to ask only for what is new."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A right and whole answer.

    `fetched_at` is UTC, when its last byte came; `received` the bytes of this answer as sent, `requests` how many answers
    it took. `etag`, `last_modified` and `version_id` (``x-amz-version-id``) are as the server stated them: a change at the
    same URL is the sign of a re-dissemination (edgar.md A.4). `size_differs`: not the length that was expected, twice.
    """

    url: str
    body: Bytes
    verdict: Verdict | None
    fetched_at: datetime
    etag: str | None
    last_modified: str | None
    version_id: str | None
    received: int
    requests: int
    size_differs: bool = False
    is_unchanged: bool = False

    @property
    def modified_at(self) -> str | None:
        """`last_modified` as ISO 8601 in UTC, as raw records have it; None where the server said something else."""
        try:
            said = self.last_modified
            return parsedate_to_datetime(said).astimezone(UTC).isoformat() if said else None
        except (ValueError, OverflowError):
            return None


_Taken: TypeAlias = Answer | tuple[Verdict, Action] | None
"""What became of an answer: taken, to be acted upon, or to be asked for once more at once."""


class Client:
    """Asks EDGAR. Threads may share it; processes each have their own, under one limit."""

    def __init__(
        self,
        settings: Settings,
        *,
        spool: Path | None = None,
        patience: Patience | None = None,
        tell: Callable[[str], None] = lambda text: None,
        state: Path | None = None,
    ) -> None:
        """`spool` is where large bodies lie; `tell` gets a sentence where somebody has to wait for long.

        `state` is the folder of the limit, for tests. Raises UsageError where the settings lack a name or an e-mail, or
        go beyond what the SEC allows.
        """
        self._agent = user_agent(settings)
        self._bases = bases(settings)
        self._patience = patience or Patience()
        self._spool = spool
        self._tell = tell
        self._told = 0.0
        self._limits: dict[Host, Limit] = {
            host: limit_for(base, settings.requests_per_second, settings.block_seconds, state)
            for host, base in self._bases.items()
        }
        self._wires = {
            host: Wire(base, self._limits[host].turn, self._patience.timeouts) for host, base in self._bases.items()
        }

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for wire in self._wires.values():
            wire.close()

    def url(self, address: Address) -> str:
        """Where the thing at an address lies, host and all."""
        return self._bases[address.host] + address.path

    def get(self, address: Address, *, known: Known | None = None, size: int | None = None) -> Answer:
        """The answer at an address, whole and of the right shape.

        `known` asks only for what changed since; `size` is the length that another source states (edgar.md A.5): where it
        differs, the thing is asked for once more and then taken as it is. Raises Absent, Unanswered, Blocked, Undeclared,
        TooLong, and Full or StoreError for the spool.
        """
        has_differed = False

        def take(received: Received, requests: int) -> _Taken:
            nonlocal has_differed
            if received.status == _NOT_MODIFIED and known:
                return _answer(url, received, b"", None, requests, is_unchanged=True)
            each = received.pieces(LONGEST[address.shape], check_gzip=address.shape is Shape.GZIP)
            body = gathered(each, self._spool)
            verdict, do = action(received.status, address.shape, body)
            if do is not Action.KEEP:
                return verdict, do
            differs = size is not None and len(body) != size
            if not differs or has_differed:
                return _answer(url, received, body, verdict, requests, size_differs=differs)
            has_differed = True
            return None

        url = self.url(address)
        return self._asked(address, lambda: self._headers(address, known), take)

    def download(self, address: Address, path: Path) -> Answer:
        """The gzip at an address as a file, resumed where an earlier attempt stopped, also one of another run.

        The file stands at `path` when it came whole; until then it is beside it, with the ending ``.download``. Of the
        answer `body` is empty. Whether its gzip is sound, its reader sees. Raises what `get` raises.
        """
        part = Download(path)
        url = self.url(address)

        def take(received: Received, requests: int) -> _Taken:
            if not part.takes(received.status, received.headers):
                each = received.pieces(LONGEST[Shape.HTML], check_gzip=False)
                return action(received.status, address.shape, gathered(each, self._spool))
            pieces = received.pieces(LONGEST[address.shape], check_gzip=False)
            first = next(pieces, b"")
            if part.start == 0 and not first.startswith(b"\x1f\x8b"):  # a page, whatever its status says
                return action(received.status, address.shape, gathered(chain([first], pieces), self._spool))
            part.fill(chain([first], pieces))
            return _answer(url, received, b"", Verdict.GZIP, requests)

        return self._asked(address, lambda: self._headers(address, None) | part.headers(), take, part.length)

    def _asked(
        self,
        address: Address,
        headers: Callable[[], dict[str, str]],
        take: Callable[[Received, int], _Taken],
        came: Callable[[], int] = lambda: 0,
    ) -> Answer:
        """Ask until `take` has an answer, or asking again helps no more.

        `came` is how much of it is here already: who got further begins to count its attempts anew.
        """
        url = self.url(address)
        attempts, blocks, requests, before = 0, 0, 0, came()
        while True:
            self._wait_out(address.host)
            why: str
            verdict: Verdict | None = None
            try:
                with self._wires[address.host].get(address.path, headers()) as received:
                    requests += 1
                    taken = take(received, requests)
                    if isinstance(taken, Answer):
                        return taken
                    if taken is None:
                        continue
                    verdict, do = taken
                    if do is Action.PAUSE:
                        blocks += 1
                        self._block(address.host, url, blocks, received.headers.get("retry-after", ""))
                        continue
                    _act(do, address, url, verdict)
                    why = f"{received.status}: {SENTENCES[verdict]}"
            except Paused:
                continue
            except Overlong:
                raise TooLong(
                    f"{url}: more than {LONGEST[address.shape] >> 30} GiB", "Nothing of it was kept."
                ) from None
            except Broken as error:
                why = str(error)
            if (now := came()) > before:
                attempts, before = 0, now
            attempts += 1
            if attempts >= self._patience.attempts:
                raise Unanswered(
                    f"{url}: no whole answer in {attempts} attempts. The last one: {why}",
                    "It will be asked for again by the next run.",
                    verdict=str(verdict or ""),
                )
            time.sleep(self._patience.wait(attempts))

    def _headers(self, address: Address, known: Known | None) -> dict[str, str]:
        headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip", "Accept": "*/*"}
        if address.shape in (Shape.GZIP, Shape.ZIP, Shape.COMPRESS):
            headers["Accept-Encoding"] = "identity"  # what is packed already
        if known and address.is_conditional:
            if known.last_modified:
                headers["If-Modified-Since"] = known.last_modified
            if known.etag:
                # the server adds -gzip for what it packs on the way, and does not know such a tag again
                plain = known.etag.replace('-gzip"', '"')
                headers["If-None-Match"] = ", ".join(dict.fromkeys((known.etag, plain)))
        return headers

    def _block(self, host: Host, url: str, blocks: int, retry_after: str) -> None:
        asked = (
            min(int(retry_after), _LONGEST_RETRY_AFTER) if retry_after.isdecimal() and len(retry_after) < 9 else None
        )
        until = self._limits[host].block(asked)
        if blocks >= self._patience.blocks:
            raise Blocked(
                f"{url}: EDGAR blocks this machine for too many requests, {blocks} times one after the other",
                f"Nothing here asks before {clock(until)}. Look whether something else asks EDGAR from this address.",
                until=until,
            )

    def _wait_out(self, host: Host) -> None:
        """Keep still while there is a pause, whoever met the block page; say so once for each."""
        while (until := self._limits[host].blocked_until()) is not None:
            if not self._patience.waits_out:
                raise Blocked("EDGAR blocks this machine for too many requests", until=until)
            if abs(until - self._told) > 1:
                self._told = until
                self._tell(f"EDGAR blocks this machine for too many requests: everything waits until {clock(until)}.")
            time.sleep(min(LOOK, max(0.0, until - time.time())))


def _act(do: Action, address: Address, url: str, verdict: Verdict) -> None:
    """Raise what an answer says once and for all; nothing where asking again may help."""
    if do is Action.ABSENT or (verdict is Verdict.UNAVAILABLE and _is_past_the_feed(address)):
        raise Absent(f"{url}: {SENTENCES[verdict]}", verdict=str(verdict))
    if do is Action.REFUSED:
        raise Undeclared(f"{url}: EDGAR refuses the User-Agent", HOW)


def _is_past_the_feed(address: Address) -> bool:
    start = address.path.partition("&start=")[2].partition("&")[0]
    return address.place == "latest" and start.isdigit() and int(start) > _LATEST_END


def _answer(
    url: str,
    received: Received,
    body: Bytes,
    verdict: Verdict | None,
    requests: int,
    *,
    size_differs: bool = False,
    is_unchanged: bool = False,
) -> Answer:
    said = received.headers
    return Answer(
        url=url,
        body=body,
        verdict=verdict,
        fetched_at=datetime.now(UTC),
        etag=said.get("etag"),
        last_modified=said.get("last-modified"),
        version_id=said.get("x-amz-version-id"),
        received=received.received,
        requests=requests,
        size_differs=size_differs,
        is_unchanged=is_unchanged,
    )
