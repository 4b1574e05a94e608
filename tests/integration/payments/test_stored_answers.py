"""Secrets and links of Stripe's are not stored for replays of an answer, and a replay has them all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support import api_client, sign_in
from tests.support.kept import is_replay, stored_text

if TYPE_CHECKING:
    import httpx

    from tests.support.money import MoneyBench

KEY = {"Idempotency-Key": "replayed"}


async def twice(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], body: dict[str, str] | None = None
) -> list[httpx.Response]:
    answers = [await client.post(path, json=body, headers={**headers, **KEY}) for _ in range(2)]
    assert [(answer.status_code, is_replay(answer)) for answer in answers] == [(201, False), (201, True)]
    return answers


async def test_a_cards_client_secret_is_that_of_the_same_intent(real_bench: MoneyBench) -> None:
    container = real_bench.container
    headers = await sign_in(container, real_bench.customer)
    async with api_client("payments", container) as client:
        first, replay = await twice(client, "/v1/payments/setup-intents", headers)
    secret = first.json()["client_secret"]
    assert replay.json() == first.json()
    assert secret.startswith("seti_")
    stored = await stored_text(container)
    assert secret not in stored
    assert secret.partition("_secret")[0] in stored
