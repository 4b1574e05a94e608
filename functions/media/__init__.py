"""Photographs: announcing, completing and reading uploads, and the worker that checks them and writes them anew."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
