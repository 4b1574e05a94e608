"""Passkeys: the relying party of Web Authentication (https://www.w3.org/TR/webauthn-3/), over Yubico's fido2."""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorTransport,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from common.application.ports.identity.factors import VerifiedPasskey
from common.domain.identity.factors import CHALLENGE_LIFETIME, Factor
from common.domain.identity.users import User
from common.domain.shared.errors import InvalidInput

NAME = "GigSta"
#: What the algorithms and parsers underneath raise for what is malformed, besides ``ValueError``.
_MALFORMED = (
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    UnsupportedAlgorithm,
    struct.error,
)
#: Registered identifiers of COSE (RFC 9053): Ed25519, ECDSA on P-256, RSA PKCS #1 with SHA-256.
_ALGORITHMS = (-8, -7, -257)
_MAX_ID_BYTES = 1023


class WebAuthnPasskeys:
    """Implements ``Passkeys``.

    No attestation is asked for: which make of authenticator it is decides nothing here.

    Args:
        origin: gives the address of the product's pages; only they may ask for a passkey.
        rp_id: gives the domain that passkeys belong to; empty for the host of the pages.
    """

    def __init__(self, origin: Callable[[], str], rp_id: Callable[[], str]) -> None:
        self._origin = origin
        self._rp_id = rp_id

    def creation_options(self, user: User, nonce: str, known: Sequence[Factor]) -> Mapping[str, Any]:
        """What ``PublicKeyCredential.parseCreationOptionsFromJSON`` takes."""
        options, _ = self._server().register_begin(
            PublicKeyCredentialUserEntity(
                id=user.id.encode(), name=user.email, display_name=user.full_name or user.email
            ),
            credentials=_descriptors(known),
            resident_key_requirement=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
            challenge=bytes.fromhex(nonce),
        )
        return _timed(options["publicKey"])

    def request_options(self, nonce: str, known: Sequence[Factor], *, must_verify_user: bool) -> Mapping[str, Any]:
        """What ``PublicKeyCredential.parseRequestOptionsFromJSON`` takes; without ``known``, any passkey of ours."""
        options, _ = self._server().authenticate_begin(
            credentials=_descriptors(known) or None,
            user_verification=_verification(must_verify_user=must_verify_user),
            challenge=bytes.fromhex(nonce),
        )
        return _timed(options["publicKey"])

    def verify_creation(self, nonce: str, credential: Mapping[str, Any]) -> VerifiedPasskey:
        """Verify a new passkey (WebAuthn section 7.1).

        Raises:
            InvalidInput: it proves nothing.
        """
        with _refusing():
            _refuse_framed(RegistrationResponse.from_dict(credential).response.client_data)
            server = self._server()
            data = server.register_complete(_state(server, nonce, must_verify_user=False), credential)
            made = data.credential_data
            if made is None or made.public_key.ALGORITHM not in _ALGORITHMS:
                raise ValueError("no key of an algorithm that was offered")
            if not 0 < len(made.credential_id) <= _MAX_ID_BYTES:
                raise ValueError("an id that is too long")
            transports = credential.get("response", {}).get("transports") or []
            return VerifiedPasskey(
                credential_id=made.credential_id.hex(),
                credential=bytes(made).hex(),
                sign_count=data.counter,
                is_user_verified=data.is_user_verified(),
                transports=[each.value for each in AuthenticatorTransport if each.value in transports],
            )

    def credential_id(self, credential: Mapping[str, Any]) -> str:
        """Which passkey an answer claims to be of, in hexadecimal.

        Raises:
            InvalidInput: it does not say.
        """
        with _refusing():
            return AuthenticationResponse.from_dict(credential).raw_id.hex()

    def verify_assertion(
        self, nonce: str, factor: Factor, credential: Mapping[str, Any], *, must_verify_user: bool
    ) -> VerifiedPasskey:
        """Verify a passkey's answer (WebAuthn section 7.2) but for its counter.

        Raises:
            InvalidInput: it proves nothing.
        """
        with _refusing():
            answer = AuthenticationResponse.from_dict(credential)
            _refuse_framed(answer.response.client_data)
            handle = answer.response.user_handle
            if handle is not None and handle != factor.user_id.encode():
                raise ValueError("another account's user handle")
            known = AttestedCredentialData(bytes.fromhex(factor.credential or ""))
            server = self._server()
            asked = _state(server, nonce, must_verify_user=must_verify_user)
            server.authenticate_complete(asked, [known], answer)
            data = answer.response.authenticator_data
            return VerifiedPasskey(
                credential_id=known.credential_id.hex(),
                credential=factor.credential or "",
                sign_count=data.counter,
                is_user_verified=data.is_user_verified(),
            )

    def _server(self) -> Fido2Server:
        address = urlsplit(self._origin())
        origin = f"{address.scheme}://{address.netloc}"
        rp = PublicKeyCredentialRpEntity(name=NAME, id=self._rp_id() or address.hostname or "")
        server = Fido2Server(rp, verify_origin=lambda told: told == origin)
        server.allowed_algorithms = [each for each in server.allowed_algorithms if each.alg in _ALGORITHMS]
        return server


def _timed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options with the time a person has, in milliseconds."""
    return {**options, "timeout": int(CHALLENGE_LIFETIME.total_seconds() * 1000)}


def _refuse_framed(client_data: CollectedClientData) -> None:
    """Refuse what was made in a frame of another site (WebAuthn section 7.1, step 10)."""
    if client_data.cross_origin:
        raise ValueError("made in a frame of another site")


def _verification(*, must_verify_user: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if must_verify_user else UserVerificationRequirement.PREFERRED


def _state(server: Fido2Server, nonce: str, *, must_verify_user: bool) -> dict[str, Any]:
    """What was asked, as the library wants it back."""
    _, state = server.authenticate_begin(
        user_verification=_verification(must_verify_user=must_verify_user), challenge=bytes.fromhex(nonce)
    )
    return dict(state)


def _descriptors(factors: Sequence[Factor]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY,
            id=bytes.fromhex(each.credential_id),
            transports=[AuthenticatorTransport(name) for name in each.transports] or None,
        )
        for each in factors
        if each.credential_id
    ]


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (ValueError, *_MALFORMED) as error:
        raise InvalidInput.of("credential", "This passkey does not confirm who you are.", "passkey_invalid") from error
