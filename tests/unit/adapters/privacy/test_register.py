"""Every collection declares whose personal data it holds."""

from __future__ import annotations

import re
from pathlib import Path

import common
import pytest
from common.adapters.mongo.shared.holdings import Fate, Holding, Whose
from common.adapters.privacy.register import REGISTER, holdings

_SOURCES = Path(common.__file__).parent
_NAMED = re.compile(r"(?:collection\(|(?:database|db|mongo\.db)\[)\"([a-z_]+)\"")


def _collections() -> set[str]:
    """Every collection that the product's code names."""
    return {name for path in _SOURCES.rglob("*.py") for name in _NAMED.findall(path.read_text(encoding="utf-8"))}


def test_every_collection_is_declared_and_no_other() -> None:
    assert len(_collections()) > 30
    assert _collections() == set(REGISTER), "declare whose data it holds in the HOLDINGS of its module"


@pytest.mark.parametrize(("collection", "holding"), list(holdings()))
def test_a_declaration_says_all_there_is_to_say(collection: str, holding: Holding) -> None:
    names_somebody = holding.whose is not Whose.NOBODY
    assert bool(holding.field) is names_somebody, collection
    assert holding.subject or holding.why, "what is not exported says why"
    assert holding.why or holding.fate in {Fate.DELETED, Fate.BLANKED}, "what is kept says why"


def test_no_two_subjects_of_an_export_have_one_name() -> None:
    subjects = [holding.subject for _, holding in holdings() if holding.subject]
    assert len(subjects) == len(set(subjects))
