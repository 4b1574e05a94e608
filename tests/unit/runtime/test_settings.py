"""Settings are checked when a function starts, and secrets do not show."""

from __future__ import annotations

import pytest
from common.domain.shared.events import Topic
from common.runtime.container.settings import GeocoderSettings, ResponseCacheSettings
from common.runtime.http.app import CorsSettings
from common.runtime.needs import EVENTS, GEOCODER, HTTP, STRIPE, TOKENS
from common.runtime.settings import CoreSettings, Settings, SettingsError, SettingsGroup, load_settings

BASE = {"STAGE": "test", "MONGODB_URI": "mongodb://user:hunter2@db.example/", "MONGODB_DATABASE": "gigsta"}


def test_every_missing_variable_is_named_in_one_message() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings("auth", {"STAGE": "test", "MONGODB_DATABASE": ""}, (HTTP, EVENTS, STRIPE, TOKENS))
    message = str(caught.value)
    assert "auth" in message
    for name in ("MONGODB_URI or MONGODB_URI_SECRET", "MONGODB_DATABASE", "PUBLIC_BASE_URL", "NOTIFICATIONS_QUEUE_URL",
                 "JWT_SIGNING_KEYS or JWT_SIGNING_KEYS_SECRET", "STRIPE_SECRET_KEY or STRIPE_SECRET"):  # fmt: skip
        assert name in message
    assert "STAGE" not in message


def test_a_secret_by_name_satisfies_the_check_without_being_fetched() -> None:
    settings = load_settings(environ={**BASE, "MONGODB_URI": "", "MONGODB_URI_SECRET": "gigsta/mongodb"})
    assert settings.of(CoreSettings).mongodb_uri.name == "gigsta/mongodb"


def test_secrets_show_neither_in_text_nor_in_errors() -> None:
    environ = {**BASE, "STRIPE_SECRET_KEY": "sk_live_verysecret", "STRIPE_WEBHOOK_SECRETS": "whsec_a, whsec_b"}
    settings = load_settings(environ=environ)
    core, stripe = settings.of(CoreSettings), settings.of(STRIPE)
    groups = [text for group in (core, stripe) for text in (repr(group), str(group), str(group.model_dump()))]
    for text in (repr(settings), str(settings), *groups):
        assert "hunter2" not in text
        assert "verysecret" not in text
    assert core.mongodb_uri.get() == BASE["MONGODB_URI"]
    assert stripe.secret_key() == "sk_live_verysecret"
    assert stripe.signing_secrets() == ("whsec_a", "whsec_b")


def test_a_secret_that_was_never_given_is_named_when_asked_for() -> None:
    settings = load_settings(environ=BASE)
    with pytest.raises(SettingsError, match="STRIPE_SECRET_KEY or STRIPE_SECRET"):
        settings.of(STRIPE).secret_key()
    with pytest.raises(SettingsError, match="JWT_SIGNING_KEYS or JWT_SIGNING_KEYS_SECRET"):
        settings.of(TOKENS).jwt_signing_keys.get()


def test_lists_and_addresses_are_tidied() -> None:
    environ = {**BASE, "CORS_ORIGINS": "https://a.example, https://b.example,", "PUBLIC_BASE_URL": "http://x.example/"}
    settings = load_settings(environ=environ)
    assert settings.of(CorsSettings).cors_origins == ("https://a.example", "https://b.example")
    assert settings.of(HTTP).public_base_url == "http://x.example"


def test_each_topic_has_its_queue() -> None:
    queues = {
        Topic.NOTIFICATIONS: "NOTIFICATIONS",
        Topic.PAYMENTS: "PAYMENT_CHECKS",
        Topic.REALTIME: "REALTIME",
        Topic.MEDIA: "MEDIA",
        Topic.MATCHING: "MATCHING",
        Topic.REPORTS: "REPORTS",
    }
    environ = {**BASE, **{f"{name}_QUEUE_URL": f"http://q/{name}" for name in queues.values()}}
    urls = load_settings(environ=environ).of(EVENTS).queue_urls()
    assert urls == {topic: f"http://q/{name}" for topic, name in queues.items()}
    assert set(urls) == set(Topic)


@pytest.mark.parametrize("stage", ["local", "test"])
def test_only_local_stages_may_move_the_clock(stage: str) -> None:
    assert load_settings(environ={**BASE, "STAGE": stage}).of(CoreSettings).is_local
    assert not load_settings(environ={**BASE, "STAGE": "prod"}).of(CoreSettings).is_local


@pytest.mark.parametrize(
    ("geocoder", "missing"), [("nominatim", "GEOCODER_URL"), ("addressable", "GEOCODER_API_KEY_SECRET")]
)
def test_a_geocoder_needs_what_its_service_asks_for(geocoder: str, missing: str) -> None:
    environ = {**BASE, "PUBLIC_BASE_URL": "http://x", "GEOCODER": geocoder, "GEOCODER_CONTACT": "ops@x.example"}
    with pytest.raises(SettingsError, match=missing):
        load_settings("search", environ, (HTTP, GEOCODER))
    given = load_settings("search", {**environ, missing: "given"}, (HTTP, GEOCODER))
    assert given.of(GeocoderSettings).geocoder == geocoder
    assert load_settings("notifications", environ, (HTTP,)).of(GeocoderSettings).geocoder == geocoder


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEOCODER", "guess"),
        ("PUBLIC_CACHE_ENTRIES", "-1"),
        ("SEARCHES_PER_MINUTE", "0"),
        ("RECENT_SIGN_IN_MINUTES", "soon"),
        ("PLATFORM_COUNTRY", "nz"),
        ("PLATFORM_COUNTRY", "KP"),
        ("SETTLEMENT_CURRENCIES", "aud,dollars"),
    ],
)
def test_a_malformed_setting_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"Malformed settings: {name}$"):
        load_settings(environ={**BASE, name: value})
    assert (
        load_settings(environ={**BASE, "PUBLIC_CACHE_ENTRIES": "0"}).of(ResponseCacheSettings).public_cache_entries == 0
    )


def test_every_function_needs_the_database() -> None:
    with pytest.raises(SettingsError, match="MONGODB_DATABASE"):
        load_settings(environ={**BASE, "MONGODB_DATABASE": ""})


def test_no_two_groups_read_the_same_variable() -> None:
    names = [name for group in SettingsGroup.__subclasses__() for name in group.model_fields]
    assert len(names) == len(set(names))


def test_what_is_given_by_name_is_known_without_being_fetched() -> None:
    environ = {**BASE, "STRIPE_SECRET": "gigsta/stripe", "OAUTH_SETTINGS_SECRET": "gigsta/oauth"}
    assert set(load_settings(environ=environ).secret_names()) == {"gigsta/stripe", "gigsta/oauth"}
    assert Settings({"MONGODB_URI": "mongodb://x", "MONGODB_URI_SECRET": "unused"}).secret_names() == []
