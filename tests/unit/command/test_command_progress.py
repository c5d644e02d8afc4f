from __future__ import annotations

import io

import pytest

from filings.pipeline.progress import Line, amount, duration


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_terminal_gets_one_line_that_renews_itself_after_a_second() -> None:
    stream, clock = io.StringIO(), Clock()
    line = Line(stream, is_live=True, width=120, clock=clock)
    line.start("ingest", 1000, "files")
    clock.now = 0.9
    line.advance(90, filings=80)
    assert stream.getvalue() == ""
    clock.now = 2.0
    line.advance(110, filings=190)
    assert stream.getvalue() == "\r\x1b[Kingest  20%  200 files of 1,000 files  190 filings  100 files/s  8 s left"
    clock.now = 2.1
    line.advance(1, filings=191)
    assert stream.getvalue().count("\r") == 1, "not more than five times a second"
    line.say("waiting for another run")
    line.finish()
    assert stream.getvalue().endswith("8 s left\r\x1b[Kwaiting for another run\n")


def test_elsewhere_a_plain_line_now_and_then() -> None:
    stream, clock = io.StringIO(), Clock()
    line = Line(stream, is_live=False, clock=clock)
    line.start("verify packs", None, "bytes")
    for second in range(61):
        clock.now = float(second)
        line.advance(2_000_000)
    line.finish()
    assert stream.getvalue() == ("verify packs  62.0 MB  2.1 MB/s  30 s\nverify packs  122.0 MB  2.0 MB/s  1 min 0 s\n")


def test_a_line_never_passes_the_width_of_the_terminal() -> None:
    stream, clock = io.StringIO(), Clock()
    line = Line(stream, is_live=True, width=20, clock=clock)
    line.start("a long name of a stage", 10, "files")
    clock.now = 5.0
    line.advance(1)
    assert len(stream.getvalue().removeprefix("\r\x1b[K")) < 20


def test_a_stream_that_went_away_stops_nothing() -> None:
    stream = io.StringIO()
    line = Line(stream, is_live=True)
    stream.close()
    line.say("word")
    line.finish()


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (1234, "files", "1,234 files"),
        (999, "bytes", "999 bytes"),
        (12_345_678, "bytes", "12.3 MB"),
        (5e12, "bytes", "5,000.0 GB"),
    ],
)
def test_amounts(number: float, unit: str, text: str) -> None:
    assert amount(number, unit) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
