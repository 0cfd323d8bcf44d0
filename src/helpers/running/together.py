"""How do independent notebooks run at the same time, and still leave what they would one by one?

Threads are enough: the work is done in the kernels, each a process of its own, and this one waits for them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from helpers.errors import NotebookError
from helpers.running.kernel import Execution, Kernels


def work_through(
    sources: Sequence[Path],
    execute: Callable[[Path, Kernels], Execution],
    keep: Callable[[Path, Execution], None],
    cores: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Execute notebooks at the same time, and put in place what each made in the order they are given.

    A notebook that fails stops no other. Anything else that goes wrong, Ctrl-C among it, ends all kernels.

    Parameters
    ----------
    sources : sequence of Path
        The notebooks.
    execute : callable
        Executes one of them, in a thread of its own, with its kernel among the given ones.
    keep : callable
        Receives a notebook and its execution, one at a time and never before those that come earlier
        have been kept or have failed, so that the order in which they finish makes no difference.
        May raise NotebookError as well.
    cores : int or None
        How many run at the same time; None for as many as there are cores.
    tell : callable or None
        Receives a line as each ends.

    Raises
    ------
    NotebookError
        Some have failed; it names them all.
    """
    kernels, failures = Kernels(), []
    pool = ThreadPoolExecutor(cores or available(), thread_name_prefix="notebook")
    try:
        ahead = [(source, pool.submit(execute, source, kernels)) for source in sources]
        stems = {future: source.stem for source, future in ahead}
        for number, future in enumerate(as_completed(stems), start=1):
            line = f"[{number}/{len(sources)}] {stems[future]}: {_summary(future)}"
            if tell:
                tell(line)
            while ahead and ahead[0][1].done():
                source, first = ahead.pop(0)
                try:
                    keep(source, first.result())
                except NotebookError as error:
                    failures.append(error)
    finally:
        kernels.end()
        pool.shutdown(cancel_futures=True)
    if failures:
        others = len(sources) - len(failures)
        told = f"{others} of {len(sources)} notebooks have finished, and their results are in place."
        rest = [told] if len(sources) > 1 else []
        raise NotebookError("\n".join([*map(str, failures), *rest])) from failures[0]


def available() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _summary(future: Future[Execution]) -> str:
    """Say in one line what a notebook took, or that it failed; any other error is raised."""
    if isinstance(future.exception(), NotebookError):
        return "failed"
    done = future.result()
    memory = "" if done.memory is None else f", {done.memory / 1e6:.0f} MB"
    return f"{done.duration:.1f} s{memory}"
