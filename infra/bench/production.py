"""What functions have in production: the variables of the template, secrets by name, spans as X-Ray samples them.

What a laptop cannot give: the X-Ray daemon (spans are made and sent to an address where nobody listens, which is what
the function pays for), API Gateway, and a network between function and database.
"""

from __future__ import annotations

import random
import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

from infra.deploy import composition
from infra.local import secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Secrets that a deployment has, by the template's parameter with their name. The others are optional and left out.
_SECRETS = {
    "MongodbSecretName": secrets.MONGODB,
    "StripeSecretName": secrets.STRIPE,
    "JwtSigningKeysSecretName": secrets.SIGNING_KEYS,
    "FactorKeysSecretName": secrets.FACTOR_KEYS,
}
#: Variables that name a secret.
SECRET_VARIABLES = ("MONGODB_URI_SECRET", "JWT_SIGNING_KEYS_SECRET", "FACTOR_KEYS_SECRET", "STRIPE_SECRET")
#: X-Ray's default rule: the first request of each second and five percent of the others
#: (https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html).
_SAMPLED_EVERY_SECONDS, _SAMPLED_SHARE = 1.0, 0.05


def variables(handler: str) -> dict[str, str]:
    """What the template gives the function with this handler besides what all functions share.

    Args:
        handler: Its dotted path.

    Raises:
        KeyError: The template has no such function.
    """
    properties = _functions()[handler]
    own = properties["Environment"]["Variables"]
    return {
        **_by_name(own),
        "POWERTOOLS_SERVICE_NAME": own["POWERTOOLS_SERVICE_NAME"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties["MemorySize"]),
    }


def memory_mb(handler: str) -> int:
    """Memory that the template gives the function with this handler.

    Args:
        handler: Its dotted path.
    """
    return int(_functions()[handler]["MemorySize"])


def batch_size(handler: str) -> int:
    """How many messages of its queue the function with this handler gets at once.

    Args:
        handler: Its dotted path.
    """
    return int(_functions()[handler]["Events"]["Queue"]["Properties"]["BatchSize"])


def architecture() -> str:
    """What functions run on, unless a deployment chooses otherwise."""
    return str(_template()["Parameters"]["Architecture"]["Default"])


def visibility_seconds() -> str:
    """How long a message that was received is hidden from others."""
    return str(_template()["Parameters"]["QueueVisibilitySeconds"]["Default"])


def common_variables() -> dict[str, str]:
    """What the template gives every function: how it logs and counts, and its secrets by name."""
    own = _template()["Globals"]["Function"]["Environment"]["Variables"]
    level = _template()["Parameters"]["LogLevel"]["Default"]
    return {
        **_by_name(own),
        "LOG_LEVEL": level,
        "POWERTOOLS_METRICS_NAMESPACE": own["POWERTOOLS_METRICS_NAMESPACE"],
    }


def publish_secrets(aws_url: str, values: Mapping[str, str]) -> None:
    """Store the secrets in the local Secrets Manager.

    Args:
        aws_url: The local AWS.
        values: By the template's parameter with their name.
    """
    secrets.publish(aws_url, {_SECRETS[parameter]: value for parameter, value in values.items()})


class Sampling:
    """Decides which invocations of one environment are recorded, as X-Ray does by default."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._random = random.Random(1)  # noqa: S311 - which requests are sampled is no secret

    def header(self) -> str:
        """The trace header of the next invocation."""
        now = time.monotonic()
        is_first = now - self._last >= _SAMPLED_EVERY_SECONDS
        is_sampled = is_first or self._random.random() < _SAMPLED_SHARE
        if is_first:
            self._last = now
        mark = uuid.uuid4().hex
        return f"Root=1-{int(time.time()):08x}-{mark[:24]};Parent={mark[:16]};Sampled={int(is_sampled)}"


def _by_name(variables: Mapping[str, Any]) -> dict[str, str]:
    given = {name: value.get("Ref") for name, value in variables.items() if isinstance(value, dict)}
    return {name: _SECRETS[parameter] for name, parameter in given.items() if parameter in _SECRETS}


@cache
def _template() -> dict[str, Any]:
    return composition.compose()


@cache
def _functions() -> dict[str, dict[str, Any]]:
    resources = [each for each in _template()["Resources"].values() if isinstance(each, dict)]
    properties = [each["Properties"] for each in resources if each.get("Type") == "AWS::Serverless::Function"]
    return {each["Handler"]: each for each in properties}
