"""People at their keyboards: each has a session of their own at the public address."""

import contextlib
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx

# Longer than the gateway's own limit, which answers then.
_TIMEOUT_SECONDS = 40.0
# Work behind queues goes through functions that start one after the other.
_PATIENCE_SECONDS = 120.0
_POLL_SECONDS = 0.25
_UNAUTHENTICATED = 401
_CLIENT_ERROR = 400
_UNAVAILABLE = 503
_KEY = "Idempotency_Key"
#: Where the API takes no such key: what ran out of time there was undone, or, once in a great while, was not, and then
#: says so when it is asked for again.
_KEYLESS = ("/v1/auth/", "/v1/users/", "/v1/onboarding/", "/v1/admin/", "/v1/realtime/")
#: A function's own limit ended a request, or API Gateway had nobody to hand it to: one starts beside much else.
_STARTING = frozenset({"out_of_time", "service_unavailable"})

_Seen = TypeVar("_Seen")


class RequestRefused(Exception):
    """The API answered with a problem document."""

    def __init__(self, request: str, response: httpx.Response) -> None:
        super().__init__(f"{request} answered {response.status_code}: {response.text[:600]}")
        self.response = response


class Person:
    """Somebody who speaks to the API, signs in, and keeps the session fresh.

    Args:
        name: as the story calls them.
        email: their mail address.
        base_url: the public address.
        from_address: where on this machine the requests come from; anywhere when empty.
    """

    def __init__(self, name: str, email: str, base_url: str, from_address: str = "") -> None:
        self.name = name
        self.email = email
        transport = httpx.HTTPTransport(local_address=from_address or None)
        self._http = httpx.Client(base_url=base_url, timeout=_TIMEOUT_SECONDS, transport=transport)
        self._access_token: str | None = None
        self._refresh_token: str | None = None

    def forget(self) -> None:
        """Drop the sign-in, without telling the API."""
        self._access_token = self._refresh_token = None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def access_token(self) -> str:
        """The token of the present sign-in, for requests made past this class."""
        return self._access_token or ""

    @property
    def refresh_token(self) -> str:
        """What renews it, for a browser that goes on with this sign-in."""
        return self._refresh_token or ""

    def call(self, method: str, path: str, json: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Make one request and return the JSON answer; an expired session is refreshed once.

        Raises:
            RequestRefused: the answer is not a success.
        """
        response = self._answer(method, path, json, headers)
        if response.status_code == _UNAUTHENTICATED and self._refresh_token:
            self._refresh()
            response = self._answer(method, path, json, headers)
        if response.status_code >= _CLIENT_ERROR:
            raise RequestRefused(f"{method} {path}", response)
        is_json = bool(response.content) and "json" in response.headers.get("content-type", "")
        return response.json() if is_json else response.text

    def sign_in(self, password: str, codes: Sequence[str] = ()) -> None:
        """Sign in with a password and, where the account has an authenticator app, one of its codes.

        Args:
            password: the account's.
            codes: what the app shows, the earliest first; each works once, so the next is tried where one was used.
        """
        try:
            tokens = self._log_in(password)
        except RequestRefused as refused:
            problem = refused.response.json()
            if problem["code"] != "factor_required" or not codes:
                raise
            tokens = self._prove(problem["challenge_token"], codes)
        self.take_tokens(tokens)

    def _log_in(self, password: str) -> Any:
        """Try again where the function is still starting: the first request of a cloud may find it so."""

        def look() -> Any:
            try:
                return self.call("POST", "/v1/auth/login", {"email": self.email, "password": password})
            except RequestRefused as refused:
                if refused.response.status_code != _UNAVAILABLE:
                    raise
                return None

        return wait_for("the function of sign-ins to start", look)

    def _prove(self, token: str, codes: Sequence[str]) -> Any:
        *earlier, last = codes
        for code in earlier:
            with contextlib.suppress(RequestRefused):
                return self.call("POST", "/v1/auth/factor", {"challenge_token": token, "code": code})
        return self.call("POST", "/v1/auth/factor", {"challenge_token": token, "code": last})

    def take_tokens(self, answer: Mapping[str, Any]) -> None:
        """Remember the token pair of a sign-in."""
        self._access_token = answer["access_token"]
        self._refresh_token = answer["refresh_token"]

    def _answer(
        self, method: str, path: str, json: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Send a request; again where a function that was still starting ran out of time."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        if method == "POST" and not path.startswith(_KEYLESS):
            headers = {_KEY: uuid.uuid4().hex, **headers}
        while True:
            response = self._send(method, path, json, headers)
            if not is_starting(response) or time.monotonic() > deadline:
                return response
            time.sleep(_POLL_SECONDS)

    def _send(
        self, method: str, path: str, json: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._access_token:
            sent["Authorization"] = f"Bearer {self._access_token}"
        return self._http.request(method, path, json=json, headers=sent)

    def _refresh(self) -> None:
        response = self._answer("POST", "/v1/auth/refresh", {"refresh_token": self._refresh_token}, {})
        if response.status_code >= _CLIENT_ERROR:
            raise RequestRefused("POST /v1/auth/refresh", response)
        self.take_tokens(response.json())


def is_starting(response: httpx.Response) -> bool:
    """Whether a function was not there yet."""
    is_json = "json" in response.headers.get("content-type", "")
    return response.status_code == _UNAVAILABLE and is_json and response.json().get("code") in _STARTING


def wait_for(what: str, look: Callable[[], _Seen | None], patience: float = _PATIENCE_SECONDS) -> _Seen:
    """Look again until there is something to see.

    Args:
        what: named in the error.
        look: returns ``None`` until it sees what is waited for.
        patience: seconds.

    Raises:
        TimeoutError: nothing came in time.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        seen = look()
        if seen is not None:
            return seen
        time.sleep(_POLL_SECONDS)
    raise TimeoutError(f"waited {patience:.0f} s for {what}")


def token_in(mail_text: str) -> str:
    """The one-use token of the first link in a mail.

    Raises:
        ValueError: the mail holds no such link.
    """
    found = re.search(r"[?&#]token=([A-Za-z0-9._~-]+)", mail_text)
    if found is None:
        raise ValueError("the mail holds no link with a token")
    return found.group(1)
