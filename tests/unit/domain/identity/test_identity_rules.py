"""Pure rules of identity: addresses, telephone numbers, passwords, opaque tokens."""

from __future__ import annotations

import pytest
from common.domain.identity.clients import program_text
from common.domain.identity.passwords import MAX_LENGTH, MIN_LENGTH, check_password
from common.domain.search.places import zone_of
from common.domain.shared.emails import parse_email
from common.domain.shared.errors import InvalidInput
from common.domain.shared.opaque_tokens import digest, new_token, seal, unseal
from common.domain.shared.phones import parse_phone
from hypothesis import assume, given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Aroha@Example.COM", "aroha@example.com"),
        (" aroha@example.com ", "aroha@example.com"),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
        ("JÜRGEN@xn--bcher-kva.example", "jürgen@xn--bcher-kva.example"),
        ("u\u0308@example.com", "ü@example.com"),
        ("a+tag@example.com", "a+tag@example.com"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("Straße@example.com", "straße@example.com"),
        ("a@\uff45xample\u3002com", "a@example.com"),
        ("a@faß.example", "a@xn--fa-hia.example"),
    ],
)
def test_addresses_have_one_normal_form(text: str, key: str) -> None:
    assert parse_email(text).key == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b.com",
        "a@b",
        "a b@example.com",
        "a@example.com\nBcc: x@y.com",
        "a..b@example.com",
        "a@exa\u202emple.com",
        "a@\x00.com",
        "a" * 250 + "@example.com",
        "a" * 65 + "@example.com",
        "ü" * 33 + "@example.com",
        "a@-example.com",
        "a@localhost",
        "a@[127.0.0.1]",
        '"a b"@example.com',
        "a\u200b@example.com",
        "a\u00ad@example.com",
        "a\u202eb@example.com",
        "\ufeffa@example.com",
        "\ufb01sh@example.com",
        "\uff41@example.com",
        "\ud800@example.com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_email(text)


@pytest.mark.parametrize(
    ("one", "other"), [("stra\u00dfe", "strasse"), ("a", "\u0430"), ("a+tag", "a"), ("a.b", "ab"), ("\u00e9", "e")]
)
def test_two_mailboxes_are_never_one_account(one: str, other: str) -> None:
    assert parse_email(f"{one}@example.com").key != parse_email(f"{other}@example.com").key


def test_look_alike_letters_are_another_address() -> None:
    assert parse_email("a@ex\u0430mple.com").key != parse_email("a@example.com").key


@given(st.emails())
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    try:
        once = parse_email(text)
    except InvalidInput:
        assume(condition=False)
        raise
    assert parse_email(once.key).key == once.key
    assert parse_email(once.text).key == once.key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("021 123 4567", "+64211234567"),
        ("+64 (0)21 123-4567", "+64211234567"),
        ("+61 412 345 678", "+61412345678"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+64\ufe0d 21\u200b 123 4567\u202c", "+64211234567"),
        ("＋６４ ２１ １２３ ４５６７", "+64211234567"),
        ("021\u2011123\u20114567", "+64211234567"),
    ],
)
def test_telephone_numbers_become_e164(text: str, expected: str) -> None:
    assert parse_phone(text) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("0412 345 678", "AU", "+61412345678"),
        ("(02) 9374 4000", "AU", "+61293744000"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("09 309 1234", "AU", "+6493091234"),
        ("021 123 4567", "", "+64211234567"),
        ("+64 21 123 4567", "AU", "+64211234567"),
    ],
)
def test_a_number_without_country_code_is_of_its_owners_address_or_of_home(
    text: str, country: str, expected: str
) -> None:
    assert parse_phone(text, country=country) == expected


@pytest.mark.parametrize("text", ["", "12", "+64", "+999123456789", "not a number", "+64211234567 ext 5", "0" * 40])
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_phone(text)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password123!",
        "p@ssw0rd",
        "12345678",
        "iloveyou2",
        "qwertyui",
        "zyxwvuts",
        "aaaaaaaa",
        "Summer2026",
        "newzealand1",
        "letmein!!!",
        "1q2w3e4r",
        "abcabcabc",
        "correct horse battery staple",
        "GigSta2026!",
        "customer1",
    ],
)
def test_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_password(password)
    assert refused.value.errors[0].code == "password_too_common"


@pytest.mark.parametrize(
    "password",
    ["a-quiet-river-runs-1984", "Tr0ub4dor&3zz", "пароль-очень-длинный", "🐦🦊🐻🐼🐨🐯🦁🐸", "kea kaka kakapo weka"],
)
def test_good_passwords_pass_unchanged(password: str) -> None:
    assert check_password(password, email="somebody@example.com") == password


@pytest.mark.parametrize("password", ["aroha.ngata", "Aroha.Ngata1", "aroha.ngata@example.com"])
def test_a_password_is_not_the_address(password: str) -> None:
    with pytest.raises(InvalidInput):
        check_password(password, email="aroha.ngata@example.com")


@given(st.text(max_size=200))
def test_an_accepted_password_has_an_allowed_length(password: str) -> None:
    try:
        accepted = check_password(password)
    except InvalidInput:
        return
    assert MIN_LENGTH <= len(accepted) <= MAX_LENGTH


def test_two_keyboards_agree_on_a_password() -> None:
    assert check_password("cafe\u0301-au-lait-9") == check_password("caf\u00e9-au-lait-9")


def test_a_sealed_token_opens_with_its_key_alone() -> None:
    token, key, other = new_token(), new_token(), new_token()
    sealed = seal(token, key=key)
    assert unseal(sealed, key=key) == token
    assert unseal(sealed, key=other) != token
    assert token not in sealed
    assert len({new_token() for _ in range(1000)}) == 1000
    assert len(digest(token)) == 64


@pytest.mark.parametrize(
    ("country", "region", "zone"),
    [
        ("NZ", "Auckland", "Pacific/Auckland"),
        ("NZ", "Chatham Islands", "Pacific/Chatham"),
        ("AU", "WA", "Australia/Perth"),
        ("AU", "QLD", "Australia/Brisbane"),
        ("", "", "Pacific/Auckland"),
    ],
)
def test_a_place_implies_its_zone(country: str, region: str, zone: str) -> None:
    assert zone_of(country, region) == zone


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
         "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
         "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on macOS"),
        ("Firefox/140.0", "Firefox"),
        ("Somewhere/9", "Somewhere/9"),
        ("", "an unnamed program"),
    ],
)  # fmt: skip
def test_a_program_is_called_what_people_call_it(user_agent: str, said: str) -> None:
    assert program_text(user_agent) == said
