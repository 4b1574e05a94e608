"""Addresses of web pages that people give: whole ones, that lead where they look like leading."""

from __future__ import annotations

import pytest
from common.domain.shared.links import MAX_LINK_LENGTH, HttpsLink
from pydantic import TypeAdapter, ValidationError

LINK: TypeAdapter[str] = TypeAdapter(HttpsLink)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (" https://Meet.Example.com/abc?pwd=1#x ", "https://meet.example.com/abc?pwd=1#x"),
        ("HTTPS://zoom.us", "https://zoom.us/"),
        ("https://zoom.us:8443/j/\u200b1", "https://zoom.us:8443/j/1"),
        ("https://exämple.nz/", "https://xn--exmple-cua.nz/"),
    ],
)
def test_a_link_is_kept_in_its_normal_form(given: str, stored: str) -> None:
    assert LINK.validate_python(given) == stored


@pytest.mark.parametrize(
    "given",
    [
        "",
        "zoom.us/j/1",
        "http://zoom.us/",
        "javascript:alert(1)",
        "https:zoom.us",
        "https:///zoom.us",
        "https:\\\\zoom.us",
        "https://zoom.us@evil.example/",
        "https://user:pass@evil.example/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://zoom.us:99999/",
        "https://zoom..us/",
        "https://zoom.us/a b",
        "https://zoom.us/\r\nBcc: all",
        'https://zoom.us/"><script>',
        "https://zoom.us/" + "a" * MAX_LINK_LENGTH,
        "https://zoom.us/" + "ä" * (MAX_LINK_LENGTH // 2),
    ],
)
def test_what_is_no_whole_address_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        LINK.validate_python(given)
