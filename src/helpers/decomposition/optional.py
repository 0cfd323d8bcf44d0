"""What if a secure lab lacks numba or DuckDB? The same answers come from NumPy and Arrow, more slowly."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

HAVE_NUMBA = importlib.util.find_spec("numba") is not None
HAVE_DUCKDB = importlib.util.find_spec("duckdb") is not None


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop, releasing Python's lock while it runs; without numba the function as it is.

    No function decorated with this is called without numba: callers choose the array version instead.
    """
    return _compiled(function)


def compiled_loosely(function: Callable[..., Any]) -> Callable[..., Any]:
    """`compiled`, free to add up in another order, so that sums over draws run several at a time."""
    return _compiled(function, fastmath={"reassoc", "contract", "nsz"})


def _compiled(function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    if not HAVE_NUMBA:
        return function
    import numba  # type: ignore[import-untyped,unused-ignore]

    # Sums over draws that are written out are then made several at a time
    numba.config.SLP_VECTORIZE = 1  # type: ignore[attr-defined,unused-ignore]
    wrapped: Callable[..., Any] = numba.njit(nogil=True, cache=True, error_model="numpy", **options)(function)
    return wrapped
