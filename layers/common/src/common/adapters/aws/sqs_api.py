"""Amazon SQS's JSON protocol in two calls: signed by botocore, sent by the HTTP client that botocore brings.

A client of botocore's own reads its models of the service and of all endpoints, a quarter of the cold start of a
function whose first request sends a message. botocore is imported with the first message, never at start.

Protocol: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
"""

from __future__ import annotations

import json
import os
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit

from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import OutOfTime

if TYPE_CHECKING:
    from collections.abc import Mapping

    import urllib3
    from botocore.credentials import ReadOnlyCredentials

_SERVICE = "sqs"
_OK = 200
_CONTENT_TYPE = "application/x-amz-json-1.0"
#: One more try where the server failed or did not answer; a message that arrives twice does no harm.
_RETRIES = 1
_RETRIED = (500, 502, 503, 504)
_BACKOFF_SECONDS = 0.1


class SqsError(Exception):
    """SQS refused the call or gave no answer; ``code`` is its own, or the name of what went wrong on the way."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SqsApi:
    """Calls SQS; blocking, so it belongs in a thread. A call ends with the deadline at the latest.

    Args:
        connect_seconds: how long to wait for a connection.
        read_seconds: how long to wait for an answer.
    """

    def __init__(self, *, connect_seconds: float, read_seconds: float) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self.most_seconds = (1 + _RETRIES) * (connect_seconds + read_seconds) + _BACKOFF_SECONDS

    def call(self, action: str, queue_url: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make one call.

        Args:
            action: such as ``SendMessage``.
            queue_url: the queue, which also names the service's address where the environment names no other.
            parameters: the action's other parameters.

        Returns:
            The answer.

        Raises:
            SqsError: there was none, or a refusal, or no time to ask.
        """
        import urllib3  # noqa: PLC0415 - see the module's docstring

        body = json.dumps({"QueueUrl": queue_url, **parameters}).encode()
        url = endpoint(queue_url)
        try:
            each_try = (seconds_for_call(self.most_seconds) - _BACKOFF_SECONDS) / (1 + _RETRIES)
            timeout = urllib3.Timeout(each_try, connect=self._connect_seconds, read=self._read_seconds)
            answer = self._pool.request("POST", url, body=body, headers=signed(action, url, body), timeout=timeout)
        except OutOfTime as error:
            raise SqsError(type(error).__name__) from error
        except urllib3.exceptions.HTTPError as error:
            raise SqsError(type(error).__name__) from error
        if answer.status != _OK:
            raise SqsError(_code(answer.data) or f"HTTP {answer.status}")
        return dict(json.loads(answer.data or b"{}"))

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        import urllib3  # noqa: PLC0415 - see the module's docstring
        from botocore.httpsession import get_cert_path  # noqa: PLC0415

        retries = urllib3.Retry(
            _RETRIES,
            status_forcelist=_RETRIED,
            allowed_methods=None,
            backoff_factor=_BACKOFF_SECONDS,
            raise_on_status=False,
            redirect=False,
            respect_retry_after_header=False,
        )
        certificates = os.environ.get("AWS_CA_BUNDLE") or get_cert_path(verify=True)
        return urllib3.PoolManager(retries=retries, ca_certs=certificates)


class _Keys(NamedTuple):
    """The same as botocore's ``ReadOnlyCredentials``, whose module reads every other source of credentials."""

    access_key: str
    secret_key: str
    token: str | None


def endpoint(queue_url: str) -> str:
    """The service's address: the environment's, or that of the queue.

    Variables: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    given = os.environ.get("AWS_ENDPOINT_URL_SQS") or os.environ.get("AWS_ENDPOINT_URL")
    parts = urlsplit(given or queue_url)
    return f"{parts.scheme}://{parts.netloc}/"


def signed(action: str, url: str, body: bytes) -> dict[str, str]:
    """The header fields of a request, its signature (version 4) among them."""
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - see the module's docstring
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415

    headers = {"X-Amz-Target": f"AmazonSQS.{action}", "Content-Type": _CONTENT_TYPE}
    request = AWSRequest("POST", url, headers, body)
    SigV4Auth(_credentials(), _SERVICE, _region()).add_auth(request)
    return dict(request.headers.items())


def _region() -> str:
    """The function's region; elsewhere that of the profile in use."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    region = region or _session().get_config_variable("region")
    if not region:
        raise SqsError("NoRegion")
    return str(region)


def _credentials() -> ReadOnlyCredentials:
    """The function's own: in the environment, or, where that is restored from a snapshot, from botocore's chain.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
    """
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return cast("ReadOnlyCredentials", _Keys(key, secret, os.environ.get("AWS_SESSION_TOKEN")))
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - see the module's docstring

    try:
        found = _session().get_credentials()
        if found is None:
            raise SqsError("NoCredentials")
        frozen: ReadOnlyCredentials = found.get_frozen_credentials()
    except BotoCoreError as error:
        raise SqsError(type(error).__name__) from error
    return frozen


@cache
def _session() -> Any:
    """Botocore's session, which keeps the credentials it found and renews them."""
    from botocore.session import get_session  # noqa: PLC0415 - see the module's docstring

    return get_session()


def _code(body: bytes) -> str:
    """The error's code (``com.amazonaws.sqs#QueueDoesNotExist``), without its name space."""
    try:
        return str(json.loads(body)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return ""
