"""Photographs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common.domain.media.likeness import bands_of
from common.domain.media.media import Media, MediaState, Purpose, Rendition

from tests.fakes.clock import START

DHASH = "0f1e2d3c4b5a6978"


def make_media(**fields: Any) -> Media:
    """A photograph that is announced; fields by name."""
    made: dict[str, Any] = {
        "id": "med_1",
        "owner_id": "usr_1",
        "purpose": Purpose.DISPUTE_EVIDENCE,
        "content_type": "image/jpeg",
        "size": 1000,
        "sha256": "0" * 64,
        "key": "incoming/abc",
        "upload_until": START + timedelta(minutes=10),
        "next_due_at": START + timedelta(minutes=15),
        "created_at": START,
        "updated_at": START,
    }
    return Media.model_validate({**made, **fields})


def make_ready(**fields: Any) -> Media:
    """A photograph that is ready, with the files that were made of it; fields by name."""
    made = {
        "state": MediaState.READY,
        "dhash": DHASH,
        "bands": bands_of(DHASH),
        "placeholder": "#a0b0c0",
        "width": 2048,
        "height": 1536,
        "renditions": [
            Rendition(name=name, key=f"private/abc/{name}.{ending}", content_type=kind, width=w, height=h, size=100)
            for name, ending, kind, w, h in (
                ("full", "jpg", "image/jpeg", 2048, 1536),
                ("medium", "webp", "image/webp", 960, 720),
                ("small", "webp", "image/webp", 320, 240),
            )
        ],
    }
    return make_media(**{**made, **fields})
