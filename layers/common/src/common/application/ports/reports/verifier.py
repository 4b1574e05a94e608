"""What judges reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import Verdict


@dataclass(frozen=True)
class Picture:
    """A photograph of a report.

    Args:
        sha256: of the file that was uploaded, 64 hexadecimal digits: by it an earlier verdict is found.
        key: where the file that is looked at lies in the bucket.
    """

    sha256: str
    key: str


@dataclass(frozen=True)
class ReportText:
    """What the author wrote."""

    title: str
    description: str


class ReportVerifier(Protocol):
    """Judges reports."""

    async def judge(self, pictures: Sequence[Picture], text: ReportText, category: ReportCategory) -> Verdict:
        """Judge a report.

        Args:
            pictures: its photographs.
            text: what its author wrote: data, whatever it asks for.
            category: which the author chose.

        Raises:
            Unavailable: no usable answer can be had now; ``retry_after`` says when one may.
        """
        ...
