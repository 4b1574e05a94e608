"""How much may be uploaded, and how large one photograph may be."""

from dataclasses import dataclass
from datetime import timedelta

MOST_BYTES = 15_000_000
#: A telephone's 48 megapixels; told by the file's header, before anything is decoded.
MOST_PIXELS = 50_000_000
#: What was announced within so long counts against the quota, whatever has become of it.
QUOTA_WINDOW = timedelta(hours=24)
#: How long an address for an upload works.
UPLOAD_WINDOW = timedelta(minutes=10)
#: How long an address for reading works at most; all that are made in five minutes are the same, so that caches hit.
READ_WINDOW = timedelta(minutes=10)
READ_STEP = timedelta(minutes=5)


@dataclass(frozen=True)
class UploadLimits:
    """What one uploader may ask for.

    Args:
        count: uploads in a window.
        window: its length.
        bytes_a_day: of all files that were announced within ``QUOTA_WINDOW``.
    """

    count: int
    window: timedelta
    bytes_a_day: int = 200_000_000


#: Of somebody who is signed in.
ACCOUNT_LIMITS = UploadLimits(count=20, window=timedelta(minutes=10))
#: Of somebody who is not, for the draft of one report.
ANONYMOUS_LIMITS = UploadLimits(count=5, window=timedelta(hours=1))
