"""Telephone numbers in E.164, the form the whole product stores and shows to machines."""

from typing import Any

import phonenumbers

from common.domain.shared.errors import InvalidInput
from common.domain.shared.texts import plain_form

#: Where a number without a country code is taken to be from, if not from the country of its owner's address: the
#: marketplace's home.
_HOME_REGION = "NZ"
_MAX_LENGTH = 32


def parse_phone(text: str, *, country: str = "", field: str = "phone_number") -> str:
    """Check a telephone number against the numbering plans and return it in E.164 (ITU-T E.164).

    Args:
        text: with a country code (``+64 21 123 4567``), or in the national form of ``country`` or of the marketplace's
            home (``021 123 4567``); what cannot be seen and the width of digits make no difference.
        country: of the owner's address, ISO 3166-1 alpha-2; empty where it is not known.
        field: the request field to name in the error.

    Raises:
        InvalidInput: no plan knows such a number.
    """
    plain = plain_form(text)
    if len(plain) > _MAX_LENGTH:
        raise InvalidInput.of(field, "The number is too long.", "phone_invalid")
    regions = (None,) if plain.startswith("+") else dict.fromkeys((country or _HOME_REGION, _HOME_REGION))
    parsed = [number for region in regions if (number := _parse(plain, region)) is not None]
    if not parsed:
        raise InvalidInput.of(field, "This is not a telephone number.", "phone_invalid")
    found = next((number for number in parsed if _exists(number)), None)
    if found is None:
        raise InvalidInput.of(field, "No such telephone number exists.", "phone_invalid")

    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def _parse(text: str, region: str | None) -> Any:

    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _exists(number: Any) -> bool:

    return phonenumbers.is_valid_number(number) and not number.extension


def warm_up() -> None:
    """Load the numbering plans of all countries, each of which would otherwise be loaded by its first number."""
    phonenumbers.PhoneMetadata.load_all()
