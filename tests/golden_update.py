"""Write the expectations of golden cases anew, and show what changes: ``make golden-update CASE=group/case``.

Refused where `why.md` is missing or has a blank: rows that nobody can explain are no expectation. Tables that repeat
the document (`xml_leaf`, `text_block`) are written only where the case names them already.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import golden_cases


def update(case: Path) -> list[str]:
    """Write what the code finds as the case's expectations; gives the differences that there were.

    Raises `IncompleteCase` before anything is written.
    """
    golden_cases.check_complete(case)
    with tempfile.TemporaryDirectory() as folder:
        found = golden_cases.rendered(golden_cases.ingest(case, Path(folder)))
    told = golden_cases.differences(case, found)
    stated = golden_cases.expected(case)
    (case / "expected").mkdir(exist_ok=True)
    named = (found.keys() - golden_cases.WITHOUT_EXPECTATION) | stated.keys() | {"filing", "document", "header_extra"}
    for table in sorted(named):
        (case / "expected" / f"{table}.txt").write_text(found.get(table, ""), encoding="utf-8")
    return told


def main(names: list[str]) -> int:
    """Update the cases named ``group/case``; gives 1 where one is refused, 2 where one is not there."""
    if not names or any(golden_cases.GOLDEN / name not in golden_cases.cases() for name in names):
        print("usage: golden_update.py GROUP/CASE …; a case is a folder of tests/golden with a filing", file=sys.stderr)
        return 2
    for name in names:
        try:
            told = update(golden_cases.GOLDEN / name)
        except golden_cases.IncompleteCase as refused:
            print(f"refused: {refused}", file=sys.stderr)
            return 1
        print(f"{name}: " + ("\n\n".join(["changed", *told]) if told else "as before"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
