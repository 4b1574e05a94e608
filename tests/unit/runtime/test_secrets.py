"""Secrets that are given by name: when they are asked for."""

from __future__ import annotations

import hashlib
import hmac
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from common.adapters.mongo.shared.database import as_unavailable
from common.adapters.stripe.webhooks import StripeWebhookVerifier
from common.application.shared.deadline import deadline
from common.domain.shared.errors import InvalidInput, InvalidSignature, OutOfTime, Unavailable
from common.runtime import secrets
from common.runtime.container.core import CoreContainer
from common.runtime.settings import CoreSettings, Settings
from common.runtime.workers import make_handler
from pymongo.errors import AutoReconnect, OperationFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.runtime.budget import Budget

#: No time to ask, but enough to look at what is kept.
SHORT = 1.0
NAMES = {"MONGODB_URI_SECRET": "a", "STRIPE_SECRET": "b", "JWT_SIGNING_KEYS_SECRET": "c"}


class Database:
    """A database that is there."""

    def __init__(self) -> None:
        self.pings = 0

    async def ping(self) -> None:
        self.pings += 1


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], str]], None]:
    """Let a function stand for Secrets Manager."""

    def answered_by(answer: Callable[[str], str]) -> None:
        class Client:
            def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803 - as boto3 calls it
                return {"SecretString": answer(SecretId)}

            meta: Any = None

        provider = SecretsProvider(boto3_client=Client())  # type: ignore[arg-type] # what of it is used
        monkeypatch.setattr(secrets, "_provider", lambda: provider)

    return answered_by


def test_one_that_is_kept_takes_no_time(ask: Callable[[Callable[[str], str]], None]) -> None:
    ask(lambda name: f"value of {name}")
    with deadline(SHORT), pytest.raises(OutOfTime):
        secrets.fetch_secret("a")
    assert secrets.fetch_secret("a") == "value of a"
    with deadline(SHORT):
        assert secrets.fetch_secret("a") == "value of a"


async def test_all_are_asked_for_at_once(ask: Callable[[Callable[[str], str]], None]) -> None:
    together = Barrier(len(NAMES), timeout=30)

    def answer(name: str) -> str:
        together.wait()
        return name

    ask(answer)
    database = Database()
    await CoreContainer(Settings(NAMES)).replace(mongo=database).open()
    assert database.pings == 1


async def test_one_that_cannot_be_read_fails_when_all_have_been_asked_for(
    ask: Callable[[Callable[[str], str]], None],
) -> None:
    def answer(name: str) -> str:
        if name == "b":
            raise ConnectionError
        return name

    ask(answer)
    database = Database()
    with pytest.raises(Unavailable):
        await CoreContainer(Settings(NAMES)).replace(mongo=database).open()
    assert database.pings == 1


class Told:
    """Secrets Manager with one secret that somebody changes."""

    def __init__(self, value: str) -> None:
        self.value, self.reads = value, 0

    def __call__(self, _: str) -> str:
        self.reads += 1
        return self.value


@pytest.fixture
def told(ask: Callable[[Callable[[str], str]], None], monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(secrets, "_read_anew_at", {})
    found = Told("old")
    ask(found)
    return found


def test_one_that_was_refused_is_read_again_and_not_again_at_once(told: Told) -> None:
    assert secrets.fetch_secret("a") == "old"
    told.value = "new"
    assert secrets.fetch_secret("a") == "old"
    assert secrets.fetch_secret("a", anew=True) == "new"
    told.value = "newer"
    assert secrets.fetch_secret("a", anew=True) == secrets.fetch_secret("a") == "new", "anybody may cause this"
    assert told.reads == 2


REFUSED = OperationFailure("Authentication failed.", 18)


def test_a_container_whose_password_was_changed_is_outdated_and_any_other_is_not(told: Told) -> None:
    container = CoreContainer(Settings({"MONGODB_URI_SECRET": "a", "MONGODB_DATABASE": "x"}))
    container.settings.of(CoreSettings).mongodb_uri.get()
    container.note_failure(OperationFailure("no such index", 27))
    container.note_failure(AutoReconnect("away"))
    assert told.reads == 1
    container.note_failure(REFUSED)
    assert not container.is_outdated, "the secret is the same, so the role or the user is wrong"
    told.value = "changed"
    secrets._read_anew_at.clear()
    container.note_failure(REFUSED)
    assert container.is_outdated
    assert as_unavailable(REFUSED), "whoever asks meanwhile may try again"


def test_the_invocation_after_one_that_was_let_in_no_more_has_another_container(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI_SECRET", "a")
    monkeypatch.setenv("MONGODB_DATABASE", "x")
    monkeypatch.setenv("STAGE", "test")
    seen = []

    async def work(container: CoreContainer, _: Any, __: Budget) -> None:
        seen.append(container)
        container.settings.of(CoreSettings).mongodb_uri.get()
        if len(seen) == 1:
            told.value = "changed"
            container.note_failure(REFUSED)

    handler = make_handler(work, service="x", needs=(), container=CoreContainer)
    handler({}, None)
    handler({}, None)
    handler({}, None)
    assert seen[0] is not seen[1]
    assert seen[1] is seen[2]


def test_webhooks_are_checked_by_the_secrets_of_now_where_those_at_hand_have_not_signed() -> None:
    reads = []

    def reread() -> list[str]:
        reads.append(1)
        return ["whsec_old", "whsec_new"]

    def signed(secret: str) -> str:
        made = hmac.new(secret.encode(), b"100.{}", hashlib.sha256).hexdigest()
        return f"t=100,v1={made}"

    verifier = StripeWebhookVerifier(["whsec_old"], lambda: 100.0, reread)
    for secret in ("whsec_old", "whsec_new", "whsec_new"):
        with pytest.raises(InvalidInput):  # the body is no event, but it was signed
            verifier.verify(b"{}", signed(secret))
    assert reads == [1]
    with pytest.raises(InvalidSignature):
        verifier.verify(b"{}", signed("whsec_other"))
