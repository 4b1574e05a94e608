"""A decoder that hangs, dies or eats memory takes nothing along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.adapters.imaging.sandbox import SandboxedImaging
from common.application.ports.media.imaging import ProcessedImage
from common.domain.media.media import Rejection

from tests.factories import photos

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def imaging() -> AsyncIterator[SandboxedImaging]:
    made = SandboxedImaging("tests.unit.adapters.imaging.poisoned", most_seconds=1)
    yield made
    await made.close()


async def test_what_poisons_a_decoder_is_refused_and_the_next_photograph_is_read(imaging: SandboxedImaging) -> None:
    for poison in (b"hang", b"die", b"eat", b"leave"):
        assert await imaging.process(poison, "image/jpeg", keeps_capture=False) is Rejection.UNREADABLE, poison
        read = await imaging.process(photos.HEIC, "image/heic", keeps_capture=True)
        assert isinstance(read, ProcessedImage)
        assert read.captured is not None
    assert await imaging.process(b"<html>", "image/jpeg", keeps_capture=False) is Rejection.NOT_AN_IMAGE


async def test_a_process_that_ended_between_two_photographs_is_started_again(imaging: SandboxedImaging) -> None:
    assert await imaging.process(b"<html>", "image/jpeg", keeps_capture=False) is Rejection.NOT_AN_IMAGE
    assert imaging._process is not None
    imaging._process.kill()
    await imaging._process.wait()
    assert isinstance(await imaging.process(photos.HEIC, "image/heic", keeps_capture=False), ProcessedImage)
