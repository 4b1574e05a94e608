"""What other contexts ask of media: their caller's photographs, attached in their own transaction, and addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.domain.media.media import Media, Purpose


class Attachments(Protocol):
    """Photographs and what they belong to. ``target`` names that, such as ``booking:bkg_1`` or ``message:msg_1``."""

    async def find_many(self, media_ids: Sequence[str]) -> Mapping[str, Media]:
        """Those of the photographs that there are, whosever they are, by id."""
        ...

    async def find_usable(
        self, media_ids: Sequence[str], *, owner_id: str, purpose: Purpose, target: str, field: str
    ) -> Sequence[Media]:
        """Photographs that can be attached, in the order they were named, without attaching them.

        None does nothing, without a query; ``attach`` looks again.

        Raises:
            InvalidInput: as ``attach``.
        """
        ...

    async def attach(
        self, media_ids: Sequence[str], *, owner_id: str, purpose: Purpose, target: str, now: datetime, field: str
    ) -> None:
        """Attach photographs to what they belong to, inside the caller's unit of work; doing it again changes nothing.

        Args:
            media_ids: which, each once; none does nothing, without a query.
            owner_id: whose they must be.
            purpose: what they must have been uploaded for.
            target: what they then belong to.
            now: the present instant.
            field: the request's field that named them, for the refusal; ``{field}.{position}`` is what it names.

        Raises:
            InvalidInput: one is not there for the caller (``unknown_media``), not ready (``media_not_ready``), for
                something else (``wrong_purpose``), or belongs to something else already (``media_in_use``).
        """
        ...

    async def detach(self, media_ids: Sequence[str], *, target: str, now: datetime) -> None:
        """Let photographs go from what they belonged to, inside the caller's unit of work; the sweep removes them."""
        ...

    async def give(self, media_ids: Sequence[str], *, target: str, owner_id: str, now: datetime) -> None:
        """Give photographs of a target to another owner, inside the caller's unit of work."""
        ...


@dataclass(frozen=True)
class MediaUrl:
    """An address for reading one file; ``expires_at`` is ``None`` where it does not end."""

    name: str
    url: str
    content_type: str
    width: int
    height: int
    expires_at: datetime | None

    @property
    def until(self) -> datetime | None:
        """The same under the name that photos of messages had first."""
        return self.expires_at


class MediaUrls(Protocol):
    """Addresses of files. Making one asks nobody, so a list may have as many as it needs."""

    def read_urls(self, media: Media) -> Sequence[MediaUrl]:
        """An address for each file of a photograph that is ready, the largest first; none of another."""
        ...

    def private_url(self, key: str) -> str:
        """An address of a file that not everybody may see, for 5 to 10 minutes."""
        ...

    def public_url(self, key: str) -> str:
        """The address of a file that everybody may see; where no CDN serves these, it works for 5 to 10 minutes."""
        ...
