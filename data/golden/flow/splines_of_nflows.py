"""Rational-quadratic splines by nflows itself, into nflows.golden.json.

    git clone https://github.com/bayesiains/nflows && git -C nflows checkout 5d22344436a4a5f4c3b93a3b99322a6bfe374c08
    PYTHONPATH=nflows python3 splines_of_nflows.py
"""
import json
import pathlib
import sys
import types

import numpy as np
import torch

# What another transform of nflows imports, which is not used here.
sys.modules["UMNN"] = types.SimpleNamespace(NeuralIntegral=None, ParallelNeuralIntegral=None)
from nflows.transforms.splines.rational_quadratic import rational_quadratic_spline, unconstrained_rational_quadratic_spline

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(16)
n, d, K, B = 5, 4, 6, 2.0
cases = []


def case(name, parameters, x, w, h, u, transform):
    arguments = [torch.tensor(v).reshape(n, d, -1) for v in (w, h, u)]
    y, logdet = transform(torch.tensor(x), *arguments)
    rows = {"y": y.tolist(), "logdet": logdet.sum(1).tolist()}
    sets = {"rows": {"x": x.tolist(), "widths": w.tolist(), "heights": h.tolist(), "derivatives": u.tolist()}}
    cases.append({"name": name, "objective": "rational-quadratic-spline", "parameters": parameters, "sets": sets, "rows": rows, "relative": 1e-9, "absolute": 1e-9})


w, h = rng.normal(size=(2, n, d * K))
inner, all_knots = rng.normal(size=(n, d * (K - 1))), rng.normal(size=(n, d * (K + 1)))
near_ends = rng.uniform(-1.2 * B, 1.2 * B, (n, d))
near_ends[0] = [-B, B, -B + 1e-3, B - 1e-3]
for link, identity in (("softplus", False), ("nflows-identity", True)):
    for direction in ("forward", "inverse"):
        for least in (1e-3, 0.05):
            options = dict(inverse=direction == "inverse", min_derivative=least, enable_identity_init=identity)
            parameters = {"derivative-link": link, "direction": direction, "min-derivative": str(least)}
            case(f"linear tails, {link}, {direction}, min-derivative {least}", parameters | {"tail-bound": str(B)}, near_ends, w, h, inner,
                 lambda *a: unconstrained_rational_quadratic_spline(*a, tail_bound=B, **options))
            inside = rng.uniform(-1, 1, (n, d))
            case(f"no tails, {link}, {direction}, min-derivative {least}", parameters | {"tails": "none"}, inside, w, h, all_knots,
                 lambda *a: rational_quadratic_spline(*a, left=-1, right=1, bottom=-1, top=1, **options))

source = "splines_of_nflows.py beside this file; nflows 5d22344436a4a5f4c3b93a3b99322a6bfe374c08"
out = {"tool": f"nflows 0.14, torch {torch.__version__}", "source": source, "cases": cases}
(pathlib.Path(__file__).parent / "nflows.golden.json").write_text(json.dumps(out) + "\n")
