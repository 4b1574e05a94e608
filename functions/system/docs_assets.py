"""What the page of the API loads: Swagger UI as its package ships it, and a style sheet and a script of our own.

A file's name carries a hash of its contents: browsers and caches keep it for good, and a release brings new names.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import distribution
from pathlib import Path

_OWN = Path(__file__).with_name("docs_viewer")
#: Carries the files of https://www.npmjs.com/package/swagger-ui-dist and its licence (Apache 2.0); none of its code is
#: imported.
_PACKAGE = "fastapi-standalone-docs"
_SHIPPED = "fastapi_standalone_docs/static/swagger"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_HASH_LENGTH = 12


@dataclass(frozen=True)
class Asset:
    """A file of the page.

    Args:
        name: as it is asked for, such as ``page.0a1b2c3d4e5f.js``.
        content: its bytes.
        media_type: what they are.
    """

    name: str
    content: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes:
        """The bytes for clients that accept gzip (RFC 9110 section 8.4.1.3)."""
        return gzip.compress(self.content, mtime=0)


@cache
def assets() -> Mapping[str, Asset]:
    """Every file of the page, by its name without the hash."""
    shipped = Path(str(distribution(_PACKAGE).locate_file(_SHIPPED)))
    files = (shipped / "swagger-ui.css", shipped / "swagger-ui-bundle.js", _OWN / "page.css", _OWN / "page.js")
    return {file.name: _asset(file) for file in files}


@cache
def find_asset(name: str) -> Asset | None:
    """The file that is asked for by a name with its hash; ``None`` for any other name."""
    return next((asset for asset in assets().values() if asset.name == name), None)


def _asset(file: Path) -> Asset:
    content = file.read_bytes()
    mark = hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]
    return Asset(f"{file.stem}.{mark}{file.suffix}", content, _TYPES[file.suffix])
