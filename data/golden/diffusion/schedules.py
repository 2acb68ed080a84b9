#!/usr/bin/env python3
"""Schedules in 80-bit floating point by NumPy, rounded once: python3 schedules.py. A line of schedules.txt is name, steps,
t, beta, alphaBar, 1 - alphaBar, log SNR, posterior coefficient 1, coefficient 2, variance; or name, n, i, sigma."""

import pathlib

import numpy as np

L = np.longdouble
PI = L("3.14159265358979323846264338327950288")


def linspace(a, b, n):
    a, b = L(a), L(b)
    return a + np.arange(n).astype(L) * ((b - a) / (n - 1))


def betas(name, n):
    lo, hi = L(1e-4), L(0.02)
    if name == "linear":
        return linspace(lo, hi, n)
    if name == "linear-scaled":
        return linspace(lo * 1000 / n, hi * 1000 / n, n)
    if name == "scaled-linear":
        return linspace(np.sqrt(L(0.00085)), np.sqrt(L(0.012)), n) ** 2
    if name == "squared-cosine":
        f = lambda i: np.cos((i / L(n) + L("0.008")) / L("1.008") * PI / 2) ** 2
        i = np.arange(n).astype(L)
        return np.minimum(1 - f(i + 1) / f(i), L(0.999))
    return 1 / (1 + np.exp(-linspace(-6, 6, n))) * (hi - lo) + lo


lines = [f"# numpy {np.__version__}, longdouble of {np.finfo(L).nmant + 1} bits"]
for name in ["linear", "linear-scaled", "scaled-linear", "squared-cosine", "sigmoid"]:
    for n in [1000, 4000] if name != "linear" else [50, 1000]:
        for zero in [False, True]:
            b = betas(name, n)
            ab = np.cumprod(1 - b)
            if zero:
                s = np.sqrt(ab)
                s = (s - s[-1]) * s[0] / (s[0] - s[-1])
                ab = s**2
                b = 1 - np.concatenate([ab[:1], ab[1:] / ab[:-1]])
            before = np.concatenate([[L(1)], ab[:-1]])
            with np.errstate(divide="ignore"):
                logsnr = np.log(ab) - np.log1p(-ab)
            c1 = b * np.sqrt(before) / (1 - ab)
            c2 = (1 - before) * np.sqrt(1 - b) / (1 - ab)
            var = b * (1 - before) / (1 - ab)
            for t in [0, 1, n // 2, n - 2, n - 1]:
                v = [b[t], ab[t], 1 - ab[t], logsnr[t], c1[t], c2[t], var[t]]
                lines.append(" ".join([name + ("-zero-snr" if zero else ""), str(n), str(t)] + [repr(float(x)) for x in v]))
n = 7
u = np.arange(n).astype(L) / (n - 1)
t = 1 + u * (L(1e-3) - 1)
for name, s in {
    "karras": (L(80) ** (1 / L(7)) + u * (L(0.002) ** (1 / L(7)) - L(80) ** (1 / L(7)))) ** 7,
    "exponential": np.exp(np.log(L(80)) + u * (np.log(L(0.002)) - np.log(L(80)))),
    "ve": np.exp(np.log(L(50)) + u * (np.log(L(0.01)) - np.log(L(50)))),
    "vp": np.sqrt(np.expm1(L(19.9) * t**2 / 2 + L(0.1) * t)),
}.items():
    lines += [f"{name} {n} {i} {float(s[i])!r}" for i in range(n)]
(pathlib.Path(__file__).parent / "schedules.txt").write_text("\n".join(lines) + "\n")
