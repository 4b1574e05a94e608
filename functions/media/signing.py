"""An upload's address, which lets anybody who has it upload: it is kept nowhere, and signed anew for a replay."""

from collections.abc import Mapping
from typing import Any

from common.application.media import uploads
from common.domain.shared.errors import Conflict
from common.runtime.http.dependencies import container_of
from fastapi import Request

from functions.media.container import MediaFunction
from functions.media.schemas import UploadView


async def signed_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The address of the upload that an answer was about.

    Raises:
        Conflict: it is waited for no longer (``upload_ended``).
    """
    container = container_of(request, MediaFunction)
    media = await container.media.media.get(kept["id"])
    upload = uploads.sign_again(container.media, media) if media else None
    if media is None or upload is None:
        raise Conflict("This upload is waited for no longer. Announce it again.", code="upload_ended")
    again = UploadView.of(media.id, upload).model_dump(mode="json")
    return {name: again[name] for name in ("url", "expires_at")}
