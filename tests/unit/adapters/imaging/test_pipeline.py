"""What is made of a photograph, and what is refused."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from common.adapters.imaging.pipeline import Processed, Refused, process
from common.domain.media.likeness import NEAR_BITS, bands_of, distance
from common.domain.media.media import RENDITIONS, Rejection
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from tests.factories import photos


def made(data: bytes, content_type: str = "image/jpeg", *, keeps_capture: bool = False) -> Processed:
    return process(data, content_type, keeps_capture=keeps_capture)


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def test_three_files_are_made_and_none_is_enlarged() -> None:
    files = made(photos.encode(photos.scene(1, 2500, 1000))).files
    assert [(each.name, each.content_type, each.width, each.height) for each in files] == [
        ("full", "image/jpeg", 2048, 819),
        ("medium", "image/webp", 960, 384),
        ("small", "image/webp", 320, 128),
    ]
    assert [each.name for each in files] == list(RENDITIONS)
    assert [opened(each.body).format for each in files] == ["JPEG", "WEBP", "WEBP"]
    small = made(photos.encode(photos.scene(1, 100, 80))).files
    assert {(each.width, each.height) for each in small} == {(100, 80)}


def test_nothing_of_place_camera_or_comment_is_in_any_output_byte() -> None:
    data = photos.photo()
    assert b"Exif" in data
    assert b"Aroha" in data
    for file in made(data, keeps_capture=True).files:
        assert not [word for word in (b"Exif", b"EXIF", b"Aroha", b"Camera", b"ICC") if word in file.body]
        image = opened(file.body)
        assert not dict(image.getexif())
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    upright = Image.new("RGB", (80, 40), "white")
    upright.paste("red", (0, 0, 20, 10))  # the upper left corner
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(back[orientation]) if orientation in back else upright
    full = opened(made(photos.encode(stored, quality=95, exif=photos.exif(orientation))).files[0].body)
    red, green, _ = full.getpixel((5, 3))  # type: ignore[misc]
    assert full.size == (80, 40)
    assert red > 200
    assert green < 80


def test_place_and_time_are_told_where_they_are_wanted_and_there() -> None:
    told = {"at": "2026-11-28T01:02:03+00:00", "lat": photos.LAT, "lng": photos.LNG}
    assert made(photos.photo(), keeps_capture=True).captured == told
    assert made(photos.photo()).captured is None
    without = photos.encode(photos.scene(), exif=photos.exif(has_place=False))
    assert made(without, keeps_capture=True).captured is None
    assert made(photos.HEIC, "image/heic", keeps_capture=True).captured == {**told, "at": None}


@pytest.mark.parametrize("degrees", [IFDRational(0, 0), 400.0, float("inf")])
def test_a_place_that_is_none_on_earth_is_left_out(degrees: Any) -> None:
    without = photos.exif()
    place = without.get_ifd(0x8825)
    place[2] = place[4] = (degrees, IFDRational(0, 0), IFDRational(0, 0))
    told = made(photos.encode(photos.scene(), exif=without), keeps_capture=True).captured
    assert told == {"at": "2026-11-28T01:02:03+00:00", "lat": None, "lng": None}


def test_a_telephones_heic_is_read_upright() -> None:
    full = made(photos.HEIC, "image/heic").files[0]
    assert (full.width, full.height) == (64, 96)


def test_colours_become_srgb_on_white() -> None:
    swapped = Image.new("RGB", (40, 40), (250, 10, 10))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert opened(made(photos.encode(swapped, icc_profile=lab)).files[0].body).mode == "RGB"
    assert opened(made(photos.encode(swapped, icc_profile=b"no profile")).files[0].body).mode == "RGB"
    clear = photos.encode(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG")
    assert made(clear, "image/png").placeholder == "#ffffff"
    assert made(photos.encode(Image.new("CMYK", (40, 40)))).placeholder == "#ffffff"
    deep = photos.encode(Image.new("I;16", (40, 40), 65_535), "PNG")
    assert made(deep, "image/png").placeholder == "#ffffff"
    palette = photos.encode(photos.scene().quantize(16), "PNG", transparency=3)
    assert made(palette, "image/png").files[0].width == 640


def test_a_duplicate_is_found_after_recompression_and_another_picture_is_none() -> None:
    first = made(photos.photo()).dhash
    again = photos.encode(photos.scene().resize((320, 240)), quality=25)
    near = made(again).dhash
    assert distance(first, near) <= NEAR_BITS
    assert set(bands_of(first)) & set(bands_of(near))
    assert distance(first, made(photos.photo(2)).dhash) > 10
    assert bands_of(made(photos.encode(Image.new("RGB", (50, 50), "blue"))).dhash) == []


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


_HEADER = (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))


@pytest.mark.parametrize(
    ("data", "content_type", "reason"),
    [
        (b"<html><script>alert(1)</script></html>", "image/jpeg", Rejection.NOT_AN_IMAGE),
        (b"", "image/jpeg", Rejection.NOT_AN_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", Rejection.UNSUPPORTED_FORMAT),
        (b"GIF89a" + b"\0" * 40, "image/webp", Rejection.UNSUPPORTED_FORMAT),
        (photos.encode(Image.new("RGB", (4, 4)), "PNG"), "image/jpeg", Rejection.WRONG_TYPE),
        (photos.photo()[: len(photos.photo()) // 2], "image/jpeg", Rejection.DAMAGED),
        (photos.photo()[:20], "image/jpeg", Rejection.DAMAGED),
        (photos.HEIC[: len(photos.HEIC) // 2], "image/heic", Rejection.DAMAGED),
        (b"\0\0\0\x18ftypheic" + b"\xff" * 60, "image/heic", Rejection.DAMAGED),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 30, "image/webp", Rejection.DAMAGED),
        (_png([_HEADER, (b"IDAT", b"no deflate"), (b"IEND", b"")]), "image/png", Rejection.DAMAGED),
        (_png([_HEADER, (b"IEND", b"")]), "image/png", Rejection.DAMAGED),
        (
            _png([(b"IHDR", struct.pack(">IIBBBBB", 10_000, 5_001, 8, 2, 0, 0, 0)), (b"IDAT", b"")]),
            "image/png",
            Rejection.TOO_MANY_PIXELS,
        ),
    ],
)
def test_what_is_no_sound_picture_is_refused(data: bytes, content_type: str, reason: Rejection) -> None:
    with pytest.raises(Refused) as refused:
        made(data, content_type)
    assert refused.value.reason == reason


def test_a_bomb_is_refused_by_its_header() -> None:
    assert len(photos.bomb()) < 200_000
    with pytest.raises(Refused) as refused:
        made(photos.bomb(), "image/png")
    assert refused.value.reason == Rejection.TOO_MANY_PIXELS


def test_text_that_swells_in_a_png_is_refused() -> None:
    swollen = zlib.compress(b"0" * 80_000_000)
    with pytest.raises(Refused):
        made(_png([_HEADER, (b"zTXt", b"Comment\0\0" + swollen), (b"IEND", b"")]), "image/png")
