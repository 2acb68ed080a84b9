#!/usr/bin/env python3
"""Golden values of the score family by NumPy and SciPy: python3 generate.py."""

import json
import pathlib

import numpy as np
import scipy
import scipy.special
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

# Steps from the norms of a batch (score_sde) or of all rows; the last batch has one row
nz, ns = norm(z), norm(score)
blocks = np.arange(N) // 3
mean_of = lambda v: np.array([v[blocks == b].mean() for b in blocks])
for name, parameters, eta in [
    ("norms of batches of 3", {"norm": "batch", "batch-size": "3"}, 2 * alpha * (0.16 * mean_of(nz) / mean_of(ns)) ** 2),
    ("norms of all rows", {"norm": "dataset"}, 2 * alpha * (0.16 * nz.mean() / ns.mean()) ** 2),
]:
    e = eta[:, None]
    case(name, "langevin-corrector", {"rows": {"x": x, "score": score, "noise": z, "alpha": alpha}}, parameters={"noise": "given"} | parameters, measures={"eta": eta.mean()}, rows={"eta": eta.tolist(), "x-next": (x + e * score + np.sqrt(2 * e) * z).tolist()}, relative=2e-13, absolute=1e-13)

# Underdamped: the splitting written as BAOAB with half kicks, whose positions a run of whole kicks must have
d = 3
a = rng.normal(size=(2, d, d))
covs = np.einsum("kij,klj->kil", a, a) / d + np.eye(d)
means = rng.normal(size=(2, d))
weights = np.array([1.0, 2.5])
target = {"weights": weights.tolist(), "means": means.tolist(), "covariances": [((c + c.T) / 2).tolist() for c in covs]}
covs = np.array(target["covariances"])
single = {"means": target["means"][:1], "covariances": target["covariances"][:1]}


def mixture_score(q):
    """By SciPy's densities and a linear solve."""
    logs = np.array([np.log(w) + scipy.stats.multivariate_normal.logpdf(q, m, c) for w, m, c in zip(weights, means, covs)])
    r = np.exp(logs - scipy.special.logsumexp(logs, axis=0))
    return sum(r[k][:, None] * -np.linalg.solve(covs[k], (q - means[k]).T).T for k in range(2))


scores = {"gaussian": (single, lambda q: -np.linalg.solve(covs[0], (q - means[0]).T).T), "mixture": (target, mixture_score), "standard-normal": (None, lambda q: -q)}
q0, v0 = rng.normal(size=(2, N, d))
for kind, (given, f) in scores.items():
    more = {"target": json.dumps(given)} if given else {}
    draws = np.random.default_rng(31).normal(size=(4, N, d))  # noise numpy:31, a step after the other
    q = q0
    norms = []
    for w in draws:
        s = f(q)
        norms.append(norm(s))
        q = q + 0.03 * s + np.sqrt(0.06) * w
    case(f"langevin, {kind}, four steps", "langevin", {"rows": {"x": q0}}, parameters={"eta": "0.03", "steps": "4", "noise": "numpy:31", "score-function": kind} | more, measures={"score-evaluations": 4 * N} | ({"score-norm": np.mean(norms)} if given else {}), rows={"x-next": q.tolist(), "score-norm": np.mean(norms, axis=0).tolist()}, relative=1e-10, absolute=1e-11)
    h, gamma = 0.4, 1.3
    c = np.exp(-gamma * h)
    q, v = q0, v0
    for w in draws:
        v = v + h / 2 * f(q)  # the half kick that ends a step of BAOAB
        v = v + h / 2 * f(q)  # and the one that begins the next
        q = q + h / 2 * v
        v = c * v + np.sqrt(1 - c * c) * w
        q = q + h / 2 * v
    case(f"underdamped, {kind}, four steps", "underdamped-langevin", {"rows": {"x": q0, "v": v0}}, parameters={"step": str(h), "friction": str(gamma), "steps": "4", "noise": "numpy:31", "score-function": kind} | more, measures={"score-evaluations": 4 * N}, rows={"x-next": q.tolist(), "v-next": v.tolist()}, relative=1e-10, absolute=1e-11)
s0 = rng.normal(size=(N, d))
w = rng.normal(size=(N, d))
u = v0 + 0.2 * s0
vn = np.exp(-0.1) * u + np.sqrt(1 - np.exp(-0.2)) * w
case("underdamped, score given", "underdamped-langevin", {"rows": {"x": q0, "v": v0, "score": s0, "noise": w}}, parameters={"step": "0.2", "friction": "0.5", "noise": "given"}, rows={"x-next": (q0 + 0.1 * u + 0.1 * vn).tolist(), "v-next": vn.tolist()}, relative=1e-13, absolute=1e-14)

out = pathlib.Path(__file__).parent / "score.golden.json"
versions = f"numpy {np.__version__}, scipy {scipy.__version__}"


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


out.write_text(json.dumps({"tool": versions, "source": "generate.py beside this file", "cases": plain(cases)}) + "\n")
