"""What a model thinks of a report, before anybody relies on it."""

from collections.abc import Sequence
from typing import Protocol

from common.application.ports.reports.verifier import Picture, ReportText
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import Verdict
from common.domain.shared.model import Model


class Opinion(Model):
    """A model's verdict, and whether it saw text in the report that speaks to it."""

    verdict: Verdict
    has_instructions: bool = False


class Adviser(Protocol):
    """A model that looks at reports.

    ``name`` is the model's, ``prompt_version`` grows with what it is asked.
    """

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    @property
    def prompt_version(self) -> int:
        """The version of what it is asked."""
        ...

    async def advise(self, pictures: Sequence[Picture], text: ReportText, category: ReportCategory) -> Opinion:
        """Look at a report.

        Raises:
            Unavailable: no usable answer can be had now.
        """
        ...
