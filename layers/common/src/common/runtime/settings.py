"""Settings from the environment, checked when a function starts.

Each part of the product declares its own as a ``SettingsGroup`` beside the code that uses them; an entry point names
the groups without which it does not start.
"""

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from common.runtime.secrets import NamedBy, Secret, SecretRef, SettingsError

G = TypeVar("G", bound="SettingsGroup")


class Stage(StrEnum):
    """Stages whose name changes behaviour; every other name is a deployed stage."""

    LOCAL = "local"
    TEST = "test"


def _digits(text: Any) -> Any:
    if isinstance(text, str) and not (text.isascii() and text.isdecimal()):
        raise ValueError("no whole number")
    return text


def _names(text: Any) -> Any:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if isinstance(text, str) else text


def as_secret(text: Any) -> Any:
    """Wrap a value that shows in no text."""
    return Secret(text) if isinstance(text, str) else text


def _without_slash(text: Any) -> Any:
    return text.rstrip("/") if isinstance(text, str) else text


#: A whole number that is not negative.
Count = Annotated[int, BeforeValidator(_digits)]
#: Names between commas.
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
#: The address of a site, without a slash at its end.
BaseUrl = Annotated[str, BeforeValidator(_without_slash)]


class SettingsGroup(BaseModel):
    """What one part is set by: a field's variable has the field's name in capitals, an empty one counts as none.

    A field of type ``SecretRef`` may be given by value (``NAME``) or by its name in Secrets Manager (``NAME_SECRET``).

    Attributes:
        needed: the fields without which a function that needs the group does not start.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    needed: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Read the group.

        Raises:
            SettingsError: something is malformed; the message names it, without its value.
        """
        given = {name: environ[name.upper()] for name in cls.model_fields if name.upper() in environ}
        found = {**given, **cls._secrets(environ)}
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            wrong = dict.fromkeys(str(each["loc"][0]).upper() for each in error.errors())
        raise SettingsError("Malformed settings: " + ", ".join(wrong))

    @classmethod
    def missing(cls, environ: Mapping[str, str]) -> list[str]:
        """The variables that a function which needs the group lacks."""
        return cls.lacking(environ, cls.needed)

    @classmethod
    def lacking(cls, environ: Mapping[str, str], names: Sequence[str]) -> list[str]:
        """Which of these fields the environment does not give, as their variables."""
        secrets = cls._secrets(environ)
        lacking = []
        for name in names:
            if name in secrets:
                lacking += [] if secrets[name].is_given else [secrets[name].variables]
            elif name.upper() not in environ:
                lacking.append(name.upper())
        return lacking

    @classmethod
    def _secrets(cls, environ: Mapping[str, str]) -> dict[str, SecretRef]:
        found = {}
        for name, field in cls.model_fields.items():
            if field.annotation is SecretRef:
                named_by = next((each.variable for each in field.metadata if isinstance(each, NamedBy)), None)
                found[name] = SecretRef.read(environ, name.upper(), named_by)
        return found


class CoreSettings(SettingsGroup):
    """What every function needs: its stage and the database."""

    needed = ("stage", "mongodb_uri", "mongodb_database")

    stage: str = ""
    mongodb_uri: SecretRef
    mongodb_database: str = ""
    clock_file: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether this is a developer's or a test's stage, where the clock may be moved."""
        return self.stage in {Stage.LOCAL, Stage.TEST}


class Settings:
    """The environment of a process, read group by group.

    Args:
        environ: its variables.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {name: value for name, value in environ.items() if value != ""}
        self._groups: dict[type[SettingsGroup], SettingsGroup] = {}

    def __repr__(self) -> str:
        return "Settings(…)"

    def of(self, group: type[G]) -> G:
        """A group's settings, read once.

        Raises:
            SettingsError: something of it is malformed.
        """
        if group not in self._groups:
            self._groups[group] = group.read(self._environ)
        found = self._groups[group]
        assert isinstance(found, group)  # noqa: S101 - what was put there; tells the type checker
        return found

    def check(self, service: str | None, needs: Sequence[type[SettingsGroup]]) -> None:
        """Make sure that nothing is missing and nothing is malformed.

        Args:
            service: whose needs they are, for the message.
            needs: the groups it does not start without.

        Raises:
            SettingsError: variables are missing or malformed; every one of them is named, no value is.
        """
        if missing := [name for group in needs for name in group.missing(self._environ)]:
            raise SettingsError(f"Missing settings{f' of {service}' if service else ''}: {', '.join(missing)}")
        for group in _declared():
            self.of(group)

    def secret_names(self) -> list[str]:
        """The names of all secrets that are given by name."""
        refs = (
            value
            for group in _declared()
            for _, value in self.of(group)
            if isinstance(value, SecretRef) and value.name is not None
        )
        return list(dict.fromkeys(str(ref.name) for ref in refs))


def load_settings(
    service: str | None = None,
    environ: Mapping[str, str] | None = None,
    needs: Sequence[type[SettingsGroup]] = (),
) -> Settings:
    """Read and check the environment.

    Args:
        service: the function's name, for the message.
        environ: variables to read; the process's by default.
        needs: the groups that the function needs besides ``CoreSettings``.

    Raises:
        SettingsError: variables are missing or malformed; every one of them is named, no value is.
    """
    settings = Settings(os.environ if environ is None else environ)
    settings.check(service, (CoreSettings, *needs))
    return settings


def _declared() -> list[type[SettingsGroup]]:
    """Every group, in the order of their declaration."""
    return SettingsGroup.__subclasses__()


__all__ = [
    "BaseUrl", "CoreSettings", "Count", "NamedBy", "Names", "Secret", "SecretRef", "Settings", "SettingsError",
    "SettingsGroup", "Stage", "as_secret", "load_settings",
]  # fmt: skip
