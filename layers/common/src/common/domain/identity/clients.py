"""Where a request comes from, and how an account knows it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class ClientInfo:
    """Where a request comes from.

    Args:
        ip: the network address.
        user_agent: what the program calls itself, cut to 256 characters.
        device_token: the secret this browser or app got earlier, if it sent it.
    """

    ip: str = ""
    user_agent: str = ""
    device_token: str | None = None


class Standing(StrEnum):
    """How an account knows a client that signs in."""

    FIRST = "first"
    KNOWN = "known"
    NEW = "new"
