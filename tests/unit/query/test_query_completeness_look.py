"""The page of completeness in a browser: it fits a phone, and is dark where the reader wants it dark."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from edgar.generator import generate
from filings.pipeline.index_runs import index_files as read_folder
from filings.pipeline.ingest import ingest
from filings.query.completeness_page.questions import ask
from filings.query.completeness_page.render import render
from filings.query.connect import connect
from filings.span import span
from mirrors import write_filings, write_indexes

NAMES = ("chromium", "chromium-browser", "google-chrome")
DAYS = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)]
DARK, LIGHT = 0, 1  # Blink's preferredColorScheme


@pytest.fixture(scope="session")
def browser() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"not run: how the page of completeness looks; needs one of {', '.join(NAMES)} on the PATH")
    return found


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All states but one: complete, partly with some in quarantine, pending, not read, nothing filed."""
    folder = tmp_path_factory.mktemp("look")
    filings = list(generate(3, 30, scale=0.001))
    read_folder(folder / "w", write_indexes(folder / "indexes", filings, DAYS))
    ingest(
        folder / "w",
        [write_filings(folder / "files", filings[:40]), write_filings(folder / "cut", filings[40:42], cut=300)],
    )
    return folder / "w"


@pytest.fixture
def pages(warehouse: Path, tmp_path: Path) -> list[Path]:
    made = []
    for days in (("2024",), ("1995", "2024")):
        with connect(warehouse) as connection:
            page = render(ask(connection, span(*days)), datetime(2024, 1, 5, tzinfo=UTC))
        made.append(tmp_path / f"{days[0]}.html")
        made[-1].write_text(page, encoding="utf-8")
    return made


def run(browser: str, place: Path, page: Path, *asked: str) -> str:
    call = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--force-device-scale-factor=1", f"--user-data-dir={place / 'profile'}", *asked, page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_frames(pages: Iterable[Path], widths: Iterable[int], place: Path) -> Path:
    """A page that shows each page in frames of these widths, and gathers in its title how wide they want to be."""
    frames = []
    for page in pages:
        inner = place / f"inner-{page.name}"
        text = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
        inner.write_text(text.replace("</body>", f"<script>{_TELL}</script></body>"), encoding="utf-8")
        frames += [f"<iframe src='{inner.name}' style='width:{width}px;height:800px'></iframe>" for width in widths]
    outer = place / "frames.html"
    hear = "onmessage = e => document.title += e.data + ';'"
    style = "<style>iframe {border: 0}</style>"
    outer.write_text(f"<title></title><script>{hear}</script>{style}{''.join(frames)}", encoding="utf-8")
    return outer


_TELL = """
const wide = e => e.scrollWidth - e.clientWidth, high = e => e.scrollHeight - e.clientHeight;
const most = (what, where) => Math.max(...[...document.querySelectorAll(where)].map(what));
onload = () => parent.postMessage(
    [innerWidth, wide(document.documentElement), most(wide, '.wide'), most(high, 'section')].join(' '), '*')
"""


def test_nothing_stands_out_to_the_right_on_a_phone(browser: str, pages: list[Path], tmp_path: Path) -> None:
    outer = in_frames(pages, (320, 375, 1280), tmp_path)
    shown = run(browser, tmp_path, outer, "--virtual-time-budget=10000", "--dump-dom")
    title = re.search(r"<title>(.*?)</title>", shown)
    assert title, shown[:300]
    found = [tuple(map(int, each.split())) for each in title[1].split(";") if each]
    assert sorted(one[0] for one in found) == [320, 320, 375, 375, 1280, 1280]
    assert [one for one in found if one[1] > 0] == [], "the page has to be scrolled to the side"
    assert [one for one in found if one[0] >= 375 and one[2] > 0] == [], "a table has to be scrolled to the side"
    assert [one for one in found if one[3] > 1] == [], "a part lies over the next one"


def test_light_and_dark(browser: str, pages: list[Path], tmp_path: Path) -> None:
    def shade(width: int, scheme: int) -> float:
        picture = tmp_path / f"{width}-{scheme}.png"
        run(
            browser, tmp_path, pages[0], f"--screenshot={picture}", f"--window-size={width},900",
            f"--blink-settings=preferredColorScheme={scheme}",
        )  # fmt: skip
        with Image.open(picture) as image:
            assert image.width == width
            histogram = image.convert("L").histogram()
        assert sum(count > 0 for count in histogram) > 30, "there is something on it"
        return sum(shade * count for shade, count in enumerate(histogram)) / sum(histogram)

    assert shade(375, LIGHT) > 200 and shade(1280, LIGHT) > 200
    assert shade(375, DARK) < 60


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_what_is_below_them(scheme: int) -> None:
    """A contrast of 4.5 : 1 at least (WCAG 2.2, 1.4.3), and of 3 : 1 for shapes that mean something (1.4.11)."""
    style = Path(render.__code__.co_filename).with_name("style.css").read_text(encoding="utf-8")
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))

    def contrast(one: str, other: str) -> float:
        light, dark = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    words = [("ink", "paper"), ("soft", "paper"), ("faint", "paper"), ("on-complete", "complete"), ("on-open", "open")]
    words += [("on-open", "half"), ("on-missing", "missing"), ("on-unread", "paper"), ("on-unread", "hatch")]
    assert {pair: contrast(*pair) for pair in words if contrast(*pair) < 4.5} == {}
    shapes = [("complete", "paper"), ("missing", "paper"), ("edge", "paper"), ("median", "paper")]
    assert {pair: contrast(*pair) for pair in shapes if contrast(*pair) < 3} == {}
