"""Serve a small EDGAR until Ctrl-C, and say what to type in another terminal."""

from __future__ import annotations

import argparse
import threading
from datetime import date
from pathlib import Path

from edgar.archive import Archive
from edgar.filing import quarter
from edgar.folder import read
from edgar.gate import Gate
from edgar.generator import generate
from edgar.server import SmallEdgar
from edgar.trouble import KINDS, Trouble


def main() -> None:
    asked = _asked()
    filings = [each for folder in asked.folder for each in read(folder)]
    filings += generate(asked.days, asked.filings, start=asked.start, seed=asked.seed, scale=asked.scale)
    shares = {kind: float(share) for kind, _, share in (each.partition("=") for each in asked.trouble)}
    if unknown := shares.keys() - set(KINDS):
        raise SystemExit(f"unknown trouble: {', '.join(sorted(unknown))}. Known: {', '.join(KINDS)}")
    gate = Gate(asked.per_second or None, asked.pause)
    with SmallEdgar(Archive(filings), gate=gate, trouble=Trouble(shares), log=asked.log, port=asked.port) as small:
        _say(small, asked.log)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"\n{len(small.log.requests)} requests were answered.")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="edgar", description=__doc__)
    parser.add_argument("--folder", type=Path, action="append", default=[], help="serve the filings of a folder, too")
    parser.add_argument("--days", type=int, default=3, help="days to make up")
    parser.add_argument("--filings", type=int, default=50, help="filings to make up for each day")
    parser.add_argument("--start", type=date.fromisoformat, default=date(2024, 1, 2), help="the first of these days")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=0.05, help="size of large filings; 1 is true")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--per-second", type=int, default=10, help="requests allowed in a second; 0 for no limit")
    parser.add_argument("--pause", type=float, default=600, help="seconds that a block lasts")
    parser.add_argument("--log", type=Path, help="write each request as a line of JSON")
    parser.add_argument(
        "--trouble", action="append", default=[], metavar="KIND=SHARE", help="as 503=0.05; may be repeated"
    )
    return parser.parse_args()


def _say(small: SmallEdgar, log: Path | None) -> None:
    days = sorted({each.filed for each in small.archive.filings.values()})
    print(f"A small EDGAR: {len(small.archive.filings)} filings of {len(days)} days, {days[0]} to {days[-1]}")
    print(f"at {small.url}; Ctrl-C ends it." + (f" Requests are written to {log}." if log else ""))
    agent = "Your Name you@example.com"
    daily = f"{small.url}/Archives/edgar/daily-index/{days[0].year}/QTR{quarter(days[0])}"
    print(
        f"\nIn another terminal:\n\n  curl -A '{agent}' {daily}/index.json\n"
        f"  curl -A '{agent}' {daily}/master.{days[0]:%Y%m%d}.idx\n"
        f"  curl -A '{agent}' {small.url}{small.archive.paths()[0]}\n\n"
        "For filings it takes the place of the SEC by these variables:\n\n"
        f"  export FILINGS_EDGAR_URL={small.url} FILINGS_USER_NAME='Your Name' FILINGS_USER_EMAIL=you@example.com\n",
        flush=True,
    )


if __name__ == "__main__":
    main()
