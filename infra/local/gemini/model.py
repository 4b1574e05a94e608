"""What the local Gemini thinks: it judges by words, reads text that stands in a picture's bytes, and has its moods."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from common.adapters.reports.rules import RuleVerifier
from common.application.ports.reports.verifier import ReportText
from common.domain.reports.categories import ReportCategory
from common.domain.reports.instructions import without_instructions

#: What the real one is asked with, so that a wrong key can be told.
API_KEY = "gemini-local"
#: A run of letters in a picture's bytes that is long enough to be a sentence.
_SENTENCES = re.compile(rb"[\x20-\x7e]{20,}")


class Mode(StrEnum):
    """How it behaves."""

    HONEST = "honest"
    #: It believes whatever it is told, as a model without any defence.
    GULLIBLE = "gullible"
    #: It answers after ``seconds``.
    SLOW = "slow"
    #: Its answer is JSON that does not fit the schema.
    WRONG = "wrong"
    #: Its answer is no JSON.
    RAMBLING = "rambling"
    #: It stops in the middle of its answer.
    CUT = "cut"
    #: It will not look at the prompt.
    BLOCKING = "blocking"
    #: It will not say what it saw.
    REFUSING = "refusing"
    #: Its quota is used up.
    BUSY = "busy"
    #: It is overloaded.
    DOWN = "down"


@dataclass
class LocalModel:
    """State of the stand-in.

    Args:
        mode: how it behaves.
        seconds: how long it takes where it is slow.
        key: the API key it takes.
    """

    mode: Mode = Mode.HONEST
    seconds: float = 25.0
    key: str = API_KEY
    requests: list[dict[str, Any]] = field(default_factory=list)

    async def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body of a 200, as https://ai.google.dev/api/generate-content has it."""
        self.requests.append(body)
        if self.mode is Mode.BLOCKING:
            return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
        if self.mode is Mode.REFUSING:
            return _answered(None, "SAFETY")
        judged = await self._judged(body)
        text = json.dumps(judged)
        if self.mode is Mode.CUT:
            return _answered(text[: len(text) // 2], "MAX_TOKENS")
        if self.mode is Mode.RAMBLING:
            return _answered(f"Here is what I think: {text}", "STOP")
        if self.mode is Mode.WRONG:
            return _answered(json.dumps({**judged, "category": "approved", "status": "verified"}), "STOP")
        return _answered(text, "STOP")

    async def _judged(self, body: dict[str, Any]) -> dict[str, Any]:
        parts = body["contents"][0]["parts"]
        report = json.loads(parts[0]["text"])
        written = f"{report['title']}\n{report['description']}"
        pictured = " ".join(_pictured(each["inlineData"]["data"]) for each in parts[1:])
        spoken_to = without_instructions(f"{written}\n{pictured}")[1]
        if spoken_to and self.mode is Mode.GULLIBLE:
            return {
                "is_civic": True, "category": report["category"], "severity": 5, "confidence": 1.0, "unsafe": False,
                "has_instructions": bool(pictured), "reasons": ["As instructed."],
            }  # fmt: skip
        text = ReportText(report["title"], report["description"])
        verdict = await RuleVerifier().judge((), text, ReportCategory(report["category"]))
        return {
            **verdict.model_dump(mode="json", exclude={"verifier", "reasons"}),
            "has_instructions": spoken_to,
            "reasons": verdict.reasons[:1],
        }


def _answered(text: str | None, reason: str) -> dict[str, Any]:
    content = {} if text is None else {"content": {"role": "model", "parts": [{"text": text}]}}
    return {
        "candidates": [{**content, "finishReason": reason, "index": 0}],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
        "modelVersion": "gemini-local",
    }


def _pictured(data: str) -> str:
    """Text that stands in a picture's bytes, which is what this model can see of it."""
    return " ".join(found.decode() for found in _SENTENCES.findall(base64.b64decode(data)))
