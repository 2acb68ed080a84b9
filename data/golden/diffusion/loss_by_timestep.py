#!/usr/bin/env python3
"""Golden values of loss-by-timestep in bins, by NumPy: python3 loss_by_timestep.py."""

import json
import pathlib

import numpy as np

rng = np.random.default_rng(20261208)
cases = []
N, T = 400, 1000
t = rng.integers(0, T, N)
loss = rng.gamma(3.0, 0.2, N) * (0.05 + np.exp(-t / 250))
weight = np.exp(rng.normal(0, 0.4, N))


def number(x):
    return float(x) if np.isfinite(x) else str(float(x)).replace("inf", "Infinity").replace("nan", "NaN")


def groups(key, edges, labels=None):
    """Rows of [edges[j], edges[j + 1]), the last bin closed; standard errors with n - 1."""
    bins = np.clip(np.searchsorted(edges, key, side="right") - 1, 0, len(edges) - 2)
    out = []
    for j in range(len(edges) - 1):
        v = loss[bins == j]
        if len(v) == 0:
            continue
        se = [number(np.std(v, ddof=1) / np.sqrt(len(v)))] if len(v) > 1 else []
        m = {"loss": [number(v.mean())] + se, "second-moment": [number((v**2).mean())], "loss-min": [number(v.min())], "loss-max": [number(v.max())]}
        out.append({"lower": float(edges[j]), "upper": float(edges[j + 1]), "n": len(v), "measures": m} | ({"label": labels[j]} if labels else {}))
    return out


def by_count(key, bins):
    s = np.sort(key)
    inner = np.unique(s[[j * len(s) // bins for j in range(1, bins)]])
    return np.concatenate([s[:1], inner[inner > s[0]], s[-1:]])


def case(name, by, expected, **more):
    cases.append({"name": name, "objective": "loss-by-timestep", "sets": {"rows": {"loss": loss.tolist(), "t": t.tolist()}}, "by": [by], "groups": [expected], "relative": 2e-13} | more)


# improved-diffusion's quartiles: int(4 * t / T)
assert all(int(4 * a / T) == b for a, b in zip(t, np.searchsorted([0, 250, 500, 750], t, side="right") - 1))
case("quartiles", {"column": "t", "rule": "quartiles", "range": [0, T]}, groups(t, np.array([0.0, 250, 500, 750, 1000]), ["q0", "q1", "q2", "q3"]))
case("equal width", {"column": "t", "rule": "equal-width", "bins": 8, "range": [0, T]}, groups(t, np.linspace(0, T, 9)))
case("equal width over the data", {"column": "t", "rule": "equal-width", "bins": 7}, groups(t, t.min() + np.arange(8) * (t.max() - t.min()) / 7))
case("equal count, with ties", {"column": "t", "rule": "equal-count", "bins": 9}, groups(t, by_count(t, 9)))

# Levels of schedules; alphaBar and 1 - alphaBar in long double
beta = np.linspace(1e-4, 0.02, T, dtype=np.longdouble)
log_bar = np.cumsum(np.log1p(-beta))
log_snr = (log_bar - np.log(-np.expm1(log_bar))).astype(float)
sigma = np.sqrt(-np.expm1(log_bar)).astype(float)
# Edges are rounded values of the level: a bin's rows are found by t, which orders them alike.
for axis, level in {"log-snr": log_snr, "sigma": sigma, "ln-sigma": np.log(sigma)}.items():
    key = level[t]
    case(f"{axis}, equal count", {"column": "t", "axis": axis, "schedule": "linear", "timesteps": T, "rule": "equal-count", "bins": 6}, groups(key, by_count(key, 6)), relative=1e-11)
    low, high = np.floor(key.min()) - 0.5, np.ceil(key.max()) + 0.25
    case(f"{axis}, equal width", {"column": "t", "axis": axis, "schedule": "linear", "timesteps": T, "rule": "equal-width", "bins": 5, "range": [low, high]}, groups(key, np.linspace(low, high, 6)), relative=1e-11)

# A given column of positive numbers, by its logarithm
sets = {"rows": {"loss": loss.tolist(), "t": t.tolist(), "importance-weight": weight.tolist()}}
plain = loss
loss = weight * plain  # means are of the weighted loss, the spread of the loss as given
expected = groups(np.log(weight), by_count(np.log(weight), 5))
for group in expected:
    del group["measures"]["loss-min"], group["measures"]["loss-max"], group["measures"]["second-moment"]
case("ln of a column, equal count", {"column": "importance-weight", "axis": "ln", "rule": "equal-count", "bins": 5}, expected, sets=sets, relative=1e-12)
loss = plain

# Quantiles to the sketch's relative error; NumPy's method 'lower' takes the value of rank floor(q (n - 1))
q = [0.05, 0.25, 0.5, 0.75, 0.95]
name = {0.05: "p5", 0.25: "p25", 0.5: "p50", 0.75: "p75", 0.95: "p95"}
found = groups(t, np.array([0.0, 250, 500, 750, 1000]))
for j, group in enumerate(found):
    v = loss[4 * t // T == j]
    group["measures"] = {"loss-" + name[p]: [number(np.quantile(v, p, method="lower"))] for p in q}
case("quantiles", {"column": "t", "rule": "quartiles", "range": [0, T]}, found, relative=0.002, measures={"loss-" + name[p]: number(np.quantile(loss, p, method="lower")) for p in q})

# improved-diffusion's resampler on a full history: weights, then 1 / (T p)
steps = np.repeat(np.arange(12), 10)
history = rng.gamma(4.0, 0.25, 120) * (1 + 1 / (1 + steps))
w = np.sqrt((history.reshape(12, 10) ** 2).mean(axis=1))
p = w / w.sum() * (1 - 0.001) + 0.001 / 12
cases.append({"name": "a history of ten", "objective": "loss-by-timestep", "sets": {"rows": {"loss": history.tolist(), "t": steps.tolist()}}, "arrays": {"suggested-sampling": p.tolist(), "suggested-weights": (1 / (12 * p)).tolist()}})

out = pathlib.Path(__file__).parent / "loss-by-timestep.golden.json"
out.write_text(json.dumps({"tool": f"numpy {np.__version__}", "source": "loss_by_timestep.py beside this file", "cases": cases}) + "\n")
