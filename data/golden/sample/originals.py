#!/usr/bin/env python3
"""Golden values of sample metrics by the projects' own code, which is read from their checkouts and run as it is.

    /usr/bin/python3 originals.py DIRECTORY

DIRECTORY holds, at the commits below, torch-fidelity, torchmetrics, Vendi-Score and dgm-eval. Single functions are taken from
their files, so that what else the projects need does not have to be installed.
"""

import ast
import json
import math
import pathlib
import sys
import types

import numpy as np
import scipy
import scipy.linalg
import scipy.special
import scipy.stats
import sklearn
import sklearn.metrics.pairwise
import sklearn.neighbors
import sklearn.preprocessing
import torch

ROOT = pathlib.Path(sys.argv[1])
COMMITS = "torch-fidelity 5e211a9, torchmetrics dab0333, Vendi-Score c791c30, dgm-eval 74c79f7"
rng = np.random.default_rng(20261201)
cases = []


def take(path, *names, **known):
    """The functions of these names in a file, methods included, in a namespace of what they need."""
    space = {"np": np, "torch": torch, "scipy": scipy, "math": math, "Tensor": torch.Tensor}
    space |= known
    source = ast.parse((ROOT / path).read_text())
    for node in ast.walk(source):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            for argument in node.args.args:
                argument.annotation = None
            node.returns = None
            node.decorator_list = []
            exec(compile(ast.Module([node], []), path, "exec"), space)
    return space


def case(name, objective, sets, measures, parameters=None, **more):
    sets = {s: {r: np.asarray(v).tolist() for r, v in c.items()} for s, c in sets.items()}
    measures = {k: float(v) for k, v in measures.items()}
    cases.append({"name": name, "objective": objective, "parameters": parameters or {}, "sets": sets, "measures": measures} | more)


def both(x, y):
    return {"real": {"features": x}, "generated": {"features": y}}


real, fake = rng.normal(size=(45, 7)), rng.normal(0.3, 1.2, size=(31, 7))

# Kernel inception distance

kid = "kernel-inception-distance"
tm = take("torchmetrics/src/torchmetrics/image/kid.py", "maximum_mean_discrepancy", "poly_kernel", "poly_mmd", "compute", dim_zero_cat=lambda x: x)
metric = types.SimpleNamespace(real_features=torch.tensor(real), fake_features=torch.tensor(fake), subset_size=12, subsets=10, degree=3, gamma=None, coef=1.0)
torch.manual_seed(77)
mean, std = tm["compute"](metric)
case("subsets as torchmetrics", kid, both(real, fake), {"kid": mean, "kid-deviation": std}, {"mode": "subsets", "subsets": "10", "subset-size": "12", "shuffle": "torch", "seed": "77"}, relative=1e-12, absolute=1e-14)

dgm = take("dgm-eval/dgm_eval/metrics/mmd.py", "compute_mmd", "compute_polynomial_mmd", "_mmd2_and_variance", polynomial_kernel=sklearn.metrics.pairwise.polynomial_kernel)


class Bar:
    def __init__(self, items, **_):
        self.items = items

    __enter__ = lambda self: self
    __exit__ = lambda self, *_: None
    __iter__ = lambda self: iter(self.items)
    set_postfix = lambda self, _: None


dgm["compute_mmd"].__globals__["tqdm"] = Bar
np.random.seed(13579)
values = dgm["compute_mmd"](real, fake, n_subsets=6, subset_size=20)
case("subsets as dgm-eval", kid, both(real, fake), {"kid": values.mean(), "kid-deviation": values.std()}, {"mode": "subsets", "subsets": "6", "subset-size": "20", "shuffle": "numpy-real-first", "seed": "13579"}, relative=1e-12, absolute=1e-14)

tf = take("torch-fidelity/torch_fidelity/metric_kid.py", "mmd2", vassert=lambda ok, message: None)


def cubic(x, y):
    return (x @ y.T / x.shape[1] + 1) ** 3


def rbf(x, y):
    return np.exp(-((x[:, None] - y[None]) ** 2).sum(2) / (2 * 1.5**2))


def torch_fidelity(k, x, y, estimator):
    return tf["mmd2"](k(x, x), k(x, y), k(y, y), mmd_est=estimator)


in_order = [torch_fidelity(cubic, fake[a : a + 10], real[a : a + 10], "unbiased") for a in (0, 10, 20)]
case("blocks in file order", kid, both(real[:30], fake[:30]), {"kid": np.mean(in_order), "kid-deviation": np.std(in_order, ddof=1)}, {"block-size": "10", "shuffle": "none"}, relative=1e-12, absolute=1e-14)
u = [torch_fidelity(cubic, fake[a : a + 10], real[a : a + 10], "u-statistic") for a in (0, 10, 20)]
case("blocks in file order, u-statistic", kid, both(real[:30], fake[:30]), {"kid": np.mean(u)}, {"block-size": "10", "shuffle": "none", "estimator": "u-statistic"}, relative=1e-12, absolute=1e-14)
r = np.random.RandomState(2020)
drawn = []
for _ in range(5):
    f = fake[r.choice(31, 14, replace=False)]
    drawn.append(torch_fidelity(cubic, f, real[r.choice(45, 14, replace=False)], "u-statistic"))
case("subsets as torch-fidelity, u-statistic", kid, both(real, fake), {"kid": np.mean(drawn), "kid-deviation": np.std(drawn)}, {"mode": "subsets", "subsets": "5", "subset-size": "14", "estimator": "u-statistic"}, relative=1e-12, absolute=1e-14)

# Maximum mean discrepancy

mmd = "maximum-mean-discrepancy"


def leave_out(value, n, groups=20):
    cuts = [n * p // groups for p in range(groups + 1)]
    left = np.array([value(np.delete(np.arange(n), np.s_[cuts[p] : cuts[p + 1]])) for p in range(groups)])
    return math.sqrt((groups - 1) / groups * ((left - left.mean()) ** 2).sum())


for name, kernel, parameters in (("cubic", cubic, {}), ("rbf", rbf, {"kernel": "rbf", "sigma": "1.5"})):
    value = lambda i: torch_fidelity(kernel, real[:31][i], fake[i], "u-statistic")
    case(f"u-statistic, {name}", mmd, both(real[:31], fake), {"mmd-squared": value(np.arange(31))}, parameters | {"estimator": "u-statistic"}, errors={"mmd-squared": leave_out(value, 31)}, relative=1e-11, absolute=1e-13)
long, other = rng.normal(size=(300, 3)), rng.normal(0.1, 1, size=(300, 3))
case("u-statistic, several tiles", mmd, both(long, other), {"mmd-squared": torch_fidelity(cubic, long, other, "u-statistic")}, {"estimator": "u-statistic"}, relative=1e-10, absolute=1e-13)

# Inception score

score = "inception-score"
logits = 2 * rng.normal(size=(47, 6))
tmis = take("torchmetrics/src/torchmetrics/image/inception.py", "compute", dim_zero_cat=lambda x: x)
for splits, rows in ((10, 5), (5, 10), (7, 7)):
    torch.manual_seed(splits)
    mean, std = tmis["compute"](types.SimpleNamespace(features=torch.tensor(logits), splits=splits))
    assert math.ceil(47 / splits) == rows
    case(f"torchmetrics, {splits} splits", score, {"rows": {"logits": logits}}, {"inception-score": mean, "inception-score-deviation": std}, {"split-rows": str(rows), "shuffle": "torch", "seed": str(splits), "ddof": "1"}, relative=1e-12)
    torch.manual_seed(splits)
    order = torch.randperm(47)
    # torchmetrics shuffles unseeded: rows that come in its order are those of shuffle none.
    case(f"torchmetrics, {splits} splits, rows in its order", score, {"rows": {"logits": logits[order.numpy()]}}, {"inception-score": mean, "inception-score-deviation": std}, {"split-rows": str(rows), "shuffle": "none", "ddof": "1"}, relative=1e-12)
dgmis = take("dgm-eval/dgm_eval/metrics/inception_score.py", "calculate_score", entropy=scipy.stats.entropy)
probabilities = scipy.special.softmax(logits, axis=1)
for splits in (10, 6):
    mean, std = dgmis["calculate_score"](probabilities, splits=splits, N=47)
    case(f"dgm-eval, {splits} splits, remainder dropped", score, {"rows": {"probabilities": probabilities}}, {"inception-score": mean, "inception-score-deviation": std}, {"splits": str(splits), "remainder": "drop"}, relative=1e-12)

# Fréchet distance over n: by its formula, as TF-GAN's diagonal_only_frechet_classifier_distance_from_activations states it

for n, m in ((45, 31), (4, 5)):
    x, y = real[:n], fake[:m]
    distance = ((x.mean(0) - y.mean(0)) ** 2).sum() + (x.var(0) + y.var(0) - 2 * np.sqrt(x.var(0) * y.var(0))).sum()
    case(f"diagonal, over n, {n} rows", "frechet-distance", both(x, y), {"frechet-distance": distance}, {"covariance": "diagonal", "ddof": "0"}, relative=1e-12)

# Vendi score

vendi = "vendi-score"
vs = take("Vendi-Score/vendi_score/vendi.py", "weight_K", "normalize_K", "entropy_q", "score_K", "score_X", "score_dual", preprocessing=sklearn.preprocessing)
dv = take("dgm-eval/dgm_eval/metrics/vendi.py", "compute_vendi_score", "entropy_q", preprocessing=sklearn.preprocessing, polynomial_kernel=sklearn.metrics.pairwise.polynomial_kernel)
names = {0.5: "vendi-score-order-0.5", 1: "vendi-score-order-1", 2: "vendi-score-order-2", "inf": "vendi-score-order-inf"}
few = rng.normal(size=(6, 9))
many = rng.normal(0.5, 1, size=(20, 4))
weights = rng.dirichlet(np.ones(6))


def orders(score):
    return {name: score(q) for q, name in names.items()}


def kernel_of(x, normalize=True):
    x = sklearn.preprocessing.normalize(x, axis=1) if normalize else x
    return x @ x.T


spread = kernel_of(few) * np.outer(np.arange(1, 7), np.arange(1, 7)) ** 0.5
spread = (spread + spread.T) / 2
case("a given kernel", vendi, {"rows": {"similarities": kernel_of(few)}}, orders(lambda q: vs["score_K"](kernel_of(few), q=q)), {"normalize": "no"}, relative=1e-12)
case("a given kernel, diagonal 1 to 6, normalised", vendi, {"rows": {"similarities": spread}}, orders(lambda q: vs["score_K"](spread, q=q, normalize=True)), relative=1e-12)
case("a given kernel, diagonal 1 to 6, as it is", vendi, {"rows": {"similarities": spread}}, orders(lambda q: vs["score_K"](spread, q=q)), {"normalize": "no"}, relative=1e-12)
case("a given kernel, weights", vendi, {"rows": {"similarities": kernel_of(few), "weight": weights}}, orders(lambda q: vs["score_K"](kernel_of(few), q=q, p=weights)), relative=1e-12)
case("weights", vendi, {"rows": {"features": few, "weight": weights}}, orders(lambda q: vs["score_K"](kernel_of(few), q=q, p=weights)), relative=1e-12)
case("weights that do not sum to 1", vendi, {"rows": {"features": few, "weight": 7 * weights}}, orders(lambda q: vs["score_K"](kernel_of(few), q=q, p=weights)), relative=1e-12)
wide = rng.dirichlet(np.ones(20))
case("weights, more rows than features", vendi, {"rows": {"features": many, "weight": wide}}, {"vendi-score": vs["score_X"](many, p=wide)}, relative=1e-12)
case("rows as they are", vendi, {"rows": {"features": few}}, orders(lambda q: vs["score_K"](kernel_of(few, False), q=q)), {"normalize": "no"}, relative=1e-12)
case("rows as they are, more than features", vendi, {"rows": {"features": many}}, orders(lambda q: vs["score_dual"](many, q=q, normalize=False)), {"normalize": "no"}, relative=1e-12)
case("dgm-eval, polynomial kernel", vendi, {"rows": {"features": many}}, orders(lambda q: dv["compute_vendi_score"](many, q=q, kernel="polynomial")), {"kernel": "polynomial"}, relative=1e-12)
case("dgm-eval, polynomial kernel, rows as they are", vendi, {"rows": {"features": few}}, orders(lambda q: dv["compute_vendi_score"](few, q=q, normalize=False, kernel="polynomial")), {"kernel": "polynomial", "normalize": "no"}, relative=1e-12)
zeros = few.copy()
zeros[[1, 4]] = 0
for kernel in ("linear", "polynomial"):
    case(f"dgm-eval, {kernel} kernel, rows of zeros", vendi, {"rows": {"features": zeros}}, {names[1]: dv["compute_vendi_score"](zeros, q=1, kernel=kernel), names[2]: dv["compute_vendi_score"](zeros, q=2, kernel=kernel)}, {"kernel": kernel, "zero-rows": "keep"}, relative=1e-12)

# Data copying

ct = take("dgm-eval/dgm_eval/metrics/ct.py", "Zu", "Zu_cells", "C_T", NN=sklearn.neighbors.NearestNeighbors, mannwhitneyu=scipy.stats.mannwhitneyu, sys=sys)


def copying(name, train, test, made, cells, more_than, parameters, **by):
    """cells: the cells of the three sets; by: columns of them, and centroids."""
    score = ct["C_T"](test, cells[1], made, cells[2], train, cells[0], tau=more_than / len(made))
    k = int(max(c.max() for c in cells)) + 1
    z = [float(ct["Zu"](test[cells[1] == c], made[cells[2] == c], train[cells[0] == c])[0]) if (cells[2] == c).any() else 0.0 for c in range(k)]
    sets = {s: {"features": x} | ({"cell": c} if by.get("labels") else {}) for s, x, c in zip(("training", "test", "generated"), (train, test, made), cells)}
    if "centroids" in by:
        sets["centroids"] = {"features": by["centroids"]}
    case(name, "data-copying", sets, {"c-t": score, "cells": k}, parameters, arrays={"z": z, "test-rows": [int((cells[1] == c).sum()) for c in range(k)]}, relative=1e-12, absolute=1e-13)


train, test, made = rng.normal(size=(60, 3)), rng.normal(size=(50, 3)), np.concatenate([rng.normal(size=(30, 3)), np.zeros((25, 3))])
made[30:] = train[:25] + 0.01 * rng.normal(size=(25, 3))
one = [np.zeros(len(x), int) for x in (train, test, made)]
copying("one cell", train, test, made, one, 20, {})
centres = np.array([[-0.7, 0.0, 0.0], [0.7, 0.0, 0.0], [0.0, 3.0, 0.0]])[:2]
by_centre = [((x[:, None] - centres[None]) ** 2).sum(2).argmin(1) for x in (train, test, made)]
copying("cells by centroids", train, test, made, by_centre, 20, {}, centroids=centres)
labels = [rng.integers(0, 4, size=len(x)) for x in (train, test, made)]
labels[2][labels[2] == 3] = 1
copying("four cells, one without generated rows", train, test, made, labels, 10, {"more-than": "10"}, labels=True)
ties = [rng.integers(0, 3, size=(n, 2)).astype(float) for n in (12, 25, 31)]
copying("ties and copies", *ties, [np.zeros(n, int) for n in (12, 25, 31)], 20, {})

# Feature likelihood score: dgm-eval's code with float64 on the processor where it says float32 and "cuda"

fls_source = (ROOT / "dgm-eval/dgm_eval/metrics/fls.py").read_text().replace("torch.float32", "torch.float64").replace(".cuda()", "").replace('"cuda"', '"cpu"')
fls = {}
torch.set_default_dtype(torch.float64)
exec(compile(fls_source, "fls.py", "exec"), fls)
real_train, held_out, real_test, generated = rng.normal(size=(40, 4)), rng.normal(size=(25, 4)), rng.normal(size=(33, 4)), rng.normal(0.2, 1.1, size=(21, 4))


def likelihood(name, train, baseline, test, made):
    score, overfit = fls["compute_fls"](train, baseline, test, made), fls["compute_fls_overfit"](train, baseline, test, made)
    sets = {s: {"features": x} for s, x in (("training", train), ("baseline", baseline), ("test", test), ("generated", made))}
    case(name, "feature-likelihood", sets, {"fls": score, "fls-overfit": overfit}, relative=1e-8)


likelihood("normal features", real_train, held_out, real_test, generated)
likelihood("more rows than a block", rng.normal(size=(150, 2)), rng.normal(size=(140, 2)), rng.normal(size=(131, 2)), rng.normal(0, 0.8, size=(135, 2)))
cases.append(cases[-2] | {"name": "powers of two do not show", "sets": {s: {"features": np.ldexp(c["features"], 600).tolist()} for s, c in cases[-2]["sets"].items()}})
likelihood("other scales and offsets", 100 + 3 * real_train, 100 + 3 * held_out, 100 + 3 * real_test, 100 + 3 * generated)

path = pathlib.Path(__file__).parent / "originals.golden.json"
tool = f"{COMMITS}; numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, torch {torch.__version__}"
path.write_text('{"tool": %s, "source": "originals.py", "cases": [\n%s\n]}\n' % (json.dumps(tool), ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)))
