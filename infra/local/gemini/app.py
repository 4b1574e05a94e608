"""The stand-in's endpoints: one method of the API, and the switch of its mode."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.gemini.model import LocalModel, Mode

if TYPE_CHECKING:
    from starlette.requests import Request

_METHOD = ":generateContent"
_FIELDS = {
    "contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig", "cachedContent"
}  # fmt: skip
_CONFIG = {
    "responseMimeType", "responseSchema", "responseJsonSchema", "candidateCount", "maxOutputTokens", "temperature",
    "topP", "topK", "seed", "stopSequences", "thinkingConfig", "responseModalities", "mediaResolution",
}  # fmt: skip
_IMAGES = {"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}
#: Of a whole request with pictures in it (https://ai.google.dev/gemini-api/docs/image-understanding).
_MOST_BYTES = 20 * 1024 * 1024


class Endpoints:
    """Handlers over one model's state."""

    def __init__(self, model: LocalModel) -> None:
        self._model = model

    async def generate(self, request: Request) -> Response:
        """Answer a prompt, or fail as the real one does."""
        if failure := self._turned_away(request) or self._failing():
            return failure
        body = await request.body()
        if complaint := _complaint(body):
            return _error(400, "INVALID_ARGUMENT", complaint)
        if self._model.mode is Mode.SLOW:
            await asyncio.sleep(self._model.seconds)
        return JSONResponse(await self._model.answer(json.loads(body)))

    def _turned_away(self, request: Request) -> Response | None:
        """The answer to who asks for another model, or without the right key."""
        call = str(request.path_params["call"])
        if not call.endswith(_METHOD) or not call.startswith("gemini-"):
            return _error(404, "NOT_FOUND", f"models/{call} is not found for API version v1beta.")
        if not (key := request.headers.get("x-goog-api-key")):
            return _error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
        if key != self._model.key:
            return _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
        return None

    def _failing(self) -> Response | None:
        """The answer of a model that is overloaded, or of a quota that is used up."""
        if self._model.mode is Mode.DOWN:
            return _error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        if self._model.mode is Mode.BUSY:
            details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "46s"}]
            return _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", details)
        return None

    async def set_mode(self, request: Request) -> Response:
        """Behave otherwise from now on: ``{"mode": "down"}``, ``{"mode": "slow", "seconds": 25}``."""
        wanted = await request.json()
        self._model.mode = Mode(wanted["mode"])
        self._model.seconds = float(wanted.get("seconds", self._model.seconds))
        return Response(status_code=204)


def create_app(model: LocalModel) -> Starlette:
    """Make the application."""
    endpoints = Endpoints(model)
    return Starlette(
        routes=[
            Route("/v1beta/models/{call}", endpoints.generate, methods=["POST"]),
            Route("/_dev/mode", endpoints.set_mode, methods=["POST"]),
        ]
    )


def _error(code: int, status: str, message: str, details: list[dict[str, Any]] | None = None) -> Response:
    error = {"code": code, "message": message, "status": status, **({"details": details} if details else {})}
    return JSONResponse({"error": error}, code)


def _complaint(raw: bytes) -> str:
    """What is wrong with a request's body, as the API is strict about it."""
    if len(raw) > _MOST_BYTES:
        return "Request payload size exceeds the limit: 20971520 bytes."
    try:
        body = json.loads(raw)
        unknown = sorted({*body} - _FIELDS) or sorted({*body.get("generationConfig", {})} - _CONFIG)
        parts = [part for content in body["contents"] for part in content["parts"]]
    except (AttributeError, KeyError, TypeError, ValueError):
        return "Invalid JSON payload received."
    if unknown:
        return f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
    if not parts:
        return "GenerateContentRequest.contents: contents is not specified"
    wrong = next((each for part in parts if (each := _wrong_picture(part))), "")
    config = body.get("generationConfig", {})
    if not wrong and "responseJsonSchema" in config and config.get("responseMimeType") != "application/json":
        return "A response schema needs the response MIME type application/json."
    return wrong


def _wrong_picture(part: dict[str, Any]) -> str:
    """What is wrong with a part that is a picture."""
    if "inlineData" not in part:
        return ""
    picture = part["inlineData"]
    if picture.get("mimeType") not in _IMAGES:
        return f"Unsupported MIME type: {picture.get('mimeType')}"
    try:
        data = base64.b64decode(picture.get("data", ""), validate=True)
    except (TypeError, binascii.Error):
        return "Base64 decoding failed."
    return "" if data else "Unable to process input image."
