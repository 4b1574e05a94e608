"""Lets lives be lived in a small world, and keeps what they left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.bench.growth.lives import Cast, play_all
from infra.bench.growth.loading import Patterns

if TYPE_CHECKING:
    from infra.bench.growth.stage import Stage
    from infra.bench.world import World


async def record(stage: Stage, world: World, only: tuple[str, ...] = ()) -> Patterns:
    """Play lives of the world's people, for their copies.

    Args:
        stage: On the world's database.
        world: Who lives them.
        only: Names of the lives to play; all of them by default.

    Raises:
        LookupError: the world is not in the stage's database.
    """
    await stage.open_account(world.provider.id, "tom@example.com")
    owner = await stage.container.users.get(world.provider.user_id)
    if owner is None:
        raise LookupError(world.provider.user_id)
    lives = await play_all(stage, Cast(world.user, owner, world.service), only)
    people = {
        "customer": ("users", world.user.id),
        "owner": ("users", owner.id),
        "provider": ("providers", world.provider.id),
        "service": ("services", world.service.id),
    }
    db = stage.container.mongo.db
    found = {who: await db[name].find_one({"_id": id_}) or {} for who, (name, id_) in people.items()}
    return Patterns(lives, found, datetime.now(UTC))
