#!/usr/bin/env python3
"""Golden values of chain-diagnostics by ArviZ: pip install arviz, python3 chains.py."""

import json
import pathlib

import arviz
import numpy as np

rng = np.random.default_rng(20261209)
cases = []


def case(name, draws):
    """draws: chain, iteration, dimension; rows alternate between the chains."""
    chains, n, dims = draws.shape
    sizes = [float(arviz.ess(draws[:, :, j], method="mean")) for j in range(dims)]
    reductions = [float(arviz.rhat(draws[:, :, j], method="split")) for j in range(dims)]
    rows = {"chain": np.tile(np.arange(chains) * 3 - 1, n).tolist(), "x": draws.transpose(1, 0, 2).reshape(-1, dims).tolist()}
    cases.append({"name": name, "objective": "chain-diagnostics", "sets": {"rows": rows}, "measures": {"effective-sample-size": min(sizes), "split-r-hat": max(reductions), "chains": chains, "draws": n}, "arrays": {"effective-sample-sizes": sizes, "split-r-hats": reductions}, "relative": 1e-10})


def autoregressive(phi, chains, n):
    x = np.zeros((chains, n, len(phi)))
    x[:, 0] = rng.normal(size=(chains, len(phi)))
    for i in range(1, n):
        x[:, i] = phi * x[:, i - 1] + np.sqrt(1 - phi**2) * rng.normal(size=(chains, len(phi)))
    return x


case("autoregressive, even", autoregressive(np.array([0.9, 0.3, -0.4]), 3, 60))
case("two chains, odd", autoregressive(np.array([0.7, 0.0]), 2, 41))
apart = autoregressive(np.array([0.5, 0.5]), 4, 30)
apart[1] += 3
case("a chain elsewhere", apart)

out = pathlib.Path(__file__).parent / "chains.golden.json"
out.write_text(json.dumps({"tool": f"arviz {arviz.__version__}, numpy {np.__version__}", "source": "chains.py beside this file", "cases": cases}) + "\n")
