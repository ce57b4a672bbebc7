"""The scope of whoever acts just now. It follows the call, not the connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import ParamSpec, TypeVar

from dtks.foundation.scope.domain import Scope
from dtks.foundation.scope.errors import OutsideScope, ScopeMissing

P = ParamSpec("P")
R = TypeVar("R")

_scope: ContextVar[Scope | None] = ContextVar("dtks_scope", default=None)


def current() -> Scope | None:
    """The scope in force; None when nobody set one (then nothing can be read)."""
    return _scope.get()


def required() -> Scope:
    """The scope in force. Raises ScopeMissing."""
    if (found := _scope.get()) is None:
        raise ScopeMissing()
    return found


@contextmanager
def limited_to(*codes: str) -> Iterator[Scope]:
    """Inside the block only these areas (dotted codes; '' the whole country) can be seen and changed.

    Inside another scope only what lies in both: a step that is called can narrow, never widen.
    """
    wanted = Scope.of(codes)
    around = _scope.get()
    token = _scope.set(wanted if around is None else wanted.within(around))
    try:
        yield required()
    finally:
        _scope.reset(token)


@contextmanager
def without_scope() -> Iterator[None]:
    """Inside the block no scope is set, whatever is set around it: where another person's work begins."""
    token = _scope.set(None)
    try:
        yield
    finally:
        _scope.reset(token)


def require(*codes: str) -> None:
    """Raises OutsideScope unless all these areas lie wholly in the scope in force, ScopeMissing without
    one."""
    scope = required()
    if not all(scope.covers(code) for code in codes):
        raise OutsideScope()


def carried(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` with the scope of now, wherever it is called: threads do not inherit it by themselves."""
    context = copy_context()

    def within(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(function, *args, **kwargs)

    return within
