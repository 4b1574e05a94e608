"""Plays the story on a running local cloud, and the timers' story where asked."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from infra.local.demo import conversation, figures, live, online, photo, quoted, report, story, timers
from infra.local.demo.narrator import Narrator, StoryDiffers
from infra.local.demo.people import RequestRefused
from infra.local.demo.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.cloud import LocalCloud

CUSTOMER_EMAIL = "aroha@demo.example.com"
PROVIDER_EMAIL = "tom@demo.example.com"


class DemoFailed(Exception):
    """The story could not be played to its end."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the demonstration's arguments."""
    parser = argparse.ArgumentParser(prog="make demo ARGS=…", description="Plays a booking's whole life.")
    parser.add_argument("--fast-clock", action="store_true", help="also move time so that every timer fires")
    return parser.parse_args(arguments)


def play(cloud: LocalCloud, *, fast_clock: bool) -> None:
    """Play everything; returns when all went as the product's rules say.

    Args:
        cloud: a running local cloud of one's own: its clock is moved.
        fast_clock: also show what timers do on their own.

    Raises:
        DemoFailed: something came out otherwise, was refused, or did not happen in time.
    """
    try:
        with Stage(cloud) as stage:
            _play(stage, Narrator(), fast_clock=fast_clock)
    except (StoryDiffers, RequestRefused, TimeoutError, httpx.HTTPError, LookupError, RuntimeError) as error:
        raise DemoFailed(f"{type(error).__name__}: {error}") from error


def _play(stage: Stage, narrator: Narrator, *, fast_clock: bool) -> None:
    cast = story.Cast(
        customer=stage.person("Aroha (customer)", CUSTOMER_EMAIL),
        provider=stage.person("Tom (provider)", PROVIDER_EMAIL),
        moderator=stage.seeded_person("moderator"),
    )
    since = stage.now()
    narrator.chapter("Two people join the marketplace")
    story.register(stage, narrator, cast.customer)
    story.onboard_customer(narrator, cast.customer)
    story.register(stage, narrator, cast.provider)
    story.onboard_provider(stage, narrator, cast)
    service_id = story.publish_service(narrator, cast.provider)

    narrator.chapter("A booking, from search to settlement")
    start_at = story.find_slot(narrator, cast.customer, service_id, stage.now() + timedelta(minutes=1))
    booking = story.book(stage, narrator, cast.customer, service_id, start_at)
    conversation.play(narrator, cast, booking)
    photo.play(narrator, cast, booking)
    live.play(narrator, cast, booking)
    story.work(stage, narrator, cast, booking["id"])
    story.rate(narrator, cast, booking["id"])
    story.settle(stage, narrator, cast, booking["id"])
    story.show_books(narrator, cast.customer, booking["id"])

    narrator.chapter("A lesson online")
    online.play(stage, narrator, cast)

    narrator.chapter("A job without a price, from request to rating")
    quoted.play(stage, narrator, cast)

    narrator.chapter("A report, from the photo to the mended hedge")
    report.play(stage, narrator, cast)

    if fast_clock:
        narrator.chapter("What timers do when nobody does anything")
        timers.play(stage, narrator, cast, service_id)
    narrator.chapter("What staff see of it")
    figures.play(stage, narrator, cast, since)
    narrator.close("[bold green]Everything went as the rules say[/bold green]")
