#!/usr/bin/env python3
"""Splines with one bin by the code of nflows, in float64: python3 one_bin.py NFLOWS."""

import json
import pathlib
import subprocess
import sys
import types

import numpy as np
import torch

HOME = pathlib.Path(sys.argv[1])
for name in ["nflows", "nflows.transforms", "nflows.transforms.splines"]:
    # Only the splines are needed, not what else the packages load.
    package = types.ModuleType(name)
    package.__path__ = [str(HOME / name.replace(".", "/"))]
    sys.modules[name] = package
sys.modules["nflows.transforms.base"] = types.ModuleType("nflows.transforms.base")
sys.modules["nflows.transforms.base"].InputOutsideDomain = type("InputOutsideDomain", (Exception,), {})
from nflows.transforms.splines.rational_quadratic import rational_quadratic_spline, unconstrained_rational_quadratic_spline  # noqa: E402

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(83)
N, D = 6, 4
draw = lambda *shape: torch.tensor(rng.normal(size=shape))
widths, heights = draw(N, D, 1), draw(N, D, 1)
cases = []


def case(name, x, derivatives, run, parameters):
    for direction in ["forward", "inverse"]:
        y, logdet = run(x, direction == "inverse")
        columns = {"x": x, "widths": widths[..., 0], "heights": heights[..., 0]} | ({} if derivatives is None else {"derivatives": derivatives.reshape(N, -1)})
        cases.append({"name": f"nflows, {name}, {direction}", "objective": "rational-quadratic-spline", "parameters": parameters | {"direction": direction}, "sets": {"rows": {k: v.tolist() for k, v in columns.items()}}, "rows": {"y": y.tolist(), "logdet": logdet.sum(1).tolist()}, "relative": 1e-11, "absolute": 1e-11})


inside = torch.tensor(rng.uniform(-2, 2, (N, D)))
ends = draw(N, D, 2)
case("one bin without tails", inside, ends, lambda x, back: rational_quadratic_spline(x, widths, heights, ends, back, left=-2.0, right=2.0, bottom=-2.0, top=2.0), {"tails": "none", "tail-bound": "2"})
none = torch.zeros(N, D, 0)
case("one bin with tails", inside * 2, None, lambda x, back: unconstrained_rational_quadratic_spline(x, widths, heights, none, back, tail_bound=2.0), {"tail-bound": "2"})
commit = subprocess.run(["git", "-C", HOME, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()[:9]
(pathlib.Path(__file__).parent / "one-bin.golden.json").write_text(json.dumps({"tool": f"PyTorch {torch.__version__}", "source": f"nflows {commit}, run in float64 by one_bin.py", "cases": cases}) + "\n")
