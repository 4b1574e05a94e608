"""Baselines of identity's writes: what their safety needs, in the fewest commands, by the bare driver.

Each but ``refresh`` reads first whether the account may act. Left out: verifying the token, rules of profiles, replays
of a refresh token, locating an address, and the shape of the answer.
"""

import asyncio
import base64
import hashlib
import json
import os
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pymongo import ReturnDocument

from infra.bench.baselines.connection import STATE, Document, answer, client, count_request, database

_key: Any = jwt.get_algorithm_by_name("RS256").prepare_key(
    json.loads(os.environ["JWT_SIGNING_KEYS"])["keys"][0]["private_pem"]
)


def refresh(event: Document, _context: object) -> Document:
    """Count the request; use the token up; session and account at once; the next token; and sign its access token."""
    return answer(_refresh(json.loads(event["body"])["refresh_token"]))


def logout(event: Document, _context: object) -> Document:
    """One transaction: the session ends, its access tokens, push messages and sockets too, and the log says so."""
    return answer(_logout(event), 204)


def logout_all(event: Document, _context: object) -> Document:
    """One transaction: all sessions end, with tokens, push messages, sockets and begun proofs, and the log says so."""
    return answer(_logout_all(event), 204)


def onboarding_path(event: Document, _context: object) -> Document:
    """Count the request; one update of the account."""
    return answer(_limited_update(event, {"onboarding_path": "seeker"}))


def onboarding_profile(event: Document, _context: object) -> Document:
    """Count the request twice, for an address may be looked up; one update of the account; tokens of the sign-in."""
    return answer(_onboarding_profile(event))


def profile(event: Document, _context: object) -> Document:
    """One update of the account."""
    return answer(_update(event, json.loads(event["body"])))


async def _refresh(token: str) -> Document:
    await count_request("refresh")
    now, fresh = datetime.now(UTC), secrets.token_urlsafe(32)
    unused = {"_id": _digest(token), "used_at": None, "expires_at": {"$gt": now}}
    used = await database["refresh_tokens"].find_one_and_update(unused, {"$set": {"used_at": now}})
    assert used is not None  # noqa: S101 - it was made for this call
    session, user = await asyncio.gather(
        database["sessions"].find_one_and_update({"_id": used["session_id"]}, {"$set": {"last_used_at": now}}),
        database["users"].find_one({"_id": used["user_id"]}),
    )
    assert session is not None  # noqa: S101 - as above
    assert user is not None  # noqa: S101 - as above
    row = {**used, "_id": _digest(fresh), "created_at": now, "used_at": None}
    await database["refresh_tokens"].insert_one(row)
    return {"access_token": _access_token(user["_id"], session["_id"], now), "refresh_token": fresh, "user": user}


async def _logout(event: Document) -> None:
    user_id, session_id = await _caller(event)
    now = datetime.now(UTC)
    over = {"$set": {"revoked_at": now, "revoked_because": "logout"}}
    ended = {"$push": {"ended_sign_ins": {"session_id": session_id, "at": now}}}
    async with client.start_session() as session, await session.start_transaction():
        await database["sessions"].update_one({"_id": session_id}, over, session=session)
        theirs = {"user_id": user_id, "session_id": session_id}
        await database["push_subscriptions"].delete_many(theirs, session=session)
        await database["realtime_connections"].find(theirs, session=session).to_list()
        await database["users"].update_one({"_id": user_id}, ended, session=session)
        await database["security_events"].insert_one(_log(user_id, session_id, now), session=session)


async def _logout_all(event: Document) -> None:
    user_id, session_id = await _caller(event)
    now = datetime.now(UTC)
    over = {"$set": {"revoked_at": now, "revoked_because": "logout_all"}}
    async with client.start_session() as session, await session.start_transaction():
        await database["sessions"].update_many({"user_id": user_id, "revoked_at": None}, over, session=session)
        await database["push_subscriptions"].delete_many({"user_id": user_id}, session=session)
        await database["realtime_connections"].find({"user_id": user_id}, session=session).to_list()
        await database["factor_challenges"].delete_many({"user_id": user_id}, session=session)
        await database["users"].update_one({"_id": user_id}, {"$inc": {"session_epoch": 1}}, session=session)
        await database["security_events"].insert_one(_log(user_id, session_id, now), session=session)


async def _onboarding_profile(event: Document) -> Document:
    user_id, session_id = await _caller(event)
    body, now, fresh = json.loads(event["body"]), datetime.now(UTC), secrets.token_urlsafe(32)
    address = {"text": body["address"], "is_located": False}
    await asyncio.gather(count_request("onboarding"), count_request("geo"))
    user, session = await asyncio.gather(
        _set(user_id, {**body, "address": address, "onboarding_status": "basic_complete"}),
        database["sessions"].find_one({"_id": session_id}),
    )
    assert session is not None  # noqa: S101 - it was made for this call
    row = {"_id": _digest(fresh), "session_id": session_id, "user_id": user_id, "created_at": now, "used_at": None}
    await database["refresh_tokens"].insert_one({**row, "expires_at": session["expires_at"]})
    return {"access_token": _access_token(user_id, session_id, now), "refresh_token": fresh, "user": user}


async def _limited_update(event: Document, fields: Document) -> Any:
    user_id, _ = await _caller(event)
    await count_request("onboarding")
    return await _set(user_id, fields)


async def _update(event: Document, fields: Document) -> Any:
    user_id, _ = await _caller(event)
    return await _set(user_id, fields)


async def _set(user_id: str, fields: Document) -> Any:
    change = {"$set": {**fields, "updated_at": datetime.now(UTC)}}
    after = ReturnDocument.AFTER
    return await database["users"].find_one_and_update({"_id": user_id}, change, return_document=after)


async def _caller(event: Document) -> tuple[str, str]:
    """Whom the token names, unverified, once it is known whether the account may act."""
    payload = event["headers"]["authorization"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    await database["users"].find_one({"_id": claims["sub"]}, STATE)
    return claims["sub"], claims["sid"]


def _log(user_id: str, session_id: str, now: datetime) -> Document:
    expires_at = now + timedelta(days=365)
    return {
        "_id": uuid.uuid4().hex, "type": "signed_out", "user_id": user_id, "session_id": session_id, "at": now,
        "expires_at": expires_at,
    }  # fmt: skip


def _access_token(user_id: str, session_id: str, now: datetime) -> str:
    claims = {"sub": user_id, "sid": session_id, "iat": now, "exp": now + timedelta(minutes=15)}
    return jwt.encode(claims, _key, "RS256")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
