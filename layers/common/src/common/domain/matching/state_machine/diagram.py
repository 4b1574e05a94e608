"""Both tables for people and programs: Mermaid diagrams and a Markdown page, made from them."""

from common.domain.matching.job_requests import JobRequestStatus
from common.domain.matching.offers import OfferStatus
from common.domain.matching.settings import MatchingSettings
from common.domain.matching.state_machine.offer_table import OFFER_TABLE, OFFER_TERMINAL
from common.domain.matching.state_machine.request_table import REQUEST_TABLE, REQUEST_TERMINAL
from common.domain.shared.setting_texts import fill
from common.domain.shared.state_machine import markdown_table, mermaid

_DEFAULTS = MatchingSettings()


def matching_to_markdown() -> str:
    """The page ``docs/matching-states.md``."""
    request_ends = [status for status in JobRequestStatus if status in REQUEST_TERMINAL]
    offer_ends = [status for status in OfferStatus if status in OFFER_TERMINAL]
    lines = [
        "# The lives of a job request and of an offer",
        "",
        "Generated from `common.domain.matching.state_machine` by `python -m infra.docs.matching_states`; do not edit.",
        "",
        "The system acts by its timer where there is one, everybody else under the conditions. Windows and limits are",
        "the defaults of `common.domain.matching.settings`.",
        "",
        "## Job request",
        "",
        "```mermaid",
        mermaid(REQUEST_TABLE, request_ends).rstrip(),
        "```",
        "",
        *markdown_table(REQUEST_TABLE, _filled, note="note", statuses=JobRequestStatus),
        "",
        "## Offer",
        "",
        "```mermaid",
        mermaid(OFFER_TABLE, offer_ends).rstrip(),
        "```",
        "",
        *markdown_table(OFFER_TABLE, _filled, note="note", statuses=OfferStatus),
    ]
    return "\n".join(lines) + "\n"


def _filled(text: str) -> str:
    return fill(text, _DEFAULTS)
