"""Requests and responses of the account."""

from typing import Annotated, Any

from common.domain.texts import NAME, PROSE
from common.runtime.http.schemas import PatchModel, RequestModel, ResponseModel
from pydantic import ConfigDict, Field

from functions.auth.schemas import Password

FullName = Annotated[str, Field(min_length=1, max_length=120, examples=["Aroha Ngata"]), NAME]
PhoneNumber = Annotated[str, Field(min_length=3, max_length=32, examples=["+64 21 123 4567"])]
AddressText = Annotated[
    str,
    Field(min_length=3, max_length=300, examples=["12 Ponsonby Road, Auckland 1011, New Zealand"]),
    PROSE,
]


class UpdateAccountRequest(PatchModel):
    """What of the account changes; what is left out stays."""

    full_name: FullName | None = None
    phone_number: PhoneNumber | None = None
    address: AddressText | None = None


class ChangePasswordRequest(RequestModel):
    """A new password; the current one where the account has one."""

    current_password: Password | None = None
    new_password: Password


class AccountExport(ResponseModel):
    """All that is held about an account: itself, and rows by subject as they are stored."""

    model_config = ConfigDict(extra="allow")

    account: dict[str, Any]
