#!/usr/bin/env python3
"""Golden values of the score family by NumPy and SciPy: python3 generate.py."""

import json
import pathlib

import numpy as np
import scipy
import scipy.stats

rng = np.random.default_rng(20261206)
cases = []


def case(name, objective, sets, **expected):
    sets = {s: {r: np.asarray(v).tolist() for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


N, D = 7, 19
x, score, z = rng.normal(size=(3, N, D))
norm = lambda v: np.sqrt((v**2).sum(axis=1))
sigma = np.geomspace(50, 0.01, N)
alpha = np.linspace(0.98, 0.9999, N)
etas = {
    "snr": ({"rule": "snr", "snr": "0.16"}, {}, 2 * (0.16 * norm(z) / norm(score)) ** 2),
    "snr, alpha of a VP process": ({"rule": "snr", "snr": "0.3"}, {"alpha": alpha}, 2 * alpha * (0.3 * norm(z) / norm(score)) ** 2),
    "ald": ({"rule": "ald", "snr": "0.16"}, {"alpha": alpha, "sigma": sigma}, 2 * alpha * (0.16 * sigma) ** 2),
    "ncsn": ({"rule": "ncsn"}, {"sigma": sigma}, 8e-6 * (sigma / 0.01) ** 2),
}
for name, (parameters, roles, eta) in etas.items():
    e = eta[:, None]
    case(name, "langevin-corrector", {"rows": {"x": x, "score": score, "noise": z} | roles}, parameters={"noise": "given"} | parameters, measures={"eta": eta.mean(), "score-norm": norm(score).mean()}, rows={"eta": eta.tolist(), "x-next": (x + e * score + np.sqrt(2 * e) * z).tolist()}, relative=2e-13, absolute=1e-13)

# MALA on a correlated normal, by densities of SciPy
a = rng.normal(size=(D, D))
cov = a @ a.T / D + np.eye(D)
precision = np.linalg.inv(cov)
eta = 0.2
state = rng.multivariate_normal(np.zeros(D), cov, N)
s = -state @ precision
proposal = state + eta * s + np.sqrt(2 * eta) * z
sn = -proposal @ precision
lp, lpn = (scipy.stats.multivariate_normal.logpdf(v, np.zeros(D), cov) for v in (state, proposal))
q = lambda y, m: scipy.stats.norm.logpdf(y, m, np.sqrt(2 * eta)).sum(axis=1)
log = lpn - lp + q(state, proposal + eta * sn) - q(proposal, state + eta * s)
case("correlated normal", "mala-acceptance", {"rows": {"x": state, "x-next": proposal, "score": s, "score-next": sn, "logp": lp, "logp-next": lpn}}, parameters={"eta": str(eta)}, measures={"acceptance": np.minimum(1, np.exp(log)).mean()}, rows={"log-acceptance": log.tolist(), "acceptance": np.minimum(1, np.exp(log)).tolist()}, relative=1e-11, absolute=1e-12)

out = pathlib.Path(__file__).parent / "score.golden.json"
versions = f"numpy {np.__version__}, scipy {scipy.__version__}"


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


out.write_text(json.dumps({"tool": versions, "source": "generate.py beside this file", "cases": plain(cases)}) + "\n")
