"""Photographs: uploads go straight to the bucket and are checked afterwards."""

from http import HTTPStatus
from typing import Annotated

from common.application.media import read, uploads
from common.runtime.http import CurrentUser, join_routers
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Path, Query, Response

from functions.media import draft_routes
from functions.media.container import ContainerDep
from functions.media.schemas import MediaBrief, MediaPurpose, MediaView, UploadRequestBody, UploadView
from functions.media.signing import signed_again

Id = Annotated[str, Path(max_length=64)]

router = APIRouter(prefix="/v1/media", tags=["media"], route_class=IdempotentRoute)


@router.post("/uploads", status_code=HTTPStatus.CREATED)
@keeps_out(signed_again, "url")
async def request_upload(container: ContainerDep, caller: CurrentUser, body: UploadRequestBody) -> UploadView:
    """Announce a photograph, and get the one request that uploads it; its headers must be sent as they are.

    Then call `complete`. An address that has expired is signed anew by `GET /v1/media/{id}`, or by this request with
    the same `Idempotency-Key`, within an hour. At most 20 uploads in 10 minutes, and 200 MB in 24 hours.
    """
    announced = uploads.Announced(**body.model_dump())
    media, upload = await uploads.request_upload(container.media, uploads.Uploader(caller.user_id), announced)
    return UploadView.of(media.id, upload)


@router.post("/{id}/complete")
async def complete_upload(container: ContainerDep, caller: CurrentUser, id: Id) -> MediaBrief:  # noqa: A002
    """Tell that the file is uploaded; it is then checked and written anew, which takes a second or two."""
    return MediaBrief.model_validate(await uploads.complete_upload(container.media, caller.user_id, id))


@router.get("")
async def list_media(
    container: ContainerDep,
    caller: CurrentUser,
    limit: Limit = 20,
    cursor: Cursor = None,
    purpose: Annotated[MediaPurpose | None, Query(description="Only those for this")] = None,
) -> Page[MediaView]:
    """The caller's photographs, newest first."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.media_repository.list_by_owner(
        caller.user_id, purpose=purpose, limit=limit + 1, before=before
    )
    bucket = container.media_bucket
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=lambda row: MediaView.of(row, bucket))


@router.get("/{id}")
async def get_media(container: ContainerDep, caller: CurrentUser, id: Id) -> MediaView:  # noqa: A002
    """A photograph of the caller's, or one that was shown in a booking of theirs.

    Addresses of private files work for 5 to 10 minutes. While an upload is waited for, `upload` is the request that
    does it, signed anew. Operators who decide about a booking see when and where a photograph was taken, if it tells,
    and which others look the same.
    """
    media, is_staff = await read.see_media(container.media, caller, id)
    upload = uploads.sign_again(container.media, media) if media.owner_id == caller.user_id else None
    return MediaView.of(media, container.media_bucket, upload=upload, is_staff=is_staff)


@router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_media(container: ContainerDep, caller: CurrentUser, id: Id) -> Response:  # noqa: A002
    """Remove a photograph of the caller's and all its files; one that is in use must be let go there first."""
    await read.delete_media(container.media, caller.user_id, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


router = join_routers(router, draft_routes.router)
