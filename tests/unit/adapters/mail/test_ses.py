"""What SES refuses for good, throttles, or is too busy for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from botocore.stub import ANY, Stubber
from common.adapters.aws.postponing import postpone
from common.adapters.aws.sqs_client import SqsError
from common.adapters.mail.ses import SesMailer
from common.application.ports.notifications.mail import MailRefused, RenderedMail
from common.domain.shared.errors import ComesLater, Unavailable

MAIL = RenderedMail(subject="s", summary="s", text="t", html="h")


def sending(monkeypatch: pytest.MonkeyPatch, code: str, message: str = "") -> Any:
    """The outcome of sending a mail that SES answers with an error."""
    for name, value in {"REGION": "x", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "x")
    mailer = SesMailer("a@example.com")
    with Stubber(mailer._client) as stub:
        parameters = {"FromEmailAddress": ANY, "Destination": ANY, "Content": ANY}
        stub.add_client_error("send_email", code, message, expected_params=parameters)
        with pytest.raises((MailRefused, Unavailable)) as met:
            asyncio.new_event_loop().run_until_complete(mailer.send("b@example.com", MAIL))
    return met.value


@pytest.mark.parametrize(
    ("code", "message", "seconds"),
    [
        ("TooManyRequestsException", "Maximum sending rate exceeded.", 30),
        ("ThrottlingException", "Maximum sending rate exceeded.", 30),
        ("LimitExceededException", "Daily message quota exceeded.", 6 * 3600),
        ("Throttling", "Daily message quota exceeded.", 6 * 3600),
    ],
)
def test_what_is_throttled_comes_again_later_a_days_quota_much_later(
    monkeypatch: pytest.MonkeyPatch, code: str, message: str, seconds: int
) -> None:
    met = sending(monkeypatch, code, message)
    assert isinstance(met, ComesLater)
    assert met.retry_after == seconds


@pytest.mark.parametrize(
    "code",
    ["InternalFailure", "ServiceUnavailable", "SendingPausedException", "AccountSuspendedException",
     "NotFoundException", "MailFromDomainNotVerifiedException"],
)  # fmt: skip
def test_other_faults_are_an_outage(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    met = sending(monkeypatch, code)
    assert isinstance(met, Unavailable)
    assert not isinstance(met, ComesLater)


def test_a_refused_address_is_refused_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(sending(monkeypatch, "MessageRejected"), MailRefused)


class Sqs:
    """SQS, as far as it hides messages."""

    def __init__(self, error: SqsError | None = None) -> None:
        self.hidden: list[int] = []
        self._error = error

    async def call(self, method: str, **parameters: Any) -> None:
        assert (method, parameters["QueueUrl"], parameters["ReceiptHandle"]) == ("change_message_visibility", "q", "r")
        if self._error:
            raise self._error
        self.hidden.append(parameters["VisibilityTimeout"])


@pytest.mark.parametrize(("delivery", "least", "most"), [("1", 15, 30), ("3", 60, 120), ("5", 240, 480)])
async def test_a_message_is_hidden_longer_with_each_delivery(delivery: str, least: int, most: int) -> None:
    sqs = Sqs()
    record = {"receiptHandle": "r", "attributes": {"ApproximateReceiveCount": delivery}}
    assert await postpone(sqs, "q", record, 30)  # type: ignore[arg-type] # what of it is used
    assert least <= sqs.hidden[0] <= most


async def test_no_message_is_hidden_for_longer_than_sqs_can() -> None:
    sqs = Sqs()
    record = {"receiptHandle": "r", "attributes": {"ApproximateReceiveCount": "5"}}
    await postpone(sqs, "q", record, 6 * 3600)  # type: ignore[arg-type] # what of it is used
    assert sqs.hidden[0] < 12 * 3600


async def test_a_message_that_cannot_be_hidden_comes_again_as_its_queue_has_it() -> None:
    record = {"receiptHandle": "r", "attributes": {}}
    assert not await postpone(Sqs(SqsError("Down")), "q", record, 30)  # type: ignore[arg-type] # what of it is used
