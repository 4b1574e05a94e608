"""Processes as the system lists them."""

import subprocess


def descendants(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listing.splitlines()]
    found = [pid]
    for parent in found:
        found.extend(child for child, of in pairs if of == parent)
    return found
