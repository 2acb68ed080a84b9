#!/usr/bin/env python3
"""Golden values of what compares all pairs of rows, by NumPy, SciPy, scikit-learn and PyTorch: /usr/bin/python3 pairs.py."""

import json
import math
import pathlib

import numpy as np
import scipy
import scipy.linalg
import sklearn
import torch
from scipy.spatial.distance import cdist, pdist
from sklearn.metrics.pairwise import pairwise_distances, polynomial_kernel, rbf_kernel

rng = np.random.default_rng(20261122)
cases = []


def case(name, objective, sets, **expected):
    sets = {s: {r: np.asarray(v).tolist() for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    return float(np.std(x, ddof=1) / math.sqrt(len(x)))


def both(x, y):
    return {"real": {"features": x}, "generated": {"features": y}}


# Kernel distances


def mmd2(k, x, y, biased=False):
    xx, yy, xy = k(x, x), k(y, y), k(x, y)
    n, m = len(x), len(y)
    if biased:
        return xx.mean() + yy.mean() - 2 * xy.mean()
    return (xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1)) - 2 * xy.mean()


def cubic(x, y):
    return polynomial_kernel(x, y, degree=3, gamma=None, coef0=1)


def rbf(sigma):
    return lambda x, y: rbf_kernel(x, y, gamma=1 / (2 * sigma**2))


def blocks(x, y, size, k=cubic, seed=2020, biased=False):
    """As tf-gan cuts them, generated rows shuffled first."""
    r = np.random.RandomState(seed)
    y, x = y[r.permutation(len(y))], x[r.permutation(len(x))]
    count = math.ceil(max(len(x), len(y)) / size)

    def cut(z):
        small = len(z) // count
        sizes = [small] * (count - len(z) % count) + [small + 1] * (len(z) % count)
        return np.split(z, np.cumsum(sizes)[:-1])

    return np.array([mmd2(k, a, b, biased) for a, b in zip(cut(x), cut(y))])


def subsets(x, y, number, size, k=cubic, seed=2020, biased=False):
    """As torch-fidelity draws them, its input 1 being the generated set."""
    r = np.random.RandomState(seed)
    values = []
    for _ in range(number):
        b = y[r.choice(len(y), size, replace=False)]
        a = x[r.choice(len(x), size, replace=False)]
        values.append(mmd2(k, a, b, biased))
    return np.array(values)


def jackknife(value, n, groups=20):
    groups = min(groups, n)
    cuts = [n * p // groups for p in range(groups + 1)]
    out = np.array([value(np.delete(np.arange(n), np.s_[cuts[p] : cuts[p + 1]])) for p in range(groups)])
    return (groups - 1) / groups * ((out - out.mean()) ** 2).sum()


def mmd_se(k, x, y, biased=False):
    return math.sqrt(jackknife(lambda i: mmd2(k, x[i], y, biased), len(x)) + jackknife(lambda i: mmd2(k, x, y[i], biased), len(y)))


x, y = rng.normal(size=(45, 7)), rng.normal(0.3, 1.2, size=(31, 7))
kid = "kernel-inception-distance"
b = blocks(x, y, 16)
case("blocks of 16", kid, both(x, y), parameters={"block-size": "16"}, measures={"kid": b.mean(), "kid-deviation": b.std(ddof=1)}, errors={"kid": se(b)}, relative=1e-12, absolute=1e-14)
b = blocks(x, y, 1024)
case("one block", kid, both(x, y), measures={"kid": b.mean(), "kid-deviation": "NaN"}, errors={"kid": "NaN"}, relative=1e-12, absolute=1e-14)
b = blocks(x, y, 20, seed=7, biased=True)
case("blocks, seed 7, biased", kid, both(x, y), parameters={"block-size": "20", "seed": "7", "estimator": "biased"}, measures={"kid": b.mean()}, errors={"kid": se(b)}, relative=1e-12)
s = subsets(x, y, 10, 12)
case("subsets as torch-fidelity", kid, both(x, y), parameters={"mode": "subsets", "subsets": "10", "subset-size": "12"}, measures={"kid": s.mean(), "kid-deviation": s.std()}, errors={"kid": "NaN"}, relative=1e-12, absolute=1e-14)
s = subsets(x, y, 4, 15, k=rbf(2.5), seed=11)
case("subsets, rbf", kid, both(x, y), parameters={"mode": "subsets", "subsets": "4", "subset-size": "15", "kernel": "rbf", "sigma": "2.5", "seed": "11"}, measures={"kid": s.mean(), "kid-deviation": s.std()}, relative=1e-11, absolute=1e-14)
k2 = lambda a, c: polynomial_kernel(a, c, degree=2, gamma=0.5, coef0=2)
b = blocks(x, y, 16, k=k2)
case("degree 2, gamma 0.5, coef0 2", kid, both(x, y), parameters={"block-size": "16", "degree": "2", "gamma": "0.5", "coef0": "2"}, measures={"kid": b.mean()}, errors={"kid": se(b)}, relative=1e-12, absolute=1e-13)
case("C31: two by two by hand", kid, both([[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [-1.0, 0.0]]), measures={"kid": -2.8125})
wide = (np.round(4096 * np.maximum(rng.normal(0.1, 0.6, size=(2, 26, 530)), 0)) / 4096).astype(np.float32)
b = blocks(wide[0].astype(float), wide[1].astype(float), 10)
case("float32, three blocks of columns", kid, both(*wide), dtype="float32", parameters={"block-size": "10"}, measures={"kid": b.mean()}, absolute=1e-7)
case("float32 rows, float64 products", kid, both(*wide), dtype="float32", parameters={"block-size": "10", "products": "float64"}, measures={"kid": b.mean(), "kid-deviation": b.std(ddof=1)}, absolute=1e-13)

mmd = "maximum-mean-discrepancy"
case("cubic, unbiased", mmd, both(x, y), measures={"mmd-squared": mmd2(cubic, x, y)}, errors={"mmd-squared": mmd_se(cubic, x, y)}, relative=1e-12, absolute=1e-14)
case("cubic, biased", mmd, both(x, y), parameters={"estimator": "biased"}, measures={"mmd-squared": mmd2(cubic, x, y, True)}, errors={"mmd-squared": mmd_se(cubic, x, y, True)}, relative=1e-12)
case("rbf, unbiased, scaled", mmd, both(x, y), parameters={"kernel": "rbf", "sigma": "1.5", "scale": "10"}, measures={"mmd-squared": 10 * mmd2(rbf(1.5), x, y)}, errors={"mmd-squared": 10 * mmd_se(rbf(1.5), x, y)}, relative=1e-11, absolute=1e-13)
u, v = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (x, y))


def cmmd(x, y):
    """The definition of google-research/cmmd, in float64."""
    x, y = torch.as_tensor(x), torch.as_tensor(y)
    gamma = 1 / (2 * 10**2)
    sx, sy = (x @ x.T).diagonal(), (y @ y.T).diagonal()
    e = lambda a, b, sa, sb: torch.exp(-gamma * (-2 * (a @ b.T) + sa[:, None] + sb[None, :])).mean()
    return float(1000 * (e(x, x, sx, sx) + e(y, y, sy, sy) - 2 * e(x, y, sx, sy)))


case("CMMD", mmd, both(u, v), parameters={"preset": "cmmd"}, measures={"mmd-squared": cmmd(u, v)}, errors={"mmd-squared": 1000 * mmd_se(rbf(10), u, v, True)}, relative=1e-9, absolute=1e-11)
case("two rows each", mmd, both(x[:2], y[:2]), measures={"mmd-squared": mmd2(cubic, x[:2], y[:2])}, errors={"mmd-squared": "NaN"}, relative=1e-12, absolute=1e-14)
case("equal sets, biased", mmd, both(x, x), parameters={"estimator": "biased", "kernel": "rbf"}, measures={"mmd-squared": 0.0}, absolute=1e-15)

# Precision and recall


def prdc(x, y, k, strict):
    inside = np.less if strict else np.less_equal
    rr, gg, rg = pairwise_distances(x), pairwise_distances(y), cdist(x, y)
    rr, gg = cdist(x, x), cdist(y, y)
    radius_r, radius_g = np.sort(rr, axis=1)[:, k], np.sort(gg, axis=1)[:, k]
    in_real = inside(rg, radius_r[:, None])
    in_generated = inside(rg, radius_g[None, :])
    precise, recalled, covered = in_real.any(0), in_generated.any(1), in_real.any(1)
    p, r = precise.mean(), recalled.mean()
    mask = radius_r < np.median(radius_r)
    with np.errstate(divide="ignore"):
        realism = (radius_r[mask, None] / rg[mask]).max(0) if mask.any() else np.full(len(y), np.nan)
    balls = in_real.sum(0)
    measures = {"precision": p, "recall": r, "f-score": 2 * p * r / max(1e-5, p + r), "density": balls.mean() / k, "coverage": covered.mean()}
    errors = {"precision": se(precise), "recall": se(recalled), "density": se(balls / k), "coverage": se(covered)}
    numbers = lambda v: [float(t) if np.isfinite(t) else ("NaN" if np.isnan(t) else "Infinity") for t in v]
    rows = {"balls": numbers(balls), "radius": numbers(radius_r), "recalled": numbers(recalled), "covered": numbers(covered), "realism": numbers(realism)}
    return {"measures": measures, "errors": errors, "rows": rows}


pr = "precision-recall"
for k, boundary in ((3, "inclusive"), (5, "strict"), (1, "inclusive")):
    case(f"k = {k}, {boundary}", pr, both(x, y), parameters={"k": str(k), "boundary": boundary}, **prdc(x, y, k, boundary == "strict"), relative=1e-12)
case("float32", pr, both(x.astype(np.float32), y.astype(np.float32)), dtype="float32", **prdc(x.astype(np.float32).astype(float), y.astype(np.float32).astype(float), 3, False), relative=1e-12)
far = (1000 + wide[0, :25, :50]).astype(np.float32), (1000 + wide[1, :20, :50]).astype(np.float32)
case("far from the origin, float32", pr, both(*far), dtype="float32", **prdc(far[0].astype(float), far[1].astype(float), 3, False), relative=1e-12)
case("C23: a set against itself, strict", pr, both(x, x), parameters={"boundary": "strict"}, measures={"precision": 1, "recall": 1, "density": 1, "coverage": 1})
grid = rng.integers(0, 3, size=(2, 40, 3)).astype(float)
for boundary in ("inclusive", "strict"):
    case(f"ties and duplicates, {boundary}", pr, both(*grid), parameters={"boundary": boundary}, **prdc(grid[0], grid[1], 3, boundary == "strict"), relative=1e-12)
case("constant sets", pr, both(np.ones((5, 2)), np.ones((6, 2))), measures={"precision": 1, "recall": 1, "density": 5 / 3, "coverage": 1}, relative=1e-15)
case("constant sets, strict", pr, both(np.ones((5, 2)), np.ones((6, 2))), parameters={"boundary": "strict"}, measures={"precision": 0, "recall": 0, "f-score": 0, "density": 0, "coverage": 0})
case("two rows, k = 1", pr, both(x[:2], y[:2]), parameters={"k": "1"}, **prdc(x[:2], y[:2], 1, False), relative=1e-12)

# Memorization


def fid(x, y):
    c1, c2 = np.cov(x.T), np.cov(y.T)
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(c1 + c2 - 2 * scipy.linalg.sqrtm(c1 @ c2).real))


def memorization(x, y, over="generated", threshold=0.1):
    tx, ty = torch.as_tensor(x), torch.as_tensor(y)
    tx, ty = tx[(tx != 0).any(1)], ty[(ty != 0).any(1)]
    nx, ny = tx / tx.norm(dim=1, keepdim=True), ty / ty.norm(dim=1, keepdim=True)
    d = 1 - (nx @ ny.T).abs()
    m = d.min(0 if over == "generated" else 1).values.numpy()
    penalty = m.mean() if m.mean() < threshold else 1.0
    rr, rg = cdist(x, x), cdist(x, y)
    np.fill_diagonal(rr, np.inf)
    own, nearest = rr.min(0), rg.argmin(0)
    authentic = own[nearest] < rg.min(0)
    levels = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]
    real_rows = {tuple(r) for r in x}
    measures = {
        "frechet-distance": fid(x, y),
        "mifid": fid(x, y) / (penalty + 10e-15),
        "memorization-distance": m.mean(),
        "auth-pct": 100 * authentic.mean(),
        "copies": sum(tuple(r) in real_rows for r in y),
        "duplicates": len(y) - len({tuple(r) for r in y}),
        "median-nearest-distance": np.median(rg.min(0)),
        "median-nearest-distance-real": np.median(own),
    }
    arrays = {"nearest-distance-quantiles": np.quantile(rg.min(0), levels).tolist(), "nearest-distance-quantiles-real": np.quantile(own, levels).tolist()}
    rows = {"nearest-distance": rg.min(0).tolist(), "nearest-row": nearest.astype(float).tolist(), "authentic": authentic.astype(float).tolist()}
    return {"measures": measures, "arrays": arrays, "rows": rows, "errors": {"auth-pct": 100 * se(authentic), "memorization-distance": se(m)}}


me = "memorization"
case("apart", me, both(x, y), **memorization(x, y), relative=1e-10)
case("as torchmetrics, over real rows", me, both(x, y), parameters={"mean-over": "real", "threshold": "0.5"}, **memorization(x, y, "real", 0.5), relative=1e-10)
copied = np.concatenate([y[:20], x[3:9], x[3:4], x[10:16] + 1e-5 * rng.normal(size=(6, 7)), -x[20:22]])
case("copies and near copies", me, both(x, copied), parameters={"threshold": "0.5"}, **memorization(x, copied, threshold=0.5), relative=1e-9, absolute=1e-12)
dx, dy = grid[0] + 0.0, np.concatenate([grid[1], np.zeros((1, 3))])
g = memorization(dx, dy)
case("ties, duplicates, a row of zeros", me, both(dx, dy), **{k: g[k] for k in ("rows", "arrays")}, measures={k: g["measures"][k] for k in g["measures"] if k not in ("mifid", "frechet-distance")}, absolute=1e-14, relative=1e-12)
f32 = copied.astype(np.float32)
x32 = x.astype(np.float32)
g = memorization(x32.astype(float), f32.astype(float))
case("float32, without MiFID", me, both(x32, f32), dtype="float32", parameters={"mifid": "off"}, **{k: g[k] for k in ("rows", "arrays")}, measures={k: g["measures"][k] for k in g["measures"] if k not in ("mifid", "frechet-distance")}, relative=1e-11, absolute=1e-14)

# Mean pairwise distance

pw = "pairwise-distance"
for metric, name in (("euclidean", "euclidean"), ("sqeuclidean", "squared"), ("cosine", "cosine")):
    value = lambda z: pdist(z, metric).mean()
    a, c = value(y), value(x)
    sa, sc = (math.sqrt(jackknife(lambda i: value(z[i]), len(z))) for z in (y, x))
    case(f"{name}, with a reference", pw, {"generated": {"samples": y}, "reference": {"samples": x}}, parameters={"distance": name}, measures={"mean-pairwise-distance": a, "mean-pairwise-distance-reference": c, "pairwise-distance-ratio": a / c}, errors={"mean-pairwise-distance": sa, "pairwise-distance-ratio": math.hypot(sa / c, a * sc / c**2)}, relative=1e-12)
    case(f"{name}, duplicates, float32", pw, {"generated": {"samples": grid[0] + 1}}, dtype="float32", parameters={"distance": name}, measures={"mean-pairwise-distance": value(grid[0] + 1)}, relative=1e-6)
case("constant", pw, {"generated": {"samples": np.full((5, 3), 0.1)}}, measures={"mean-pairwise-distance": 0})
case("constant, cosine", pw, {"generated": {"samples": np.full((5, 3), 0.1)}}, parameters={"distance": "cosine"}, measures={"mean-pairwise-distance": 0})
case("two rows", pw, {"generated": {"samples": y[:2]}}, measures={"mean-pairwise-distance": float(pdist(y[:2])[0])}, errors={"mean-pairwise-distance": "NaN"}, relative=1e-13)

tool = f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, torch {torch.__version__}; pairs.py"


def plain(value):
    if isinstance(value, (np.floating, np.integer, np.bool_)):
        return value.item()
    raise TypeError(type(value))


path = pathlib.Path(__file__).with_name("pairs.golden.json")
lines = ",\n".join(json.dumps(c, default=plain) for c in cases)
path.write_text('{"tool": %s, "cases": [\n%s\n]}\n' % (json.dumps(tool), lines))
