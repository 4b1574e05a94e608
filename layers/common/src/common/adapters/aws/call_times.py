"""How long boto3's clients may take for a call."""

from dataclasses import dataclass
from typing import Any

from botocore.config import Config

#: One more where the service failed or did not answer.
_TRIES = 2
#: The longest wait before a second try in botocore's standard mode
#: (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
_BACKOFF_SECONDS = 1


@dataclass(frozen=True)
class CallTimes:
    """What each of a call's two tries may take, in seconds.

    Args:
        connect: until there is a connection.
        read: until there is an answer.
    """

    connect: float
    read: float

    @property
    def most_seconds(self) -> float:
        """What one call takes at the longest."""
        return _TRIES * (self.connect + self.read) + _BACKOFF_SECONDS

    def config(self, **more: Any) -> Config:
        """The configuration of a client that keeps to it, with what else is particular to the client."""
        return Config(
            connect_timeout=self.connect,
            read_timeout=self.read,
            retries={"total_max_attempts": _TRIES, "mode": "standard"},
            **more,
        )
