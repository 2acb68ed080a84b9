#!/usr/bin/env python3
"""Golden values of chain-diagnostics by NumPy, from the formulas of Stan's reference manual: python3 chains.py."""

import json
import pathlib

import numpy as np

rng = np.random.default_rng(20261209)
cases = []


def split(x):
    """chain, iteration -> twice the chains, the middle draw of an odd number left out"""
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, x.shape[1] - half :]])


def variances(x):
    """Within chains, and the estimate of the target's from within and between."""
    n = x.shape[1]
    within = x.var(axis=1, ddof=1).mean()
    return within, (n - 1) / n * within + x.mean(axis=1).var(ddof=1)


def rhat(x):
    within, target = variances(split(x))
    return np.sqrt(target / within)


def ess(x):
    x = split(x)
    m, n = x.shape
    within, target = variances(x)
    d = x - x.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.fft(d, 2 * n, axis=1)) ** 2
    autocovariance = np.fft.ifft(power, axis=1).real[:, :n].mean(axis=0) / n
    rho = 1 - (within - autocovariance) / target
    rho[0] = 1
    # Geyer: sums of neighbours as long as they are positive, then made to fall
    pairs = [rho[0] + rho[1]]
    t = 1
    while t < n - 3 and rho[t - 1] + rho[t] > 0:
        pairs.append(rho[t + 1] + rho[t + 2])
        t += 2
    rest = max(rho[t - 1], 0)  # the even one where the sum stops counts once
    pairs = np.minimum.accumulate(pairs[:-1])
    tau = -1 + 2 * pairs.sum() + rest
    return m * n / max(tau, 1 / np.log10(m * n))


def case(name, draws):
    """draws: chain, iteration, dimension; rows alternate between the chains."""
    chains, n, dims = draws.shape
    sizes = [float(ess(draws[:, :, j])) for j in range(dims)]
    reductions = [float(rhat(draws[:, :, j])) for j in range(dims)]
    rows = {"chain": np.tile(np.arange(chains) * 3 - 1, n).tolist(), "x": draws.transpose(1, 0, 2).reshape(-1, dims).tolist()}
    cases.append({"name": name, "objective": "chain-diagnostics", "sets": {"rows": rows}, "measures": {"effective-sample-size": min(sizes), "split-r-hat": max(reductions), "chains": chains, "draws": n}, "arrays": {"effective-sample-sizes": sizes, "split-r-hats": reductions}, "relative": 1e-10})


def autoregressive(phi, chains, n):
    x = np.zeros((chains, n, len(phi)))
    x[:, 0] = rng.normal(size=(chains, len(phi)))
    for i in range(1, n):
        x[:, i] = phi * x[:, i - 1] + np.sqrt(1 - phi**2) * rng.normal(size=(chains, len(phi)))
    return x


case("autoregressive, even", autoregressive(np.array([0.9, 0.3, -0.4]), 3, 60))
case("one chain, odd", autoregressive(np.array([0.7, 0.0]), 1, 41))
apart = autoregressive(np.array([0.5, 0.5]), 4, 30)
apart[1] += 3
case("a chain elsewhere", apart)

out = pathlib.Path(__file__).parent / "chains.golden.json"
out.write_text(json.dumps({"tool": f"numpy {np.__version__}", "source": "chains.py beside this file", "cases": cases}) + "\n")
