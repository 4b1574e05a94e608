"""Secrets by value or by name; those by name are read when first needed and kept for five minutes."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from common.adapters.aws.call_times import CallTimes
from common.adapters.warm_up import warm_up_client
from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import Unavailable

_MAX_AGE_SECONDS = 300
#: A secret that was refused is not read again sooner than this after the last time.
_ANEW_SECONDS = 30.0
_read_anew_at: dict[str, float] = {}
#: Nothing can cut reading one short.
_TIMES = CallTimes(connect=1, read=2)
MOST_SECONDS = _TIMES.most_seconds


class SettingsError(RuntimeError):
    """The environment does not hold what the function needs; the message names all of it."""


class Secret:
    """A value that shows in no text: neither a log line nor a traceback has it.

    Args:
        value: what is kept.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret(…)"

    def get_secret_value(self) -> str:
        """The value, for the one place that uses it."""
        return self._value


@dataclass(frozen=True)
class NamedBy:
    """Says of a setting which variable has its secret's name, where that is not the usual one.

    Attributes:
        variable: the variable.
    """

    variable: str


@dataclass(frozen=True)
class SecretRef:
    """A secret, given by its value or by the name under which AWS Secrets Manager has it; or not given.

    Attributes:
        variables: the variables that may give it, for messages.
        value: the value.
        name: the name.
    """

    variables: str
    value: Secret | None = None
    name: str | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str], variable: str, named_by: str | None = None) -> Self:
        """Read what the environment gives; the value goes before the name.

        Args:
            environ: the environment, without empty variables.
            variable: has the value.
            named_by: has the name; by default the same with ``_SECRET`` behind it.
        """
        named_by = named_by or f"{variable}_SECRET"
        value = Secret(environ[variable]) if variable in environ else None
        return cls(f"{variable} or {named_by}", value, environ.get(named_by) if value is None else None)

    @property
    def is_given(self) -> bool:
        """Whether there is one."""
        return self.value is not None or self.name is not None

    def get(self, *, anew: bool = False) -> str:
        """The secret itself.

        Args:
            anew: whether what is kept was refused, so that it is read again, if that was not just done.

        Raises:
            SettingsError: it is not given.
            Unavailable: it is given by name and cannot be fetched.
        """
        if self.value is not None:
            return self.value.get_secret_value()
        if self.name is not None:
            return fetch_secret(self.name, anew=anew)
        raise SettingsError(f"Missing settings: {self.variables}")


@cache
def _provider() -> SecretsProvider:
    """Its client and its cache outlive an invocation; no value is fetched yet."""
    return SecretsProvider(boto_config=_TIMES.config())


def warm_up() -> None:
    """Make the client ahead, and load what it needs for its first call, with which it connects."""
    warm_up_client(_provider().client, "get_secret_value", SecretId="unknown")


def fetch_secret(name: str, *, anew: bool = False) -> str:
    """Read a secret from AWS Secrets Manager.

    Args:
        name: the secret's name or ARN; it may appear in messages, the value never does.
        anew: whether to ask although a value is kept; done twice a minute at most, since anybody may make a webhook's
            signature that no secret has made.

    Raises:
        OutOfTime: it is not known yet, and too little time is left to ask for it.
        Unavailable: Secrets Manager did not answer or refused.
    """
    anew = anew and time.monotonic() - _read_anew_at.get(name, -math.inf) >= _ANEW_SECONDS
    if anew or not _provider().has_not_expired_in_cache((name, None, False)):
        seconds_for_call(MOST_SECONDS, is_whole=True)
    if anew:
        _read_anew_at[name] = time.monotonic()
    try:
        value = _provider().get(name, max_age=_MAX_AGE_SECONDS, force_fetch=anew)
    except GetParameterError as error:
        raise Unavailable(f"The secret {name} cannot be read.") from error
    return value.decode() if isinstance(value, bytes) else str(value)
