"""Sentences in a report that speak to whoever judges it, and not about a place."""

import re

from common.domain.shared.texts import without_unseen

#: No list of these is complete: it is one wall of three, beside text that is handed over as data and answers that are
#: read by a schema alone (https://genai.owasp.org/llmrisk/llm01-prompt-injection/).
_TO_THE_JUDGE = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}"
    r"\b(?:instructions?|rules?|prompts?|guidelines|above|previous|prior|policy)\b"
    r"|\b(?:system|developer|assistant)\s*(?:prompt|message|instruction|role)s?\b"
    r"|\byou\s+are\s+(?:now\s+)?(?:an?|the)\s+(?:ai|assistant|language\s+model|llm|bot|verifier|model|classifier)\b"
    r"|\b(?:new|updated)\s+(?:instructions?|rules)\s*:"
    r"|\bis_civic\b|\bconfidence\s*(?:[:=]|of\s+[01]|to\s+[01]|score)|\bseverity\s*(?:[:=]|to\s+[1-5])"
    r"|\b(?:mark|classify|approve|verify|accept|rate|answer|respond|return|output|reply)\b[^.!?\n]{0,40}"
    r"\b(?:this|the|as|with|that)\b[^.!?\n]{0,30}\b(?:verified|civic|valid|approved|safe|json|true|accepted)\b"
    r"|</?(?:system|report|instructions?|user|assistant)>|\[/?(?:INST|SYSTEM)\]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def without_instructions(text: str) -> tuple[str, bool]:
    """A text without the sentences that speak to who judges it, and whether it had any; also one over several lines."""
    sentences = _SENTENCE.split(without_unseen(text))
    kept = [each for each in sentences if not _TO_THE_JUDGE.search(each)]
    rest, over_lines = _TO_THE_JUDGE.subn(" ", " ".join(kept))
    return rest.strip(), len(kept) < len(sentences) or over_lines > 0
