"""The settings of bookings are checked when a process starts, not by the first request that needs them."""

from __future__ import annotations

import pytest
from common.runtime.container.bootstrap import Container
from common.runtime.settings import load_settings

BASE = {"STAGE": "test", "MONGODB_URI": "mongodb://127.0.0.1", "MONGODB_DATABASE": "x"}


@pytest.mark.parametrize("given", ['{"payment_hold": "soon"}', '{"payment_holds": "PT5M"}', "{"])
def test_a_start_with_settings_that_cannot_be_used_fails(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKING_SETTINGS", given)
    with pytest.raises(ValueError, match="BOOKING_SETTINGS cannot be used"):
        Container(load_settings(environ=BASE))
