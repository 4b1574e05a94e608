"""A photograph: whose it is, what for, how far it has come, and where its files lie."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from common.domain.shared.model import Model

#: The kind of a photograph's id.
MEDIA_PREFIX = "med"


class Purpose(StrEnum):
    """What a photograph is for; it can be attached to nothing else."""

    SERVICE_IMAGE = "service_image"
    PROFILE_PICTURE = "profile_picture"
    JOB_REQUEST = "job_request"
    MESSAGE = "message"
    DISPUTE_EVIDENCE = "dispute_evidence"
    REPORT = "report"


#: Everybody may see these, by addresses that do not end.
PUBLIC = frozenset({Purpose.SERVICE_IMAGE, Purpose.PROFILE_PICTURE})
#: Of these the place and time of the photograph are kept, for those who decide.
EVIDENCE = frozenset({Purpose.DISPUTE_EVIDENCE, Purpose.REPORT})


class MediaState(StrEnum):
    """How far a photograph has come.

    ``rejected`` is the uploader's to fix, with another file; ``failed`` is not, and the same file may do later.
    """

    PENDING = "pending"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"
    DELETED = "deleted"


#: In these a file is still waited for, or worked on.
UNDER_WAY = frozenset({MediaState.PENDING, MediaState.UPLOADED, MediaState.PROCESSING})

#: How long what is attached to nothing stays, and what was refused.
UNATTACHED = timedelta(hours=24)
#: How long an announced upload is waited for.
UPLOAD_PATIENCE = timedelta(hours=1)
#: After so long a photograph that should be in work is looked at: its message may have been lost.
PROCESSING_PATIENCE = timedelta(minutes=10)
#: A worker that was ended in the middle counts too, so that no photograph is tried until its message is a dead letter.
MOST_ATTEMPTS = 3
#: What is made of every photograph, the largest first, with the endings of the files.
RENDITIONS = {"full": "jpg", "medium": "webp", "small": "webp"}
#: How the keys of files begin that everybody may see.
PUBLIC_FOLDER = "public/"
#: How ``attached_to`` begins of what was shown in a booking, whose parties then see it.
OF_BOOKING = "booking:"
#: The intention that commits with a finished upload.
MEDIA_UPLOADED = "media.uploaded"


class Rejection(StrEnum):
    """Why a file is refused."""

    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_FORMAT = "unsupported_format"
    WRONG_TYPE = "wrong_type"
    WRONG_SIZE = "wrong_size"
    WRONG_CHECKSUM = "wrong_checksum"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    MISSING = "missing"


class Rendition(Model):
    """One file that was made of a photograph; ``size`` in bytes."""

    name: str
    key: str
    content_type: str
    width: int
    height: int
    size: int


class Captured(Model):
    """When and where a photograph was taken, as the camera wrote it; most telephones leave out some or all of it."""

    at: datetime | None = None
    lat: float | None = None
    lng: float | None = None


class Likeness(Model):
    """Another photograph that looks the same: a hint for staff, never a reason to refuse.

    ``distance`` is the number of bits by which the difference hashes differ; 0 for the same file.
    """

    media_id: str
    is_same_file: bool = False
    distance: int = 0


class Media(Model):
    """One photograph.

    ``owner_id`` is an account, or ``draft:…`` of somebody without one. ``key`` is where the upload goes;
    ``upload_until`` the last instant at which an address for it works. ``attached_to`` is what it belongs to, such as
    ``booking:bkg_1``. ``next_due_at`` is when the sweep looks at it.
    """

    id: str
    owner_id: str
    purpose: Purpose
    state: MediaState = MediaState.PENDING
    content_type: str
    size: int
    sha256: str
    file_name: str = ""
    key: str
    upload_until: datetime
    renditions: list[Rendition] = Field(default_factory=list)
    width: int = 0
    height: int = 0
    placeholder: str | None = None
    dhash: str | None = None
    bands: list[int] = Field(default_factory=list)
    captured: Captured | None = None
    alike: list[Likeness] = Field(default_factory=list)
    rejection: Rejection | None = None
    attempts: int = 0
    attached_to: str | None = None
    next_due_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.purpose in PUBLIC

    def rendition_key(self, name: str) -> str:
        """Where a file that is made of it lies: nobody can guess the key, and a second run writes over the first."""
        folder = PUBLIC_FOLDER if self.is_public else "private/"
        return f"{folder}{self.key.rpartition('/')[2]}/{name}.{RENDITIONS[name]}"

    def all_keys(self) -> list[str]:
        """Every object of it that the bucket may hold, also where a worker died before it told so."""
        return [self.key, *(self.rendition_key(name) for name in RENDITIONS)]
