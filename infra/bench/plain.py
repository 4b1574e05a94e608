"""Writes a plain FastAPI + Mangum + PyMongo application with as many routes and models as one of our functions.

Nothing of it is tuned. Each route reads one document and answers it through a response model; those that write take a
model. Models have as many fields as ours have on average. It is stored with byte-code, as ours is.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from infra.build import files

_HEAD = '''"""A plain application."""

import os
from typing import Any

from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel
from pymongo import AsyncMongoClient

client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"])
database = client[os.environ["MONGODB_DATABASE"]]
app = FastAPI()
'''
_MODEL = """

class Model{number}(BaseModel):
{fields}
"""
_READ = """

@app.get("/v1/things{number}/{{thing_id}}")
async def get_thing{number}(thing_id: str) -> Model{model}:
    found = await database["things"].find_one({{"_id": thing_id}})
    return Model{model}.model_validate(found)
"""
_WRITE = """

@app.{method}("/v1/things{number}/{{thing_id}}")
async def change_thing{number}(thing_id: str, body: Model{body}) -> Model{model}:
    await database["things"].update_one({{"_id": thing_id}}, {{"$set": body.model_dump()}})
    found = await database["things"].find_one({{"_id": thing_id}})
    return Model{model}.model_validate(found)
"""
_FOOT = """

handler = Mangum(app, lifespan="off")
"""
_KINDS = ("str", "int", "bool", "str | None", "list[str]", "float")


@dataclass(frozen=True)
class Extent:
    """How large an application is.

    Attributes:
        methods: Of its routes, one each.
        models: How many models its API has.
        fields: How many fields they have together.
    """

    methods: tuple[str, ...]
    models: int
    fields: int


def extent_of(area: str) -> Extent:
    """How large one of our functions is.

    Args:
        area: Its folder.
    """
    router = importlib.import_module(f"functions.{area}.routes").router
    app = FastAPI()
    app.router.routes.extend(router.routes)
    schemas = app.openapi().get("components", {}).get("schemas", {})
    methods = [
        method.lower() for route in router.routes if isinstance(route, APIRoute) for method in route.methods or ()
    ]
    fields = sum(len(schema.get("properties", {})) for schema in schemas.values())
    return Extent(tuple(sorted(methods)), len(schemas), fields)


def write(extent: Extent, folder: Path) -> str:
    """Write the application, with byte-code; returns the handler's dotted path.

    Args:
        extent: How large it is.
        folder: Where to; it stands for ``/var/task``.
    """
    folder.mkdir(parents=True)
    models = max(1, extent.models)
    each = -(-extent.fields // models)
    fields = "\n".join(f"    field{at}: {_KINDS[at % len(_KINDS)]}" for at in range(max(1, each)))
    parts = [_HEAD, *(_MODEL.format(number=number, fields=fields) for number in range(models))]
    for number, method in enumerate(extent.methods):
        names = {"number": number, "model": number % models, "body": (number + 1) % models, "method": method}
        parts.append((_READ if method in {"get", "head"} else _WRITE).format(**names))
    (folder / "plain.py").write_text("".join([*parts, _FOOT]), encoding="utf-8")
    files.compile_tree(folder, Path(sys.executable))
    return "plain.handler"
