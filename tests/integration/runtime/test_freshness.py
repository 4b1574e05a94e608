"""What a process remembers grows old while it is frozen: the time of day moves here, the process's clock does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from common.domain.shared.freshness import NEVER, is_fresh, now
from common.runtime.response_cache import ResponseCache
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.runtime.container.bootstrap import Container


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-21T00:00:00Z", tick=False) as made:
        yield made


def test_nothing_is_fresh_that_was_never_read_or_read_in_the_future(traveller: time_machine.Traveller) -> None:
    read_at = now()
    assert is_fresh(read_at, 10)
    assert not is_fresh(NEVER, 10)
    traveller.shift(10)
    assert not is_fresh(read_at, 10)
    traveller.shift(-11)
    assert not is_fresh(read_at, 10)


def test_a_kept_answer_ends_with_its_lifetime(traveller: time_machine.Traveller) -> None:
    answers = ResponseCache(4)
    answers.put("a", b"one", {}, 15)
    traveller.shift(14)
    assert answers.get("a") is not None
    traveller.shift(1)
    assert answers.get("a") is None
    answers.put("a", b"one", {}, 15)
    traveller.shift(-5)
    assert answers.get("a") is None, "made in the future, as the clock was set back"


async def test_categories_are_read_again(container: Container, traveller: time_machine.Traveller) -> None:
    before = (await container.categories.tree()).by_slug
    assert "frozen" not in before
    row = {"_id": "frozen", "name": "Frozen", "path": ["frozen"], "position": 999}
    await container.mongo.collection("categories").insert_one(row)
    traveller.shift(299)
    assert (await container.categories.tree()).by_slug == before
    traveller.shift(1)
    assert "frozen" in (await container.categories.tree()).by_slug


async def test_signing_keys_are_read_again(container: Container, traveller: time_machine.Traveller) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    await container.signing_keys.publish("one", RSAAlgorithm.to_jwk(key, as_dict=True), container.clock.now())
    assert await container.signing_keys.get("one") is not None
    await container.mongo.collection("signing_keys").delete_one({"_id": "one"})
    traveller.shift(299)
    assert await container.signing_keys.get("one") is not None
    traveller.shift(1)
    assert await container.signing_keys.get("one") is None
