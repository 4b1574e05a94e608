"""Reading photographs, by the function that has the decoders."""

from functools import cached_property

from common.adapters.imaging.sandbox import SandboxedImaging
from common.application.media.deps import ProcessingDeps
from common.runtime.container.media import MediaStoreContainer


class MediaWorkerContainer(MediaStoreContainer):
    """Reading photographs."""

    @cached_property
    def imaging(self) -> SandboxedImaging:
        """What reads photographs."""
        return SandboxedImaging()

    @cached_property
    def media_processing(self) -> ProcessingDeps:
        """What working on uploads needs."""
        return ProcessingDeps(self.clock, self.media_repository, self.media_bucket, self.imaging)

    async def close(self) -> None:
        """End the process of the decoders, too."""
        if "imaging" in self.__dict__:
            await self.imaging.close()
        await super().close()
