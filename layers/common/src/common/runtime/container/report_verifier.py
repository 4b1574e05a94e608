"""What judges reports."""

from functools import cached_property

from common.adapters.mongo.reports.verdicts import MongoVerdicts
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.adapters.reports import gemini
from common.adapters.reports.decorators import CachedAdviser, SecondOpinion
from common.adapters.reports.rules import RuleVerifier
from common.application.ports.reports.verifier import ReportVerifier
from common.domain.reports.settings import ReportSettings
from common.runtime.container.core import warn
from common.runtime.container.media import MediaStoreContainer
from common.runtime.container.settings import VerifierSettings


class ReportVerifierContainer(MediaStoreContainer):
    """What judges reports: rules, or a model behind a breaker, with its earlier answers."""

    @cached_property
    def report_verifier(self) -> ReportVerifier:
        """The chosen verifier."""
        settings = self.settings.of(VerifierSettings)
        if settings.report_verifier == "rules":
            return RuleVerifier()
        model = gemini.Gemini(
            settings.gemini_api_key.get,
            model=settings.gemini_model or gemini.DEFAULT_MODEL,
            url=settings.gemini_url or gemini.DEFAULT_URL,
            http=gemini.http_source,
            read_picture=self.media_bucket.read,
            breakers=self.verifier_breakers,
            warn=warn,
        )
        cached = CachedAdviser(model, MongoVerdicts(self.mongo), self.clock)
        return SecondOpinion(cached, RuleVerifier(), ReportSettings())

    @cached_property
    def verifier_breakers(self) -> MongoBreakers:
        """Five failures within two minutes open it for one minute; a try that has died is another's after 30 s."""
        return MongoBreakers(
            self.mongo,
            self.clock,
            threshold=5,
            window_seconds=120,
            rest_seconds=60,
            probe_seconds=gemini.TIMEOUT_SECONDS + 10,
        )
