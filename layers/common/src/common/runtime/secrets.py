"""Secrets by name, read when first needed and kept for five minutes."""

from functools import cache

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.config import Config

from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import Unavailable

_MAX_AGE_SECONDS = 300
_CONNECT_SECONDS = 1
_READ_SECONDS = 2
_TRIES = 2
#: The longest wait before a second try in botocore's standard mode
#: (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
_BACKOFF_SECONDS = 1
#: What reading one takes at the longest; nothing can cut it short.
MOST_SECONDS = _TRIES * (_CONNECT_SECONDS + _READ_SECONDS) + _BACKOFF_SECONDS


@cache
def _provider() -> SecretsProvider:
    """Its client and its cache outlive an invocation; no value is fetched yet."""
    retries = {"total_max_attempts": _TRIES, "mode": "standard"}
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries=retries)  # type: ignore[arg-type]
    return SecretsProvider(boto_config=config)


def warm_up() -> None:
    """Make the client ahead; it connects with its first call."""
    _provider()


def fetch_secret(name: str) -> str:
    """Read a secret from AWS Secrets Manager.

    Args:
        name: the secret's name or ARN; it may appear in messages, the value never does.

    Raises:
        OutOfTime: it is not known yet, and too little time is left to ask for it.
        Unavailable: Secrets Manager did not answer or refused.
    """
    if not _provider().has_not_expired_in_cache((name, None)):
        seconds_for_call(MOST_SECONDS, is_whole=True)
    try:
        value = _provider().get(name, max_age=_MAX_AGE_SECONDS)
    except GetParameterError as error:
        raise Unavailable(f"The secret {name} cannot be read.") from error
    return value.decode() if isinstance(value, bytes) else str(value)
