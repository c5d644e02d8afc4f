"""Files read before anybody asks what the ledger holds: work for processes that never open the database (prefect.md 4).

What comes of it stands for each filing of which nothing else is known: nearly every one. The loader sets the others aside,
and reads their files again together with all their other versions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from filings.load.assemble import Assembled
from filings.load.files import gather, put_together, read_raw
from filings.load.transaction import Batch, build
from filings.raw.folder import PackFolder
from filings.raw.reading import read_at
from filings.raw.store import Sighting

Part = Sequence[tuple[Sighting, list[Sighting]]]
"""Files to be read at once: for each the record that holds its bytes, and every record of these bytes."""


@dataclass(slots=True)
class Beforehand:
    """What some files become. `touches` gives for each of them, by sha256, the filings that it may change; `filings` come
    without their rows, which are in `batch`: that has no number yet."""

    touches: dict[str, set[str]]
    filings: list[Assembled]
    batch: Batch

    def standing(self, aside: Collection[str]) -> tuple[list[Assembled], Batch]:
        """The filings, and their rows, but for those that are set `aside`."""
        kept = [one for one in self.filings if one.filing_id not in aside]
        if len(kept) == len(self.filings):
            return kept, self.batch
        import pyarrow.compute as pc  # seldom needed, and a tenth of what a reading process takes to start

        gone = pa.array(sorted(aside), pa.string())
        left = {
            name: rows.filter(pc.invert(pc.is_in(rows.column("filing_id"), value_set=gone)))
            for name, rows in self.batch.tables.items()
        }
        tables = {name: rows for name, rows in left.items() if rows.num_rows}
        return kept, Batch(self.batch.load_id, [one.filing_id for one in kept], tables)


def read_beforehand(folder: PackFolder, part: Part, text_forms: Collection[str]) -> Beforehand:
    """Read the files of a part out of their packs, as if nothing else were known of their filings.

    A pure function of the packs and of `text_forms`, the forms whose text is read. Raises Damaged, StoreError.
    """
    files = [
        read_raw(one.file_sha256, read_at(folder, one.pack, one.offset, one.file_sha256), seen) for one, seen in part
    ]
    observed = gather(files)
    readings = {one.raw_sha256: one for file in files for one in file.readings}
    filings = [put_together(key, observed[key], readings, frozenset(), text_forms) for key in sorted(observed)]
    batch = build(filings, 0, {})
    return Beforehand({file.sha256: file.touched() for file in files}, [one.without_rows() for one in filings], batch)
