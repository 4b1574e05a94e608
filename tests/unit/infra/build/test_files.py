"""Fingerprints and copies of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.domain.shared.display import DEFAULT_LOCALE

from infra.build import builder, files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_fingerprint_changes_with_names_and_contents_only(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    first = files.fingerprint([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"code")
    assert files.fingerprint([tmp_path]) == first
    assert files.fingerprint([tmp_path], "other interpreter") != first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert files.fingerprint([tmp_path]) != first


def test_a_replaced_tree_keeps_nothing_of_the_old_one(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "__pycache__").mkdir(parents=True)
    (source / "new.py").write_text("")
    target.mkdir()
    (target / "old.py").write_text("")
    files.replace_tree(source, target)
    assert [path.name for path in target.iterdir()] == ["new.py"]


def test_a_build_keeps_the_words_of_the_languages_that_people_are_written_to_in(tmp_path: Path) -> None:
    for name in ("root", "en", "en_001", "en_AU", "ee", "de", "de_AT"):
        (tmp_path / f"{name}.dat").write_bytes(b"")

    builder.keep_languages(tmp_path)

    assert {path.stem for path in tmp_path.iterdir()} == {"root", "en", "en_001", "en_AU"}
    assert DEFAULT_LOCALE.split("_")[0] in builder.LANGUAGES
