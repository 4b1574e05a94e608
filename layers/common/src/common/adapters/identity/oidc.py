"""Identity providers that speak OpenID Connect (https://openid.net/specs/openid-connect-core-1_0.html)."""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from jwt import PyJWK, PyJWKSet

from common.application.ports.identity.oauth import IdentityProvider, ProvenIdentity
from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import InvalidInput, NotFound, Unavailable
from common.domain.shared.freshness import NEVER, is_fresh, now
from common.domain.shared.model import Model

#: A sign-in makes up to three calls.
TIMEOUT_SECONDS = 3.5
_KEEP_SECONDS = 3600.0
#: An unknown key id reads the key set again at most this often.
_RETRY_SECONDS = 10.0
#: RS256 is what every provider must offer (OpenID Connect Core section 15.1); ``none`` and HMAC are never accepted.
_ALGORITHMS = ["RS256", "ES256"]
_LEEWAY_SECONDS = 60
_MAX_ANSWER_BYTES = 256 * 1024
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class ProviderConfig(Model):
    """One identity provider's settings. Endpoints that are given replace those of its discovery document."""

    issuer: str
    client_id: str
    client_secret: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    jwks_uri: str = ""
    scope: str = "openid email profile"


#: Facebook's discovery document names no token endpoint
#: (https://developers.facebook.com/docs/facebook-login/guides/advanced/oidc-token).
_KNOWN: Mapping[str, Mapping[str, str]] = {
    "google": {"issuer": "https://accounts.google.com"},
    "facebook": {
        "issuer": "https://www.facebook.com",
        "authorization_endpoint": "https://www.facebook.com/dialog/oauth",
        "token_endpoint": "https://graph.facebook.com/oauth/access_token",
        "jwks_uri": "https://www.facebook.com/.well-known/oauth/openid/jwks/",
        "scope": "openid email public_profile",
    },
}


class OidcProvider:
    """Implements ``IdentityProvider``.

    Args:
        config: its settings.
        http: gives the client; called at first use.
    """

    def __init__(self, config: ProviderConfig, http: Callable[[], httpx.AsyncClient]) -> None:
        self._config = config
        self._http = http
        self._metadata: dict[str, Any] = {}
        self._metadata_at = NEVER
        self._keys: dict[str, PyJWK] = {}
        self._keys_at = NEVER

    async def authorization_url(self, *, state: str, nonce: str, code_challenge: str, redirect_uri: str) -> str:
        """Where the browser goes to sign in.

        Raises:
            Unavailable: the provider does not answer.
        """
        endpoint = await self._endpoint("authorization_endpoint")
        query = {
            "response_type": "code",
            "client_id": self._config.client_id,
            "redirect_uri": redirect_uri,
            "scope": self._config.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}?{urlencode(query)}"

    async def redeem(self, code: str, *, code_verifier: str, nonce: str, redirect_uri: str) -> ProvenIdentity:
        """Trade the code for an ID token, and verify that: signature, issuer, audience, time and nonce.

        Raises:
            InvalidInput: the code or the token proves nothing.
            Unavailable: the provider does not answer.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self._config.client_id,
            "client_secret": self._config.client_secret,
            "code_verifier": code_verifier,
        }
        answer = await self._call("POST", await self._endpoint("token_endpoint"), data=form)
        claims = await self._verified(str(answer.get("id_token", "")))
        # As bytes, since strings are compared in constant time only where they are ASCII.
        given = str(claims.get("nonce", "")).encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, nonce.encode()):
            raise _refused()
        return ProvenIdentity(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            email=str(claims.get("email") or ""),
            is_email_verified=claims.get("email_verified") in {True, "true"},
            name=str(claims.get("name") or ""),
        )

    async def _verified(self, id_token: str) -> dict[str, Any]:
        """The claims of an ID token, verified as OpenID Connect Core section 3.1.3.7 asks."""
        try:
            key = await self._key(str(jwt.get_unverified_header(id_token).get("kid", "")))
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._config.client_id,
                issuer=self._config.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.InvalidTokenError, UnicodeError) as error:
            raise _refused() from error
        if claims.get("azp", self._config.client_id) != self._config.client_id:
            raise _refused()
        return claims

    async def _key(self, kid: str) -> PyJWK:

        if not is_fresh(self._keys_at, _KEEP_SECONDS if kid in self._keys else _RETRY_SECONDS):
            found = await self._call("GET", await self._endpoint("jwks_uri"))
            self._keys = {key.key_id or "": key for key in PyJWKSet.from_dict(found).keys}
            self._keys_at = now()
        if kid not in self._keys:
            raise _refused()
        return self._keys[kid]

    async def _endpoint(self, name: str) -> str:
        """An endpoint by its name in the discovery document."""
        configured = getattr(self._config, name)
        if configured:
            return str(configured)
        if not is_fresh(self._metadata_at, _KEEP_SECONDS):
            found = await self._call("GET", f"{self._config.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self._config.issuer:
                raise Unavailable("The identity provider is not who it should be.")
            self._metadata, self._metadata_at = found, now()
        return str(self._metadata[name])

    async def _call(self, method: str, url: str, *, data: Mapping[str, str] | None = None) -> dict[str, Any]:

        try:
            async with asyncio.timeout(seconds_for_call(TIMEOUT_SECONDS)):
                response = await self._http().request(method, url, data=data, headers={"Accept": "application/json"})
            if response.status_code >= _SERVER_ERROR or len(response.content) > _MAX_ANSWER_BYTES:
                raise Unavailable("The identity provider does not answer.")
            if response.status_code >= _CLIENT_ERROR:
                raise _refused()
            return dict(response.json())
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise Unavailable("The identity provider does not answer.") from error


class OidcProviders:
    """Implements ``IdentityProviders``.

    Args:
        settings: gives each provider's settings by name; called at first use. What is well known need not be given.
        http: gives another HTTP client than one of its own.
    """

    def __init__(
        self,
        settings: Callable[[], Mapping[str, Mapping[str, str]]],
        http: Callable[[], httpx.AsyncClient] | None = None,
    ) -> None:
        self._settings = settings
        self._http = http or self._own_client
        self._client: httpx.AsyncClient | None = None
        self._made: dict[str, IdentityProvider] = {}

    def get(self, name: str) -> IdentityProvider:
        """One by name.

        Raises:
            NotFound: this deployment does not know it.
        """
        if name not in self._made:
            given = self._settings().get(name)
            if given is None or name not in _KNOWN:
                raise NotFound("This way to sign in is not offered.", code="provider_not_offered")
            known = {} if "issuer" in given else _KNOWN[name]
            self._made[name] = OidcProvider(ProviderConfig.model_validate({**known, **given}), self._http)
        return self._made[name]

    def _own_client(self) -> httpx.AsyncClient:

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        return self._client

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _refused() -> InvalidInput:
    return InvalidInput.of("code", "The identity provider does not confirm this sign-in.", "oauth_code_invalid")
