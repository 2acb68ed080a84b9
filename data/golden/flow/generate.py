#!/usr/bin/env python3
"""Golden values of the flow objectives, by PyTorch (autograd Jacobians), NumPy and SciPy: /usr/bin/python3 generate.py."""

import json
import math
import pathlib

import numpy as np
import scipy
import scipy.linalg
import scipy.stats
import torch
import torch.nn.functional as F

rng = np.random.default_rng(20261122)
torch.set_default_dtype(torch.float64)
cases = []
LN2 = math.log(2)


def case(name, objective, sets, **expected):
    listed = lambda v: {k: listed(c) for k, c in v.items()} if isinstance(v, dict) else v if isinstance(v, list) else np.asarray(v).tolist()
    sets = {s: {r: listed(v) for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    x = np.asarray(x)
    return float(np.std(x, ddof=1) / math.sqrt(len(x)))


def both_ways(name, objective, x, roles, f, parameters={}, relative=1e-12, absolute=1e-13, inverse=True):
    """Forward values and ln|det| of PyTorch's Jacobian, row by row; and the way back."""
    ys, lds = [], []
    for i in range(len(x)):
        xi = torch.as_tensor(x[i])
        row = {k: torch.as_tensor(v[i]) for k, v in roles.items()}
        ys.append(f(xi, **row).numpy())
        jacobian = torch.autograd.functional.jacobian(lambda t: f(t, **row), xi)
        lds.append(torch.linalg.slogdet(jacobian)[1].item())
    ys, lds = np.array(ys), np.array(lds)
    roles = {k.replace("_", "-"): v for k, v in roles.items()}
    case(name + ", forward, autograd Jacobian", objective, {"rows": {"x": x} | roles}, parameters=parameters, rows={"y": ys.tolist(), "logdet": lds.tolist()}, measures={"logdet": lds.mean()}, errors={"logdet": se(lds)}, relative=relative, absolute=absolute)
    if inverse:
        case(name + ", inverse", objective, {"rows": {"x": ys} | roles}, parameters=parameters | {"direction": "inverse"}, rows={"y": x.tolist(), "logdet": (-lds).tolist()}, relative=relative, absolute=100 * absolute)
    return ys, lds


# Base densities, log-determinants, preprocessing
n, d = 7, 6
z, m, lv = rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(n, d))
lds = rng.normal(size=(n, 5))
base = scipy.stats.norm.logpdf(z).sum(1)
lp = base + lds.sum(1)
case("five log-determinants in columns and a vector", "flow-log-density", {"rows": {"z": z, "logdet": {"ld1": lds[:, 0], "ld2": lds[:, 1], "rest": lds[:, 2:]}}}, measures={"log-density": lp.mean(), "base-log-density": base.mean(), "bits-per-dimension": -lp.mean() / (d * LN2)}, errors={"log-density": se(lp), "bits-per-dimension": se(lp) / (d * LN2)}, rows={"log-density": lp.tolist()})
lp = base - lds.sum(1)
case("a vector of log-determinants, forward", "flow-log-density", {"rows": {"z": z, "logdet": lds}}, parameters={"direction": "forward"}, rows={"log-density": lp.tolist()})
base = scipy.stats.norm.logpdf(z, m, np.exp(lv / 2)).sum(1)
case("diagonal normal, columns", "flow-log-density", {"rows": {"z": z, "base-mean": m, "base-logvar": lv, "logdet": lds[:, 0]}}, parameters={"base": "diagonal-normal"}, rows={"base-log-density": base.tolist(), "log-density": (base + lds[:, 0]).tolist()})
base = scipy.stats.norm.logpdf(z, 0.5, math.exp(-0.35)).sum(1)
case("diagonal normal, parameters", "flow-log-density", {"rows": {"z": z, "logdet": lds[:, 0]}}, parameters={"base": "diagonal-normal", "base-mean": "0.5", "base-logvar": "-0.7"}, rows={"base-log-density": base.tolist()})
u = rng.uniform(-1, 3, (n, d))
base = scipy.stats.uniform.logpdf(u, -1, 4).sum(1)
case("uniform", "flow-log-density", {"rows": {"z": u, "logdet": lds[:, 0]}}, parameters={"base": "uniform", "base-low": "-1", "base-high": "3"}, rows={"base-log-density": base.tolist(), "log-density": (base + lds[:, 0]).tolist()})
case("outside a uniform base", "flow-log-density", {"rows": {"z": [[0.5, 0.5], [0.5, 1.5]], "logdet": [0.0, 0.0]}}, parameters={"base": "uniform"}, policy="propagate", rows={"log-density": [0.0, "-Infinity"]})
given = rng.normal(-30, 3, n)
lp = given + lds[:, 0]
case("base given", "flow-log-density", {"rows": {"base-logp": given, "logdet": lds[:, 0]}}, parameters={"base": "given", "dimensions": "12"}, measures={"log-density": lp.mean(), "bits-per-dimension": -lp.mean() / (12 * LN2)})
case("float32", "flow-log-density", {"rows": {"z": z, "logdet": lds[:, 0]}}, dtype="float32", rows={"base-log-density": scipy.stats.norm.logpdf(z.astype(np.float32).astype(float)).sum(1).tolist()}, relative=1e-12)

# Bits per dimension of 8-bit data: x = (u + 255 k)/256 on [0, 1], T by PyTorch's autograd
x = rng.uniform(0.01, 0.99, (n, d))
base = scipy.stats.norm.logpdf(z).sum(1)
lp = base + lds[:, 0]
alpha = 0.05
tx = torch.as_tensor(x).requires_grad_()
(slope,) = torch.autograd.grad(torch.logit(alpha + (1 - 2 * alpha) * tx).sum(), tx)
pre = slope.log().sum(1).numpy()
bpd = -(lp + pre) / (d * LN2) + 8
case("logit preprocessing", "flow-log-density", {"rows": {"z": z, "logdet": lds[:, 0], "data": x}}, parameters={"preprocessing": "logit", "alpha": str(alpha), "levels": "256", "dequantization": "uniform"}, measures={"bits-per-dimension": bpd.mean(), "log-density": lp.mean()}, errors={"bits-per-dimension": se(bpd)}, rows={"preprocessing-logdet": pre.tolist()})
# score_sde: the offset is 7 for a model on [-1, 1] where it is 8 on [0, 1]
case("scale preprocessing: score_sde's offset 7", "flow-log-density", {"rows": {"z": z, "logdet": lds[:, 0]}}, parameters={"preprocessing": "scale", "scale": "2", "levels": "256", "dequantization": "uniform"}, measures={"bits-per-dimension": -lp.mean() / (d * LN2) + 7})

# Affine, both directions
s, t = rng.normal(size=(n, d)), rng.normal(size=(n, d))
lp = scipy.stats.norm.logpdf(z).sum(1) - np.log(np.abs(s)).sum(1)
case("forward", "affine-flow", {"rows": {"x": z, "scale": s, "shift": t}}, parameters={"direction": "forward"}, rows={"z": (s * z + t).tolist(), "log-density": lp.tolist(), "logdet": np.log(np.abs(s)).sum(1).tolist()}, relative=1e-12, absolute=1e-14)
case("inverse, log-determinant", "affine-flow", {"rows": {"x": s * z + t, "scale": s, "shift": t}}, rows={"log-density": lp.tolist(), "logdet": (-np.log(np.abs(s)).sum(1)).tolist()}, relative=1e-12)
case("one scale for all, forward", "affine-flow", {"rows": {"x": z}}, parameters={"direction": "forward", "scale": "-2", "shift": "3"}, rows={"z": (3 - 2 * z).tolist(), "logdet": [d * LN2] * n}, relative=1e-13, absolute=1e-15)

# Triangular
case("B8: TFP scale_matvec_tril_test, forward", "triangular-flow", {"rows": {"x": [[1.0, 2.0], [1.0, 2.0]], "matrix": [[2.0, 0.0, 2.0, 2.0], [3.0, 0.0, 3.0, 3.0]]}}, rows={"y": [[2.0, 6.0], [3.0, 9.0]], "logdet": [math.log(4), math.log(9)]}, relative=1e-15)
case("B8: TFP scale_matvec_tril_test, inverse", "triangular-flow", {"rows": {"x": [[1.0, 2.0], [1.0, 2.0]], "matrix": [[2.0, 0.0, 2.0, 2.0], [3.0, 0.0, 3.0, 3.0]]}}, parameters={"direction": "inverse"}, rows={"y": [[0.5, 0.5], [1 / 3, 1 / 3]], "logdet": [-math.log(4), -math.log(9)]}, relative=1e-15)
case("B8: one matrix for all rows", "triangular-flow", {"rows": {"x": [[1.0, 2.0]]}}, parameters={"matrix": "2, 0, 2, 2"}, rows={"y": [[2.0, 6.0]], "logdet": [math.log(4)]}, relative=1e-15)
l = rng.normal(size=(n, d, d)) + 2 * np.eye(d)
both_ways("upper triangle not read", "triangular-flow", z, {"matrix": l.reshape(n, -1), "shift": t}, lambda x, matrix, shift: torch.tril(matrix.reshape(d, d)) @ x + shift)
solved = np.array([scipy.linalg.solve_triangular(np.tril(l[i]), z[i] - t[i], lower=True) for i in range(n)])
case("inverse by SciPy's solve_triangular", "triangular-flow", {"rows": {"x": z, "matrix": l.reshape(n, -1), "shift": t}}, parameters={"direction": "inverse"}, rows={"y": solved.tolist()}, relative=1e-10, absolute=1e-12)

# Planar: w.u >= -1 in every row
w, u = rng.normal(size=(n, d)), rng.normal(size=(n, d)) * 0.6
dots = (w * u).sum(1)
u = np.where(dots[:, None] < -0.9, -u, u)
b = rng.normal(size=n)
both_ways("invertible", "planar-flow", z, {"w": w, "u": u, "b": b}, lambda x, w, u, b: x + u * torch.tanh(w @ x + b))
bad = np.where((w * u).sum(1)[:, None] > 0, -3 * u, u)
share = float(((w * bad).sum(1) >= -1).mean())
case("share that is invertible", "planar-flow", {"rows": {"x": z, "w": w, "u": bad, "b": b}}, measures={"invertible-share": share})


def constrained(x, w, u, b):
    c = w @ u
    u = u + (-1 + F.softplus(c) - c) * w / (w @ w)
    return x + u * torch.tanh(w @ x + b)


both_ways("constrained", "planar-flow", z, {"w": w, "u": bad, "b": b}, constrained, parameters={"constrain": "true"}, absolute=1e-12)

# Radial: beta >= -alpha
center, alpha = rng.normal(size=(n, d)), rng.uniform(0.3, 2, n)
beta = rng.uniform(-1, 3, n) * alpha


def radial(x, center, alpha, beta):
    return x + beta / (alpha + torch.linalg.norm(x - center)) * (x - center)


both_ways("radial", "radial-flow", z, {"center": center, "alpha": alpha, "beta": beta}, radial)
case("radial, share that is invertible", "radial-flow", {"rows": {"x": z, "center": center, "alpha": alpha, "beta": -1.5 * alpha * np.array([1, 0, 1, 1, 0, 0, 0])}}, measures={"invertible-share": 4 / 7})
free = rng.normal(size=n) * 3
both_ways("radial, constrained", "radial-flow", z, {"center": center, "alpha": alpha, "beta": free}, lambda x, center, alpha, beta: radial(x, center, alpha, F.softplus(beta) - alpha), parameters={"constrain": "true"}, absolute=1e-12)
case("radial, at the center", "radial-flow", {"rows": {"x": [[1.0, 2.0]], "center": [[1.0, 2.0]], "alpha": [2.0], "beta": [3.0]}}, rows={"y": [[1.0, 2.0]], "logdet": [2 * math.log(2.5)]}, relative=1e-15)

# Coupling
ls, sh = rng.normal(size=(n, 3)) * 0.5, rng.normal(size=(n, 3))


def coupling(passing):
    def f(x, log_scale, shift):
        y = x.clone()
        rest = [j for j in range(d) if j not in passing]
        y[rest] = x[rest] * torch.exp(log_scale) + shift
        return y

    return f


for name, passing in {"first": [0, 1, 2], "last": [3, 4, 5], "even": [0, 2, 4], "odd": [1, 3, 5]}.items():
    both_ways("pass " + name, "coupling-flow", z, {"log_scale": ls, "shift": sh}, coupling(passing), parameters={"pass": name})
both_ways("two of six transformed", "coupling-flow", z, {"log_scale": ls[:, :2], "shift": sh[:, :2]}, coupling([0, 1, 2, 3]))

# Rational-quadratic splines, written from the equations of Durkan et al. with nflows' parameters
MIN = 1e-3


def spline(bins, bound, tails, link="softplus", mins=(MIN, MIN, MIN)):
    def knots(un, least):
        share = least + (1 - least * bins) * torch.softmax(un, -1)
        return torch.cat([torch.zeros(1), torch.cumsum(share, -1)[:-1], torch.ones(1)]) * 2 * bound - bound

    def positive(un):
        if link == "softplus":
            return mins[2] + F.softplus(un)
        if link == "softplus-beta":
            beta = LN2 / (1 - mins[2])
            return mins[2] + F.softplus(un * beta) / beta
        return mins[2] + F.softplus(un + math.log(math.expm1(1 - mins[2])))

    def f(x, widths, heights, derivatives):
        y = []
        for j in range(len(x)):
            if abs(x[j].item()) > bound:
                y.append(x[j])
                continue
            kx, ky = knots(widths.reshape(-1, bins)[j], mins[0]), knots(heights.reshape(-1, bins)[j], mins[1])
            inner = positive(derivatives.reshape(len(x), -1)[j])
            dv = torch.cat([torch.ones(1), inner, torch.ones(1)]) if tails else inner
            k = min(int(torch.searchsorted(kx, x[j].detach(), right=True)) - 1, bins - 1)
            wk, hk = kx[k + 1] - kx[k], ky[k + 1] - ky[k]
            sk = hk / wk
            xi = (x[j] - kx[k]) / wk
            den = sk + (dv[k + 1] + dv[k] - 2 * sk) * xi * (1 - xi)
            y.append(ky[k] + hk * (sk * xi**2 + dv[k] * xi * (1 - xi)) / den)
        return torch.stack(y)

    return f


K = 8
wide = rng.uniform(-4, 4, (n, d))
un_w, un_h = rng.normal(size=(n, d * K)) * 1.5, rng.normal(size=(n, d * K)) * 1.5
un_d = rng.normal(size=(n, d * (K - 1))) * 1.5
for link in ("softplus", "softplus-beta", "softplus-offset"):
    both_ways("linear tails, " + link, "rational-quadratic-spline", wide, {"widths": un_w, "heights": un_h, "derivatives": un_d}, spline(K, 3.0, True, link), parameters={"tail-bound": "3", "derivative-link": link}, relative=1e-10, absolute=1e-11)
inside = rng.uniform(-1, 1, (n, d))
both_ways("no tails", "rational-quadratic-spline", inside, {"widths": un_w, "heights": un_h, "derivatives": rng.normal(size=(n, d * (K + 1)))}, spline(K, 1.0, False, "softplus", (0.01, 0.02, 0.05)), parameters={"tails": "none", "min-bin-width": "0.01", "min-bin-height": "0.02", "min-derivative": "0.05"}, relative=1e-10, absolute=1e-11)
unit = np.linspace(0, 1, 20).reshape(4, 5)
zeros = {"widths": np.zeros((4, 50)), "heights": np.zeros((4, 50)), "derivatives": np.zeros((4, 45))}
for link in ("softplus-beta", "softplus-offset"):
    for direction in ("forward", "inverse"):
        case("B11: parameters of zero are the identity, %s, %s" % (link, direction), "rational-quadratic-spline", {"rows": {"x": unit} | zeros}, parameters={"derivative-link": link, "direction": direction}, rows={"y": unit.tolist(), "logdet": [0.0] * 4}, relative=1e-13, absolute=1e-13)
outside = np.array([[-7.0, 1.5, 2.0, -1.001, 1e30]])
case("B11: identity outside the tails", "rational-quadratic-spline", {"rows": {"x": outside, "widths": rng.normal(size=(1, 50)), "heights": rng.normal(size=(1, 50)), "derivatives": rng.normal(size=(1, 45))}}, rows={"y": outside.tolist(), "logdet": [0.0]}, relative=0)

# Continuous flows: Gaussian expansion dx/dt = a x, divergence a d, whose density is known exactly
steps = [1, 4, 9]
div = [rng.normal(size=k).tolist() for k in steps]
dt = [rng.uniform(0.01, 0.3, k).tolist() for k in steps]
euler = np.array([np.dot(a, b) for a, b in zip(div, dt)])
base3 = scipy.stats.norm.logpdf(z[:3]).sum(1)
case("euler", "continuous-flow", {"rows": {"divergence": div, "dt": dt, "z": z[:3]}}, rows={"divergence-integral": euler.tolist(), "log-density": (base3 - euler).tolist()}, measures={"log-density": (base3 - euler).mean(), "bits-per-dimension": -(base3 - euler).mean() / (d * LN2)}, errors={"log-density": se(base3 - euler)}, relative=1e-12)
more = [rng.normal(size=k + 1).tolist() for k in steps]
trapezoid = np.array([np.trapz(a, np.concatenate([[0], np.cumsum(b)])) for a, b in zip(more, dt)])
case("trapezoid, numpy.trapz, base given", "continuous-flow", {"rows": {"divergence": more, "dt": dt, "base-logp": base3}}, parameters={"method": "trapezoid", "direction": "inverse", "base": "given", "dimensions": "6", "preprocessing": "scale", "scale": "2", "levels": "256"}, rows={"log-density": (base3 + trapezoid).tolist()}, measures={"bits-per-dimension": -(base3 + trapezoid).mean() / (d * LN2) + 7}, relative=1e-12)
a = 0.7
xs = z * math.exp(a)
exact = scipy.stats.norm.logpdf(xs, 0, math.exp(a)).sum(1)
case("expansion by e^0.7, exact", "continuous-flow", {"rows": {"divergence": [[a * d] * 11] * n, "dt": [[0.1] * 10] * n, "z": z}}, parameters={"method": "trapezoid"}, rows={"log-density": exact.tolist()}, relative=1e-12)
case("the same from data to base, t falling", "continuous-flow", {"rows": {"divergence": [[a * d] * 10] * n, "dt": [[-0.1] * 10] * n, "z": z}}, parameters={"direction": "inverse"}, rows={"log-density": exact.tolist()}, relative=1e-12)

# Round trip
x = rng.normal(size=(n, d))
back = x + rng.normal(size=(n, d)) * 1e-6
ldf = rng.normal(size=n)
ldi = -ldf + rng.normal(size=n) * 1e-5
err, mis = np.abs(x - back).max(1), np.abs(ldf + ldi)
case("errors and mismatches", "round-trip", {"rows": {"x": x, "reconstruction": back, "logdet-forward": ldf, "logdet-inverse": ldi}}, measures={"max-error": err.max(), "mean-error": err.mean(), "worst-row": int(err.argmax()), "max-logdet-error": mis.max(), "mean-logdet-error": mis.mean()}, errors={"mean-error": se(err), "mean-logdet-error": se(mis)})

# Reverse KL of N(0.3, 0.8^2) from an unnormalised N(0, 1), on given samples
q = rng.normal(0.3, 0.8, 20)
lq, lpt = scipy.stats.norm.logpdf(q, 0.3, 0.8), -0.5 * q**2
case("beta", "reverse-kl", {"rows": {"log-q": lq, "log-p": lpt}}, parameters={"beta": "0.5"}, measures={"reverse-kl": (lq - 0.5 * lpt).mean()}, errors={"reverse-kl": se(lq - 0.5 * lpt)}, rows={"reverse-kl": (lq - 0.5 * lpt).tolist()})

out = pathlib.Path(__file__).parent / "flow.golden.json"
versions = f"torch {torch.__version__}, numpy {np.__version__}, scipy {scipy.__version__}"
source = "generate.py beside this file; cases B8 and B11: literals of TensorFlow Probability scale_matvec_tril_test and nflows rational_quadratic_test (identity_init)"


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


out.write_text(json.dumps({"tool": versions, "source": source, "cases": plain(cases)}) + "\n")
