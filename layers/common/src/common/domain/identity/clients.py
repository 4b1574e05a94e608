"""Where a request comes from, and how an account knows it."""

import re
from dataclasses import dataclass
from enum import StrEnum

#: What a browser and a system call themselves, and what people call them: many name others after themselves, so that
#: the first that is found is meant (https://developer.mozilla.org/docs/Web/HTTP/Browser_detection_using_the_user_agent).
_BROWSERS = {
    r"Edg\w*/": "Edge",
    r"OPR/": "Opera",
    r"(?:Firefox|FxiOS)/": "Firefox",
    r"(?:Chrome|CriOS)/": "Chrome",
    r"Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


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


def program_text(user_agent: str) -> str:
    """What a client calls itself as people say it: ``Chrome on Linux``; what is no known browser stays as it is.

    Args:
        user_agent: of the request; may be empty.
    """
    browser, system = (
        next((name for mark, name in marks.items() if re.search(mark, user_agent)), "")
        for marks in (_BROWSERS, _SYSTEMS)
    )
    if not browser:
        return user_agent or "an unnamed program"
    return f"{browser} on {system}" if system else browser


class Standing(StrEnum):
    """How an account knows a client that signs in."""

    FIRST = "first"
    KNOWN = "known"
    NEW = "new"
