"""One photograph in, clean files out: nothing of the original but its pixels is in them.

Loads nothing but Pillow and the standard library, because it runs in processes of its own.
"""

import io
import warnings
from typing import Any, NamedTuple

import pi_heif  # type: ignore[import-untyped]
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from common.adapters.imaging.capture import read_capture
from common.domain.media.limits import MOST_PIXELS

pi_heif.register_heif_opener(thumbnails=False)
#: Beyond this Pillow warns, and refuses beyond twice of it; the warning is made an error below.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

#: The largest that anybody is shown, and how it is written.
_FULL, _MEDIUM, _SMALL = 2048, 960, 320
_JPEG: dict[str, Any] = {"format": "JPEG", "quality": 85, "optimize": True}
_WEBP: dict[str, Any] = {"format": "WEBP", "quality": 80, "method": 4}
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
#: Of ISO base media files, the brands of HEIC (ISO/IEC 23008-12, annexes B and D; RFC 9860 has the types).
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
#: Pictures of other kinds, by how they begin: they are told from what is no picture at all.
_OTHERS = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"<svg", b"<?xml", b"\0\0\1\0", b"8BPS", b"\0\0\0\x0cjP")
_SRGB = ImageCms.createProfile("sRGB")
_WHITE = (255, 255, 255)
_HASH_SIZE = (9, 8)
_DEEP = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})


class Refused(Exception):
    """The file is none that is taken; ``reason`` is a value of ``Rejection``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class File(NamedTuple):
    """One file that was made."""

    name: str
    content_type: str
    width: int
    height: int
    body: bytes


class Processed(NamedTuple):
    """What became of a photograph; the hash has 16 hexadecimal digits."""

    files: list[File]
    dhash: str
    placeholder: str
    captured: dict[str, Any] | None


def process(data: bytes, content_type: str, *, keeps_capture: bool) -> Processed:
    """Read a photograph and write it anew: upright, in sRGB, in three sizes.

    Args:
        data: the file.
        content_type: what it was announced as.
        keeps_capture: whether to tell when and where it was taken.

    Raises:
        Refused: it is not taken.
    """
    found = sniff(data)
    if found is None:
        raise Refused("unsupported_format" if data.lstrip()[:8].startswith(_OTHERS) else "not_an_image")
    if found != content_type:
        raise Refused("wrong_type")
    try:
        return _process(data, _FORMATS[found], keeps_capture=keeps_capture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused("too_many_pixels") from error
    except UnidentifiedImageError as error:
        raise Refused("damaged") from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError) as error:
        raise Refused("damaged") from error  # what decoders raise on what they cannot read


def sniff(data: bytes) -> str | None:
    """The content type of a file by its first bytes; ``None`` of all that are not read."""
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "image/heic"
    return None


def dhash(image: Image.Image) -> str:
    """The difference hash: whether each of 64 cells is darker than the one to its right."""
    grey = image.convert("L").resize(_HASH_SIZE, Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (grey[row * 9 + column] < grey[row * 9 + column + 1])
    return f"{bits:016x}"


def _process(data: bytes, kind: str, *, keeps_capture: bool) -> Processed:
    image: Image.Image = Image.open(io.BytesIO(data), formats=(kind,))
    if image.width * image.height > MOST_PIXELS:
        raise Refused("too_many_pixels")
    image.draft("RGB", (_FULL, _FULL))
    captured = read_capture(image.getexif()) if keeps_capture else None
    image.load()
    image.thumbnail((_FULL, _FULL), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(ImageOps.exif_transpose(image))
    image.info = {}  # a comment of the original would be written again
    files = [_written(image, "full", "image/jpeg", _JPEG)]
    for name, side in (("medium", _MEDIUM), ("small", _SMALL)):
        image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        files.append(_written(image, name, "image/webp", _WEBP))
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return Processed(files, dhash(image), f"#{red:02x}{green:02x}{blue:02x}", captured)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in sRGB on white, by its own profile where it has one that can be read."""
    if image.mode in _DEEP:
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    if "transparency" in image.info or image.mode in {"LA", "PA", "RGBA", "RGBa", "La"}:
        seen = image.convert("RGBA")
        ground = Image.new("RGB", image.size, _WHITE)
        ground.paste(seen, mask=seen.getchannel("A"))
        ground.info = dict(image.info)
        image = ground
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(image, own, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            made = None
        if made is not None:
            return made
    return image if image.mode == "RGB" else image.convert("RGB")


def _written(image: Image.Image, name: str, content_type: str, how: dict[str, Any]) -> File:
    buffer = io.BytesIO()
    image.save(buffer, **how)
    return File(name, content_type, image.width, image.height, buffer.getvalue())
