"""Telephone numbers in E.164, the form the whole product stores and shows to machines."""

from common.domain.errors import InvalidInput

#: Where a number without a country code is taken to be from: the marketplace's home.
_HOME_REGION = "NZ"
_MAX_LENGTH = 32


def parse_phone(text: str, *, field: str = "phone_number") -> str:
    """Check a telephone number against the numbering plans and return it in E.164 (ITU-T E.164).

    Args:
        text: with a country code (``+64 21 123 4567``), or in New Zealand's national form (``021 123 4567``).
        field: the request field to name in the error.

    Raises:
        InvalidInput: no plan knows such a number.
    """
    import phonenumbers  # noqa: PLC0415 - 70 ms, only onboarding and profiles need it

    if len(text) > _MAX_LENGTH:
        raise InvalidInput.of(field, "The number is too long.", "phone_invalid")
    try:
        number = phonenumbers.parse(text, None if text.strip().startswith("+") else _HOME_REGION)
    except phonenumbers.NumberParseException:
        raise InvalidInput.of(field, "This is not a telephone number.", "phone_invalid") from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise InvalidInput.of(field, "No such telephone number exists.", "phone_invalid")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
