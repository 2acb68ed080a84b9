#!/usr/bin/env python3
"""Golden values of metrics of whole sets that need no pairs of rows, by NumPy and SciPy: python3 generate.py.

Fréchet distances are by singular values of products of centred rows where a covariance is singular, by sqrtm
where it is not; both differ from what is checked. Singular values and eigenvalues are LAPACK's in both.
"""

import json
import pathlib

import numpy as np
import scipy
import scipy.linalg
import scipy.special
import scipy.stats
import torch

rng = np.random.default_rng(20261123)
cases = []


def case(name, objective, sets, **expected):
    sets = {s: {r: np.asarray(v).tolist() for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def nuclear(x, y):
    """Fréchet distance by |Xc Yc'|_*, for any ranks."""
    xc, yc = x - x.mean(0), y - y.mean(0)
    n, m = len(x), len(y)
    norm = np.linalg.svd(xc @ yc.T, compute_uv=False).sum() / np.sqrt((n - 1) * (m - 1))
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + (xc**2).sum() / (n - 1) + (yc**2).sum() / (m - 1) - 2 * norm)


def frechet(m1, s1, m2, s2):
    root = scipy.linalg.sqrtm(s1 @ s2)
    return float(((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root).real)


def of(x, y):
    return frechet(x.mean(0), np.cov(x.T), y.mean(0), np.cov(y.T))


def fid(name, x, y, value, relative=1e-12, **more):
    measures = {"frechet-distance": value, "rows-real": len(x), "rows-generated": len(y)} | more.pop("measures", {})
    case(name, "frechet-distance", {"real": {"features": x}, "generated": {"features": y}}, measures=measures, relative=relative, absolute=1e-12, **more)


mix = rng.normal(size=(16, 16))
fid("both fewer rows than features", x := rng.normal(size=(5, 16)) @ mix, y := rng.normal(size=(7, 16)) @ mix + 0.3, nuclear(x, y), measures={"rank-real": 4, "rank-generated": 6})
fid("one of fewer rows than features", x := rng.normal(size=(6, 12)), y := rng.normal(size=(60, 12)) + 0.1, nuclear(x, y), measures={"rank-real": 5, "rank-generated": 12})
fid("two rows of 256", x := rng.normal(size=(2, 256)), y := rng.normal(size=(2, 256)), nuclear(x, y), measures={"rank-real": 1})
fid("five rows eight times, singular with many rows", x := np.tile(rng.normal(size=(5, 8)), (8, 1)), y := rng.normal(size=(30, 8)), nuclear(x, y), measures={"rank-real": 4, "rank-generated": 8})
fid("constant rows", np.full((20, 4), 0.1), np.full((9, 4), 0.35), 4 * (0.35 - 0.1) ** 2, measures={"rank-real": 0, "rank-generated": 0})
fid("n above two blocks of rows", x := (rng.normal(size=(500, 30)) @ rng.normal(size=(30, 30))).round(2), y := (rng.normal(size=(431, 30)) @ rng.normal(size=(30, 30))).round(2) + 1, of(x, y), relative=1e-11)
fid("float32", x := rng.normal(size=(80, 9)).astype(np.float32).astype(float), y := rng.normal(1, 2, size=(70, 9)).astype(np.float32).astype(float), of(x, y), relative=1e-11, dtype="float32")
case("C1: means 0 and 1, identities", "frechet-distance", {"real": {"mu": np.zeros(64), "sigma": np.eye(64)}, "generated": {"mu": np.ones(64), "sigma": np.eye(64)}}, measures={"frechet-distance": 64, "mean-term": 64}, relative=1e-14)

x, y = rng.normal(size=(41, 5)), rng.normal(size=(53, 5)) * [1, 2, 1, 0.5, 1] + 0.2


def without(z, blocks):
    return [z[np.arange(len(z)) % blocks != b] for b in range(blocks)]


def jackknife(blocks):
    spread = lambda v: (blocks - 1) / blocks * ((v - v.mean()) ** 2).sum()
    vx = spread(np.array([of(z, y) for z in without(x, blocks)]))
    vy = spread(np.array([of(x, z) for z in without(y, blocks)]))
    return float(np.sqrt(vx + vy))


fid("jackknife over 6 blocks", x, y, of(x, y), relative=1e-11, parameters={"jackknife-blocks": "6"}, errors={"frechet-distance": jackknife(6)})

random = np.random.RandomState(11)
sizes = np.linspace(max(len(y) // 10, 2), len(y), 15).astype(int)
distances = [nuclear(x, y[random.permutation(len(y))[:n]]) for n in sizes]
line = scipy.stats.linregress(1 / sizes, distances)
fid("infinitely many rows", x, y, of(x, y), relative=1e-11, parameters={"infinity-sizes": "15", "seed": "11"}, measures={"frechet-distance-infinity": line.intercept}, errors={"frechet-distance-infinity": line.intercept_stderr}, arrays={"infinity-size": sizes.tolist(), "infinity-distance": distances})
case("statistics written", "frechet-distance", {"real": {"features": x}, "generated": {"features": y}}, rows={"mu": x.mean(0).tolist(), "sigma": np.cov(x.T).tolist()}, relative=1e-13, absolute=1e-15)

# A second layer of three features, drawn from a stream of its own: what follows keeps its numbers.
u, v = np.random.default_rng(1).normal(size=(2, 50, 3)) * [[[1.0]], [[1.5]]]
case("two layers, as sFID beside FID", "frechet-distance", {"real": {"features": x}, "generated": {"features": y}, "real-spatial": {"features_s": u}, "generated-spatial": {"mu_s": v.mean(0), "sigma_s": np.cov(v.T)}}, measures={"frechet-distance": of(x, y), "spatial-frechet-distance": of(u, v), "spatial-rows-real": 50, "spatial-rows-generated": 0}, relative=1e-11)

# Inception score
logits = rng.normal(0, 3, size=(103, 7))
p = scipy.special.softmax(logits, axis=1)


def score(p):
    return float(np.exp((p * (np.log(p) - np.log(p.mean(0, keepdims=True)))).sum(1).mean()))


def parts(p, splits):
    n = len(p)
    return np.array([score(p[i * n // splits : (i + 1) * n // splits]) for i in range(splits)])


def inception(name, role, values, scores, whole, relative=1e-12, **more):
    measures = {"inception-score": scores.mean(), "inception-score-deviation": scores.std(ddof=int(more.get("parameters", {}).get("ddof", "0"))), "inception-score-whole": whole}
    errors = {"inception-score": scores.std(ddof=1) / np.sqrt(len(scores))} if len(scores) > 1 else {}
    case(name, "inception-score", {"rows": {role: values}}, measures=measures, errors=errors, arrays={"score-of-part": scores.tolist()}, relative=relative, absolute=1e-13, **more)


shuffled = p[np.random.RandomState(2020).permutation(len(p))]
inception("torch-fidelity's shuffle, 10 splits", "logits", logits, parts(shuffled, 10), score(p))
inception("probabilities, ddof 1", "probabilities", p, parts(shuffled, 10), score(p), parameters={"ddof": "1"})
blocks = np.array([score(p[i : i + 25]) for i in range(0, len(p), 25)])
inception("blocks as guided-diffusion", "logits", logits, blocks, score(p), parameters={"split-rows": "25", "shuffle": "none"})
inception("C14: one class each", "logits", 1000 * np.eye(10), np.array([10.0]), 10.0, parameters={"splits": "1"})
inception("C14: no class", "logits", np.full((12, 5), 3.0), np.array([1.0, 1.0]), 1.0, parameters={"splits": "2"})

# Vendi score


def vendi(x, orders):
    u = x / np.linalg.norm(x, axis=1, keepdims=True)
    w = np.linalg.eigvalsh(u @ u.T / len(u))
    w = w[w > len(w) * np.finfo(float).eps * w.max()]
    h = lambda q: 1 / w.max() if np.isinf(q) else np.exp(-(w * np.log(w)).sum()) if q == 1 else (w**q).sum() ** (1 / (1 - q))
    return {("vendi-score-order-%g" % q): float(h(q)) for q in orders} | {"vendi-score": float(h(orders[-1]))}


orders = [0.5, 1, 2, np.inf]
for name, x in [("more rows than features", rng.normal(size=(300, 6)) + 0.5), ("fewer rows than features", rng.normal(size=(9, 40)))]:
    case(name, "vendi-score", {"rows": {"features": x}}, parameters={"order": "inf"}, measures=vendi(x, orders), relative=1e-12)
case("order 3.5", "vendi-score", {"rows": {"features": x}}, parameters={"order": "3.5"}, measures={"vendi-score": vendi(x, [3.5])["vendi-score"]}, relative=1e-12)
case("C18: all at right angles", "vendi-score", {"rows": {"features": 2 * np.eye(7)}}, measures={"vendi-score": 7, "vendi-score-order-0.5": 7, "vendi-score-order-inf": 7}, relative=1e-13)
case("C18: all alike", "vendi-score", {"rows": {"features": np.full((70, 7), 0.1)}}, measures={"vendi-score": 1, "vendi-score-order-2": 1}, relative=1e-12)

# Sliced Wasserstein
x, y = rng.normal(size=(40, 6)), rng.normal(0.4, 1.5, size=(40, 6))
z = rng.normal(-0.3, 0.7, size=(27, 6))


def along(directions, x, y, p):
    """W_p^p for each direction, by the quantile functions at all their steps."""
    a, b = np.sort(x @ directions, axis=0), np.sort(y @ directions, axis=0)
    steps = np.unique(np.concatenate([np.arange(1, len(a) + 1) / len(a), np.arange(1, len(b) + 1) / len(b)]).round(12))
    middle = steps - np.diff(steps, prepend=0) / 2
    width = np.diff(steps, prepend=0)[:, None]
    return (width * np.abs(a[(middle * len(a)).astype(int)] - b[(middle * len(b)).astype(int)]) ** p).sum(0)


def sliced(name, x, y, p=2.0, projections=50, seed=5, mind=False):
    random = np.random.RandomState(seed)
    u = random.randn(projections, 6).T if mind else random.randn(6, projections)
    w = along(u / np.linalg.norm(u, axis=0), x, y, p)
    error = w.std(ddof=1) / np.sqrt(projections)
    value, se = (18 * w.mean(), 18 * error) if mind else (w.mean() ** (1 / p), error * w.mean() ** (1 / p - 1) / p)
    parameters = {"p": str(p), "projections": str(projections), "seed": str(seed)} | ({"form": "mind"} if mind else {})
    # NumPy's randn takes the C library's logarithm: one in thousands differs in the last bit.
    case(name, "sliced-wasserstein", {"real": {"features": x}, "generated": {"features": y}}, parameters=parameters, measures={"sliced-wasserstein": value, "mean-power": w.mean()}, errors={"sliced-wasserstein": se}, relative=1e-11)


sliced("POT's form", x, y)
sliced("of order 1", x, y, p=1.0)
sliced("of order 3, unequal sizes", x, z, p=3.0)
sliced("MIND's form", x, y, mind=True, projections=100, seed=2020)


def torch_fidelity(name, real, generated, projections):
    """MIND as its definition and torch-fidelity's metric_mind.py say, in float32 by PyTorch throughout."""
    g = torch.Generator().manual_seed(2020)
    a, b = torch.tensor(generated, dtype=torch.float32), torch.tensor(real, dtype=torch.float32)
    n = min(len(a), len(b))
    a = a[torch.randperm(len(a), generator=g)[:n]] if len(a) > n else a
    b = b[torch.randperm(len(b), generator=g)[:n]] if len(b) > n else b
    u = torch.nn.functional.normalize(torch.randn(projections, a.shape[1], generator=g), dim=1)
    w = ((a @ u.T).sort(dim=0).values - (b @ u.T).sort(dim=0).values).square().mean(0)
    case(name, "sliced-wasserstein", {"real": {"features": real}, "generated": {"features": generated}}, parameters={"form": "torch-fidelity", "projections": str(projections)}, measures={"sliced-wasserstein": 3 * a.shape[1] * float(w.mean())}, relative=2e-6)


torch_fidelity("torch-fidelity's directions", x, y, 1000)
torch_fidelity("torch-fidelity's, fewer real rows", z, y, 33)
torch_fidelity("torch-fidelity's, fewer generated rows", y, z, 101)
square = ((x.mean(0) - z.mean(0)) ** 2).sum() / 6 + (np.sqrt(x.var(0).mean()) - np.sqrt(z.var(0).mean())) ** 2
case("without directions", "sliced-wasserstein", {"real": {"features": x}, "generated": {"features": z}}, parameters={"form": "gaussian"}, measures={"sliced-wasserstein": np.sqrt(square), "mean-power": square})

# Diversity
x, y = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 9)), rng.normal(size=(60, 9))
w = np.linalg.eigvalsh(np.cov(x.T))[-4:]
w = w / w.sum()
case("effective rank of four directions", "diversity", {"generated": {"samples": x}, "reference": {"samples": y}}, parameters={"spectrum": "yes"}, measures={"effective-rank": float(np.exp(-(w * np.log(w)).sum())), "participation-ratio": float(1 / (w**2).sum())}, arrays={"variance-ratio": (x.var(0) / y.var(0)).tolist()}, relative=1e-11)

# Mode coverage
labels_r = np.repeat([3, 5, 8, 13], [40, 30, 20, 10])
labels_g = np.repeat([3, 5, 8], [50, 8, 2])


def modes(g, r, n):
    r, g = np.array(r, float) / sum(r), np.array(g, float) / sum(g)
    on = g > 0
    h = np.log(g[on] / r[on])
    chi = scipy.stats.chisquare(g * 100, r * 100).statistic / 100
    gini = np.abs(g[:, None] - g).sum() / (2 * len(g))
    c = 2 * (g - r) / r
    se = lambda h: float(np.sqrt((np.average(h**2, weights=g[on]) - np.average(h, weights=g[on]) ** 2) / n))
    return {"kl": scipy.stats.entropy(g, r), "chi-squared": chi, "gini": gini, "top-1-share": g.max()}, {"kl": se(h), "chi-squared": se(c[on]), "top-1-share": float(np.sqrt(g.max() * (1 - g.max()) / n))}


measures, errors = modes([50, 8, 2, 0], [40, 30, 20, 10], 60)
case("labels, one missing", "mode-coverage", {"generated": {"label": labels_g}, "reference": {"label": labels_r}}, parameters={"least": "3"}, measures=measures | {"modes-covered": 2, "modes": 4, "coverage": 0.5}, errors=errors, arrays={"mode": [3, 5, 8, 13], "generated-share": [50 / 60, 8 / 60, 2 / 60, 0]}, relative=1e-12)
case("a mode without reference", "mode-coverage", {"generated": {"label": [1, 2]}, "reference": {"label": [1, 1]}}, measures={"kl": "Infinity", "chi-squared": "Infinity", "coverage": 1})
centroids = rng.normal(size=(5, 3)) * 4
features = {s: centroids[rng.choice(5, n, p=q)] + rng.normal(size=(n, 3)) for s, n, q in [("g", 200, [0.7, 0.2, 0.1, 0, 0]), ("r", 300, [0.2] * 5)]}
nearest = {s: np.bincount(((f[:, None] - centroids) ** 2).sum(2).argmin(1), minlength=5) for s, f in features.items()}
measures, errors = modes(nearest["g"], nearest["r"], 200)
case("nearest centroids", "mode-coverage", {"generated": {"features": features["g"]}, "reference": {"features": features["r"]}, "centroids": {"features": centroids}}, measures=measures | {"modes": 5, "modes-covered": int((nearest["g"] > 0).sum())}, errors=errors, arrays={"generated-share": (nearest["g"] / 200).tolist()}, relative=1e-12)

path = pathlib.Path(__file__).with_name("distribution.golden.json")
tool = f"numpy {np.__version__}, scipy {scipy.__version__}, torch {torch.__version__} (Debian 12)"
path.write_text(json.dumps({"tool": tool, "source": "generate.py", "cases": cases}, separators=(",", ":")) + "\n")
