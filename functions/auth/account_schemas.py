"""Requests and responses of the account."""

from typing import Annotated, Any, Self

from common.domain.identity.terms import Terms
from common.domain.identity.users import User
from common.domain.shared.contact_fields import AddressText, EmailText, PhoneText
from common.domain.shared.names import PersonName
from common.runtime.http.schemas import PatchModel, RequestModel, ResponseModel
from pydantic import ConfigDict, Field

from functions.auth.schemas import OpaqueToken, Password, TermsVersion, UserView


class TermsState(ResponseModel):
    """Which terms the account's owner has accepted, and which are in force."""

    accepted_version: str | None
    current_version: str | None
    must_accept: bool

    @classmethod
    def of(cls, user: User, terms: Terms) -> Self:
        """Where an account stands."""
        return cls(
            accepted_version=user.accepted_terms[-1].version if user.accepted_terms else None,
            current_version=terms.version or None,
            must_accept=terms.must_accept(user.accepted_terms),
        )


class AccountView(UserView):
    """An account, as its owner sees it, with the terms."""

    terms: TermsState

    @classmethod
    def of_account(cls, user: User, terms: Terms) -> Self:
        """The account on the wire."""
        shown = {name: getattr(user, name) for name in UserView.model_fields}
        return cls.model_validate({**shown, "terms": TermsState.of(user, terms)})


class AcceptTermsRequest(RequestModel):
    """The version that was shown."""

    version: TermsVersion


class TermsView(ResponseModel):
    """The terms and the privacy notice in force; no version where there is nothing to accept."""

    version: str | None
    url: str
    privacy_version: str | None
    privacy_url: str

    @classmethod
    def of(cls, terms: Terms) -> Self:
        """The terms on the wire."""
        return cls(
            version=terms.version or None,
            url=terms.url,
            privacy_version=terms.privacy_version or None,
            privacy_url=terms.privacy_url,
        )


class UpdateAccountRequest(PatchModel):
    """What of the account changes; what is left out stays."""

    nullable = frozenset({"picture_media_id"})

    full_name: PersonName | None = None
    phone_number: PhoneText | None = None
    address: AddressText | None = None
    picture_media_id: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=64,
            description="Own photo, uploaded as `profile_picture` and ready; null takes it away",
        ),
    ] = None


class ChangePasswordRequest(RequestModel):
    """A new password; the current one where the account has one."""

    current_password: Password | None = None
    new_password: Password


class ChangeEmailRequest(RequestModel):
    """The new address."""

    email: EmailText


class ConfirmEmailRequest(RequestModel):
    """The code that was mailed to the new address."""

    token: OpaqueToken


class AccountExport(ResponseModel):
    """All that is held about an account: itself, and rows by subject as they are stored; the rest by `next_cursor`."""

    model_config = ConfigDict(extra="allow")

    account: dict[str, Any]
    next_cursor: str | None = None
