"""What geocoders over HTTP share: one GET for JSON, bounded in time and size."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx

from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import Unavailable

TIMEOUT_SECONDS = 3.0
_MAX_ANSWER_BYTES = 256 * 1024
_BAD = 400

HttpSource = Callable[[], "httpx.AsyncClient"]

T = TypeVar("T")


def http_source(contact: str) -> HttpSource:
    """Make clients that say whose they are.

    Args:
        contact: where the operator of the service reaches the operator of this deployment, as Nominatim's usage policy
            asks (https://operations.osmfoundation.org/policies/nominatim/); empty for services that know us by a key.
    """

    def make() -> httpx.AsyncClient:

        agent = f"GigSta ({contact})" if contact else "GigSta"
        return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, headers={"User-Agent": agent})

    return make


async def get_json(http: httpx.AsyncClient, url: str, query: Mapping[str, str]) -> Any:
    """GET a JSON document.

    Raises:
        OutOfTime: it was not asked, for lack of time.
        Unavailable: no usable answer came in time. The message never holds the query, which may hold a key.
    """
    try:
        async with asyncio.timeout(seconds_for_call(TIMEOUT_SECONDS)):
            response = await http.get(url, params=dict(query))
        if response.status_code >= _BAD or len(response.content) > _MAX_ANSWER_BYTES:
            raise Unavailable("The geocoder does not answer.")
        return response.json()
    except (httpx.HTTPError, TimeoutError, ValueError) as error:
        raise Unavailable("The geocoder does not answer.") from error


def read(parse: Callable[[], T]) -> T:
    """Read an answer's fields.

    Raises:
        Unavailable: the answer has not the form that the service documents.
    """
    try:
        return parse()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise Unavailable("The geocoder's answer cannot be read.") from error
