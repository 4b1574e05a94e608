"""A photograph of the hedge: straight to the bucket, written anew by the worker, sent to the provider."""

from __future__ import annotations

import hashlib
import io
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image, ImageDraw

from infra.local.demo.people import wait_for

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.people import Person
    from infra.local.demo.story import Cast

_TIMEOUT_SECONDS = 20.0
_PLACE_TAG = 0x8825
_MAKE_TAG = 0x010F
_LEAVES = ((74, 128, 62), (96, 150, 72), (58, 108, 56), (118, 164, 84))


def play(narrator: Narrator, cast: Cast, booking: dict[str, Any]) -> None:
    """Announce, upload, complete; the worker strips the place; the provider sees it in the conversation.

    Args:
        narrator: says what happens.
        cast: the people; the customer sends.
        booking: one whose parties write to each other.
    """
    tom, aroha = cast.provider, cast.customer
    file = hedge()
    media = upload(aroha, file, "message")
    kinds = {each["name"]: f"{each['width']}x{each['height']}" for each in media["files"]}
    narrator.step(aroha.name, f"uploads a photo with its place in it, {len(file) // 1000} kB; it is ready: {kinds}")
    path = f"/v1/conversations/{booking['conversation_id']}/messages"
    aroha.call("POST", path, {"text": "This is the hedge.", "media_ids": [media["id"]]})
    shown = next(each["media"][0] for each in tom.call("GET", path)["items"] if each["media"])
    seen = httpx.get(shown["files"][0]["url"], timeout=_TIMEOUT_SECONDS).raise_for_status().content
    narrator.expect("the camera in what Tom gets", b"Aroha's telephone" in seen, expected=False)
    address = httpx.URL(shown["files"][0]["url"])
    unsigned = httpx.get(address.copy_with(query=None), timeout=_TIMEOUT_SECONDS)
    narrator.expect("the same file without a signature", unsigned.status_code, 403)
    narrator.step(tom.name, "sees it in the conversation, without place and camera; without a signature nobody does")


def upload(person: Person, file: bytes, purpose: str) -> dict[str, Any]:
    """Announce a photo, put it into the bucket, and wait until the worker has written it anew.

    Args:
        person: whose it is.
        file: a JPEG.
        purpose: what it is for.
    """
    digest = hashlib.sha256(file).hexdigest()
    told = {"purpose": purpose, "content_type": "image/jpeg", "size": len(file), "sha256": digest}
    announced = person.call("POST", "/v1/media/uploads", told)
    sent = httpx.put(announced["url"], content=file, headers=announced["headers"], timeout=_TIMEOUT_SECONDS)
    sent.raise_for_status()
    person.call("POST", f"/v1/media/{announced['id']}/complete")

    def ready() -> dict[str, Any] | None:
        media = person.call("GET", f"/v1/media/{announced['id']}")
        return media if media["state"] not in {"uploaded", "processing"} else None

    return wait_for("the photo to be processed", ready)


def hedge() -> bytes:
    """A picture of a hedge beside a footpath under a clear sky, as a telephone writes it."""
    image = _sky()
    draw, random = ImageDraw.Draw(image), Random(7)  # noqa: S311 - leaves need no secrecy
    draw.rectangle([0, 700, 1600, 1200], fill=(126, 158, 92))
    draw.polygon([(560, 1200), (1600, 1200), (1600, 780), (1290, 700), (1180, 700)], fill=(176, 172, 164))
    draw.polygon([(1250, 1200), (1600, 1200), (1600, 900)], fill=(98, 100, 104))
    draw.line([(1250, 1200), (1600, 900)], fill=(214, 210, 200), width=14)
    draw.polygon([(0, 330), (1120, 300), (1120, 770), (0, 1150)], fill=(44, 84, 44))
    for _ in range(9_000):
        depth = random.random()
        x, top = 1150 * (1 - depth * depth), 260 + 260 * (1 - depth) ** 2 * random.random()
        y = random.uniform(top, 1200 - 420 * (x / 1150))
        light = 1 - 0.5 * (y - 260) / 940 + random.uniform(-0.16, 0.16)
        leaf = tuple(int(tone * light) for tone in random.choice(_LEAVES))
        across, down = random.uniform(9, 26), random.uniform(7, 17)
        draw.ellipse([x - across, y - down, x + across, y + down], fill=leaf)
    exif = Image.Exif()
    exif[_MAKE_TAG] = "Aroha's telephone"
    place = exif.get_ifd(_PLACE_TAG)
    place[1], place[2], place[3], place[4] = "S", (36.0, 50.0, 54.0), "E", (174.0, 45.0, 48.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


def _sky() -> Image.Image:
    """Light above the houses, blue above that."""
    fade = Image.linear_gradient("L").resize((1600, 1200))
    return Image.composite(
        Image.new("RGB", fade.size, (226, 238, 246)), Image.new("RGB", fade.size, (120, 178, 226)), fade
    )
