"""``smoke``: ask a deployed stage the few things that tell whether it works at all, and change nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator, Mapping

    from infra.ops.environment import Commands

_ANSWER_SECONDS = 20.0
#: A release's first requests may meet functions that are just starting.
_TRIES, _PAUSE_SECONDS = 5, 3.0
_SHOWN = 200


@dataclass(frozen=True)
class Check:
    """A question and the answer that is right.

    Attributes:
        path: What is asked for.
        status: The right answer's.
        what: What it tells.
        content: The media type that the answer begins with.
    """

    path: str
    status: int
    what: str
    content: str = "application/json"


CHECKS = (
    Check("/v1/health", 200, "API Gateway reaches a function"),
    Check("/v1/health/ready", 200, "the database answers"),
    Check("/v1/categories", 200, "the database was migrated"),
    Check("/v1/search/services?q=cleaning", 200, "services are searched"),
    Check("/v1/subscriptions/plans", 200, "plans are configured"),
    Check("/v1/openapi.json", 200, "the API describes itself"),
    Check("/v1/users/me", 401, "strangers are refused", "application/problem+json"),
    Check("/v1/nowhere", 404, "unknown routes have an answer", "application/problem+json"),
)


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("smoke", help="see that a deployed stage works at all", description=__doc__)
    parser.add_argument("url", help="the stage's public address, its PublicBaseUrl")
    parser.set_defaults(run=run)


def run(chosen: Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 - a stage's address is no secret
    """Ask, and say what is wrong."""
    faults = list(check(chosen.url.rstrip("/")))
    print("\n".join(faults) or f"{chosen.url} works: {len(CHECKS)} of {len(CHECKS)} answers are right.")
    return 1 if faults else 0


def check(
    url: str, pause: Callable[[float], None] = time.sleep, transport: httpx.BaseTransport | None = None
) -> Iterator[str]:
    """Ask everything, each a few times until it is right.

    Args:
        url: The address, without a slash at its end.
        pause: Waits between two tries.
        transport: Answers instead of the network.

    Yields:
        A line for each question whose answer stays wrong.
    """
    with httpx.Client(base_url=url, timeout=_ANSWER_SECONDS, transport=transport) as client:
        for each in CHECKS:
            for left in reversed(range(_TRIES)):
                if (fault := _fault(client, each)) is None:
                    break
                if left:
                    pause(_PAUSE_SECONDS)
            else:
                yield f"{each.path} ({each.what}): {fault}"


def _fault(client: httpx.Client, wanted: Check) -> str | None:
    """Say what is wrong with an answer; None where nothing is."""
    try:
        answer = client.get(wanted.path)
    except httpx.HTTPError as error:
        return f"no answer ({type(error).__name__})"
    content = answer.headers.get("content-type", "")
    if answer.status_code == wanted.status and content.startswith(wanted.content):
        return None
    return f"answered {answer.status_code} {content}, not {wanted.status} {wanted.content}: {answer.text[:_SHOWN]}"
