"""Where the files of photographs lie: a bucket that speaks S3's protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.application.ports.media.attachments import MediaUrls
from common.domain.media.media import Media


@dataclass(frozen=True)
class UploadRequest:
    """The one request that puts a file into the bucket; its headers must be sent as they are.

    A browser sends ``Content-Length`` on its own, and lets no script set it.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


class MediaBucket(MediaUrls, Protocol):
    """The bucket."""

    def warm_up(self) -> None:
        """Make ahead what holds neither a connection nor a secret."""
        ...

    def sign_upload(self, media: Media) -> UploadRequest:
        """The request that uploads a photograph's file, and nothing else; asks nobody."""
        ...

    async def size_of(self, key: str) -> int | None:
        """How many bytes an object has; ``None`` where there is none.

        Raises:
            Unavailable: the bucket does not answer.
        """
        ...

    async def read(self, key: str) -> bytes | None:
        """An object; ``None`` where there is none.

        Raises:
            Unavailable: the bucket does not answer.
        """
        ...

    async def write(self, key: str, body: bytes, content_type: str) -> None:
        """Store an object that never changes, over one that is there.

        Raises:
            Unavailable: the bucket does not answer.
        """
        ...

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove objects; those that are not there are passed over.

        Raises:
            Unavailable: the bucket does not answer.
        """
        ...
