"""The contract of photographs."""

from typing import Annotated, Literal, Self

from common.application.ports.media.attachments import MediaUrls
from common.application.ports.media.bucket import UploadRequest
from common.domain.media.limits import MOST_BYTES
from common.domain.media.media import Media, MediaState, Purpose, Rejection
from common.domain.shared.texts import TITLE
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import AfterValidator, Field

#: All of ``Purpose``, written out: the description has another list of that name.
MediaPurpose = Literal[
    Purpose.SERVICE_IMAGE,
    Purpose.PROFILE_PICTURE,
    Purpose.JOB_REQUEST,
    Purpose.MESSAGE,
    Purpose.DISPUTE_EVIDENCE,
    Purpose.REPORT,
]
ContentType = Literal["image/jpeg", "image/png", "image/webp", "image/heic"]
#: What a refusal says to people.
_REASONS = {
    Rejection.NOT_AN_IMAGE: "The file is no picture.",
    Rejection.UNSUPPORTED_FORMAT: "Pictures are taken as JPEG, PNG, WebP or HEIC.",
    Rejection.WRONG_TYPE: "The file is of another type than was announced.",
    Rejection.WRONG_SIZE: "The file has another size than was announced.",
    Rejection.WRONG_CHECKSUM: "The file is another one than was announced.",
    Rejection.TOO_MANY_PIXELS: "The picture has more than 50 megapixels.",
    Rejection.DAMAGED: "The file is damaged.",
    Rejection.UNREADABLE: "The file cannot be read.",
    Rejection.MISSING: "The file was not there any more.",
}

Size = Annotated[int, Field(ge=1, le=MOST_BYTES, strict=True, description="Bytes, at most 15 MB")]
Sha256 = Annotated[
    str,
    Field(pattern=r"^[0-9a-fA-F]{64}$", description="Of the file, in hexadecimal", examples=["0" * 64]),
    AfterValidator(str.lower),
]
FileName = Annotated[str, Field(max_length=255), TITLE]


class UploadRequestBody(RequestModel):
    """The file that is about to be uploaded."""

    purpose: MediaPurpose
    content_type: ContentType
    size: Size
    sha256: Sha256
    file_name: FileName = ""


class DraftUploadRequest(RequestModel):
    """A photo of a report that is not written yet; `draft_token` is what came with the first one of it."""

    content_type: ContentType
    size: Size
    sha256: Sha256
    file_name: FileName = ""
    draft_token: Annotated[str, Field(min_length=32, max_length=128)] | None = None


class UploadView(ResponseModel):
    """The one request that uploads the file; `headers` must be sent as they are. Browsers add the length themselves."""

    id: str
    method: str
    url: str
    headers: dict[str, str]
    expires_at: Instant

    @classmethod
    def of(cls, media_id: str, upload: UploadRequest) -> Self:
        """The view of a signed request."""
        return cls(id=media_id, **vars(upload))


class DraftUploadView(UploadView):
    """The same for a draft; whoever has `draft_token` may add photos to it, and report with them."""

    draft_token: str


class FileView(ResponseModel):
    """One file of a photograph; `expires_at` is when its address ends, if it does."""

    name: str
    url: str
    content_type: str
    width: int
    height: int
    expires_at: Instant | None


class RejectionView(ResponseModel):
    """Why a file was refused."""

    reason: Rejection
    message: str


class LikenessView(ResponseModel):
    """Another photograph that looks the same; `distance` in bits of 64."""

    media_id: str
    is_same_file: bool
    distance: int


class CapturedView(ResponseModel):
    """When and where a photograph was taken, as the camera wrote it."""

    at: Instant | None
    lat: float | None
    lng: float | None


class StaffFacts(ResponseModel):
    """What only those see who decide."""

    captured: CapturedView | None
    alike: list[LikenessView]


class MediaBrief(ResponseModel):
    """A photograph, and how far it has come."""

    id: str
    purpose: MediaPurpose
    state: MediaState
    content_type: str
    size: int
    file_name: str
    created_at: Instant


class MediaView(MediaBrief):
    """A photograph. `files` are there once it is `ready`, the largest first; `placeholder` is its mean colour.

    `rejected` says why under `rejection`, and another file may do; `failed` is not the file's fault: try it again.
    """

    width: int
    height: int
    placeholder: str | None
    files: list[FileView]
    rejection: RejectionView | None
    is_attached: bool
    upload: UploadView | None
    staff: StaffFacts | None

    @classmethod
    def of(cls, media: Media, urls: MediaUrls, *, upload: UploadRequest | None = None, is_staff: bool = False) -> Self:
        """The view of a photograph."""
        files = urls.read_urls(media) if media.state is MediaState.READY else []
        return cls(
            **vars(MediaBrief.model_validate(media)),
            width=media.width,
            height=media.height,
            placeholder=media.placeholder,
            files=[FileView(**vars(each)) for each in files],
            rejection=RejectionView(reason=media.rejection, message=_REASONS[media.rejection])
            if media.rejection
            else None,
            is_attached=media.attached_to is not None,
            upload=UploadView.of(media.id, upload) if upload else None,
            staff=StaffFacts(
                captured=CapturedView.model_validate(media.captured) if media.captured else None,
                alike=[LikenessView.model_validate(each) for each in media.alike],
            )
            if is_staff
            else None,
        )
