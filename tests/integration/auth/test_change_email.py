"""Changing an account's mail address: a recent sign-in, a code to the new address, word to the old one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.application.identity.email_change import EMAIL_CHANGED
from common.application.identity.email_changed import follow_email

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.people import PASSWORD, Identity, bearer, token_of

if TYPE_CHECKING:
    import httpx
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock


def _address() -> str:
    return f"{uuid4().hex}@example.com"


async def _ask(identity: Identity, pair: dict[str, Any], email: str) -> httpx.Response:
    return await identity.client.put("/v1/users/me/email", json={"email": email}, headers=bearer(pair))


async def _confirm(identity: Identity, pair: dict[str, Any], token: str) -> httpx.Response:
    return await identity.post("/v1/users/me/email/confirm", {"token": token}, **bearer(pair))


def _events(identity: Identity, type_: str) -> list[Event]:
    """Events of a type since it was last asked; each is read once."""
    found = [event for event in identity.publisher.events if event.type == type_]
    identity.publisher.events[:] = [event for event in identity.publisher.events if event.type != type_]
    return found


async def test_the_address_changes_with_the_code_and_the_old_one_gets_word(identity: Identity) -> None:
    old, new = _address(), _address()
    await identity.register(old)
    pair, other = (await identity.log_in(old)).json(), (await identity.log_in(old)).json()
    _events(identity, "mail.requested")
    assert (await _ask(identity, pair, new)).status_code == 202
    word = _events(identity, "mail.requested")
    user_id = pair["user"]["id"]
    assert [(each.payload["template"], each.payload["to_user_id"]) for each in word] == [
        ("email_change_requested", user_id)
    ]
    (mail,) = await identity.mails(new)
    assert (mail.template, mail.to) == ("confirm_email", new)
    assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).json()["email"] == old, "not yet"

    confirmed = await _confirm(identity, pair, token_of(mail))
    assert confirmed.status_code == 200, confirmed.text
    assert (confirmed.json()["email"], confirmed.json()["is_verified"]) == (new, True)
    word = _events(identity, "mail.requested")
    assert [(each.payload["template"], each.payload["to"]) for each in word] == [("email_changed", old)]
    assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).status_code == 200
    assert (await identity.client.get("/v1/users/me", headers=bearer(other))).status_code == 401
    assert (await identity.log_in(old)).status_code == 401
    assert (await identity.log_in(new)).json()["user"]["id"] == user_id
    assert (await identity.register(old))["user"]["id"] != user_id, "the old address is free"


async def test_every_address_is_answered_alike_and_a_taken_one_is_told_itself(identity: Identity) -> None:
    mine, taken, unknown = _address(), _address(), _address()
    await identity.register(taken)
    pair = await identity.register(mine)
    answers = [await _ask(identity, pair, email) for email in (taken, unknown)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    (told,) = await identity.mails(taken)
    assert (told.template, told.to, dict(told.data)) == ("email_taken", taken, {"link": "http://web.test/sign-in"})


async def test_an_address_that_was_taken_in_the_meantime_is_refused_and_nothing_changes(identity: Identity) -> None:
    mine, wanted = _address(), _address()
    pair = await identity.register(mine)
    await _ask(identity, pair, wanted)
    token = await identity.mailed_token(wanted)
    await identity.register(wanted)
    # The new account's own proof killed the code; a code from before it is worth nothing either way.
    refused = await _confirm(identity, pair, token)
    assert refused.status_code in {409, 422}
    assert (await identity.client.get("/v1/users/me", headers=bearer(pair))).json()["email"] == mine


async def test_of_two_accounts_that_confirm_one_address_at_once_one_gets_it(identity: Identity) -> None:
    wanted = _address()
    pairs = [await identity.register(_address()) for _ in range(4)]
    tokens = []
    for pair in pairs:
        await _ask(identity, pair, wanted)
        tokens.append(await identity.mailed_token(wanted))
    answers = await asyncio.gather(
        *(_confirm(identity, pair, token) for pair, token in zip(pairs, tokens, strict=True))
    )
    assert {answer.status_code for answer in answers} <= {200, 409, 422}
    assert [answer.status_code for answer in answers].count(200) == 1
    users = identity.container.mongo.collection("users")
    assert await users.count_documents({"email_key": wanted}) == 1


async def test_a_code_works_once_for_its_account_and_for_two_hours(identity: Identity, clock: FakeClock) -> None:
    pair, stranger, wanted = await identity.register(), await identity.register(), _address()
    await _ask(identity, pair, wanted)
    token = await identity.mailed_token(wanted)
    assert (await _confirm(identity, stranger, token)).json()["errors"][0]["code"] == "token_invalid"
    assert (await identity.post("/v1/auth/verify-email", {"token": token})).status_code == 422, "it signs nobody in"
    answers = await asyncio.gather(*(_confirm(identity, pair, token) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]
    await _ask(identity, pair, late := _address())
    token = await identity.mailed_token(late)
    clock.advance(hours=2, seconds=1)
    pair = (await identity.log_in(wanted)).json()
    assert (await _confirm(identity, pair, token)).status_code == 422


@pytest.mark.parametrize("how", ["reset", "change"])
async def test_a_new_password_ends_a_change_that_was_asked_for_before(identity: Identity, how: str) -> None:
    mine, wanted = _address(), _address()
    pair = await identity.register(mine)
    await _ask(identity, pair, wanted)
    token = await identity.mailed_token(wanted)
    new = f"{PASSWORD}-new"
    if how == "reset":
        await identity.post("/v1/auth/forgot-password", {"email": mine})
        body = {"token": await identity.mailed_token(mine), "password": new}
        assert (await identity.post("/v1/auth/reset-password", body)).status_code == 202
    else:
        body = {"current_password": PASSWORD, "new_password": new}
        await identity.client.put("/v1/users/me/password", json=body, headers=bearer(pair))
    pair = (await identity.log_in(mine, new)).json()
    assert (await _confirm(identity, pair, token)).status_code == 422


async def test_one_s_own_address_and_no_address_are_refused(identity: Identity) -> None:
    mine = _address()
    pair = await identity.register(mine)
    same = await _ask(identity, pair, mine)
    assert (same.status_code, same.json()["errors"][0]["code"]) == (422, "email_unchanged")
    for wrong in ("not an address", "a" * 65 + "@example.com", "a@example.com\r\nBcc: b@example.com"):
        assert (await _ask(identity, pair, wrong)).status_code == 422
    assert (await _ask(identity, pair, mine.replace("example", "EXAMPLE"))).status_code in {202, 422}


async def test_a_suspended_account_s_code_is_never_sent(identity: Identity, container: Container) -> None:
    pair, wanted = await identity.register(), _address()
    await _ask(identity, pair, wanted)
    await container.users.update(pair["user"]["id"], {"is_active": False}, end_sessions=True)
    assert await identity.mails(wanted) == []


async def test_stripe_learns_the_new_address_whatever_the_order_of_events(
    identity: Identity, container: Container
) -> None:
    gateway = FakePaymentGateway(now=container.clock.now())
    pair, first, last = await identity.register(), _address(), _address()
    await container.users.update(pair["user"]["id"], {"stripe_customer_id": "cus_1"})
    for wanted in (first, last):
        await _ask(identity, pair, wanted)
        assert (await _confirm(identity, pair, await identity.mailed_token(wanted))).status_code == 200
    events = _events(identity, EMAIL_CHANGED)
    assert [dict(event.payload) for event in events] == [{"user_id": pair["user"]["id"]}] * 2
    for event in reversed(events):
        await follow_email(container.users, gateway, event)
    assert gateway.renamed_customers == {"cus_1": last}
