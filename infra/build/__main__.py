"""Command line of the build: ``python -m infra.build --target local|aws [--arch x86_64|arm64]``."""

from __future__ import annotations

import argparse
import time

from infra.build import builder, finished, targets


def main() -> None:
    """Build for a target and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m infra.build", description=__doc__)
    parser.add_argument("--target", choices=["local", "aws"], default="local")
    parser.add_argument("--arch", choices=sorted(targets.PLATFORMS), default="arm64", help="for AWS only")
    chosen = parser.parse_args()
    started = time.monotonic()
    target = targets.local() if chosen.target == "local" else targets.aws(chosen.arch)
    built = builder.build(target)
    finished.write(target, built)
    if built.without_byte_code:
        print(
            f"No Python {target.python} on this machine: the build has no byte-code, so cold starts take about "
            "0.4 s longer. Install it (for example `uv python install 3.13`) and build again."
        )
    if target.name == "local":
        builder.runtime_environment(target)
    print(f"Built {target.folder} ({built.fingerprint}) in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
