"""Finds a Chromium: ``python -m tests.browser.chromium`` prints its path, or says that there is none and fails."""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
MISSING = (
    "The browser tests were NOT run: no Chromium was found. "
    "Install one (Debian: apt-get install chromium), or name one by CHROMIUM=/path/to/it; then: make browser"
)


def find() -> str | None:
    """Return the browser's program: the one that ``CHROMIUM`` names, else one on the path."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [*NAMES, ON_MACOS]
    return next(filter(None, map(shutil.which, candidates)), None)


def main() -> int:
    """Print the path; the exit code is 1 where there is none."""
    found = find()
    print(found or MISSING, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
