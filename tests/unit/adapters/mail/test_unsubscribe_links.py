"""Links that switch mails off: made here alone, and good over a change of keys."""

from __future__ import annotations

from common.adapters.mail.unsubscribe_links import SealedUnsubscribeLinks
from common.application.ports.notifications.unsubscribe import Unsubscription
from common.domain.shared.notification_kinds import Kind
from cryptography.fernet import Fernet

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
WHAT = Unsubscription("usr_1", Kind.OFFERS)


def links(keys: str) -> SealedUnsubscribeLinks:
    return SealedUnsubscribeLinks("https://api.test", lambda: keys)


def token(keys: str, what: Unsubscription = WHAT) -> str:
    url = links(keys).make(what) or ""
    assert url.startswith("https://api.test/v1/notifications/unsubscribe?token=")
    return url.partition("token=")[2]


def test_a_link_is_good_until_its_key_is_gone() -> None:
    assert links(OLD).read(token(OLD)) == WHAT
    assert links(f"{NEW}, {OLD}").read(token(OLD)) == WHAT
    assert links(NEW).read(token(f"{NEW},{OLD}")) == WHAT
    assert links(NEW).read(token(OLD)) is None


def test_what_was_changed_or_made_elsewhere_opens_nothing() -> None:
    good = token(NEW)
    strange = Fernet(NEW.encode()).encrypt(b"everything:usr_1").decode()
    for each in ("", "x", good[:-8], good[:40] + "A" + good[41:], "\ud800", strange):
        assert links(NEW).read(each) is None


def test_a_deployment_without_keys_makes_and_opens_none() -> None:
    bare = SealedUnsubscribeLinks("https://api.test", None)
    assert bare.make(WHAT) is None
    assert bare.read(token(NEW)) is None
    assert SealedUnsubscribeLinks("", lambda: NEW).make(WHAT) is None
