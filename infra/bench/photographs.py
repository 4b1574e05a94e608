"""Announcing an upload, and writing a photograph anew, beside their baselines."""

from __future__ import annotations

import io
from functools import partial
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Any

from common.adapters.imaging.sandbox import SandboxedImaging
from PIL import Image
from pymongo import MongoClient

from infra.bench import costs, measure
from infra.bench.baselines import imaging
from infra.bench.environments import http_event
from infra.bench.results import Row, Section, compare
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from infra.bench.setting import Setting

_ANNOUNCED, _WARMUP, _CREATED = 200, 20, 201
_PROCESSED, _PROCESSED_WARMUP = 20, 2
_SIZE = (4000, 3000)
_UPLOAD_TEXT = (
    "`POST /v1/media/uploads`. The baseline reads whether the account may act, counts the request, and in one "
    "transaction touches the account, adds up the bytes of its day and inserts the photograph; boto3 signs the "
    "address. It verifies no token and checks no input. Twenty uploads in ten minutes are an account's limit, so its "
    "count is forgotten before each."
)
_PROCESS_TEXT = (
    "A photograph of 12 megapixels to JPEG and WebP in three sizes, with its hash, by the worker's process that may "
    "die. The baseline calls Pillow in the process that measures: upright, three sizes, the same encoders, no colour "
    "profile, no hash, no limits."
)


async def photographs(setting: Setting) -> list[Section]:
    """Both tables."""
    return [await _announcing(setting), await _processing(setting)]


async def _announcing(setting: Setting) -> Section:
    world = setting.world
    told = {"purpose": "message", "content_type": "image/jpeg", "size": 1000, "sha256": sha256(b"").hexdigest()}

    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:

        def forget() -> None:
            client[DATABASE]["rate_limits"].delete_many({"_id": f"uploads:{world.user.id}"})

        def ours() -> dict[str, Any]:
            forget()
            return http_event("POST", "/v1/media/uploads", token=world.token, body=told)

        def bare() -> dict[str, Any]:
            forget()
            return http_event("POST", "/", body={**told, "caller_id": world.user.id})

        base = setting.baseline("photographs.announcing", status=_CREATED, fresh=bare).named("baseline")
        mine = setting.http["media"].sending(ours, _CREATED).named("GigSta")
        runs = setting.runs(_ANNOUNCED)
        rows = await costs.compared(setting, base, mine, Target.UPLOAD, of="", runs=runs, warmup=_WARMUP)
    return Section("Announcing an upload", _UPLOAD_TEXT, rows)


async def _processing(setting: Setting) -> Section:
    data, ours = _photograph(), SandboxedImaging()
    calls: dict[str, measure.Call] = {
        "GigSta": partial(ours.process, data, "image/jpeg", keeps_capture=True),
        "bare Pillow": partial(imaging.process, data),
    }
    try:
        timings = await measure.in_turn(calls, runs=setting.runs(_PROCESSED), warmup=_PROCESSED_WARMUP)
    finally:
        await ours.close()
    base = timings["bare Pillow"]
    rows = [Row("bare Pillow", base), compare("GigSta", timings["GigSta"], base, Target.IMAGE)]
    return Section("Writing a photograph anew", _PROCESS_TEXT, rows)


def _photograph() -> bytes:
    """Broad light and shade with detail, turned by a quarter, as a telephone writes it."""
    random = Random(1)  # noqa: S311 - a made-up picture needs no secrecy
    layers = []
    for cells in (6, 14, 40, 160):
        noise = Image.frombytes("RGB", (cells, cells), random.randbytes(cells * cells * 3))
        layers.append(noise.resize(_SIZE, Image.Resampling.BICUBIC))
    whole = layers[0]
    for layer, weight in zip(layers[1:], (0.33, 0.2, 0.1), strict=True):
        whole = Image.blend(whole, layer, weight)
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    whole.save(buffer, "JPEG", quality=92, exif=exif)
    return buffer.getvalue()
