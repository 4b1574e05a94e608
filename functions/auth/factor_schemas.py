"""Requests and responses of second factors."""

from typing import Annotated, Any, Self

from common.application.identity.factors.enrolment import AddedFactor, StartedTotp
from common.application.identity.factors.proof import Proof
from common.application.identity.factors.sign_in import PasskeyRequest
from common.domain.identity.factors import CHALLENGE_LIFETIME, Factor, FactorKind
from common.domain.shared.texts import NAME, PARSED
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from functions.auth.schemas import OpaqueToken, Password

_MAX_NAME = 60
_MAX_ID = 64
_MAX_RECOVERY_INPUT = 64
#: Attestation statements with certificate chains are the longest part, and stay far below this.
_MAX_PART = 32_768

FactorName = Annotated[str, Field(min_length=1, max_length=_MAX_NAME), NAME]
FactorId = Annotated[str, Field(min_length=1, max_length=_MAX_ID), PARSED]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), PARSED]
RecoveryCode = Annotated[str, Field(min_length=1, max_length=_MAX_RECOVERY_INPUT), PARSED]
_Part = Annotated[str, Field(max_length=_MAX_PART)]


class PasskeyResponse(BaseModel):
    """The part of a passkey's answer that its authenticator made; browsers add to it, and what is unknown is left."""

    model_config = ConfigDict(extra="ignore")

    clientDataJSON: _Part  # noqa: N815 - as WebAuthn names it
    attestationObject: _Part | None = None  # noqa: N815
    authenticatorData: _Part | None = None  # noqa: N815
    signature: _Part | None = None
    userHandle: _Part | None = None  # noqa: N815
    transports: Annotated[list[Annotated[str, Field(max_length=_MAX_ID)]], Field(max_length=16)] | None = None


class PasskeyCredential(BaseModel):
    """What ``PublicKeyCredential.toJSON()`` gives in the browser, as it is (WebAuthn level 3, section 5.1)."""

    model_config = ConfigDict(extra="ignore")

    id: _Part
    rawId: _Part  # noqa: N815
    type: Annotated[str, Field(max_length=_MAX_ID)]
    response: PasskeyResponse

    def as_json(self) -> dict[str, Any]:
        """What was sent, without what is not looked at."""
        return self.model_dump(exclude_none=True)


class TotpRequest(RequestModel):
    """A new authenticator app, by the name its owner gives it."""

    name: FactorName = "Authenticator app"


class ConfirmTotpRequest(RequestModel):
    """The code that the new app shows now."""

    factor_id: FactorId
    code: Code


class NewPasskeyRequest(RequestModel):
    """The passkey that the browser made for a challenge."""

    challenge_token: OpaqueToken
    credential: PasskeyCredential
    name: FactorName = "Passkey"


class ChallengeRequest(RequestModel):
    """What was begun, by its token."""

    challenge_token: OpaqueToken


class FactorProofRequest(ChallengeRequest):
    """A second factor for what was begun: exactly one of the three."""

    code: Code | None = None
    recovery_code: RecoveryCode | None = None
    credential: PasskeyCredential | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if [self.code, self.recovery_code, self.credential].count(None) != 2:  # noqa: PLR2004
            raise PydanticCustomError("one_factor", "Give exactly one of code, recovery_code and credential.")
        return self

    @property
    def proof(self) -> Proof:
        """What is given."""
        return Proof(self.code, self.recovery_code, self.credential.as_json() if self.credential else None)


class ReauthenticateRequest(RequestModel):
    """The account's password; without it a passkey must do."""

    password: Password | None = None


class FactorView(ResponseModel):
    """A second factor, as its owner sees it."""

    id: str
    kind: FactorKind
    name: str
    created_at: Instant
    last_used_at: Instant | None


class FactorsView(ResponseModel):
    """The account's second factors; they are few."""

    items: list[FactorView]
    next_cursor: None = None
    recovery_codes_left: int


class TotpView(ResponseModel):
    """What an authenticator app needs; it is shown this once."""

    factor_id: str
    secret: str = Field(description="Base 32, to type")
    uri: str = Field(description="otpauth: address, to show as a QR code")
    expires_at: Instant

    @classmethod
    def of(cls, started: StartedTotp) -> Self:
        """The secret on the wire."""
        factor = started.factor
        return cls(
            factor_id=factor.id,
            secret=started.secret,
            uri=started.uri,
            expires_at=factor.expires_at or factor.created_at,
        )


class AddedFactorView(ResponseModel):
    """A factor that counts from now on, and the recovery codes that come with an account's first, shown this once."""

    factor: FactorView
    recovery_codes: list[str]

    @classmethod
    def of(cls, added: AddedFactor) -> Self:
        """The factor on the wire."""
        return cls(factor=factor_view(added.factor), recovery_codes=list(added.recovery_codes))


class RecoveryCodesView(ResponseModel):
    """Recovery codes; they are shown this once, and each works once."""

    recovery_codes: list[str]


class PasskeyOptions(ResponseModel):
    """What a browser needs to ask for a passkey.

    ``options`` go to ``PublicKeyCredential.parseCreationOptionsFromJSON`` or ``parseRequestOptionsFromJSON``.
    """

    challenge_token: str
    expires_in: int = Field(description="Seconds until the challenge ends")
    options: dict[str, Any]

    @classmethod
    def of(cls, request: PasskeyRequest) -> Self:
        """The options on the wire."""
        return cls(
            challenge_token=request.token,
            expires_in=int(CHALLENGE_LIFETIME.total_seconds()),
            options=dict(request.options),
        )


def factor_view(factor: Factor) -> FactorView:
    """A factor on the wire."""
    return FactorView.model_validate(factor)
