"""What goes around a model that looks at reports: what it said before, and a second opinion where it is spoken to."""

from collections.abc import Sequence
from hashlib import sha256

from common.adapters.mongo.reports.verdicts import MongoVerdicts
from common.adapters.reports.opinions import Adviser, Opinion
from common.application.ports.reports.verifier import Picture, ReportText, ReportVerifier
from common.application.ports.shared.clock import Clock
from common.domain.reports.categories import ReportCategory
from common.domain.reports.instructions import without_instructions
from common.domain.reports.report import Verdict
from common.domain.reports.settings import ReportSettings


class CachedAdviser:
    """Implements ``Adviser``: the same report is looked at once, by each model and each version of what it is asked."""

    def __init__(self, inner: Adviser, verdicts: MongoVerdicts, clock: Clock) -> None:
        self._inner = inner
        self._verdicts = verdicts
        self._clock = clock

    @property
    def name(self) -> str:
        """The model's name."""
        return self._inner.name

    @property
    def prompt_version(self) -> int:
        """The version of what it is asked."""
        return self._inner.prompt_version

    async def advise(self, pictures: Sequence[Picture], text: ReportText, category: ReportCategory) -> Opinion:
        """What was said of it before, or ask ``inner``.

        Raises:
            Unavailable: no usable answer can be had now.
        """
        key = self._key(pictures, text, category)
        if (known := await self._verdicts.get(key)) is not None:
            return Opinion.model_validate(known)
        opinion = await self._inner.advise(pictures, text, category)
        await self._verdicts.keep(key, opinion.model_dump(mode="json"), self._clock.now())
        return opinion

    def _key(self, pictures: Sequence[Picture], text: ReportText, category: ReportCategory) -> str:
        written = sha256(f"{text.title}\0{text.description}".encode()).hexdigest()
        parts = [*(each.sha256 for each in pictures), written, category.value, self.name, str(self.prompt_version)]
        return sha256("\0".join(parts).encode()).hexdigest()


class SecondOpinion:
    """Implements ``ReportVerifier`` by a model.

    Where text or a photograph speaks to the judge, the model's word counts only as far as rules, which cannot be
    talked to, say the same of what else is written; otherwise a person looks.

    Args:
        model: is asked first.
        rules: are asked where the model is spoken to.
        settings: say under which confidence a person looks.
    """

    def __init__(self, model: Adviser, rules: ReportVerifier, settings: ReportSettings) -> None:
        self._model = model
        self._rules = rules
        self._settings = settings

    async def judge(self, pictures: Sequence[Picture], text: ReportText, category: ReportCategory) -> Verdict:
        """Judge a report.

        Raises:
            Unavailable: no usable answer can be had now.
        """
        opinion = await self._model.advise(pictures, text, category)
        _, is_spoken_to = without_instructions(f"{text.title}\n{text.description}")
        if not (is_spoken_to or opinion.has_instructions) or not self._publishes(opinion.verdict):
            return opinion.verdict
        if self._publishes(await self._rules.judge(pictures, text, category)):
            return opinion.verdict
        reason = "It speaks to whoever judges it, and its other words do not bear the model's verdict out."
        doubted = {"confidence": 0.0, "reasons": [reason, *opinion.verdict.reasons][:5]}
        return opinion.verdict.model_copy(update=doubted)

    def _publishes(self, verdict: Verdict) -> bool:
        """Whether it would make the report public."""
        return verdict.is_civic and not verdict.unsafe and verdict.confidence >= self._settings.least_confidence
