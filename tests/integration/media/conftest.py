from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from common.adapters.aws.media_bucket import BucketOptions, S3MediaBucket
from common.application.media.processing import process_media
from common.domain.media.media import MEDIA_UPLOADED

from infra.local.ministack import server as ministack
from tests.factories import photos
from tests.factories.users import make_user
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

    from tests.fakes.publisher import CollectingPublisher

URL = "/v1/media"


@pytest.fixture
def objects(amazon: ministack.Ministack, monkeypatch: pytest.MonkeyPatch, migrated_database: str) -> Iterator[Any]:
    """The bucket itself, empty; the environment leads to it, as in a function."""
    for name, value in ministack.function_environment(amazon.url).items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3").Bucket(migrated_database.replace("_", "-"))
    bucket.create(CreateBucketConfiguration={"LocationConstraint": "ap-southeast-2"})
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()
    bucket.meta.client.close()


@dataclass
class MediaWorld:
    """A signed-in person, the routes, the bucket and the worker."""

    container: Container
    publisher: CollectingPublisher
    client: httpx.AsyncClient
    outside: httpx.AsyncClient
    user: User
    headers: dict[str, str]
    objects: Any

    def announced(self, data: bytes, **fields: Any) -> dict[str, Any]:
        """What announces a file."""
        told = {"purpose": "message", "content_type": "image/jpeg", "size": len(data)}
        return {**told, "sha256": hashlib.sha256(data).hexdigest(), **fields}

    async def announce(self, data: bytes, **fields: Any) -> dict[str, Any]:
        """Announce a file; the request that uploads it."""
        answer = await self.client.post(f"{URL}/uploads", json=self.announced(data, **fields), headers=self.headers)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def put(self, upload: dict[str, Any], data: bytes, **changed: str | None) -> httpx.Response:
        """Upload as a browser does: with the headers that were given, or others."""
        sent = {**upload["headers"], **changed}
        sent = {name: value for name, value in sent.items() if value is not None and name != "Content-Length"}
        return await self.outside.request(upload["method"], upload["url"], content=data, headers=sent)

    async def complete(self, media_id: str) -> httpx.Response:
        """Tell that a file is there."""
        return await self.client.post(f"{URL}/{media_id}/complete", headers=self.headers)

    async def get(self, media_id: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Read a photograph."""
        return await self.client.get(f"{URL}/{media_id}", headers=headers or self.headers)

    async def work(self) -> None:
        """Let the worker do what was asked of it."""
        for event in [each for each in self.publisher.events if each.type == MEDIA_UPLOADED]:
            self.publisher.events.remove(event)
            await process_media(self.container.media_processing, event.payload["media_id"])

    async def completed(self, data: bytes, **fields: Any) -> str:
        """Announce, upload and complete; the id of the photograph, which waits for the worker."""
        upload = await self.announce(data, **fields)
        assert (await self.put(upload, data)).status_code == 200
        assert (await self.complete(upload["id"])).status_code == 200
        return str(upload["id"])

    async def uploaded(self, data: bytes, **fields: Any) -> dict[str, Any]:
        """Announce, upload, complete, and process; the photograph as its owner sees it."""
        media_id = await self.completed(data, **fields)
        await self.work()
        body: dict[str, Any] = (await self.get(media_id)).json()
        return body

    async def ready(self, purpose: str, seed: int = 1) -> str:
        """The id of a photograph that is ready."""
        media = await self.uploaded(photos.photo(seed), purpose=purpose)
        assert media["state"] == "ready", media
        return str(media["id"])

    def keys(self) -> list[str]:
        """What lies in the bucket."""
        return sorted(each.key for each in self.objects.all())


@pytest.fixture
def signs_checksum() -> bool:
    """Whether uploads are signed as for S3, or as for R2, which knows no SHA-256."""
    return True


@pytest.fixture
async def world(
    container: Container,
    publisher: CollectingPublisher,
    objects: Any,
    amazon: ministack.Ministack,
    signs_checksum: bool,
) -> AsyncIterator[MediaWorld]:
    """Somebody who uploads."""
    options = BucketOptions(objects.name, amazon.url, ministack.REGION, signs_checksum=signs_checksum)
    container.replace(media_bucket=S3MediaBucket(options))
    user = make_user()
    headers = await sign_in(container, user)
    async with api_client("media", container) as client, httpx.AsyncClient() as outside:
        yield MediaWorld(container, publisher, client, outside, user, headers, objects.objects)


def checksum(data: bytes) -> str:
    """As S3 wants it in a header."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
