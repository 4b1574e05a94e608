"""What is written out for clients is what there is."""

from __future__ import annotations

from typing import get_args

from common.adapters.imaging.pipeline import _FORMATS
from common.domain.media.media import Purpose

from functions.media.schemas import ContentType, MediaPurpose


def test_clients_may_name_every_purpose_and_every_format_that_is_read() -> None:
    assert set(get_args(MediaPurpose)) == set(Purpose)
    assert set(get_args(ContentType)) == set(_FORMATS)
