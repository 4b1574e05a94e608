"""What holds of everything that Node reads: types, the client's and the app's tests, the API's description, sizes."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from infra.web import app, client, packages, released
from infra.web.node import NodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TEST_SECONDS = 300
LINT_SECONDS = 120
#: Of each entry of the client with what it stands on, in bytes of gzip: a frontend's first page loads ``index``.
MOST_CLIENT = {"index": 6_000, "realtime": 3_000}
#: Needs all that the package exports, and a connection that nobody answers.
_USE = """
import { ApiError, browserSession, createGigsta, items, memorySession, upload } from '@gigsta/client'
import { Realtime } from '@gigsta/client/realtime'
const gigsta = createGigsta({ baseUrl: 'http://127.0.0.1:1', session: memorySession(), retries: 0 })
await gigsta.GET('/v1/health').then(() => process.exit(1), () => undefined)
if (![ApiError, Realtime, browserSession, items, upload].every((each) => typeof each === 'function')) process.exit(1)
"""
#: What the README's example takes as given.
_GIVEN = """
declare const email: string, password: string, service_id: string, start_at: string
declare function showOtherTimes(): void
"""
_TYPES = {"target": "es2022", "module": "nodenext", "strict": True, "noEmit": True, "types": []}


def check() -> None:
    """Check everything, two things at a time.

    Raises:
        NodeError: There is no Node or no npm registry, or something does not hold; the message says all that does not.
    """
    client.build()
    steps: Sequence[Callable[[], None]] = (
        app.check, app.test, client.check, released.check, _test, _describe, _weigh, _install_alone,
    )  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        faults = [str(fault) for done in [pool.submit(step) for step in steps] if (fault := done.exception())]
    if faults:
        raise NodeError("\n".join(faults))


def _test() -> None:
    """Run the client's tests by Node's own runner."""
    packages.install().run(["--test", "test/*.test.ts"], seconds=TEST_SECONDS, cwd=client.FOLDER)


def _describe() -> None:
    """Lint the API's description by Redocly's recommended rules."""
    packages.install().run(
        [packages.script("@redocly/cli", "bin/cli.js"), "lint", client.DOCUMENT], seconds=LINT_SECONDS
    )


def _weigh() -> None:
    """Weigh the client's entries as a page loads each: bundled and minified."""
    for entry, most in MOST_CLIENT.items():
        size = _size_of(client.FOLDER / "dist" / f"{entry}.js")
        if size > most:
            raise NodeError(f"The client's {entry}.js weighs {size:,} bytes gzipped; at most {most:,} are allowed.")


def _size_of(entry: Path) -> int:
    bundler = packages.script("rolldown", "bin/cli.mjs")
    with TemporaryDirectory() as folder:
        options = ["--format", "esm", "--platform", "browser", "--minify", "--no-comments", "--dir", folder]
        packages.install().run([bundler, entry, *options], seconds=LINT_SECONDS)
        return sum(len(gzip.compress(each.read_bytes(), mtime=0)) for each in Path(folder).glob("*.js"))


def _install_alone() -> None:
    """Pack the client as for publishing, install it in a folder of its own, and use it there, as its README does."""
    node = packages.install()
    with TemporaryDirectory() as made:
        folder = Path(made)
        pack: list[str | Path] = [node.npm, "pack", "--json", "--pack-destination", folder]
        packed = json.loads(node.run(pack, seconds=LINT_SECONDS, cwd=client.FOLDER))[0]
        names = {each["path"] for each in packed["files"]}
        if (
            not {"dist/index.js", "dist/index.d.ts", "dist/realtime.js", "LICENSE", "README.md", "package.json"}
            <= names
        ):
            raise NodeError(f"The client's package lacks files: it has {', '.join(sorted(names))}")
        (folder / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
        (folder / "use.js").write_text(_USE, encoding="utf-8")
        install = [node.npm, "install", "--prefer-offline", "--no-audit", folder / packed["filename"]]
        node.run(install, seconds=LINT_SECONDS, cwd=folder)
        node.run([folder / "use.js"], seconds=LINT_SECONDS, cwd=folder)
        readme = (folder / "node_modules/@gigsta/client/README.md").read_text(encoding="utf-8")
        (folder / "example.ts").write_text(readme.partition("```ts\n")[2].partition("```")[0], encoding="utf-8")
        (folder / "given.d.ts").write_text(_GIVEN, encoding="utf-8")
        types = {"compilerOptions": _TYPES, "files": ["given.d.ts", "example.ts"]}
        (folder / "tsconfig.json").write_text(json.dumps(types), encoding="utf-8")
        node.run([packages.script("typescript", "bin/tsc"), "--project", folder], seconds=LINT_SECONDS)
