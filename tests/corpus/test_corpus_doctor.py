"""The watched readers read what the plain ones do, and no value of the corpus comes from nowhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from filings.forms import engine, registry
from filings.forms.trace import trace as trace_family
from filings.parse import header_rows, header_trace
from filings.parse.envelope import split
from filings.parse.submission import Version
from filings.query import doctor_header, doctor_split
from filings.query.doctor_source import of_file
from filings.schema.columns import Header, Xml, metadata

FOLDERS = ("submissions/*", "headers", "mangled", "truncated")
OURS = {"position", "party_position", "series_position", "merger_position", "document_position"}


def versions(corpus: Path, every: int, folders: tuple[str, ...] = FOLDERS) -> Iterator[tuple[Path, Version]]:
    paths = sorted(path for folder in folders for path in (corpus / "edgar").glob(f"{folder}/*") if path.is_file())
    for path in paths[::every]:
        for version in split(path.read_bytes()).versions:
            yield path, version


def test_every_header_value_is_traced_to_the_label_that_states_it(corpus: Path) -> None:
    count = 0
    for path, version in versions(corpus, 1):
        if version.header is None:
            continue
        reading, traced = header_trace.trace(version.header)
        assert reading == header_rows.read(version.header), path.name
        stated = {target: each.node for each in traced for target in each.targets}
        for table, rows in reading.rows.items():
            for row in rows:
                position = row.get("position")
                for name in row.keys() - OURS:
                    at = metadata.tables[table].columns[name].info["at"]
                    if (
                        not isinstance(at, Header)
                        or row[name] is False
                        or (table == "header_extra" and name != "value")
                    ):
                        continue
                    target = header_trace.Target(table, position if isinstance(position, int) else None, name)
                    assert target in stated, (path.name, target, row[name])
                    count += 1
        nowhere = [each.node for each in traced if each.node.value is not None and not each.targets]
        assert all(node.value and not node.value.strip("0[] ") for node in nowhere), (path.name, nowhere)
    assert count > 20_000, "the corpus holds fewer headers than it should: is it whole?"


def test_offsets_that_are_told_cut_out_what_they_tell_of(corpus: Path) -> None:
    """As a person would check them: by cutting the bytes. All damaged files, every thirtieth whole one."""
    edgar = corpus / "edgar"
    paths = [*sorted((edgar / "submissions").glob("*/*"))[::30]]
    paths += [path for folder in ("mangled", "truncated", "headers") for path in sorted((edgar / folder).iterdir())]
    values = 0
    for path in paths:
        raw = path.read_bytes()
        source = of_file(str(path))
        assert source is not None
        (split_up,), (header,) = (json.loads(told.to_json([source])) for told in (doctor_split, doctor_header))
        at = 0
        for version in split_up["versions"]:
            for _, start, end in version["spans"]:
                assert start == at, path.name
                at = end
            for document in version["documents"]:
                start, length = document["byte_offset"], document["byte_length"]
                content = raw[start : start + length]
                assert version["is_pem"] or hashlib.sha256(content).hexdigest() == document["sha256"], path.name
                marked = version["envelope"] not in ("bare", "header_text") and not document["is_cut_off"]
                assert not marked or raw[:start].rstrip(b"\r\n").endswith((b"<TEXT>", b"<PDF>", b"<XML>", b"<XBRL>"))
        assert at == len(raw), path.name
        for label in (label for version in header["versions"] for label in version["labels"]):
            if label["start"] is None:
                assert raw.startswith(b"-----BEGIN"), "only PEM may change the bytes of a header"
                continue
            cut = raw[label["start"] : label["end"]].decode()
            assert cut in (label["value"] or label["label"], f"{label['value']}"[:-1]), (
                path.name
            )  # a broken SIC is mended
            values += 1
    assert values > 1_000


@pytest.mark.parametrize("form", ["3", "4", "4_A", "5"])
def test_every_value_of_a_family_is_traced_to_its_element(corpus: Path, form: str) -> None:
    count = 0
    for path, version in versions(corpus, 12 if form == "4" else 1, (f"submissions/{form}",)):
        form_type = form.replace("_", "/")
        family = registry.family_of(form_type)
        assert family is not None
        plain = engine.read(family, form_type, None, version.documents)
        reading, places = trace_family(family, form_type, version.documents)
        assert reading.rows == plain.rows, path.name
        for table in family.tables:
            for row in reading.rows.get(table.name, ()):
                position = row.get("position")
                for column in table.columns:
                    if isinstance(column.info["at"], Xml) and isinstance(value := row.get(column.name), str):
                        key = table.name, position if isinstance(position, int) else None, column.name
                        leaf = places[key][0]
                        assert leaf.text == value, (path.name, key)
                        (document,) = [each for each in version.documents if each.position == leaf.document_position]
                        lines = document.content.decode("latin-1").split("\n")
                        name = leaf.path.rpartition("/")[2].removeprefix("@")
                        near = "\n".join(lines[max(0, leaf.line - 3) : leaf.line])  # a start tag of a few lines
                        assert name in near, (path.name, key, leaf)
                        count += 1
    assert count > 50
