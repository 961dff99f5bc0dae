"""The deterministic numbers that the golden networks are filled with.

FNV-1a 64 of the name seeds splitmix64; the top 24 bits of each draw become a float32 in [0, 1).
"""

import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)


def uniform(name, count):
    """The first `count` numbers in [0, 1) that belong to a name."""
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = ((state ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.arange(1, count + 1, dtype=np.uint64) * _STEP + np.uint64(state)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(2**24)


def fill(name, shape):
    """The value of a variable, by the last part of its name."""
    draws = uniform(name, int(np.prod(shape))).reshape(shape)
    kind = name.rsplit("/", 1)[-1]
    if kind == "kernel":
        fan_in = int(np.prod(shape[:-1]))
        return (2 * draws - 1) * np.float32(np.sqrt(6 / fan_in))
    if kind == "gamma":
        return np.float32(0.25) + np.float32(0.5) * draws
    if kind == "moving_variance":
        return np.float32(0.75) + np.float32(0.5) * draws
    return (draws - np.float32(0.5)) * np.float32(0.2)


def pictures(size, batch):
    """A batch of the golden input `[batch, size, size, 3]`; its two pictures take turns."""
    pair = uniform("input", 2 * size * size * 3).reshape(2, size, size, 3)
    pair = pair * np.float32(255) - np.float32(118)
    return np.ascontiguousarray(pair[np.arange(batch) % 2])
