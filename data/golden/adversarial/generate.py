#!/usr/bin/env python3
"""Golden values of the adversarial objectives, by PyTorch and NumPy: /usr/bin/python3 generate.py."""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(20261122)
torch.set_default_dtype(torch.float64)
cases = []


def case(name, objective, sets, **expected):
    listed = lambda v: {k: listed(c) for k, c in v.items()} if isinstance(v, dict) else np.asarray(v).tolist()
    sets = {s: {r: listed(v) for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    x = np.asarray(x)
    return float(np.std(x, ddof=1) / math.sqrt(len(x)))


def ratio_se(total, counted):
    """Delta method for mean(total) / mean(counted)."""
    ratio = total.mean() / counted.mean()
    return float(np.sqrt(np.var(total - ratio * counted, ddof=1) / len(total)) / counted.mean())


def bce(x, label):
    x = torch.as_tensor(x)
    return F.binary_cross_entropy_with_logits(x, torch.full_like(x, label), reduction="none").numpy()


# The inputs of tensorflow/gan, losses_impl_test.py, whose literals have five decimals.
r = np.array([-5.0, 1.4, 12.5, 2.7])
f = np.array([10.0, 4.4, -5.5, 3.6])
tfgan = {"real": {"logit": r}, "fake": {"logit": f}}
weighted = {s: c | {"weight": np.full(4, 2.3)} for s, c in tfgan.items()}
case("D1: tf-gan least squares", "least-squares-gan", tfgan, measures={"generator-loss": 17.69625, "discriminator-loss": 41.73375})
case("D2: tf-gan modified, its literals", "gan", tfgan, parameters={"compat": "tfgan"}, measures={"generator-loss-non-saturating": 1.38582, "discriminator-loss": 6.19637}, absolute=5e-6)
case("D3: tf-gan minimax, its literals", "gan", tfgan, parameters={"compat": "tfgan"}, measures={"generator-loss-saturating": -4.82408, "discriminator-loss": 6.19637}, absolute=5e-6)
case("D2: without smoothing", "gan", tfgan, measures={"discriminator-loss": 5.83386589165402, "optimum-distance": 5.83386589165402 - 2 * math.log(2)})
case("D11: weight 2.3, least squares", "least-squares-gan", weighted, measures={"generator-loss": 2.3 * 17.69625, "discriminator-loss": 2.3 * 41.73375})
case("D11: weight 2.3, tf-gan minimax", "gan", weighted, parameters={"compat": "tfgan"}, measures={"generator-loss-saturating": 2.3 * -4.82408, "generator-loss-non-saturating": 2.3 * 1.38582, "discriminator-loss": 2.3 * 6.19637}, absolute=2.3 * 5e-6)
case(
    "tf-gan smoothing, all digits",
    "gan",
    tfgan,
    parameters={"compat": "tfgan"},
    measures={
        "discriminator-loss": bce(r, 0.875).mean() + bce(f, 0.0).mean(),
        "generator-loss-saturating": -(float(bce(np.array([1.0]), 1.0)[0]) + bce(f, 0.0).mean()),
        "generator-loss-non-saturating": bce(f, 1.0).mean(),
    },
    errors={"discriminator-loss": math.hypot(se(bce(r, 0.875)), se(bce(f, 0.0))), "generator-loss-saturating": se(bce(f, 0.0))},
    rows={"real-loss": bce(r, 0.875).tolist()},
)
case("smoothing given goes before compat", "gan", tfgan, parameters={"compat": "tfgan", "label-smoothing": "0.1"}, measures={"discriminator-loss": bce(r, 0.95).mean() + bce(f, 0.0).mean()})
case("at 2 ln 2", "gan", {"real": {"logit": np.zeros(3)}, "fake": {"probability": np.full(2, 0.5)}}, measures={"discriminator-loss": 2 * math.log(2), "optimum-distance": 0.0, "generator-loss-non-saturating": math.log(2), "mean-sigmoid-real": 0.5, "mean-sigmoid-fake": 0.5}, absolute=1e-15)

# Weights, some of them 0; logits far out
R = np.concatenate([rng.normal(1, 3, 30), [40.0, -745.0, 21.0]])
G = np.concatenate([rng.normal(-1, 3, 20), [45.0, -800.0]])
wr = np.where(rng.uniform(size=R.size) < 0.3, 0.0, rng.uniform(0.1, 3, R.size))
wf = np.where(rng.uniform(size=G.size) < 0.3, 0.0, rng.uniform(0.1, 3, G.size))
sets = {"real": {"logit": R, "weight": wr}, "fake": {"logit": G, "weight": wf}}
plain = {"real": {"logit": R}, "fake": {"logit": G}}


def reduce(loss, w):
    return (loss * w).sum() / np.count_nonzero(w)


def reduce_se(loss, w):
    return ratio_se(loss * w, (w != 0).astype(float))


sigmoid = lambda x: torch.sigmoid(torch.as_tensor(x)).numpy()
case(
    "weights, some of them zero",
    "gan",
    sets,
    measures={"discriminator-loss": reduce(bce(R, 1.0), wr) + reduce(bce(G, 0.0), wf), "generator-loss-non-saturating": reduce(bce(G, 1.0), wf), "generator-loss-saturating": -reduce(bce(G, 0.0), wf)},
    errors={"discriminator-loss": math.hypot(reduce_se(bce(R, 1.0), wr), reduce_se(bce(G, 0.0), wf)), "generator-loss-non-saturating": reduce_se(bce(G, 1.0), wf)},
    rows={"real-loss": (wr * bce(R, 1.0)).tolist()},
    absolute=1e-15,  # PyTorch rounds softplus(-40) to 0
)
case("weights with compat", "gan", sets, parameters={"compat": "tfgan"}, measures={"discriminator-loss": reduce(bce(R, 0.875), wr) + reduce(bce(G, 0.0), wf), "generator-loss-saturating": -reduce(bce(G, 0.0) + math.log1p(math.exp(-1)), wf)})
case(
    "diagnostics",
    "gan",
    plain,
    measures={"mean-sigmoid-real": sigmoid(R).mean(), "mean-sigmoid-fake": sigmoid(G).mean(), "saturation-share-real": float((np.abs(R) > 20).mean()), "saturation-share-fake": float((np.abs(G) > 20).mean()), "accuracy-real": float((R > 0).mean()), "logit-gap": R.mean() - G.mean()},
    errors={"mean-sigmoid-real": se(sigmoid(R))},
)
p, q = rng.uniform(0.01, 0.99, 12), rng.uniform(0.01, 0.99, 9)
tp = torch.as_tensor(p)
case(
    "probabilities, smoothing",
    "gan",
    {"real": {"probability": p}, "fake": {"probability": q}},
    parameters={"label-smoothing": "0.2"},
    measures={"discriminator-loss": F.binary_cross_entropy(tp, torch.full_like(tp, 0.9)).item() - np.log1p(-q).mean(), "mean-sigmoid-real": p.mean()},
)
case("float32", "gan", tfgan, dtype="float32", measures={"discriminator-loss": bce(r.astype(np.float32).astype(float), 1.0).mean() + bce(f.astype(np.float32).astype(float), 0.0).mean()})

# Critics
c = lambda x: np.square(x)
case("weights", "least-squares-gan", sets, measures={"discriminator-loss": 0.5 * reduce(c(R - 1), wr) + 0.5 * reduce(c(G), wf), "generator-loss": 0.5 * reduce(c(G - 1), wf)}, errors={"generator-loss": 0.5 * reduce_se(c(G - 1), wf)})
tr, tg = torch.as_tensor(R), torch.as_tensor(G)
case("without the half, other labels", "least-squares-gan", plain, parameters={"half": "false", "real-label": "0.9", "fake-label": "-1"}, measures={"discriminator-loss": (F.mse_loss(tr, torch.full_like(tr, 0.9)) + F.mse_loss(tg, torch.full_like(tg, -1.0))).item(), "generator-loss": F.mse_loss(tg, torch.full_like(tg, 0.9)).item()})
case("critic", "wasserstein-gan", plain, measures={"discriminator-loss": G.mean() - R.mean(), "generator-loss": -G.mean(), "logit-gap": R.mean() - G.mean()}, errors={"discriminator-loss": math.hypot(se(R), se(G))})
case("weights", "wasserstein-gan", sets, measures={"discriminator-loss": reduce(G, wf) - reduce(R, wr), "generator-loss": -reduce(G, wf)}, rows={"generator-loss": (-wf * G).tolist()})
hr, hf = F.relu(1 - tr).numpy(), F.relu(1 + tg).numpy()
case("critic", "hinge-gan", plain, measures={"discriminator-loss": hr.mean() + hf.mean(), "generator-loss": -G.mean()}, errors={"discriminator-loss": math.hypot(se(hr), se(hf))}, rows={"real-loss": hr.tolist(), "fake-loss": hf.tolist()})
case("tf-gan's inputs", "hinge-gan", tfgan, measures={"discriminator-loss": F.relu(1 - torch.as_tensor(r)).mean().item() + F.relu(1 + torch.as_tensor(f)).mean().item()})

# Relativistic average: the standard error by an independent route, PyTorch's gradient with respect to the
# weights of the two empirical distributions (infinitesimal jackknife).
def relativistic(R, G):
    R, G = torch.as_tensor(R), torch.as_tensor(G)
    values, errors = [], []
    for generator in (False, True):
        wr = torch.full_like(R, 1 / len(R), requires_grad=True)
        wg = torch.full_like(G, 1 / len(G), requires_grad=True)
        mr, mf = (wr * R).sum() / wr.sum(), (wg * G).sum() / wg.sum()
        a, b = R - mf, G - mr
        real_label, fake_label = (0.0, 1.0) if generator else (1.0, 0.0)
        lr = F.binary_cross_entropy_with_logits(a, torch.full_like(a, real_label), reduction="none")
        lf = F.binary_cross_entropy_with_logits(b, torch.full_like(b, fake_label), reduction="none")
        loss = (wr * lr).sum() / wr.sum() + (wg * lf).sum() / wg.sum()
        gr, gf = torch.autograd.grad(loss, (wr, wg))
        values.append(loss.item())
        errors.append(math.hypot(se(gr.numpy()), se(gf.numpy())))
    return values, errors


(d, g), (ed, eg) = relativistic(R, G)
case("two sets of rows", "relativistic-gan", plain, measures={"discriminator-loss": d, "generator-loss": g, "mean-real": R.mean(), "mean-fake": G.mean()}, relative=1e-12)
small_r, small_f = rng.normal(1, 2, 50), rng.normal(-0.5, 1, 40)
(d, g), (ed, eg) = relativistic(small_r, small_f)
case("standard errors", "relativistic-gan", {"real": {"logit": small_r}, "fake": {"logit": small_f}}, measures={"discriminator-loss": d, "generator-loss": g}, errors={"discriminator-loss": ed, "generator-loss": eg, "mean-real": se(small_r)})
case("equal sets", "relativistic-gan", {"real": {"logit": np.full(4, 3.5)}, "fake": {"logit": np.full(7, 3.5)}}, measures={"discriminator-loss": 2 * math.log(2), "generator-loss": 2 * math.log(2)})

# Penalties
g = rng.normal(0, 0.4, (9, 13))
norm = np.sqrt((g**2).sum(1) + 1e-10)
case("gradient vectors", "gradient-penalty", {"rows": {"gradient": g}}, measures={"gradient-penalty": ((norm - 1) ** 2).mean(), "mean-norm": norm.mean()}, errors={"gradient-penalty": se((norm - 1) ** 2)}, rows={"norm": norm.tolist()}, relative=1e-12)
n = np.linalg.norm(g, axis=1)
w = np.array([0.0, 1.0, 2.0, 0.5, 0.0, 1.0, 1.0, 3.0, 1.0])
case("norms, one-sided, target", "gradient-penalty", {"rows": {"norm": n}}, parameters={"sides": "one", "target": "1.25"}, measures={"gradient-penalty": (np.maximum(n / 1.25 - 1, 0) ** 2).mean()}, rows={"penalty": (np.maximum(n / 1.25 - 1, 0) ** 2).tolist()}, relative=1e-12)
case("weights", "gradient-penalty", {"rows": {"gradient": g, "weight": w}}, parameters={"epsilon": "0"}, measures={"gradient-penalty": reduce((n - 1) ** 2, w)}, relative=1e-12)
case("a gradient of zero", "gradient-penalty", {"rows": {"gradient": np.zeros((2, 3))}}, rows={"norm": [1e-5, 1e-5], "penalty": [(1e-5 - 1) ** 2] * 2})
case("gradient vectors", "r1-penalty", {"rows": {"gradient": g}}, measures={"r1-penalty": 5 * (g**2).sum(1).mean()}, errors={"r1-penalty": 5 * se((g**2).sum(1))}, relative=1e-13)
case("norms, gamma", "r1-penalty", {"rows": {"norm": n, "weight": w}}, parameters={"gamma": "2"}, measures={"r1-penalty": reduce(n**2, w)}, relative=1e-13)

# ACGAN
lr, lf = rng.normal(0, 3, (11, 5)), rng.normal(0, 3, (8, 5))
lr[3] += 1000  # shift invariance
yr, yf = rng.integers(0, 5, 11), rng.integers(0, 5, 8)
for smoothing in (0.0, 0.2):
    ce = lambda x, y: F.cross_entropy(torch.as_tensor(x), torch.as_tensor(y), label_smoothing=smoothing, reduction="none").numpy()
    a, b = ce(lr, yr), ce(lf, yf)
    case(
        "label smoothing %g" % smoothing,
        "acgan",
        {"real": {"logits": lr, "label": yr}, "fake": {"logits": lf, "label": yf}},
        parameters={"label-smoothing": str(smoothing)},
        measures={"discriminator-loss": a.mean() + b.mean(), "generator-loss": b.mean(), "accuracy-real": float((lr.argmax(1) == yr).mean()), "accuracy-fake": float((lf.argmax(1) == yf).mean())},
        errors={"discriminator-loss": math.hypot(se(a), se(b))},
        rows={"real-loss": a.tolist()},
        relative=1e-12,
    )
aw = rng.uniform(0, 2, 11)
ce = lambda x, y: F.cross_entropy(torch.as_tensor(x), torch.as_tensor(y), reduction="none").numpy()
case("weights", "acgan", {"real": {"logits": lr, "label": yr, "weight": aw}, "fake": {"logits": lf, "label": yf}}, measures={"discriminator-loss": reduce(ce(lr, yr), aw) + ce(lf, yf).mean()}, relative=1e-12)
case("ties go to the first", "acgan", {"real": {"logits": np.ones((2, 3)), "label": [0, 1]}, "fake": {"logits": np.ones((1, 3)), "label": [2]}}, measures={"accuracy-real": 0.5, "accuracy-fake": 0.0, "generator-loss": math.log(3)})

# Cycle consistency
x, x2 = rng.normal(size=(2, 6, 19))
y, y2 = rng.normal(size=(2, 4, 33))
l1 = lambda a, b: F.l1_loss(torch.as_tensor(a), torch.as_tensor(b)).item()
case("domains of different shape", "cycle-consistency", {"x": {"data": x, "reconstruction": x2}, "y": {"data": y, "reconstruction": y2}}, measures={"cycle-consistency": (l1(x, x2) + l1(y, y2)) / 2, "error-x": l1(x, x2), "error-y": l1(y, y2)}, errors={"cycle-consistency": 0.5 * math.hypot(se(np.abs(x - x2).mean(1)), se(np.abs(y - y2).mean(1)))}, rows={"x-error": np.abs(x - x2).mean(1).tolist()})

# Mutual information: a categorical code of 10 classes and two Gaussian ones, by torch.distributions
classes, codes = rng.integers(0, 10, 25), rng.uniform(-1, 1, (25, 2))
categorical = torch.distributions.Categorical(logits=torch.as_tensor(rng.normal(size=(25, 10)))).log_prob(torch.as_tensor(classes)).numpy()
gaussian = torch.distributions.Normal(torch.as_tensor(codes + rng.normal(size=(25, 2)) * 0.2), 0.3).log_prob(torch.as_tensor(codes)).numpy()
each = np.column_stack([categorical, gaussian])
entropy = math.log(10) + 2 * math.log(2)
case("three codes", "mutual-information-loss", {"rows": {"log-prob": {"class_logp": categorical, "codes_logp": gaussian}}}, parameters={"code-entropy": repr(entropy)}, measures={"mutual-information-loss": -np.mean([c.mean() for c in each.T]), "mutual-information-bound": entropy + each.sum(1).mean()}, errors={"mutual-information-loss": se(each.mean(1)), "mutual-information-bound": se(each.sum(1))}, rows={"mutual-information-loss": (-each.mean(1)).tolist(), "log-prob-sum": each.sum(1).tolist()}, relative=1e-12)

out = pathlib.Path(__file__).parent / "adversarial.golden.json"
versions = f"torch {torch.__version__}, numpy {np.__version__}"
source = "generate.py beside this file; cases D1, D2, D3 and D11: literals of tensorflow/gan losses_impl_test.py (bc369b7), five decimals"


def plain_value(value):
    if isinstance(value, dict):
        return {k: plain_value(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain_value(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


out.write_text(json.dumps({"tool": versions, "source": source, "cases": plain_value(cases)}) + "\n")
