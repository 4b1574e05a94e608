"""What the database was asked: spans while an invocation is recorded, nothing and at no cost elsewhere."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from common.adapters.mongo.shared.command_spans import record_commands
from common.application.shared.spans import Span, traced
from pymongo.errors import OperationFailure

if TYPE_CHECKING:
    from common.adapters.mongo.shared.database import Session
    from common.runtime.container.bootstrap import Container

DRIVER = logging.getLogger("pymongo.command")


async def test_commands_are_spans_only_while_somebody_records(
    container: Container, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    record_commands()
    record_commands()
    mongo = container.mongo
    found: list[Span] = []
    people = mongo.collection("test_people")
    with traced("Root=1-a", None):
        await people.insert_one({"_id": "nobody records", "secret": "s3cr3t"})
    assert found == []
    assert not DRIVER.isEnabledFor(logging.DEBUG)

    async def work(session: Session) -> None:
        await people.insert_one({"_id": "a", "secret": "s3cr3t" * 1000}, session=session)

    with traced("Root=1-a;Sampled=1", found.append):
        await people.find_one({"_id": "a"})
        with traced("inside", found.append):
            await mongo.in_transaction(work)
        with pytest.raises(OperationFailure):
            await people.find_one({"$nonsense": 1})
    asked = [(each.name, each.fields.get("command"), each.fields.get("collection"), each.is_fault) for each in found]
    assert asked == [
        ("MongoDB", "find", "test_people", False),
        ("MongoDB", "insert", "test_people", False),
        ("MongoDB", "commitTransaction", None, False),
        ("MongoDB", "find", "test_people", True),
    ]
    assert all(0 < each.ended_at - each.started_at < 60 for each in found)
    assert not DRIVER.isEnabledFor(logging.DEBUG)
    await people.find_one({})
    assert len(found) == len(asked)
    said = capfd.readouterr()
    assert "s3cr3t" not in said.out + said.err + caplog.text
