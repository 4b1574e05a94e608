"""Which addresses a push message may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from common.domain.notifications.push_services import is_push_service
from hypothesis import given
from hypothesis import strategies as st

SERVICES = [
    "https://fcm.googleapis.com/fcm/send/abc:APA91b-_x",
    "https://fcm.googleapis.com/wp/abc",
    "https://fcm.googleapis.com:443/wp/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAAA",
    "https://web.push.apple.com/QOnM",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD%2bq",
]
GOOD = "https://fcm.googleapis.com"
NO_SERVICES = [
    "",
    "http://fcm.googleapis.com/x",
    "HTTPS://fcm.googleapis.com/x",
    f"{GOOD}",
    f"{GOOD}:8080/x",
    f"{GOOD}:/x",
    f"{GOOD}.evil.example/x",
    f"{GOOD}./x",
    f"{GOOD}/x\n",
    f"{GOOD}/x\r\nHost: evil.example",
    f"{GOOD}/x\x00",
    f"{GOOD}/x\x7f",
    f"{GOOD}/x y",
    f" {GOOD}/x",
    f"{GOOD}\\@evil.example/x",
    f"{GOOD}/\\evil.example",
    "https://evil.example\\@fcm.googleapis.com/x",
    "https://evil.example#@fcm.googleapis.com/x",
    "https://evil.example?@fcm.googleapis.com/x",
    "https://user@fcm.googleapis.com/x",
    "https://FCM.googleapis.com/x",
    "https://fcm.googleapis.com%2eevil.example/x",
    "https://fcm\N{FULLWIDTH FULL STOP}googleapis.com/x",
    "https://\N{FULLWIDTH LATIN SMALL LETTER F}cm.googleapis.com/x",
    f"{GOOD}/\N{LATIN SMALL LETTER E WITH ACUTE}",
    f"{GOOD}/%zz",
    f"{GOOD}/x#fragment",
    "https://evil-notify.windows.com/x",
    "https://notify.windows.com/x",
    "https://a.b.notify.windows.com/x",
    "https://-.notify.windows.com/x",
    "https://a.push.services.mozilla.com/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
]


@pytest.mark.parametrize("endpoint", SERVICES)
def test_browsers_services_are_known(endpoint: str) -> None:
    assert is_push_service(endpoint)


@pytest.mark.parametrize("endpoint", NO_SERVICES)
def test_nothing_else_is(endpoint: str) -> None:
    assert not is_push_service(endpoint)


@given(st.text(max_size=40), st.sampled_from(SERVICES), st.integers(min_value=0, max_value=60))
def test_what_is_taken_reads_the_same_to_every_parser(inserted: str, service: str, at: int) -> None:
    endpoint = service[:at] + inserted + service[at:]
    if is_push_service(endpoint):
        ours, theirs = urlsplit(endpoint), httpx.URL(endpoint)
        assert ours.hostname == theirs.host
        assert ours.hostname is not None
        assert ours.hostname.endswith((".googleapis.com", ".mozilla.com", ".apple.com", ".windows.com"))
        assert (theirs.scheme, theirs.userinfo, theirs.port) == ("https", b"", None)
