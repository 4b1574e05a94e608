"""Judging a report by its words, offline. Photographs are not looked at, and each verdict says so."""

import re
from collections.abc import Sequence
from functools import cache

from common.adapters.text_screen import COARSE_LANGUAGE, RuleTextScreen
from common.application.ports.reports.verifier import Picture, ReportText
from common.domain.reports.categories import CATEGORIES, ReportCategory
from common.domain.reports.instructions import without_instructions
from common.domain.reports.report import Verdict
from common.domain.search.text import stems

NAME = "rules"
_WORDS = 1_000
_UNSEEN = "Judged by its words alone; the photographs were not looked at."
#: That something is wrong, whatever it is.
_WRONG = (
    "broken damaged missing blocked dangerous hazard unsafe cracked leaking faulty smashed collapsed damage repair"
    " fallen overflowing dumped stuck loose exposed"
)
#: What has nothing to do with public space.
_OFFERS = re.compile(
    r"\b(?:for sale|selling|buy now|discount|promo(?:tion)?|casino|betting|crypto|bitcoin|loans?|earn money|work from"
    r" home|followers|dating|job wanted|hiring|for rent|free shipping|click here|subscribe)\b",
    re.IGNORECASE,
)
#: By severity, the greatest first; without any it is 2.
_SEVERITIES = (
    (5, "electrocuted electrocution collapsing sinkhole explosion gas"),
    (4, "dangerous danger injured injury hurt accident children fell crash fire burst flooding wire wires hazard"),
    (3, "blocked deep large huge dark trip overflowing fallen smashed"),
    (1, "small minor faded cosmetic slightly"),
)
_USUAL = 2
_SURE, _RATHER_SURE, _UNSURE, _CLUELESS = 0.9, 0.8, 0.6, 0.4
_SEVERAL = 2


class RuleVerifier:
    """Implements ``ReportVerifier``: the same words always get the same verdict.

    Sentences that speak to who judges are left out, so that they change nothing.
    """

    def __init__(self) -> None:
        self._screen = RuleTextScreen()

    async def judge(self, pictures: Sequence[Picture], text: ReportText, category: ReportCategory) -> Verdict:
        """Judge by the words of title and description."""
        del pictures
        written, _ = without_instructions(f"{text.title}\n{text.description}")
        found = frozenset(stems(written, _WORDS))
        is_coarse = COARSE_LANGUAGE in await self._screen.reasons_to_hold(written)
        is_civic, about, confidence, reason = _told(found, written, category)
        return Verdict(
            is_civic=is_civic,
            category=about,
            severity=_severity(found),
            confidence=confidence,
            reasons=[reason, *(["It has coarse language."] if is_coarse else []), _UNSEEN],
            unsafe=is_coarse,
            verifier=NAME,
        )


def _told(found: frozenset[str], written: str, category: ReportCategory) -> tuple[bool, ReportCategory, float, str]:
    """Whether it is civic, its category, the confidence in both, and why."""
    hits = {each: len(found & _keywords(each)) for each in CATEGORIES}
    best = max(hits, key=lambda each: (hits[each], each is category))
    if offer := _OFFERS.search(written):
        is_about = hits[category] >= _SEVERAL
        reason = f"It reads like an offer ({offer.group().lower()})."
        return is_about, category, _CLUELESS if is_about else _RATHER_SURE, reason
    if hits[category]:
        is_sure = hits[category] >= _SEVERAL or found & _stems(_WRONG)
        return True, category, _SURE if is_sure else _RATHER_SURE, f"It speaks of {_name(category)}."
    if category is ReportCategory.OTHER and hits[best]:
        return True, best, _RATHER_SURE, f"It speaks of {_name(best)}."
    if hits[best]:
        return True, best, _UNSURE, f"It speaks of {_name(best)}, not of {_name(category)}."
    if found & _stems(_WRONG):
        confidence = _RATHER_SURE if category is ReportCategory.OTHER else _UNSURE
        return True, category, confidence, f"Something is wrong; no word tells of {_name(category)}."
    return False, category, _CLUELESS, "No word tells what is broken."


def _severity(found: frozenset[str]) -> int:
    return next((severity for severity, words in _SEVERITIES if found & _stems(words)), _USUAL)


def _name(category: ReportCategory) -> str:
    return f"“{CATEGORIES[category].name.lower()}”"


@cache
def _keywords(category: ReportCategory) -> frozenset[str]:
    return _stems(" ".join(CATEGORIES[category].keywords))


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(stems(text))
