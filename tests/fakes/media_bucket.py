"""A bucket in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from common.application.ports.media.attachments import MediaUrl
from common.application.ports.media.bucket import UploadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.domain.media.media import Media

BASE_URL = "http://bucket.test"
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


class FakeMediaBucket:
    """Implements ``MediaBucket``."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def warm_up(self) -> None:
        pass

    def sign_upload(self, media: Media) -> UploadRequest:
        return UploadRequest("PUT", f"{BASE_URL}/{media.key}", {"Content-Type": media.content_type}, NEVER)

    def read_urls(self, media: Media) -> Sequence[MediaUrl]:
        return [
            MediaUrl(each.name, f"{BASE_URL}/{each.key}", each.content_type, each.width, each.height, None)
            for each in media.renditions
        ]

    def private_url(self, key: str) -> str:
        return f"{BASE_URL}/{key}"

    def public_url(self, key: str) -> str:
        return f"{BASE_URL}/{key}"

    async def size_of(self, key: str) -> int | None:
        return len(self.objects[key]) if key in self.objects else None

    async def read(self, key: str) -> bytes | None:
        return self.objects.get(key)

    async def write(self, key: str, body: bytes, content_type: str) -> None:  # noqa: ARG002 - the port's
        self.objects[key] = body

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)
