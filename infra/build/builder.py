"""Build the layer, the functions and Lambda's own environment, each only when something changed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.build import files, uv
from infra.build.targets import ROOT
from infra.deploy import template as templates

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from infra.build.targets import Target

TEMPLATE = ROOT / "template.yaml"
COMMON = ROOT / "layers" / "common" / "src" / "common"
#: Folders of the layers, in a build and in the template.
LAYER, IMAGING = "layer", "imaging"
USELESS = ("bin", "__pycache__", "include", "share")
# The languages that people are written to in; Babel's data of all is 32 MB of the 250 that a function may have.
LANGUAGES = ("en",)


@dataclass(frozen=True)
class Built:
    """A finished build.

    Attributes:
        layer: Folder whose ``python`` folder Lambda puts on the path.
        imaging: The same of the decoders, for functions that name the imaging layer.
        functions: Folder with one folder for each area.
        fingerprint: Stands for all of its contents.
        without_byte_code: True where no interpreter of the target's version was found.
    """

    layer: Path
    imaging: Path
    functions: Path
    fingerprint: str
    without_byte_code: bool

    def content(self, content_uri: str) -> Path:
        """Return the built folder of a layer.

        Args:
            content_uri: The layer's ``ContentUri`` in the template.
        """
        return {LAYER: self.layer, IMAGING: self.imaging}[Path(content_uri).name]

    def code(self, code_uri: str) -> Path:
        """Return the built folder of a function.

        Args:
            code_uri: The function's ``CodeUri`` in the template.
        """
        return self.functions / Path(code_uri).name


def build(target: Target, say: Callable[[str], None] = print) -> Built:
    """Build everything functions need at runtime.

    Args:
        target: Where they will run.
        say: Receives a line for each thing that is built anew.

    Returns:
        The build.
    """
    areas = {function.code for function in templates.functions(templates.load(TEMPLATE))}
    with files.exclusive(target.folder):
        marks = [
            _packages(target, LAYER, uv.layer_requirements(), f"the layer's packages for Python {target.python}", say),
            _layer_common(target, say),
            _packages(target, IMAGING, uv.imaging_requirements(), "the imaging layer", say),
        ]
        marks += [_function(target, ROOT / area, say) for area in sorted(areas) if (ROOT / area).is_dir()]
    return Built(
        layer=target.folder / LAYER,
        imaging=target.folder / IMAGING,
        functions=target.folder / "functions",
        fingerprint=files.fingerprint([], *marks),
        without_byte_code=target.interpreter is None,
    )


def runtime_environment(target: Target, say: Callable[[str], None] = print) -> Path:
    """Make the environment Lambda would give: its runtime client and boto3, nothing of this project.

    Args:
        target: The local target.
        say: Receives a line where it is built anew.

    Returns:
        The environment's interpreter.
    """
    folder = ROOT / "build" / "runtime"
    requirements = uv.runtime_requirements()
    mark = files.fingerprint([], requirements, target.python, str(target.interpreter))
    with files.exclusive(target.folder):
        if _stale(folder, mark) and target.interpreter is not None:
            say("Building Lambda's runtime environment")
            listing = _write(target.folder / "runtime.txt", requirements)
            uv.make_environment(folder, listing, target.interpreter)
            _done(folder, mark)
    return folder / "bin" / "python"


def _packages(target: Target, name: str, requirements: str, what: str, say: Callable[[str], None]) -> str:
    """Install a layer's locked packages.

    Args:
        target: Where they will run.
        name: The layer's folder in the build.
        requirements: The packages.
        what: What is said to be built.
        say: Receives a line where they are installed anew.

    Returns:
        What the folder was built from.
    """
    folder = target.folder / name / "python"
    mark = files.fingerprint([], requirements, target.python, str(target.platform), str(target.interpreter), *LANGUAGES)
    if _stale(folder, mark):
        say(f"Building {what}")
        shutil.rmtree(folder, ignore_errors=True)
        uv.install(_write(target.folder / f"{name}.txt", requirements), folder, target)
        for useless in USELESS:
            shutil.rmtree(folder / useless, ignore_errors=True)
        keep_languages(folder / "babel" / "locale-data")
        _compile(folder, target)
        _done(folder, mark)
    return mark


def _layer_common(target: Target, say: Callable[[str], None]) -> str:
    """Copy our own package into the layer."""
    folder = target.folder / LAYER / "python" / "common"
    mark = files.fingerprint([COMMON], str(target.interpreter))
    if _stale(folder, mark):
        say("Building the layer's own package")
        files.replace_tree(COMMON, folder)
        _compile(folder, target)
        _done(folder, mark)
    return mark


def _function(target: Target, source: Path, say: Callable[[str], None]) -> str:
    """Copy one area to where its handlers' dotted paths find it."""
    package = target.folder / "functions" / source.name / "functions" / source.name
    mark = files.fingerprint([source], str(target.interpreter))
    if _stale(package, mark):
        say(f"Building functions/{source.name}")
        files.replace_tree(source, package)
        _compile(package, target)
        _done(package, mark)
    return mark


def keep_languages(folder: Path, languages: Collection[str] = LANGUAGES) -> None:
    """Remove Babel's data of languages that nobody is written to in.

    Args:
        folder: Babel's ``locale-data``: a file for each locale, and ``root``, which all build upon.
        languages: What stays, with its territories.
    """
    for file in folder.glob("*.dat"):
        if file.stem.split("_")[0] not in {"root", *languages}:
            file.unlink()


def _compile(folder: Path, target: Target) -> None:
    """Add byte-code where the target's interpreter is at hand."""
    if target.interpreter is not None:
        files.compile_tree(folder, target.interpreter)


def _mark_of(folder: Path) -> Path:
    """Return the file beside a built folder that remembers what it was built from."""
    return folder.with_name(f".{folder.name}.mark")


def _stale(folder: Path, mark: str) -> bool:
    """Tell whether a folder has to be built."""
    file = _mark_of(folder)
    return not (folder.is_dir() and file.exists() and file.read_text() == mark)


def _done(folder: Path, mark: str) -> None:
    """Remember what a folder was built from."""
    _write(_mark_of(folder), mark)


def _write(path: Path, text: str) -> Path:
    """Write a file, its folder included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
