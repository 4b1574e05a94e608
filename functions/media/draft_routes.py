"""Photographs for a report by somebody without an account: they belong to a draft, which whoever has its token uses."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from common.application.media import read, uploads
from common.domain.media.media import Purpose
from common.domain.shared.opaque_tokens import new_token
from common.runtime.http.dependencies import container_of
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Depends, Header, Path, Request

from functions.media.container import ContainerDep, MediaFunction
from functions.media.schemas import DraftUploadRequest, DraftUploadView, MediaBrief, MediaView, UploadView
from functions.media.signing import signed_again

router = APIRouter(prefix="/v1/media/drafts", tags=["media"], route_class=IdempotentRoute)

#: Of a network address, so that drafts without number are of no use; a draft has limits of its own.
_UPLOADS_PER_HOUR = 20

Id = Annotated[str, Path(max_length=64)]
DraftToken = Annotated[str, Header(alias="X-Draft-Token", max_length=128)]


async def _opened_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The upload's address, signed anew, and the draft's token: the caller's, or another one of a draft just begun."""
    container = container_of(request, MediaFunction)
    sent = json.loads(await request.body()).get("draft_token")
    token = sent or await uploads.renew_draft(container.media, kept["id"])
    return {**await signed_again(request, kept), "draft_token": token}


@router.post(
    "/uploads",
    status_code=HTTPStatus.CREATED,
    dependencies=[Depends(rate_limit("draft-uploads", limit=_UPLOADS_PER_HOUR, per_seconds=3600))],
)
@keeps_out(_opened_again, "url", "draft_token")
async def request_draft_upload(container: ContainerDep, body: DraftUploadRequest) -> DraftUploadView:
    """Announce a photo for a report, without an account, and get the one request that uploads it.

    The first answer begins a draft: send its `draft_token` with the other photos, with `complete` (as `X-Draft-Token`),
    and with `POST /v1/reports`. At most 5 photos of a draft and 20 of a network address in an hour.
    """
    token = body.draft_token or new_token()
    announced = uploads.Announced(purpose=Purpose.REPORT, **body.model_dump(exclude={"draft_token"}))
    media, upload = await uploads.request_upload(container.media, uploads.Uploader.of_draft(token), announced)
    return DraftUploadView(draft_token=token, **UploadView.of(media.id, upload).model_dump())


@router.post("/uploads/{id}/complete")
async def complete_draft_upload(container: ContainerDep, id: Id, draft_token: DraftToken) -> MediaBrief:  # noqa: A002
    """Tell that the file is uploaded; it is then checked and written anew, which takes a second or two."""
    owner_id = uploads.Uploader.of_draft(draft_token).id
    return MediaBrief.model_validate(await uploads.complete_upload(container.media, owner_id, id))


@router.get("/uploads/{id}")
async def get_draft_upload(container: ContainerDep, id: Id, draft_token: DraftToken) -> MediaView:  # noqa: A002
    """A photo of a draft; while its upload is waited for, `upload` is the request that does it, signed anew."""
    media = await read.own_media(container.media, uploads.Uploader.of_draft(draft_token).id, id)
    return MediaView.of(media, container.media_bucket, upload=uploads.sign_again(container.media, media))
