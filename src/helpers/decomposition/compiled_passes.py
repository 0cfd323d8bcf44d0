"""The passes of `passes` as compiled loops over workers.

Two things make them fast. What an inner loop over draws needs is fetched before it, since the compiler cannot
know that no array overlaps another. And most movers have two matches: their deviations are one difference d
of two firm values, n_1 / N times d at the first and -n_0 / N times d at the second.
"""

from __future__ import annotations

import numpy as np

from helpers.decomposition.hashing import LANES
from helpers.decomposition.optional import compiled, compiled_loosely

ONE = np.uint64(1)
# Signs of eight draws for each byte of random bits: a look-up is many times faster than shifting bit by bit
SIGNS = (1 - 2 * ((np.arange(256)[:, None] >> np.arange(8)) & 1)).astype(np.float32)


@compiled
def _signs(key, position, drawn):  # type: ignore[no-untyped-def]
    """Signs of `hashing.signs` at one position."""
    mixed = key + np.uint64(position + 1) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    low, high = mixed & np.uint64(255), (mixed >> np.uint64(8)) & np.uint64(255)
    for k in range(8):
        drawn[k] = SIGNS[low, k]
        drawn[8 + k] = SIGNS[high, k]


@compiled_loosely
def _pair(weight, a):  # type: ignore[no-untyped-def]
    """Shares of the other match, (n_1 / N, n_0 / N), and n_0 n_1 / N, of a mover with two matches."""
    w0, w1 = weight[a], weight[a + ONE]
    return w1 / (w0 + w1), w0 / (w0 + w1), w0 * w1 / (w0 + w1)


@compiled
def signs_to_firms(start, firm, weight, key, totals):  # type: ignore[no-untyped-def]
    """`passes.right_side_of_signs`."""
    mean = np.empty(LANES, dtype=np.float32)
    drawn = np.empty(LANES, dtype=np.float32)
    other = np.empty(LANES, dtype=np.float32)
    for i in range(len(start) - 1):
        if start[i + 1] - start[i] == 2:
            a = np.uint64(start[i])
            share, share_1, both = _pair(weight, a)
            x, y = np.float32(np.sqrt(both * share)), np.float32(np.sqrt(both * share_1))
            _signs(key, a, drawn)
            _signs(key, a + ONE, other)
            for k in range(LANES):
                other[k] = x * drawn[k] - y * other[k]
            j, j_1 = np.uint64(firm[a]), np.uint64(firm[a + ONE])
            for k in range(LANES):
                totals[j, k] += other[k]
            for k in range(LANES):
                totals[j_1, k] -= other[k]
            continue
        years = np.float32(0.0)
        for k in range(LANES):
            mean[k] = 0.0
        for m in range(start[i], start[i + 1]):
            _signs(key, m, drawn)
            root = np.sqrt(np.float32(weight[m]))
            years += np.float32(weight[m])
            j = np.uint64(firm[m])
            for k in range(LANES):
                totals[j, k] += root * drawn[k]
            for k in range(LANES):
                mean[k] += root * drawn[k]
        for k in range(LANES):
            mean[k] /= years
        for m in range(start[i], start[i + 1]):
            held, j = np.float32(weight[m]), np.uint64(firm[m])
            for k in range(LANES):
                totals[j, k] -= held * mean[k]


@compiled_loosely
def add_leverages(start, firm, weight, key, u, sums, first, last):  # type: ignore[no-untyped-def]
    """`passes.add_leverages` for a stretch of workers."""
    level = np.empty(LANES, dtype=np.float32)
    mean = np.empty(LANES, dtype=np.float32)
    drawn = np.empty(LANES, dtype=np.float32)
    other = np.empty(LANES, dtype=np.float32)
    for i in range(first, last):
        if start[i + 1] - start[i] == 2:
            a = np.uint64(start[i])
            share, share_1, both = _pair(weight, a)
            x, y = np.float32(np.sqrt(share)), np.float32(np.sqrt(share_1))
            z = np.float32(np.sqrt(both))
            _signs(key, a, drawn)
            _signs(key, a + ONE, other)
            j, j_1 = np.uint64(firm[a]), np.uint64(firm[a + ONE])
            for k in range(LANES):
                level[k] = z * (u[j, k] - u[j_1, k])
            s_a = s_b = s_aa = s_bb = s_ab = np.float32(0.0)
            for k in range(LANES):
                rest = x * drawn[k] - y * other[k] - level[k]
                fit, off = level[k] * level[k], rest * rest
                s_a += fit
                s_b += off
                s_aa += fit * fit
                s_bb += off * off
                s_ab += fit * off
            for m, part in ((a, share), (a + ONE, share_1)):
                sums[m, 0] += part * s_a
                sums[m, 1] += part * s_b
                sums[m, 2] += part * part * s_aa
                sums[m, 3] += part * part * s_bb
                sums[m, 4] += part * part * s_ab
            continue
        years = np.float32(0.0)
        for k in range(LANES):
            level[k] = 0.0
            mean[k] = 0.0
        for m in range(start[i], start[i + 1]):
            _signs(key, m, drawn)
            held = np.float32(weight[m])
            root, j = np.sqrt(held), np.uint64(firm[m])
            years += held
            for k in range(LANES):
                mean[k] += root * drawn[k]
            for k in range(LANES):
                level[k] += held * u[j, k]
        for k in range(LANES):
            mean[k] /= years
            level[k] /= years
        for m in range(start[i], start[i + 1]):
            _signs(key, m, drawn)
            root, j = np.sqrt(np.float32(weight[m])), np.uint64(firm[m])
            s_a = s_b = s_aa = s_bb = s_ab = np.float32(0.0)
            for k in range(LANES):
                fitted = root * (u[j, k] - level[k])
                rest = drawn[k] - root * mean[k] - fitted
                a, b = fitted * fitted, rest * rest
                s_a += a
                s_b += b
                s_aa += a * a
                s_bb += b * b
                s_ab += a * b
            sums[m, 0] += s_a
            sums[m, 1] += s_b
            sums[m, 2] += s_aa
            sums[m, 3] += s_bb
            sums[m, 4] += s_ab
    return 0.0


@compiled_loosely
def add_forms(start, firm, weight, s, v, w, sums, first, last):  # type: ignore[no-untyped-def]
    """`passes.add_forms` for a stretch of workers."""
    totals = np.zeros((2, LANES), v.dtype)
    delta = np.empty_like(v[0])
    level = np.empty_like(v[0])
    mean = np.empty_like(v[0])
    for i in range(first, last):
        if start[i + 1] - start[i] == 2:
            a = np.uint64(start[i])
            share, share_1, both = _pair(weight, a)
            j, j_1 = np.uint64(firm[a]), np.uint64(firm[a + ONE])
            for k in range(LANES):
                delta[k] = v[j, k] - v[j_1, k]
            at, at_1 = v.dtype.type(share_1), v.dtype.type(share)
            for k in range(LANES):
                mean[k] = at * w[j, k] + at_1 * w[j_1, k]
            f = g = v.dtype.type(0.0)
            for k in range(LANES):
                f += delta[k] * delta[k]
                g += delta[k] * mean[k]
            own = v.dtype.type(both * (s[a] * share + s[a + ONE] * share_1))
            with_mean = v.dtype.type(both * (s[a] - s[a + ONE]))
            for k in range(LANES):
                totals[0, k] += own * delta[k] * delta[k]
            for k in range(LANES):
                totals[1, k] += with_mean * delta[k] * mean[k]
            sums[a, 0] += both * share * f
            sums[a, 1] += both * g
            sums[a + ONE, 0] += both * share_1 * f
            sums[a + ONE, 1] -= both * g
            continue
        years = 0.0
        for k in range(LANES):
            level[k] = 0.0
            mean[k] = 0.0
        for m in range(start[i], start[i + 1]):
            held, j = v.dtype.type(weight[m]), np.uint64(firm[m])
            years += weight[m]
            for k in range(LANES):
                level[k] += held * v[j, k]
            for k in range(LANES):
                mean[k] += held * w[j, k]
        for k in range(LANES):
            level[k] /= years
            mean[k] /= years
        for m in range(start[i], start[i + 1]):
            f = g = v.dtype.type(0.0)
            factor, j = v.dtype.type(s[m] * weight[m]), np.uint64(firm[m])
            for k in range(LANES):
                delta[k] = v[j, k] - level[k]
            for k in range(LANES):
                f += delta[k] * delta[k]
                g += delta[k] * mean[k]
            for k in range(LANES):
                totals[0, k] += factor * delta[k] * delta[k]
            for k in range(LANES):
                totals[1, k] += factor * delta[k] * mean[k]
            sums[m, 0] += weight[m] * f
            sums[m, 1] += weight[m] * g
    return totals


@compiled_loosely
def add_place_forms(start, firm, weight, place, s, v, t, w, sums, first, last):  # type: ignore[no-untyped-def]
    """`passes.add_place_forms` for a stretch of workers."""
    totals = np.zeros((3, LANES), v.dtype)
    dv = np.empty_like(v[0])
    dt = np.empty_like(v[0])
    level = np.empty_like(v[0])
    second = np.empty_like(v[0])
    mean = np.empty_like(v[0])
    for i in range(first, last):
        years = 0.0
        for k in range(LANES):
            level[k] = 0.0
            second[k] = 0.0
            mean[k] = 0.0
        for m in range(start[i], start[i + 1]):
            held, j, p = v.dtype.type(weight[m]), np.uint64(firm[m]), np.uint64(place[m])
            years += weight[m]
            for k in range(LANES):
                level[k] += held * v[j, k]
            for k in range(LANES):
                second[k] += held * t[j, k]
            for k in range(LANES):
                mean[k] += held * w[p, k]
        for k in range(LANES):
            level[k] /= years
            second[k] /= years
            mean[k] /= years
        for m in range(start[i], start[i + 1]):
            f = g = h = v.dtype.type(0.0)
            factor, j = v.dtype.type(s[m] * weight[m]), np.uint64(firm[m])
            for k in range(LANES):
                dv[k] = v[j, k] - level[k]
            for k in range(LANES):
                dt[k] = t[j, k] - second[k]
            for k in range(LANES):
                f += dv[k] * dv[k]
                g += dt[k] * (dt[k] - 2 * mean[k])
                h += dv[k] * (mean[k] - dt[k])
            for k in range(LANES):
                totals[0, k] += factor * dv[k] * dv[k]
            for k in range(LANES):
                totals[1, k] += factor * dt[k] * (dt[k] - 2 * mean[k])
            for k in range(LANES):
                totals[2, k] += factor * dv[k] * (mean[k] - dt[k])
            sums[m, 0] += weight[m] * f
            sums[m, 1] += weight[m] * g
            sums[m, 2] += weight[m] * h
    return totals
