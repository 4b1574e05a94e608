"""Photographs that many see, on the wire."""

from typing import Self

from common.application.ports.media.attachments import MediaUrls
from common.domain.media.photos import Photo
from common.runtime.http.schemas import ResponseModel


class PhotoFile(ResponseModel):
    """One file of a photo; where no CDN serves them, the address works for 5 to 10 minutes."""

    name: str
    src: str


class PhotoView(ResponseModel):
    """A photo that was uploaded here, the largest file first; `placeholder` is its mean colour."""

    media_id: str
    width: int
    height: int
    placeholder: str | None
    files: list[PhotoFile]

    @classmethod
    def of(cls, photo: Photo, urls: MediaUrls) -> Self:
        """The view of a photo."""
        files = [PhotoFile(name=name, src=urls.public_url(key)) for name, key in photo.keys().items()]
        return cls(**photo.model_dump(exclude={"folder"}), files=files)
