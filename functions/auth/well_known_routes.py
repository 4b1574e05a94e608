"""What others need to verify our access tokens: public keys and where to find them."""

from typing import Any

from common.application.ports.identity.access import AUDIENCE
from common.runtime.http.schemas import ResponseModel
from fastapi import APIRouter, Response

from functions.auth.container import ContainerDep

#: Shorter than the time between publishing a key and signing with it.
_CACHE = "public, max-age=300"

router = APIRouter(prefix="/.well-known", tags=["identity"])


class KeySet(ResponseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]


class Discovery(ResponseModel):
    """The part of OpenID Provider Metadata (OpenID Connect Discovery 1.0 section 3) that verifying tokens needs."""

    issuer: str
    jwks_uri: str
    id_token_signing_alg_values_supported: list[str]
    response_types_supported: list[str]
    subject_types_supported: list[str]
    audiences_supported: list[str]


@router.get("/jwks.json")
async def get_keys(container: ContainerDep, response: Response) -> KeySet:
    """Public signing keys: the active one, and those whose tokens may still be about."""
    response.headers["Cache-Control"] = _CACHE
    return KeySet(keys=list(await container.signing_keys.all()))


@router.get("/openid-configuration")
async def get_discovery(container: ContainerDep, response: Response) -> Discovery:
    """Issuer metadata."""
    response.headers["Cache-Control"] = _CACHE
    issuer = container.public_base_url
    return Discovery(
        issuer=issuer,
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        id_token_signing_alg_values_supported=["RS256"],
        response_types_supported=["none"],
        subject_types_supported=["public"],
        audiences_supported=[AUDIENCE],
    )
