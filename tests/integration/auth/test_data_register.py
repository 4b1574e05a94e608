"""Export and deletion do what the register of personal data declares."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from common.adapters.mongo.shared.holdings import Fate, Whose
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.adapters.privacy.export import MongoPersonalExport
from common.adapters.privacy.personal_data import MongoPersonalData
from common.adapters.privacy.register import holdings

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

_OWNED = [(name, held) for name, held in holdings() if held.whose in {Whose.ACCOUNT, Whose.PROVIDER}]


async def test_every_declared_subject_is_exported_and_every_row_erased_or_kept_as_declared(
    container: Container,
) -> None:
    owners = {Whose.ACCOUNT: f"usr_{uuid4().hex}", Whose.PROVIDER: f"prv_{uuid4().hex}"}
    mark = uuid4().hex
    for name, held in _OWNED:
        row = {"_id": uuid4().hex, "endpoint": mark, "email_key": mark, "booking_id": f"{mark}{held.field}"}
        row["status"] = next(iter(held.walk.statuses), "")
        row |= {held.field: owners[held.whose], "mark": mark, "password_hash": "secret", "token_hash": uuid4().hex}
        await container.mongo.collection(name).replace_one({"_id": row["_id"]}, row, upsert=True)
    personal = MongoPersonalData(container.mongo)
    account, provider = owners[Whose.ACCOUNT], owners[Whose.PROVIDER]
    found = (await MongoPersonalExport(container.mongo).collect(account, provider, most_bytes=1_000_000)).sections
    assert {subject for subject, rows in found.items() if [row["mark"] for row in rows] == [mark]} == {
        held.subject for _, held in _OWNED if held.subject
    }
    assert "secret" not in str(found)

    async def left(name: str, field: str, owner: str) -> int:
        return await container.mongo.collection(name).count_documents({field: owner, "mark": mark})

    now = container.clock.now()
    await MongoUnitOfWork(container.mongo).run(lambda: personal.close(account, provider, now))
    for name, held in _OWNED:
        is_gone = held.fate is Fate.DELETED and held.is_at_once
        assert await left(name, held.field, owners[held.whose]) == (0 if is_gone else 1), name
    assert await personal.erase(account, provider, has_time=lambda: True)
    for name, held in _OWNED:
        assert await left(name, held.field, owners[held.whose]) == (0 if held.fate is Fate.DELETED else 1), name
