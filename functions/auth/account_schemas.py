"""Requests and responses of the account."""

from typing import Any

from common.domain.shared.contact_fields import AddressText, EmailText, PhoneText
from common.domain.shared.names import PersonName
from common.runtime.http.schemas import PatchModel, RequestModel, ResponseModel
from pydantic import ConfigDict

from functions.auth.schemas import OpaqueToken, Password


class UpdateAccountRequest(PatchModel):
    """What of the account changes; what is left out stays."""

    full_name: PersonName | None = None
    phone_number: PhoneText | None = None
    address: AddressText | None = None


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
    """All that is held about an account: itself, and rows by subject as they are stored."""

    model_config = ConfigDict(extra="allow")

    account: dict[str, Any]
