"""What reads photographs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common.domain.media.media import Captured, Rejection


@dataclass(frozen=True)
class ImageFile:
    """One file that was made of a photograph, by a name of ``RENDITIONS``."""

    name: str
    content_type: str
    width: int
    height: int
    body: bytes


@dataclass(frozen=True)
class ProcessedImage:
    """A photograph written anew, the largest file first.

    Args:
        files: with nothing of the original but its pixels.
        dhash: the difference hash, 16 hexadecimal digits.
        placeholder: the mean colour, as in CSS, to be shown until a file is there.
        captured: when and where it was taken, where that was asked for and is told.
    """

    files: Sequence[ImageFile]
    dhash: str
    placeholder: str
    captured: Captured | None


class Imaging(Protocol):
    """Reads what strangers send."""

    async def process(self, data: bytes, content_type: str, *, keeps_capture: bool) -> ProcessedImage | Rejection:
        """Read a photograph and write it anew, or tell why it is refused; what a decoder dies of is refused, too.

        Args:
            data: the file.
            content_type: what it was announced as.
            keeps_capture: whether to tell when and where it was taken.
        """
        ...
