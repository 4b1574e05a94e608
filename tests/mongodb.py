"""One throwaway MongoDB for a whole test run, shared by all its workers.

The controlling pytest process starts it without waiting and hands the address to its workers; the first
test that needs it waits. Set ``MONGODB_URI`` to use a server of your own (a replica set) instead.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local import mongod, ports, processes

if TYPE_CHECKING:
    import pytest

FOLDER_PREFIX = "gigsta-test-mongod-"
ENOUGH_BYTES = 2 * 1024**3
#: Of memory: what all databases of a run write fits, and nothing waits for room.
CACHE_GB = 1.5
#: Longer than a backup or the building of counters reads of one moment here.
HISTORY_SECONDS = 60
PORT_VARIABLE = "GIGSTA_TEST_MONGOD_PORT"


class ThrowawayMongod:
    """The run's server, owned by the controlling process."""

    def __init__(self) -> None:
        """Start mongod on a free port, on a memory file system where there is one, and publish the port."""
        _sweep_orphans()
        self._folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir=_fast_folder()))
        self._server = mongod.launch(
            self._folder, ports.free_port(), cache_gb=CACHE_GB, history_seconds=HISTORY_SECONDS
        )
        os.environ[PORT_VARIABLE] = str(self._server.port)

    def stop(self) -> None:
        """Kill it (nothing is worth keeping) and remove its files."""
        os.environ.pop(PORT_VARIABLE, None)
        processes.stop(self._server.process, grace=0)
        shutil.rmtree(self._folder, ignore_errors=True)


def is_wanted(config: pytest.Config) -> bool:
    """Tell whether this process has to start the run's server.

    Args:
        config: pytest's configuration.

    Returns:
        False in xdist workers, for a server given by MONGODB_URI, and where only unit tests are asked for.
    """
    if hasattr(config, "workerinput") or os.environ.get("MONGODB_URI") or config.option.collectonly:
        return False
    targets = [Path(str(argument).split("::")[0]) for argument in config.args]
    return not all("unit" in target.parts for target in targets)


def shared_uri() -> str:
    """Return the connection string of the run's server, once it is ready."""
    if given := os.environ.get("MONGODB_URI"):
        return given
    port = int(os.environ[PORT_VARIABLE])
    mongod.wait_primary(port, is_kept=False)
    return mongod.uri_for(port)


def _fast_folder() -> Path:
    """Choose where the data go: memory if there is enough of it, the temporary folder otherwise."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_BYTES:
        return memory
    return Path(tempfile.gettempdir())


def _sweep_orphans() -> None:
    """Remove what killed runs left behind."""
    for folder in _fast_folder().glob(f"{FOLDER_PREFIX}*"):
        owner = folder.name.removeprefix(FOLDER_PREFIX).split("-")[0]
        if owner.isdigit() and not processes.is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
