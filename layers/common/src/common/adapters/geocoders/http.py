"""What geocoders over HTTP share: one GET for JSON, bounded in time and size."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from common.domain.errors import Unavailable

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 3.0
#: The usage policy asks for a name (https://operations.osmfoundation.org/policies/nominatim/).
USER_AGENT = "GigSta/1.0 (https://github.com/gigsta)"
_MAX_ANSWER_BYTES = 256 * 1024
_BAD = 400

HttpSource = Callable[[], "httpx.AsyncClient"]


def make_http() -> "httpx.AsyncClient":
    """A client of its own; httpx takes 300 ms to import, so only where it is used."""
    import httpx  # noqa: PLC0415

    return httpx.AsyncClient(timeout=TIMEOUT_SECONDS, headers={"User-Agent": USER_AGENT})


async def get_json(http: "httpx.AsyncClient", url: str, query: Mapping[str, str]) -> Any:
    """GET a JSON document.

    Raises:
        Unavailable: no usable answer came in time. The message never holds the query, which may hold a key.
    """
    import httpx  # noqa: PLC0415

    try:
        response = await http.get(url, params=dict(query))
        if response.status_code >= _BAD or len(response.content) > _MAX_ANSWER_BYTES:
            raise Unavailable("The geocoder does not answer.")
        return response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable("The geocoder does not answer.") from error
