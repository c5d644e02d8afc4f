"""The pages as scripts: what a page shows is run in a folder of its own and compared with what the page says came out.

Blocks of a page, by their language:

- ``console``: lines that begin with ``$ `` are commands; what stands below each is its output, standard error included.
- ``sql``, followed by a ``text`` block: the statement is given to ``filings query --format table``.
- ``python``, followed by a ``text`` block: run as a script.
- ``toml``: written to ``warehouse/settings.toml``, for the commands that follow.
- ``sh``: shown, and not run here; each line must stand in `ELSEWHERE`, with the reason.

A page that says ``make edgar`` has a small EDGAR while it runs, the same as that command's, and the variables that name it.

In an output ``…`` stands for anything on the line, and alone on a line for any number of lines. A block that follows
``<!-- not run: reason -->`` is left alone.

    python tests/docs/doc_pages.py PAGE...

runs the pages and writes what came out into them; look at the difference before you commit it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN_PAGES = [
    "README.md",
    "docs/operate.md",
    "docs/query.md",
    "docs/versions.md",
    "docs/quarantine.md",
    "docs/cookbook.md",
    "docs/text.md",
    "docs/backfill.md",
    "docs/completeness.md",
    "docs/schedule.md",
    "docs/alerts.md",
]
CORPUS_PAGES = ["docs/cookbook-corpus.md"]
"""Pages over real filings that are not in the repository: `corpus_paths` of them, ingested."""

ELSEWHERE = {
    "filings index 2024-01 2024-03": "asks EDGAR; tests/unit/command asks the small one",
    "git clone …": "where the repository lies is the reader's affair",
    "cd filings": "the same",
    "make edgar": "a server that stays; the pages that name it are run against the same one",
    "export FILINGS_EDGAR_URL=http://127.0.0.1:8090 FILINGS_USER_NAME='Your Name' FILINGS_USER_EMAIL=you@example.com": "the same",
    "make run": "installs from the index; its recipe is run by the README's next block",
    "make test": "this is it",
    ". .venv/bin/activate": "the tests run in an environment of their own",
    "make golden-update CASE=ownership/your-case": "writes into the repository",
    "make golden": "part of make test",
    "make check": "beside make test",
    "python docs/generate.py": "writes into the repository; a test says when a page is stale",
}
"""Commands that pages show in ``sh`` blocks, and why no test of the pages runs them."""

_FENCE = re.compile(
    r"(?P<skip><!-- not run: [^\n]+ -->\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_VOLATILE = [
    (re.compile(rf"{datetime.now(UTC):%Y-%m}-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00"), "…"),
    (re.compile(r"\bin \d+ s;"), "in … s;"),
    (re.compile(r"\d+(\.\d+)? MB$", re.MULTILINE), "… MB"),
]


@dataclass(slots=True)
class Step:
    """One thing to run, and where its output stands in the page."""

    kind: str
    command: str
    expected: str
    start: int
    end: int


@dataclass(slots=True)
class Outcome:
    """What a page's steps gave."""

    different: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    page: str = ""


def steps(page: str) -> Iterator[Step]:
    """The steps of a page, in order."""
    blocks = list(_FENCE.finditer(page))
    for block, following in zip(blocks, [*blocks[1:], None], strict=False):
        language, body, at = block["language"], block["body"], block.start("body")
        if block["skip"]:
            continue
        if language == "console":
            yield from _console(body, at)
        elif language == "toml":
            yield Step(language, body, "", block.end("body"), block.end("body"))
        elif language in ("sql", "python") and following and following["language"] == "text":
            if page[block.end() : following.start()].strip():
                continue
            yield Step(language, body, following["body"], following.start("body"), following.end("body"))
        elif language == "python":
            yield Step(language, body, "", block.end("body"), block.end("body"))
        elif language == "sql":
            raise AssertionError(f"a statement without its output: {body[:60]}")


def shown_only(page: str) -> list[str]:
    """The lines of the ``sh`` blocks."""
    return [
        line.partition("  #")[0].rstrip()
        for block in _FENCE.finditer(page)
        if block["language"] == "sh"
        for line in block["body"].splitlines()
        if line.strip()
    ]


def _console(body: str, at: int) -> Iterator[Step]:
    begins = [found.start() for found in re.finditer(r"^\$ ", body, re.MULTILINE)]
    for begin, end in zip(begins, [*begins[1:], len(body)], strict=True):
        text = body[begin:end]
        command = re.match(r"\$ (.*?[^\\])\n", text, re.DOTALL)
        assert command, text
        yield Step("console", command[1], text[command.end() :], at + begin + command.end(), at + end)


def agrees(expected: str, got: str) -> bool:
    """Whether an output is what a page says, blanks at the ends of lines aside."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "…" else r".*?".join(map(re.escape, line.rstrip().split("…"))) + r"[ ]*\n"
        for line in expected.rstrip("\n").split("\n")
    )
    return re.fullmatch(pattern if expected.strip() else r"\s*", got.rstrip("\n") + "\n") is not None


def workplace(folder: Path, warehouse: Path | None) -> Path:
    """A folder as a reader has it: examples, flows, the command on the path, and a warehouse where one is given."""
    for name in ("examples", "flows"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").symlink_to(ROOT / "tests")  # the golden filings are real ones
    if warehouse:
        shutil.copytree(warehouse, folder / "warehouse", symlinks=True)
    programs = folder / ".programs"
    programs.mkdir()
    for name, arguments in {"filings": "-m filings", "python": ""}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    return folder


def corpus_paths(corpus: Path) -> list[Path]:
    """What the pages of `CORPUS_PAGES` are about: all whole submissions, all Forms 6-K, the seed."""
    reports = [path for path in sorted((corpus / "edgar/documents/6-K").iterdir()) if path.suffix != ".tsv"]
    return [corpus / "edgar/submissions", *reports, corpus / "seeds"]


def run_page(page: str, folder: Path) -> Outcome:
    """Run every step of a page in a workplace; `page` of the outcome has the outputs that came."""
    with _edgar(page) as variables:
        return _run_page(page, folder, variables)


@contextmanager
def _edgar(page: str) -> Iterator[dict[str, str]]:
    """What `make edgar` serves, without its limit, and where it is; nothing for a page that does not name it."""
    if "make edgar" not in page:
        yield {}
        return
    sys.path.append(str(ROOT / "tests"))  # as a script it stands alone
    from edgar.archive import Archive
    from edgar.folder import read
    from edgar.gate import Gate
    from edgar.generator import generate
    from edgar.server import SmallEdgar

    filings = [*read(ROOT / "examples"), *generate(3, 50, scale=0.05)]
    with SmallEdgar(Archive(filings), gate=Gate(None)) as small, tempfile.TemporaryDirectory() as state:
        yield {
            "FILINGS_EDGAR_URL": small.url,
            "FILINGS_USER_NAME": "Your Name",
            "FILINGS_USER_EMAIL": "you@example.com",
            "FILINGS_REQUESTS_PER_SECOND": "500",
            "XDG_STATE_HOME": state,
        }


def _run_page(page: str, folder: Path, variables: dict[str, str]) -> Outcome:
    outcome, parts, at = Outcome(), [], 0
    mine = ("FILINGS_", "PREFECT_", "COLUMNS", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    environment = {**kept, "PATH": f"{folder / '.programs'}:{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"}
    environment |= variables
    for step in steps(page):
        if step.kind == "toml":
            (folder / "warehouse" / "settings.toml").write_text(step.command, encoding="utf-8")
            continue
        if step.command.startswith("duckdb ") and not shutil.which("duckdb"):
            outcome.not_run.append(step.command.splitlines()[0])
            continue
        call = {
            "console": ["bash", "-c", step.command],
            "python": ["python", "-c", step.command],
            "sql": ["filings", "query", "--format", "table", step.command],
        }[step.kind]
        done = subprocess.run(
            call, cwd=folder, env=environment, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False,
        )  # fmt: skip
        if not agrees(step.expected, done.stdout):
            outcome.different.append(f"{step.command}\n--- the page\n{step.expected}--- came\n{done.stdout}")
            parts += [page[at : step.start], _masked(done.stdout)]
            at = step.end
    outcome.page = "".join([*parts, page[at:]])
    return outcome


def _masked(text: str) -> str:
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    lines = [line.rstrip() for line in text.rstrip("\n").split("\n")]
    return "\n".join(lines) + "\n" if text.strip() else ""


def main() -> None:
    """Write into the pages what comes out."""
    for name in sys.argv[1:]:
        path = Path(name)
        with tempfile.TemporaryDirectory() as folder:
            place = workplace(Path(folder), None)
            if path.name != "README.md":
                given = corpus_paths(Path(os.environ["FILINGS_CORPUS"])) if name in CORPUS_PAGES else ["examples"]
                subprocess.run([".programs/filings", "ingest", *given, "--quiet"], cwd=place, check=True, timeout=300)
            outcome = run_page(path.read_text(encoding="utf-8"), place)
        path.write_text(outcome.page, encoding="utf-8")
        print(f"{name}: {len(outcome.different)} outputs changed; not run: {outcome.not_run or 'none'}")


if __name__ == "__main__":
    main()
