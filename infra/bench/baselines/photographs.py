"""The baseline of announcing an upload: the same commands by the bare driver, and boto3's own signer.

Left out: verifying the token, checking what is announced, and the shape of the answer.
"""

import json
import os
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from infra.bench.baselines.connection import STATE, Document, answer, client, count_request, database

_storage = boto3.Session(region_name=os.environ.get("AWS_REGION")).client("s3")
_DAY = timedelta(days=1)
_SECONDS = 600


def announcing(event: Document, _context: object) -> Document:
    """Announce: the body has the account beside what is announced."""
    return answer(_announce(json.loads(event["body"])), 201)


async def _announce(request: Document) -> Any:
    owner, now = request["caller_id"], datetime.now(UTC)
    await database["users"].find_one({"_id": owner}, STATE)
    await count_request("uploads")
    media = {
        "_id": f"bench_{uuid.uuid4().hex}", "owner_id": f"bench_{owner}", "state": "pending", "created_at": now,
        "key": f"incoming/{uuid.uuid4().hex}", "next_due_at": now + _DAY, "attached_to": None, "bands": [],
        **{name: request[name] for name in ("purpose", "content_type", "size", "sha256")},
    }  # fmt: skip
    of_the_day = {"owner_id": media["owner_id"], "_id": {"$gte": "bench_"}}
    async with client.start_session() as session, await session.start_transaction():
        await database["users"].update_one({"_id": owner}, {"$inc": {"touches": 1}}, session=session)
        added: list[Document] = [{"$match": of_the_day}, {"$group": {"_id": None, "bytes": {"$sum": "$size"}}}]
        rows = await database["media"].aggregate(added, session=session, hint="owner_newest")
        await rows.to_list()
        await database["media"].insert_one(media, session=session)
    signed = {"Bucket": "photos", "Key": media["key"], "ContentLength": request["size"], "IfNoneMatch": "*"}
    url = _storage.generate_presigned_url(
        "put_object", {**signed, "ContentType": request["content_type"]}, ExpiresIn=_SECONDS
    )
    return {"id": media["_id"], "method": "PUT", "url": url}
