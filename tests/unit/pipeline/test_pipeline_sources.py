"""Which files a folder gives, in which order, under which name."""

from __future__ import annotations

from pathlib import Path

import pytest

from filings.errors import UsageError
from filings.pipeline.sources import PassedOver, Source, find


def names(*given: Path) -> list[str]:
    return [one.name for one in find(given) if isinstance(one, Source)]


def over(*given: Path) -> dict[str, str]:
    return {Path(one.path).name: one.why for one in find(given) if isinstance(one, PassedOver)}


def test_byte_order_of_path_and_names_below_the_folder(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a.txt", "a/b/c.nc", "B.txt", "a-b.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(name)
    found = names(tmp_path / "in")
    assert found == sorted(found, key=str.encode)
    assert found == ["in/B.txt", "in/a-b.txt", "in/a.txt", "in/a/b/c.nc", "in/a/z.txt", "in/b.txt"]


def test_hidden_files_and_links(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.txt"
    (inside / "sub").mkdir(parents=True)
    outside.write_text("x")
    (inside / "real.txt").write_text("x")
    (inside / ".hidden").write_text("x")
    (inside / "within").symlink_to(inside / "real.txt")
    (inside / "leads-out").symlink_to(outside)
    (inside / "dangling").symlink_to(inside / "nothing")
    (inside / "sub" / "round").symlink_to(inside)
    assert names(inside) == ["in/real.txt", "in/within"]
    assert over(inside) == {
        ".hidden": "hidden",
        "leads-out": "a link that leads out of the folder",
        "dangling": "a link to nothing",
        "round": "a link that leads round",
    }


def test_a_mirror_of_edgars_tree_keeps_what_its_path_states(tmp_path: Path) -> None:
    path = tmp_path / "mirror" / "edgar" / "data" / "320193" / "0000320193-22-000061.txt"
    path.parent.mkdir(parents=True)
    path.write_text("x")
    assert names(path) == names(tmp_path) == ["edgar/data/320193/0000320193-22-000061.txt"]


def test_no_absolute_path_is_kept(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("x")
    assert names(tmp_path / "one.txt") == ["one.txt"]


def test_a_missing_path_is_a_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        list(find([tmp_path / "nothing"]))
