"""The loops of `solver`: conjugate gradients for as many right sides at a time as there are lanes."""

from __future__ import annotations

import numpy as np

from helpers.decomposition.hashing import LANES
from helpers.decomposition.optional import compiled


@compiled
def conjugate_gradients(  # type: ignore[no-untyped-def]
    indptr, indices, data, diagonal, start, row, share, pivot, residual, work, tolerance, most
):
    """Worst residual, the solution in the first of ``work``; the diagonal stands in for no factor."""
    firms = len(indptr) - 1
    solution, ready, direction, image = work  # allocated by NumPy, which asks for large pages of memory
    total = np.zeros(LANES)
    for u in range(firms):
        for k in range(LANES):
            total[k] += residual[u, k]
    product = _precondition(diagonal, start, row, share, pivot, residual, total, ready)
    for u in range(firms):
        for k in range(LANES):
            solution[u, k] = 0.0
            direction[u, k] = ready[u, k]
    began = product.copy()
    step = np.zeros_like(residual[0])
    for _ in range(most):
        done = True
        for k in range(LANES):
            done = done and product[k] <= tolerance * tolerance * began[k]
        if done:
            break
        bend = _apply(indptr, indices, data, direction, image)
        for k in range(LANES):
            step[k] = product[k] / bend[k] if bend[k] > 0 and product[k] > 0 else 0.0
            total[k] = 0.0
        for u in range(firms):
            for k in range(LANES):
                solution[u, k] += step[k] * direction[u, k]
                residual[u, k] -= step[k] * image[u, k]
                total[k] += residual[u, k]
        before = product
        product = _precondition(diagonal, start, row, share, pivot, residual, total, ready)
        for k in range(LANES):
            step[k] = product[k] / before[k] if before[k] > 0 else 0.0
        for u in range(firms):
            for k in range(LANES):
                direction[u, k] = ready[u, k] + step[k] * direction[u, k]
    worst = 0.0
    for k in range(LANES):
        if began[k] > 0:
            worst = max(worst, np.sqrt(max(product[k], 0.0) / began[k]))
    _centre(solution)
    return worst


@compiled
def _apply(indptr, indices, data, direction, image):  # type: ignore[no-untyped-def]
    """Image of the direction, and their product. Written out: sums in sixteen names stay in registers."""
    bend = np.zeros(LANES)
    none = direction.dtype.type(0.0)
    for u in range(len(indptr) - 1):
        a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = none
        a8 = a9 = a10 = a11 = a12 = a13 = a14 = a15 = none
        for e in range(indptr[u], indptr[u + 1]):
            v, weight = np.uint64(indices[e]), data[e]
            a0 += weight * direction[v, 0]
            a1 += weight * direction[v, 1]
            a2 += weight * direction[v, 2]
            a3 += weight * direction[v, 3]
            a4 += weight * direction[v, 4]
            a5 += weight * direction[v, 5]
            a6 += weight * direction[v, 6]
            a7 += weight * direction[v, 7]
            a8 += weight * direction[v, 8]
            a9 += weight * direction[v, 9]
            a10 += weight * direction[v, 10]
            a11 += weight * direction[v, 11]
            a12 += weight * direction[v, 12]
            a13 += weight * direction[v, 13]
            a14 += weight * direction[v, 14]
            a15 += weight * direction[v, 15]
        image[u, 0] = a0
        image[u, 1] = a1
        image[u, 2] = a2
        image[u, 3] = a3
        image[u, 4] = a4
        image[u, 5] = a5
        image[u, 6] = a6
        image[u, 7] = a7
        image[u, 8] = a8
        image[u, 9] = a9
        image[u, 10] = a10
        image[u, 11] = a11
        image[u, 12] = a12
        image[u, 13] = a13
        image[u, 14] = a14
        image[u, 15] = a15
        for k in range(LANES):
            bend[k] += image[u, k] * direction[u, k]
    return bend


@compiled
def _precondition(  # type: ignore[no-untyped-def]
    diagonal, start, row, share, pivot, residual, total, ready
):
    """What is ready and its product with the residual, which is first made to sum to zero again.

    Residuals sum to zero but for rounding. No step takes away what rounding adds; left alone, it grows until
    single precision does not settle.
    """
    firms = len(diagonal)
    level = np.empty_like(residual[0])
    for k in range(LANES):
        level[k] = total[k] / firms
    product = np.zeros(LANES)
    if len(pivot) == 0:  # a constant added to what is ready changes nothing, as residuals sum to zero
        for u in range(firms):
            scale = np.float32(1.0) / diagonal[u]
            for k in range(LANES):
                residual[u, k] -= level[k]
                ready[u, k] = residual[u, k] * scale
                product[k] += ready[u, k] * residual[u, k]
        return product
    for u in range(firms):
        for k in range(LANES):
            residual[u, k] -= level[k]
    _eliminate_and_back(start, row, share, pivot, residual, ready)
    _centre(ready)
    for u in range(firms):
        for k in range(LANES):
            product[k] += ready[u, k] * residual[u, k]
    return product


@compiled
def _eliminate_and_back(start, row, share, pivot, residual, ready):  # type: ignore[no-untyped-def]
    line = np.empty_like(ready[0])
    for u in range(len(pivot)):
        for k in range(LANES):
            ready[u, k] = residual[u, k]
    for u in range(len(pivot)):
        for k in range(LANES):
            line[k] = ready[u, k]
        for e in range(start[u], start[u + 1]):
            v, part = np.uint64(row[e]), share[e]
            for k in range(LANES):
                ready[v, k] += part * line[k]
        scale = np.float32(1.0) / pivot[u] if pivot[u] > 0 else np.float32(0.0)
        for k in range(LANES):
            ready[u, k] = line[k] * scale
    for u in range(len(pivot) - 1, -1, -1):
        for k in range(LANES):
            line[k] = ready[u, k]
        for e in range(start[u], start[u + 1]):
            v, part = np.uint64(row[e]), share[e]
            for k in range(LANES):
                line[k] += part * ready[v, k]
        for k in range(LANES):
            ready[u, k] = line[k]


@compiled
def _centre(values):  # type: ignore[no-untyped-def]
    mean = np.zeros(LANES)
    for u in range(len(values)):
        for k in range(LANES):
            mean[k] += values[u, k]
    for k in range(LANES):
        mean[k] /= len(values)
    level = np.empty_like(values[0])
    for k in range(LANES):
        level[k] = mean[k]
    for u in range(len(values)):
        for k in range(LANES):
            values[u, k] -= level[k]
