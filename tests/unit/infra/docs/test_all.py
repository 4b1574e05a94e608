"""`make docs` and `make drift` leave no document out."""

from __future__ import annotations

from pathlib import Path

from infra import docs
from infra.docs.__main__ import DOCUMENTS


def test_every_module_that_writes_a_document_is_among_them() -> None:
    folder = Path(docs.__file__).parent
    writers = {
        each.stem
        for each in folder.glob("*.py")
        if "write_or_check(" in each.read_text() and "def main(" in each.read_text()
    }
    assert {each.__module__.rpartition(".")[2] for each in DOCUMENTS} == writers - {"__main__"}
