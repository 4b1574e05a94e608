"""Photographs that everybody sees, as what shows them remembers them."""

from common.domain.media.media import RENDITIONS, Media
from common.domain.shared.model import Model

#: What lists show.
_LISTED = "medium"


class Photo(Model):
    """A public photograph: enough to show it without reading its row.

    ``folder`` is where its files lie in the bucket; ``width`` and ``height`` are of the largest.
    """

    media_id: str
    folder: str
    width: int
    height: int
    placeholder: str | None = None

    @classmethod
    def of(cls, media: Media) -> "Photo":
        """What is remembered of a photograph that is ready."""
        return cls(
            media_id=media.id,
            folder=media.rendition_key(_LISTED).rpartition("/")[0],
            width=media.width,
            height=media.height,
            placeholder=media.placeholder,
        )

    def keys(self) -> dict[str, str]:
        """Where each of its files lies, the largest first."""
        return {name: f"{self.folder}/{name}.{ending}" for name, ending in RENDITIONS.items()}

    @property
    def listed_key(self) -> str:
        """Where the file lies that lists show."""
        return self.keys()[_LISTED]
