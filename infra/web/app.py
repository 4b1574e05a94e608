"""The web app: built where its sources have changed, and kept where they have not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from infra.build import files
from infra.build.targets import ROOT
from infra.web import client, packages
from infra.web.node import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = ROOT / "web"
#: What is served, by the local cloud or by any static host.
DIST = FOLDER / "dist"
#: Files that Vite names by their content, and for how long browsers keep them.
HASHED = "/assets/"
FOREVER = "public, max-age=31536000, immutable"
#: What a build does or how it ended, for who waits for it: a word, and below it the reason of a failure.
STATE = ROOT / "build" / "web" / "state"
BUILDING, READY, FAILED = "building", "ready", "failed"
BUILD_SECONDS = 300
_MARK = ".sources"
_SOURCES = (FOLDER / "src", FOLDER / "public", ROOT / "clients" / "typescript" / "src")
_SINGLE = (
    "package-lock.json", "web/package.json", "web/index.html", "web/vite.config.ts", "web/early.ts", "web/land.ts",
    "web/places.ts", "web/virtual.ts", "layers/common/src/common/adapters/geocoding/data/places.txt",
    "web/tsconfig.json", "functions/system/openapi.json",
)  # fmt: skip


def build(say: Callable[[str], None] = print) -> None:
    """Build the web app into ``web/dist`` where its sources are others than those of the build that is there.

    Args:
        say: Receives a line where it is built anew.

    Raises:
        NodeError: There is no Node, no npm registry, or the sources do not build; what was there before is kept.
    """
    with files.exclusive(STATE.parent):
        sources = _fingerprint()
        mark = DIST / _MARK
        if mark.is_file() and mark.read_text(encoding="utf-8") == sources:
            STATE.write_text(READY, encoding="utf-8")
            return
        STATE.write_text(BUILDING, encoding="utf-8")
        try:
            _build()
        except NodeError as error:
            STATE.write_text(f"{FAILED}\n{error}", encoding="utf-8")
            raise
        mark.write_text(sources, encoding="utf-8")
        STATE.write_text(READY, encoding="utf-8")
    say("Built the web app")


def check() -> None:
    """Check the types of the web app's sources, templates included.

    Raises:
        NodeError: As ``build``, or a type is wrong.
    """
    node = client.generate()
    node.run([packages.script("vue-tsc", "bin/vue-tsc.js"), "--project", FOLDER], seconds=BUILD_SECONDS)


def test() -> None:
    """Run the tests of what the app works out by itself, such as times and searches.

    Raises:
        NodeError: As ``build``, or a test fails.
    """
    node = client.generate()
    node.run([packages.script("vitest", "vitest.mjs"), "run", "--root", FOLDER], seconds=BUILD_SECONDS)


def serve() -> None:
    """Serve the sources with hot reload; calls of the API go to ``API_URL``, by default the local cloud.

    Raises:
        NodeError: As ``build``.
    """
    node = client.generate()
    node.stay([packages.script("vite", "bin/vite.js")], cwd=FOLDER)


def _build() -> None:
    """Build beside what is served, and put it in its place when it is whole."""
    node = client.generate()
    made = STATE.parent / "dist"
    program = packages.script("vite", "bin/vite.js")
    node.run(
        [program, "build", "--outDir", made, "--emptyOutDir", "--logLevel", "warn"], seconds=BUILD_SECONDS, cwd=FOLDER
    )
    shutil.rmtree(DIST, ignore_errors=True)
    made.rename(DIST)


def _fingerprint() -> str:
    """Stands for everything that a build depends on; the client's generated types follow from the OpenAPI document."""
    single = [f"{name}\0{(ROOT / name).read_text(encoding='utf-8')}" for name in _SINGLE]
    digest = [each for each in _SOURCES if each.is_dir()]
    return files.fingerprint(digest, *single, skip=client.GENERATED)
