"""Photographs as files, and files that are none."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

#: A telephone's, turned by a quarter, with a place; made once with an encoder that is not among the dependencies.
HEIC = (Path(__file__).parents[1] / "data" / "telephone.heic").read_bytes()
#: Of the pictures below: 36°50'54" S, 174°45'48" E.
LAT, LNG = -36.848333, 174.763333
_GPS, _ORIENTATION, _MAKE, _COMMENT = 0x8825, 0x0112, 0x010F, 0x9286
CAMERA = "Camera of Aroha"


def exif(orientation: int = 1, *, has_place: bool = True) -> Image.Exif:
    """What a telephone writes beside the pixels."""
    made = Image.Exif()
    made[_ORIENTATION], made[_MAKE] = orientation, CAMERA
    if has_place:
        place = made.get_ifd(_GPS)
        place[1], place[2], place[3], place[4] = "S", (36.0, 50.0, 54.0), "E", (174.0, 45.0, 48.0)
        place[29], place[7] = "2026:11:28", (1.0, 2.0, 3.0)
    return made


@cache
def scene(seed: int = 1, width: int = 640, height: int = 480) -> Image.Image:
    """A made-up picture of broad light and shade with some detail."""
    random, whole = Random(seed), None  # noqa: S311 - a picture needs no secrecy
    for cells, weight in ((6, 1.0), (14, 0.5), (40, 0.25)):
        noise = Image.frombytes("RGB", (cells, cells), random.randbytes(cells * cells * 3))
        layer = noise.resize((width, height), Image.Resampling.BICUBIC)
        whole = layer if whole is None else Image.blend(whole, layer, weight / (1 + weight))
    assert whole is not None
    return whole


def encode(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The file of a picture."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def photo(seed: int = 1) -> bytes:
    """A telephone's photograph with place and time."""
    return encode(scene(seed), quality=90, exif=exif(), comment=b"taken by Aroha")


@cache
def bomb() -> bytes:
    """A hundred kilobytes that would decode to 900 megapixels."""
    return encode(Image.new("1", (30_000, 30_000)), "PNG")
