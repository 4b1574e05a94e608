"""Which error codes an operation can answer: followed from its route through the code that it calls.

The code is read, not run: a call is followed where the name, or the annotated type of what it is called on, says whose
it is. What cannot be seen so (a code that is looked up in a table) comes from the codes that tests were answered.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import types
import typing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import common.adapters
from common.domain.shared.errors import GigstaError

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = ("common.", "functions.")
#: A port that more classes than these could be is no port of ours but a common word.
_MOST_IMPLEMENTATIONS = 4


def codes_of(roots: list[Any]) -> set[str]:
    """Codes of the errors that can be made below some functions.

    Args:
        roots: functions, and objects that are called.
    """
    found: set[str] = set()
    seen: set[Any] = set()
    waiting = [function for root in roots for function in _functions_of(root)]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        codes, called = _read(function)
        found |= codes
        waiting.extend(called)
    return found


def _functions_of(target: Any) -> Iterator[types.FunctionType]:
    """The functions of ours that a call of something runs."""
    target = inspect.unwrap(target) if callable(target) else target
    if isinstance(target, types.MethodType):
        target = target.__func__
    if isinstance(target, types.FunctionType):
        if target.__module__.startswith(_OURS):
            yield target
    elif isinstance(target, type):
        for name in ("__init__", "__post_init__"):
            yield from _own(target.__dict__.get(name))
    elif callable(target):
        yield from _own(getattr(type(target), "__call__", None))  # noqa: B004 - the function itself is wanted


def _own(function: Any) -> Iterator[types.FunctionType]:
    if isinstance(function, types.FunctionType) and function.__module__.startswith(_OURS):
        yield function


@cache
def _read(function: types.FunctionType) -> tuple[frozenset[str], tuple[types.FunctionType, ...]]:
    """The codes of the errors that a function makes itself, and the functions that it calls."""
    tree = _trees(function.__code__.co_filename).get(function.__code__.co_firstlineno)
    if tree is None:
        return frozenset(), ()
    scope = _Scope(function, tree)
    codes: set[str] = set()
    called: list[types.FunctionType] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for target in scope.targets(node.func):
            if _is_error(target):
                codes.add(_code_of(target, node))
            elif not _is_error(getattr(target, "__self__", None)):
                called.extend(_functions_of(target))
            else:
                codes.add(target.__self__.code)
        # Functions that are handed on are called by whoever takes them.
        for argument in [*node.args, *(each.value for each in node.keywords)]:
            if isinstance(argument, ast.Name | ast.Attribute):
                called.extend(
                    each
                    for target in scope.targets(argument)
                    if isinstance(target, types.FunctionType)
                    for each in _functions_of(target)
                )
    return frozenset(codes), tuple(called)


@cache
def _trees(file: str) -> dict[int, ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a file by their first line, which is that of a decorator where there is one."""
    path = Path(file)
    tree = ast.parse(path.read_bytes()) if path.is_file() else ast.Module([], [])
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {min(each.lineno, *(one.lineno for one in each.decorator_list), each.lineno): each for each in functions}


def _is_error(target: Any) -> TypeGuard[type[GigstaError]]:
    return isinstance(target, type) and issubclass(target, GigstaError)


def _code_of(error: type[GigstaError], call: ast.Call) -> str:
    for keyword in call.keywords:
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            return keyword.value.value
    return error.code


class _Scope:
    """What names mean in a function, as far as imports and annotations tell."""

    def __init__(self, function: types.FunctionType, tree: ast.AST) -> None:
        self._globals = function.__globals__
        self._types: dict[str, Any] = dict(_hints(function))
        owner = function.__qualname__.rpartition(".")[0]
        found = self._globals.get(owner)
        if isinstance(found, type):
            self._types |= {"self": found, "cls": found}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._types.setdefault(name, self._type_of(value))
                case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                    self._types.setdefault(name, self._type_of(value))
                case _:
                    pass

    def targets(self, node: ast.expr) -> list[Any]:
        """What an expression that is called may be."""
        match node:
            case ast.Name(id=name):
                found = self._globals.get(name)
                return [] if found is None else [found]
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name not in self._types:
                found = getattr(self._globals.get(name), attribute, None)
                return [] if found is None else [found]
            case ast.Attribute(value=value, attr=attribute):
                return [
                    each
                    for owner in _implementations(self._type_of(value))
                    if (each := getattr(owner, attribute, None))
                ]
            case _:
                return []

    def _type_of(self, node: ast.expr) -> Any:
        """The annotation of what an expression gives."""
        match node:
            case ast.Await(value=value):
                return self._type_of(value)
            case ast.Name(id=name):
                return self._types.get(name)
            case ast.Attribute(value=value, attr=attribute):
                return _type_of_member(_plain(self._type_of(value)), attribute)
            case ast.Call(func=function):
                target = next(iter(self.targets(function)), None)
                return target if isinstance(target, type) else _hints(target).get("return")
        return None


def _type_of_member(owner: Any, name: str) -> Any:
    """The annotation of a field, or of what a property gives."""
    if not isinstance(owner, type):
        return None
    found = inspect.getattr_static(owner, name, None)
    getter = getattr(found, "fget", None) or getattr(found, "func", None)
    return _hints(getter).get("return") if getter else _hints(owner).get(name)


def _plain(annotation: Any) -> Any:
    """The class that an annotation names, without what stands around it."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation
    origin = typing.get_origin(annotation)
    if origin in {typing.Annotated, typing.Union, types.UnionType}:
        return next(
            (found for each in typing.get_args(annotation) if (found := _plain(each)) not in {None, type(None)}), None
        )
    return origin if isinstance(origin, type) else None


@cache
def _hints(target: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(target)
    except Exception:  # noqa: BLE001 - names that only a type checker imports
        return {}


def _implementations(annotation: Any) -> list[type]:
    """The class of an annotation, and those that stand in for it where it is a port."""
    found = _plain(annotation)
    if not isinstance(found, type) or not found.__module__.startswith(_OURS):
        return []
    if not getattr(found, "_is_protocol", False):
        return [found]
    return list(_of_port(found))


@cache
def _of_port(port: type) -> tuple[type, ...]:
    wanted = {
        name: _arguments(value) for name, value in vars(port).items() if inspect.isfunction(value) and name[0] != "_"
    }
    found = [
        each
        for each in _adapters()
        if wanted and all(_arguments(getattr(each, name, None)) == arguments for name, arguments in wanted.items())
    ]
    return tuple(found) if len(found) <= _MOST_IMPLEMENTATIONS else ()


def _arguments(function: Any) -> tuple[str, ...] | None:
    """The names of a method's arguments, by which those that are called alike are told apart."""
    return tuple(inspect.signature(function).parameters) if inspect.isfunction(function) else None


@cache
def _adapters() -> tuple[type, ...]:
    """All classes of the adapters."""
    modules = pkgutil.walk_packages(common.adapters.__path__, "common.adapters.")
    classes = {
        each: None
        for info in modules
        for each in vars(importlib.import_module(info.name)).values()
        if isinstance(each, type) and each.__module__ == info.name
    }
    return tuple(classes)
