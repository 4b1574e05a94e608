"""Public token signing keys, shared by all functions."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jwt import PyJWK

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.domain.shared import freshness

HOLDINGS: Holdings = {
    "signing_keys": nobody("public keys"),
}

_KEEP_SECONDS = 300.0
#: An unknown key id reads the collection again at most this often, so that made-up ids cost no database reads.
_RETRY_SECONDS = 5.0
_MAX_KEYS = 20


class MongoSigningKeys:
    """The collection ``signing_keys``: ``_id`` is the key id, ``jwk`` the public key (RFC 7517).

    Parsed keys are kept for five minutes. A new key must therefore be published before it signs, and an old one be
    removed only when the last token it signed has ended.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._keys: dict[str, PyJWK] = {}
        self._read_at = freshness.NEVER
        self._reading = asyncio.Lock()

    async def get(self, kid: str) -> PyJWK | None:
        """The parsed public key of this id, ``None`` if there is none."""
        if self._is_due(kid):
            async with self._reading:
                if self._is_due(kid):
                    await self._read()
        return self._keys.get(kid)

    async def publish(self, kid: str, jwk: Mapping[str, Any], now: datetime) -> None:
        """Store a public key; a second time changes nothing.

        Args:
            kid: the key's id.
            jwk: its public JSON Web Key.
            now: when it is published.
        """
        fields = {"jwk": dict(jwk), "created_at": now}
        await self._mongo.collection("signing_keys").update_one({"_id": kid}, {"$setOnInsert": fields}, upsert=True)

    async def all(self) -> Sequence[dict[str, Any]]:
        """Every public JWK, newest first, each with its ``kid``."""
        cursor = self._mongo.collection("signing_keys").find({}).sort("created_at", -1).limit(_MAX_KEYS)
        return [{**row["jwk"], "kid": row["_id"]} async for row in cursor]

    def _is_due(self, kid: str) -> bool:
        return not freshness.is_fresh(self._read_at, _KEEP_SECONDS if kid in self._keys else _RETRY_SECONDS)

    async def refresh(self) -> None:
        """Read the keys now; they are kept as long as any that were read."""
        async with self._reading:
            await self._read()

    async def _read(self) -> None:
        found = await self.all()
        self._keys = {jwk["kid"]: PyJWK.from_dict({**jwk, "alg": "RS256"}) for jwk in found}
        self._read_at = freshness.now()
