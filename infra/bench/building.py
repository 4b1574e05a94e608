"""What environments are made of: the built functions, and the baselines and the peer as Lambda would have them."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.bench import production
from infra.bench.environments import Bench
from infra.build import builder, files, targets
from infra.build.targets import ROOT
from infra.local.ministack import server as ministack

if TYPE_CHECKING:
    from infra.bench.servers import Servers
    from infra.bench.world import World

_BENCH = ROOT / "infra" / "bench"
#: What the peer needs besides the layer.
_OF_PEER = ("beanie", "lazy_model", "click")
#: How a booking is shown, by the peer as by ours.
_VIEWS = ("__init__.py", "presenter.py", "schemas.py")


@dataclass(frozen=True)
class Built:
    """What was built for a run.

    Attributes:
        interpreter: Python of the clean environment with the runtime client.
        layer: Folder that stands for ``/opt/python``.
        functions: Folder of the built functions.
        baselines: Folder of the compiled baselines.
        folder: For files of the run.
    """

    interpreter: Path
    layer: Path
    functions: Path
    baselines: Path
    folder: Path

    def bench(self, servers: Servers, ours: World, others: World) -> Bench:
        """Publish our secrets, and return what all environments share.

        Args:
            servers: Where functions find everything.
            ours: The world of our functions.
            others: The world of the baselines.
        """
        production.publish_secrets(servers.aws_url, ours.secrets)
        cloud = ministack.function_environment(servers.aws_url)
        variables = {**ours.production, **cloud}, {**others.environment, **cloud}
        return Bench(self.interpreter, self.layer, *variables, self.baselines, self.folder / "functions.log")


def build(folder: Path) -> Built:
    """Build everything for this machine.

    Args:
        folder: For files of the run.
    """
    target = targets.local()
    interpreter = builder.runtime_environment(target)
    built = builder.build(target)
    return Built(interpreter, built.layer / "python", built.functions, _compiled_baselines(folder), folder)


def _compiled_baselines(folder: Path) -> Path:
    """A copy of the baselines and the peer, with Beanie and what a booking's view is, with byte-code, as in Lambda.

    Args:
        folder: Where to.
    """
    root = folder / "baselines"
    for package in (root / "infra", root / "infra" / "bench"):
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    for own in ("baselines", "peer"):
        files.replace_tree(_BENCH / own, root / "infra" / "bench" / own)
    area = root / "functions" / "bookings"
    area.mkdir(parents=True)
    for module in _VIEWS:
        shutil.copy(ROOT / "functions" / "bookings" / module, area)
    for name in _OF_PEER:
        source = importlib.util.find_spec(name)
        if source is None or source.origin is None:
            raise RuntimeError(f"{name} is not installed; it comes with the group 'bench'")
        package = Path(source.origin).parent
        for source_folder in (package, *package.parent.glob(f"{name}-*.dist-info")):
            files.replace_tree(source_folder, root / source_folder.name)
    files.compile_tree(root, Path(sys.executable))
    return root
