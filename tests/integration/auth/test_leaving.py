"""Taking one's data along, and leaving for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    from common.runtime.bootstrap import Container

DETAILS = {
    "full_name": "Tom Fisher",
    "phone_number": "+64279876543",
    "address": "7 Quiet Lane, Nelson",
    "trading_name": "Fisher Garden Care",
}


async def _provider(identity: Identity, email: str, **details: str) -> tuple[dict[str, str], str]:
    headers = bearer(await identity.register(email))
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **headers)
    answer = await identity.post("/v1/onboarding/provider", {**DETAILS, **details}, **headers)
    return headers, answer.json()["user"]["id"]


async def test_the_export_holds_everything_but_secrets(identity: Identity) -> None:
    headers, user_id = await _provider(identity, "export@example.com")
    found = (await identity.client.get("/v1/users/me/export", headers=headers)).json()
    assert found["account"]["id"] == user_id
    assert found["provider_profile"][0]["trading_name"] == "Fisher Garden Care"
    assert {event["type"] for event in found["security_events"]} >= {"email_verified", "signed_in"}
    assert len(found["sessions"]) == 1
    text = str(found)
    assert "argon2" not in text
    assert "hash" not in text


async def test_after_deletion_nobody_is_left(identity: Identity, container: Container) -> None:
    headers, user_id = await _provider(
        identity, "leaver@example.com", address="9 Hidden Lane, Nelson", phone_number="+64279876544"
    )
    booking = {"_id": f"bkg_{user_id}", "customer_id": user_id, "status": "settled", "notes": "Key under the mat"}
    await container.mongo.collection("bookings").insert_one({**booking, "place": {"address": "9 Hidden Lane, Nelson"}})
    assert (await identity.client.delete("/v1/users/me", headers=headers)).status_code == 204

    assert (await identity.client.get("/v1/users/me", headers=headers)).status_code == 401
    assert (await identity.log_in("leaver@example.com")).status_code == 401
    stored = []
    for name in await container.mongo.db.list_collection_names():
        stored += [f"{name}: {row}" async for row in container.mongo.collection(name).find({})]
    for trace in ("leaver@example.com", "Hidden Lane", "Key under the mat", "+64279876544"):
        assert [row for row in stored if trace in row] == []
    assert await container.mongo.collection("bookings").count_documents({"customer_id": user_id}) == 1
    assert await container.mongo.collection("security_events").count_documents({"user_id": user_id}) > 0

    anew = await identity.register("leaver@example.com", PASSWORD)
    assert anew["user"]["id"] != user_id


async def test_nobody_leaves_with_bookings_under_way(identity: Identity, container: Container) -> None:
    headers = bearer(await identity.register("busy@example.com"))
    user_id = (await identity.client.get("/v1/users/me", headers=headers)).json()["id"]
    row = {"_id": f"bkg_{user_id}", "customer_id": user_id, "status": "accepted"}
    await container.mongo.collection("bookings").insert_one(row)
    refused = await identity.client.delete("/v1/users/me", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "open_bookings")
    assert (await identity.client.get("/v1/users/me", headers=headers)).status_code == 200
