"""lsprotocol's 554 types, each made when it is first used; most servers use some eighty.

attrs writes and compiles several methods for each class, which is most of what a start of pygls
costs. While `lsprotocol.types` is loaded, `attrs.define` is put off: a class keeps what it was
written as until somebody makes one, or asks attrs about it.

It leans on how lsprotocol is written (`@attrs.define`, and a flag in `_hooks` that says whether
names in annotations were looked up). Where that no longer is so, all types are made at once, as
without this module; `tests/lsp/connection/test_types_on_demand.py` says when.
"""

from __future__ import annotations

import sys
from threading import RLock
from typing import Any

import attrs

_MODULE = "lsprotocol.types"


def load() -> int:
    """Load lsprotocol's types; how many were put off, 0 where all were made at once."""
    if _MODULE in sys.modules:
        return 0
    define = attrs.define
    putting_off = _PuttingOff(define)
    attrs.define = putting_off.define  # type: ignore[assignment]
    try:
        from lsprotocol import types
    finally:
        attrs.define = define
    putting_off.names = dict(types.ALL_TYPES_MAP)
    if putting_off.count and not _leave_names_to_us():
        # They will be looked up by lsprotocol, which makes every type.
        return 0
    return putting_off.count


def _leave_names_to_us() -> bool:
    """Keep lsprotocol from looking up all names at once, which each type does for itself."""
    from lsprotocol import _hooks

    if getattr(_hooks, "_resolved_forward_references", None) is not False:
        return False
    _hooks._resolved_forward_references = True
    return True


class _PuttingOff:
    """Stands for `attrs.define` while the types are loaded."""

    def __init__(self, define: Any) -> None:  # noqa: ANN401 — attrs' own function
        self.count = 0
        self._define = define
        self.names: dict[str, Any] = {}
        self._lock = RLock()

    def define(self, cls: type | None = None, **options: Any) -> Any:  # noqa: ANN401 — as attrs
        """A class as it is written, which makes itself what attrs makes of it."""
        # Attributes of a base class are attrs' own matter; so are options that we don't know.
        if cls is None or options or cls.__bases__ != (object,) or "__init__" in vars(cls):
            return self._define(cls, **options)
        self.count += 1
        making = _Making(cls, self)
        cls.__attrs_attrs__ = making  # type: ignore[attr-defined]
        cls.__init__ = making.first_init()  # type: ignore[misc]
        return cls

    def make(self, cls: type) -> None:
        """Let attrs make of `cls` what it is."""
        with self._lock:
            if isinstance(vars(cls).get("__attrs_attrs__"), _Making):
                del cls.__attrs_attrs__  # type: ignore[attr-defined]
                del cls.__init__  # type: ignore[misc]
                # With slots it would be another class than the one that others know already.
                self._define(cls, slots=False)
                attrs.resolve_types(cls, self.names, {})


class _Making:
    """The place of a class's `__attrs_attrs__` until somebody looks there."""

    def __init__(self, cls: type, putting_off: _PuttingOff) -> None:
        self._cls = cls
        self._putting_off = putting_off

    def __get__(self, _: object, __: type) -> Any:  # noqa: ANN401 — attrs' own tuple
        self._putting_off.make(self._cls)
        return self._cls.__attrs_attrs__  # type: ignore[attr-defined]

    def first_init(self) -> Any:  # noqa: ANN401 — an `__init__` of any signature
        """The `__init__` until there is one."""

        def init(this: object, *values: object, **named: object) -> None:
            self._putting_off.make(self._cls)
            this.__init__(*values, **named)  # type: ignore[misc]

        return init
