"""An answer of 200 MB goes to the disk, not into memory; what it cost is measured."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import peak_memory
from edgar.archive import Archive, Content
from edgar.gate import Gate
from edgar.server import SmallEdgar

SIZE = 200 << 20
MOST = 64 << 20

GET = """
import sys
from pathlib import Path
from filings.fetch.addresses import address
from filings.fetch.client import Client
from filings.settings import Settings

settings = Settings(user_name="Test", user_email="test@example.com", edgar_url=sys.argv[1])
with Client(settings, spool=Path(sys.argv[2]), state=Path(sys.argv[2])) as client:
    if sys.argv[3] == "get":
        answer = client.get(address("archive_path", path="edgar/data/1/0000000001-24-000001.txt"))
        print(len(answer.body))
"""


@pytest.mark.skipif(not peak_memory.IS_MEASURABLE, reason=peak_memory.WHY_NOT)
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_giant_is_never_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_packed: bool) -> None:
    line = b"the quick brown fox jumps over the lazy dog\n" * 2400
    body = b"<SUBMISSION>\n<DOCUMENT>\n" + line * (SIZE // len(line)) + b"</DOCUMENT>\n</SUBMISSION>\n"
    content = Content(lambda: body, "text/plain", is_packed=not is_packed)  # not packed on the way where it is already
    with SmallEdgar(Archive(), gate=Gate(None)) as small:
        monkeypatch.setattr(small.archive, "find", lambda path, query: content)
        peaks = {}
        for word in ("nothing", "get"):
            ended = peak_memory.run(
                [sys.executable, "-c", GET, small.url, str(tmp_path), word], tmp_path, {}, timeout=120
            )
            assert ended.code == 0, ended.complained
            peaks[word] = ended.peak
        assert ended.said.strip() == str(len(body))
        assert peaks["get"] - peaks["nothing"] < MOST, peaks
        print(f"{(peaks['get'] - peaks['nothing']) / peak_memory.MB:.0f} MB more than without")
