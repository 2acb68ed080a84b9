#!/usr/bin/python3
"""Golden values of io.lanewise.noise.

Run with the NumPy whose numbers are wanted, and mpmath:

    /usr/bin/python3 data/golden/noise/generate.py

writes numpy.txt (NumPy's own draws, as raw bits), philox.txt and threefry.txt (an independent
Philox4x32-10 and Threefry4x32-13 in Python integers, and exact Box-Muller in 60 digits, after the
javadoc of CounterNoise).
"""

import hashlib
import os
import platform
import struct

import mpmath
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = "# made by generate.py: numpy %s, mpmath %s, python %s, %s\n" % (
    np.__version__,
    mpmath.__version__,
    platform.python_version(),
    " ".join(platform.libc_ver()),
)


def bits(values):
    return " ".join("%016x" % b for b in np.asarray(values, dtype="<f8").view("<u8"))


def numpy_lines():
    yield "# normals SEED: first 20 of default_rng(SEED).normal(size=20), bits of float64\n"
    for seed in (0, 1, 42, 2**63, 2**100, 2**127 + 12345, 2**200 + 7):
        yield "normals %d %s\n" % (seed, bits(np.random.default_rng(seed).normal(size=20)))
    yield "# words SEED: first 4 of default_rng(SEED).bit_generator.random_raw\n"
    for seed in (0, 42, 2**100):
        raw = np.random.default_rng(seed).bit_generator.random_raw(4)
        yield "words %d %s\n" % (seed, " ".join("%016x" % w for w in raw))
    yield "# sha256 SEED COUNT: digest of COUNT normals, little-endian float64, and how many of\n"
    yield "# them lie in the tail beyond 3.6541528853610088\n"
    for seed in (0, 42):
        x = np.random.default_rng(seed).standard_normal(1000000)
        digest = hashlib.sha256(x.astype("<f8").tobytes()).hexdigest()
        yield "sha256 %d %d %s %d\n" % (seed, x.size, digest, (abs(x) > 3.6541528853610088).sum())
    yield "# legacy_*: RandomState(SEED)\n"
    for seed in (0, 42, 2020, 2**32 - 1):
        yield "legacy_random_sample %d %s\n" % (seed, bits(np.random.RandomState(seed).random_sample(8)))
        yield "legacy_randn %d %s\n" % (seed, bits(np.random.RandomState(seed).randn(20)))
        for n in (1, 2, 10, 64, 65):
            p = np.random.RandomState(seed).permutation(n)
            yield "legacy_permutation %d %s\n" % (seed, " ".join(map(str, p)))
        state = np.random.RandomState(seed)
        for _ in range(3):
            c = state.choice(1000, 5, replace=False)
            yield "legacy_choice %d %s\n" % (seed, " ".join(map(str, c)))
    p = np.random.RandomState(7).permutation(50000).astype("<i4")
    yield "legacy_permutation_sha256 7 50000 %s\n" % hashlib.sha256(p.tobytes()).hexdigest()
    x = np.random.RandomState(7).randn(2000).astype("<f8")
    yield "# legacy_randn_many SEED: first 2000 of randn\n"
    yield "legacy_randn_many 7 %s\n" % bits(x)


MASK = 0xFFFFFFFF


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = p1 >> 32 ^ c1 ^ k0, p1 & MASK, p0 >> 32 ^ c3 ^ k1, p0 & MASK
        k0, k1 = k0 + 0x9E3779B9 & MASK, k1 + 0xBB67AE85 & MASK
    return c0, c1, c2, c3


ROTATIONS = ((10, 26), (11, 21), (13, 27), (23, 5), (6, 20), (17, 11), (25, 10), (18, 20))


def threefry(counter, key, rounds=13):
    keys = list(key) + [0x1BD11BDA ^ key[0] ^ key[1] ^ key[2] ^ key[3]]
    x = [c + k & MASK for c, k in zip(counter, keys)]
    rotate = lambda v, n: (v << n | v >> 32 - n) & MASK
    for r in range(rounds):
        for i, n in zip((0, 2), ROTATIONS[r % 8]):
            j = i ^ 1 if r % 2 == 0 else i ^ 3
            x[i] = x[i] + x[j] & MASK
            x[j] = rotate(x[j], n) ^ x[i]
        if r % 4 == 3:
            turn = r // 4 + 1
            x = [v + keys[(turn + i) % 5] & MASK for i, v in enumerate(x)]
            x[3] = x[3] + turn & MASK
    return tuple(x)


# Random123's kat_vectors, line "threefry4x32 13" of digits of pi.
PI = [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0, 0x082EFA98, 0xEC4E6C89]
assert threefry(PI[:4], PI[4:]) == (0x4AA71D8F, 0x734738C2, 0x431FC6A8, 0xAE6DEBF1)
BLOCKS = {"philox": philox, "threefry": lambda counter, key: threefry(counter, key + (0, 0))}


def word(stream, seed, step, tag, position):
    """Word `position` of a stream: tile, word of block, lane."""
    tile, rest = divmod(position, 64)
    w, lane = divmod(rest, 16)
    block = 16 * tile + lane
    return BLOCKS[stream]((block & MASK, block >> 32, step, tag), (seed & MASK, seed >> 32))[w]


def word64(stream, seed, step, tag, position):
    low, high = (word(stream, seed, step, tag, 2 * position + i) for i in (0, 1))
    return low | high << 32


def normal(read, row, bit_count, top, element):
    half = element // row % 2
    base = element - half * row
    a, b = read(base), read(base + row)
    k, h = a % 2**bit_count, b % 2**bit_count
    u, v = (mpmath.mpf(n) + 0.5 for n in (k, h))
    u, v = u / 2**bit_count, v / 2**bit_count
    r = mpmath.sqrt(-2 * mpmath.log(u))
    angle = v if half else 1 - v
    sign = -1 if (b if half else a) >> top else 1
    return sign * r * mpmath.sin(mpmath.pi / 2 * angle)


def counter_lines(stream):
    mpmath.mp.dps = 60
    starts = ((0, 0, 0, 96), (2**64 - 1, 0, 7, 40), (42, 2**37 + 50, 2**31 - 1, 40))
    yield "# words SEED FIRST STEP: words of the float32 stream\n"
    for seed, first, step, n in starts:
        w = ["%08x" % word(stream, seed, step, 0, first + i) for i in range(n)]
        yield "words %d %d %d %s\n" % (seed, first, step, " ".join(w))
    yield "# normalsF32 SEED FIRST STEP: exact Box-Muller, rounded to float64\n"
    for seed, first, step, n in starts:
        read = lambda p: word(stream, seed, step, 0, p)
        x = [float(normal(read, 16, 31, 31, first + i)) for i in range(n)]
        yield "normalsF32 %d %d %d %s\n" % (seed, first, step, bits(x))
    yield "# normalsF64 SEED FIRST STEP: exact Box-Muller, rounded to float64\n"
    for seed, first, step, n in starts:
        read = lambda p: word64(stream, seed, step, 1, p)
        x = [float(normal(read, 8, 52, 63, first + i)) for i in range(n)]
        yield "normalsF64 %d %d %d %s\n" % (seed, first, step, bits(x))
    yield "# uniformsF64 SEED FIRST STEP\n"
    for seed, first, step, n in starts:
        x = [(word64(stream, seed, step, 2, first + i) >> 11) * 2.0**-53 for i in range(n)]
        yield "uniformsF64 %d %d %d %s\n" % (seed, first, step, bits(x))


FILES = {"numpy.txt": numpy_lines(), "philox.txt": counter_lines("philox"), "threefry.txt": counter_lines("threefry")}
for name, lines in FILES.items():
    with open(os.path.join(HERE, name), "w") as out:
        out.write(TOOLS)
        out.writelines(lines)
