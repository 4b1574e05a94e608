"""What an identity provider sends proves only what was asked, and its keys are not believed for ever."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import jwt
import pytest
import time_machine
from common.adapters.identity.oidc import OidcProvider, ProviderConfig
from common.application.shared.deadline import deadline
from common.domain.shared.errors import InvalidInput, OutOfTime
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://issuer.test"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """An identity provider that counts what it is asked, and says in its ID token what it is told to."""

    def __init__(self, **claims: Any) -> None:
        self.asked: list[str] = []
        self._claims = claims

    def provider(self) -> OidcProvider:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._handle))
        return OidcProvider(ProviderConfig(issuer=ISSUER, client_id="client", client_secret="x"), lambda: client)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if path.endswith("openid-configuration"):
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            return httpx.Response(200, json={"issuer": ISSUER, **{name: f"{ISSUER}/{name}" for name in names}})
        if path == "/jwks_uri":
            jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return httpx.Response(200, json={"keys": [{**jwk, "kid": "k", "alg": "RS256"}]})
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "1", "aud": "client", "iat": now, "exp": now + 300, **self._claims}
        return httpx.Response(200, json={"id_token": jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "k"})})


async def redeem(provider: OidcProvider, nonce: str = "asked") -> None:
    await provider.redeem("code", code_verifier="v", nonce=nonce, redirect_uri="http://web.test")


@pytest.mark.parametrize("nonce", ["другой", "asked\u0000", "ünïcode", "\ud800", "", None, 7, ["asked"]])
async def test_another_nonce_is_refused_whatever_it_is_made_of(nonce: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        await redeem(Issuer(nonce=nonce).provider())
    assert refused.value.errors[0].code == "oauth_code_invalid"


async def test_keys_and_endpoints_are_read_again_when_they_are_old_however_long_the_process_was_frozen() -> None:
    """The time of day moves here, and the process's own clock does not: as after a freeze."""
    issuer = Issuer(nonce="asked")
    provider = issuer.provider()
    with time_machine.travel("2026-11-21T00:00:00Z", tick=False) as traveller:
        await redeem(provider)
        traveller.shift(3599)
        await redeem(provider)
        assert [issuer.asked.count(path) for path in ("/.well-known/openid-configuration", "/jwks_uri")] == [1, 1]
        traveller.shift(1)
        await redeem(provider)
        assert [issuer.asked.count(path) for path in ("/.well-known/openid-configuration", "/jwks_uri")] == [2, 2]
        traveller.shift(-7200)
        await redeem(provider)
        assert [issuer.asked.count(path) for path in ("/.well-known/openid-configuration", "/jwks_uri")] == [3, 3]


async def test_without_time_the_provider_is_not_asked() -> None:
    issuer = Issuer(nonce="asked")
    with deadline(1), pytest.raises(OutOfTime):
        await redeem(issuer.provider())
    assert issuer.asked == []
