"""A photograph of the hedge: straight to the bucket, written anew by the worker, sent to the provider."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import httpx
from PIL import Image

from infra.local.demo.people import wait_for

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.people import Person
    from infra.local.demo.story import Cast

_TIMEOUT_SECONDS = 20.0
_PLACE_TAG = 0x8825
_MAKE_TAG = 0x010F


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
    """A picture of something green under something blue, as a telephone writes it."""
    image = Image.linear_gradient("L").resize((1600, 1200)).convert("RGB")
    image.paste((40, 110, 50), (0, 500, 1600, 1200))
    exif = Image.Exif()
    exif[_MAKE_TAG] = "Aroha's telephone"
    place = exif.get_ifd(_PLACE_TAG)
    place[1], place[2], place[3], place[4] = "S", (36.0, 50.0, 54.0), "E", (174.0, 45.0, 48.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()
