"""Mail addresses: what is accepted, and the one normal form under which an account is found."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from common.domain.shared.errors import InvalidInput

#: Longest forward path, RFC 5321 section 4.5.3.1.3 less the angle brackets.
MAX_LENGTH = 254
#: Longest local part, in octets (RFC 5321 section 4.5.3.1.1).
_LONGEST_LOCAL_PART = 64


@dataclass(frozen=True)
class EmailAddress:
    """An accepted address.

    Args:
        text: as it is shown and written to.
        key: the normal form, unique among accounts.
    """

    text: str
    key: str


def parse_email(text: str, *, field: str = "email") -> EmailAddress:
    """Check and normalise a mail address, without asking the DNS.

    The domain's normal form is its IDNA 2008 ASCII form, so ``Ü@bücher.example`` and ``ü@xn--bcher-kva.example`` are
    one account. RFC 5321 lets the local part differ by case, but no provider in use does, and people do not either; it
    is compared in lower case and in Unicode form NFC (RFC 6532 section 3.1). Two mailboxes must never be one account,
    so letters are not folded further (``ß`` is not ``ss``), and characters that only look like others (``ﬁ``,
    full-width letters) are refused, as in the PRECIS profile for user names (RFC 8265 section 3.3.2, RFC 8264 section
    9.17).

    Args:
        text: what the caller sent.
        field: the request field to name in the error.

    Raises:
        InvalidInput: not an address mail can be sent to.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidInput.of(field, "The address is too long.", "email_invalid")
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidInput.of(field, "This is not a mail address.", "email_invalid") from None
    if len(found.local_part.encode()) > _LONGEST_LOCAL_PART:
        raise InvalidInput.of(field, "What is before the @ is too long.", "email_invalid")
    if unicodedata.normalize("NFKC", found.local_part) != found.local_part:
        raise InvalidInput.of(field, "Write the address with ordinary letters.", "email_invalid")
    local = unicodedata.normalize("NFC", found.local_part.lower())
    domain = (found.ascii_domain or found.domain).lower()
    return EmailAddress(text=found.normalized, key=f"{local}@{domain}")
