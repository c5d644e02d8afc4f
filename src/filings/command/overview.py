"""The page of `filings status`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from filings.pipeline.progress import amount
from filings.query.grid import Look, visible
from filings.query.sheet import facts, narrow, section
from filings.schema.codes import STATUSES, Status

_REFUSALS = 10


def overview(status: dict[str, Any], look: Look) -> Iterator[str]:
    """The lines of the page, from `read_status` with the warehouse's name and the filings by status."""
    yield look.bold(f"Warehouse {status['warehouse']}")
    yield ""
    yield from facts(_facts(status), look)
    rows = [(name, f"{count:,}", STATUSES[Status(name)]) for name, count in status["filings"].items()]
    yield from section("Filings in the snapshot", narrow(["status", "versions", "meaning"], rows, {1}, look), look)
    yield from _schedules(status["schedules"], look)
    runs = [
        (run["kind"], _time(run["started_at"]), _time(run["ended_at"]), run["state"], _counted(run["counts"]))
        for run in status["runs"]
    ]
    yield from section("Last runs", narrow(["what", "began", "ended", "state", "counts"], runs, (), look), look)
    lacking = [
        (each["rule"], each["filing_id"], each["state"], f"{each['attempts']}", _time(each["next_try_at"]), each["why"])
        for each in status["alerts"]
    ]
    columns = ["rule", "filing", "state", "attempts", "next attempt", "why"]
    title = f"Alerts that did not go ({len(lacking):,}); filings alerts send tries at once"
    yield from section(title, narrow(columns, lacking[:_REFUSALS], {3}, look), look)
    refused = [(visible(each["source"]), each["verdict"], each["detail"]) for each in status["refusals"]]
    title = f"Refused: no filings at all ({len(refused):,})"
    yield from section(title, narrow(["source", "verdict", "detail"], refused[:_REFUSALS], (), look), look)


def _facts(status: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    writer, packs = status["writer"], status["packs"]
    yield (
        "writing now",
        f"{writer['what']}, process {writer['pid']} on {writer['host']} since {_time(writer['since'])}"
        if writer
        else "nobody",
    )
    yield "schedules", _is_up(status["schedules"])
    current = next((each for each in status["snapshots"] if each["state"] == "current"), None)
    yield (
        "snapshot",
        f"{current['number']}, published {_time(current['published_at'])}, {amount(current['byte_length'] or 0, 'bytes')}"
        if current
        else "none yet",
    )
    if packs:
        yield (
            "raw bytes",
            f"{amount(packs['bytes'], 'bytes')}; records: {packs['records']:,}, packs: {packs['packs']:,}",
        )


def _is_up(service: dict[str, Any]) -> str:
    """Whether the schedules run, and where their pages are."""
    up, url = service["up"], service["url"]
    if not up:
        left = " and ".join(name for name in ("server", "runner") if service[name])
        return f"not up, but a killed `up` left its {left}: filings up takes it over" if left else "not up"
    lives = "" if service["server"] and service["runner"] else "; it is just starting or mending something"
    return f"up since {_time(up['since'])}, process {up['pid']}" + (f"; pages: {url}" if url else "") + lives


def _schedules(service: dict[str, Any], look: Look) -> Iterator[str]:
    """Flow runs that are on, that ended, that come."""
    if service["trouble"]:
        yield from section("Flow runs", [service["trouble"]], look)
        return
    each = [*reversed(service["next"]), *service["running"], *service["last"]]
    rows = [
        (
            run["deployment"] or run["name"],
            run["name"] if run["started_at"] else None,
            _time(run["started_at"] or run["scheduled_at"]),
            _time(run["ended_at"]),
            run["state"],
            run["message"] if run["ended_at"] else None,
        )
        for run in each
    ]
    columns = ["deployment", "run", "began or begins", "ended", "state", "what came of it"]
    yield from section("Flow runs: next, now, last", narrow(columns, rows, (), look), look)


def _time(text: str | None) -> str | None:
    """An instant of the control state to the second."""
    return f"{text[:19].replace('T', ' ')}+00" if text else None


def _counted(counts: dict[str, Any]) -> str | None:
    if "findings" in counts:
        if (found := counts["findings"]) is None:
            return None
        return f"{counts['scope']}: {amount(counts['read'], 'bytes')} of packs, {found:,} to look at"
    filings = sum((counts.get("filings") or {}).values())
    said = [f"{counts[name]:,} {name}" for name in ("files", "refused") if counts.get(name)]
    return ", ".join([*said, f"{filings:,} filings"]) if counts else None
