"""Photographs: where they are remembered, and where their files lie."""

import json
from functools import cached_property

from common.adapters.aws.media_bucket import BucketOptions, S3MediaBucket
from common.adapters.aws.signed_urls import Credentials
from common.adapters.mongo.media.media import MongoMedia
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.media.deps import MediaDeps, SweepDeps
from common.application.ports.media.bucket import MediaBucket
from common.application.ports.media.repository import MediaRepository
from common.runtime.container.core import CoreContainer
from common.runtime.container.people import PeopleContainer
from common.runtime.container.settings import MediaSettings
from common.runtime.container.stored_bookings import StoredBookingContainer


class MediaStoreContainer(CoreContainer):
    """What contexts with photographs of their own need: attaching them, and addresses for reading."""

    @cached_property
    def media_repository(self) -> MediaRepository:
        """Photographs."""
        return MongoMedia(self.mongo)

    @cached_property
    def media_bucket(self) -> MediaBucket:
        """The bucket."""
        settings = self.settings.of(MediaSettings)
        return S3MediaBucket(
            BucketOptions(
                name=settings.media_bucket,
                endpoint=settings.media_endpoint_url,
                region=settings.media_region,
                signs_checksum=settings.media_upload_checksum == "sha256",
                public_base_url=settings.media_public_base_url,
                credentials=self._bucket_credentials if settings.media_credentials.is_given else None,
            )
        )

    @cached_property
    def media_sweep(self) -> SweepDeps:
        """What looking after photographs needs."""
        return SweepDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            media=self.media_repository,
            bucket=self.media_bucket,
            outbox=self.outbox,
            publisher=self.publisher,
        )

    def _bucket_credentials(self) -> Credentials:
        pair = json.loads(self.settings.of(MediaSettings).media_credentials.get())
        return Credentials(pair["access_key_id"], pair["secret_access_key"])


class MediaContainer(StoredBookingContainer, MediaStoreContainer, PeopleContainer):
    """Uploading, reading and removing photographs."""

    @cached_property
    def media(self) -> MediaDeps:
        """What the use cases of media need."""
        return MediaDeps(
            **vars(self.media_sweep),
            users=self.users,
            bookings=self.booking_repository,
            limits=self.rate_limits,
        )

    async def warm_up(self) -> None:
        """Make the bucket's client ahead."""
        await super().warm_up()
        self.media_bucket.warm_up()
