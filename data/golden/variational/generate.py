#!/usr/bin/env python3
"""Golden values of the variational objectives, by PyTorch and SciPy: /usr/bin/python3 generate.py."""

import json
import math
import pathlib

import numpy as np
import scipy
import scipy.special
import scipy.stats
import torch
import torch.distributions as D
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(2027)
cases = []


def case(name, objective, sets, **expected):
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    return float(np.std(x, ddof=1) / np.sqrt(len(x)))


def lists(**columns):
    return {"rows": {k.replace("_", "-"): np.asarray(v).tolist() for k, v in columns.items()}}


t = torch.tensor
N, DIM = 6, 11
mu, logvar = rng.normal(size=(2, N, DIM))
std = np.exp(0.5 * logvar)

# Reparameterization: K samples a row, clamp, log q from eps
K = 3
eps = rng.normal(size=(N, K, DIM))
z = mu[:, None] + std[:, None] * eps
log_q = D.Normal(t(mu[:, None]), t(std[:, None])).log_prob(t(z)).sum(-1).numpy()
case("three samples a row", "reparameterize", lists(mu=mu, logvar=logvar, eps=eps.reshape(N, -1)), parameters={"noise": "given", "samples": "3"}, rows={"z": z.reshape(N, -1).tolist(), "eps": eps.reshape(N, -1).tolist(), "log-q": log_q.mean(1).tolist(), "log-q-samples": log_q.tolist()}, relative=1e-12, absolute=1e-14)
case("log q of one sample", "reparameterize", lists(mu=mu, logvar=logvar, eps=eps[:, 0]), parameters={"noise": "given"}, rows={"log-q": log_q[:, 0].tolist()}, relative=1e-13)
draws = np.stack([g for g in np.random.default_rng(5).normal(size=(2, N, DIM))], axis=1)
case("two samples of NumPy's noise", "reparameterize", lists(mu=mu, logvar=logvar), parameters={"noise": "numpy:5", "samples": "2"}, rows={"z": (mu[:, None] + std[:, None] * draws).reshape(N, -1).tolist()}, relative=1e-13, absolute=1e-15)
wild = rng.normal(0, 60, size=(N, DIM))
clamped = np.clip(wild, -30, 20)
case("clamp as diffusers", "reparameterize", lists(mu=mu, logvar=wild, eps=eps[:, 0]), parameters={"noise": "given", "clamp-logvar": "-30,20"}, rows={"z": (mu + np.exp(0.5 * clamped) * eps[:, 0]).tolist(), "log-q": (-0.5 * (np.log(2 * np.pi) + clamped + eps[:, 0] ** 2).sum(1)).tolist()}, relative=1e-13)
# mu hides z - mu: 1e8 + 1e-9 is 1e8; with eps known nothing is lost
case("no cancellation in log q", "reparameterize", lists(mu=[[1e8]], logvar=[[-42.0]], eps=[[1.5]]), parameters={"noise": "given"}, rows={"log-q": [-0.5 * (math.log(2 * math.pi) - 42 + 2.25)]}, relative=1e-15)

# KL, diagonal
standard = D.kl_divergence(D.Normal(t(mu), t(std)), D.Normal(torch.zeros(N, DIM), torch.ones(N, DIM))).numpy()
case("by dimension, free bits", "gaussian-kl", lists(mu=mu, logvar=logvar), parameters={"free-bits": "0.5"}, measures={"kl": standard.sum(1).mean(), "kl-free-bits": np.maximum(standard, 0.5).sum(1).mean()}, errors={"kl": se(standard.sum(1))}, rows={"kl-per-dimension": standard.tolist()}, relative=1e-12)
case("free bits of all dimensions together", "gaussian-kl", lists(mu=mu, logvar=logvar), parameters={"free-bits": "9", "free-bits-groups": "1"}, measures={"kl-free-bits": np.maximum(standard.sum(1), 9).mean()}, errors={"kl-free-bits": se(np.maximum(standard.sum(1), 9))}, rows={"kl-free-bits": np.maximum(standard.sum(1), 9).tolist()}, relative=1e-12)
pairs = standard[:, :10].reshape(N, 5, 2).sum(2)
case("free bits of pairs of dimensions", "gaussian-kl", lists(mu=mu[:, :10], logvar=logvar[:, :10]), parameters={"free-bits": "1.1", "free-bits-groups": "5"}, rows={"kl-free-bits": np.maximum(pairs, 1.1).sum(1).tolist()}, relative=1e-12)
mu2, logvar2 = rng.normal(size=(2, N, DIM))
pair = D.kl_divergence(D.Normal(t(mu), t(std)), D.Normal(t(mu2), t(np.exp(0.5 * logvar2)))).numpy()
case("PyTorch kl_divergence", "diagonal-kl", lists(mu1=mu, logvar1=logvar, mu2=mu2, logvar2=logvar2), measures={"kl": pair.sum(1).mean(), "kl-bits": pair.sum(1).mean() / math.log(2)}, errors={"kl": se(pair.sum(1))}, rows={"kl": pair.sum(1).tolist(), "kl-per-dimension": pair.tolist()}, relative=1e-12)
sa, sb = np.array([1, 2, 3, 1.5, 2.5, 3.5]), np.array([0.5, 1, 1.5, 2, 2.5, 3])
b1 = [72.80685281944005, 18.806852819440056, 8.806852819440055, 4.568932072451781, 2.88, 2.0264048757282973]
case("B1: TFP testNormalNormalKL", "diagonal-kl", lists(mu1=np.full((6, 1), 3.0), logvar1=2 * np.log(sa)[:, None], mu2=np.full((6, 1), -3.0), logvar2=2 * np.log(sb)[:, None]), rows={"kl": b1}, relative=1e-14)
case("equal Gaussians", "diagonal-kl", lists(mu1=mu, logvar1=logvar, mu2=mu, logvar2=logvar), measures={"kl": 0})

# KL, full covariance
d = 4
a, b = rng.normal(size=(2, N, d, d))
s1, s2 = a @ a.transpose(0, 2, 1) + 0.1 * np.eye(d), b @ b.transpose(0, 2, 1) + 0.1 * np.eye(d)
l1, l2 = np.linalg.cholesky(s1), np.linalg.cholesky(s2)
m1, m2 = rng.normal(size=(2, N, d))
full = D.kl_divergence(D.MultivariateNormal(t(m1), scale_tril=t(l1)), D.MultivariateNormal(t(m2), scale_tril=t(l2))).numpy()
flat = lambda x: x.reshape(N, -1)
case("covariances", "multivariate-normal-kl", lists(mu1=m1, sigma1=flat(s1), mu2=m2, sigma2=flat(s2)), measures={"kl": full.mean()}, errors={"kl": se(full)}, rows={"kl": full.tolist()}, relative=1e-11)
case("Cholesky factors", "multivariate-normal-kl", lists(mu1=m1, l1=flat(l1), mu2=m2, l2=flat(l2)), rows={"kl": full.tolist()}, relative=1e-11)
to_standard = D.kl_divergence(D.MultivariateNormal(t(m1), scale_tril=t(l1)), D.MultivariateNormal(torch.zeros(N, d), torch.eye(d))).numpy()
case("from the standard normal", "multivariate-normal-kl", lists(mu1=m1, sigma1=flat(s1)), rows={"kl": to_standard.tolist()}, relative=1e-12)

# Density and entropy
x = rng.normal(size=(N, d))
density = np.array([scipy.stats.multivariate_normal.logpdf(*r) for r in zip(x, m1, s1)])
entropy = np.array([scipy.stats.multivariate_normal.entropy(*r) for r in zip(m1, s1)])
expected = dict(measures={"log-density": density.mean(), "entropy": entropy.mean()}, errors={"log-density": se(density)}, rows={"log-density": density.tolist(), "entropy": entropy.tolist()}, relative=1e-11)
case("covariance", "multivariate-normal", lists(x=x, mu=m1, sigma=flat(s1)), **expected)
case("Cholesky factor", "multivariate-normal", lists(x=x, mu=m1, l=flat(l1)), **expected)
diagonal = scipy.stats.norm.logpdf(mu2, mu, std).sum(1)
case("diagonal", "multivariate-normal", lists(x=mu2, mu=mu, logvar=logvar), rows={"log-density": diagonal.tolist(), "entropy": scipy.stats.norm.entropy(mu, std).sum(1).tolist()}, relative=1e-13)

# Discrete. B2 and B3: torchmetrics docstrings
third = [[1 / 3] * 3]
case("B2: torchmetrics KLDivergence", "discrete-kl", lists(p=[[0.36, 0.48, 0.16]], q=third), measures={"kl": 0.0852996013183706}, relative=1e-14)
case("B3: torchmetrics JensenShannonDivergence", "jensen-shannon", lists(p=[[0.36, 0.48, 0.16]], q=third), measures={"jensen-shannon": 0.022459860429714595}, relative=1e-13)
p, q = rng.gamma(0.7, size=(2, N, 9))
p[0, 3] = 0
pn, qn = p / p.sum(1, keepdims=True), q / q.sum(1, keepdims=True)
kl = scipy.special.rel_entr(pn, qn).sum(1)
mid = 0.5 * (pn + qn)
js = 0.5 * (scipy.special.rel_entr(pn, mid) + scipy.special.rel_entr(qn, mid)).sum(1)
case("SciPy rel_entr, weights", "discrete-kl", lists(p=p, q=q), measures={"kl": kl.mean()}, errors={"kl": se(kl)}, rows={"kl": kl.tolist()}, relative=1e-13)
case("SciPy rel_entr, normalized", "discrete-kl", lists(p=pn, q=qn), parameters={"inputs": "normalized"}, rows={"kl": kl.tolist()}, relative=1e-13)
case("SciPy rel_entr", "jensen-shannon", lists(p=p, q=q), measures={"jensen-shannon": js.mean()}, errors={"jensen-shannon": se(js)}, rows={"jensen-shannon": js.tolist()}, relative=1e-12)
case("q = 0 is Infinity", "discrete-kl", lists(p=[[0.5, 0.5], [1.0, 0.0]], q=[[1.0, 0.0], [0.5, 0.5]]), policy="propagate", measures={"kl": "Infinity"}, rows={"kl": ["Infinity", math.log(2)]})
case("disjoint is ln 2", "jensen-shannon", lists(p=[[1.0, 0.0]], q=[[0.0, 1.0]]), measures={"jensen-shannon": math.log(2)}, relative=1e-15)
lp, lq = rng.normal(0, 4, size=(2, N, 9))
logits = D.kl_divergence(D.Categorical(logits=t(lp)), D.Categorical(logits=t(lq))).numpy()
case("PyTorch Categorical, logits", "discrete-kl", lists(p=lp, q=lq), parameters={"inputs": "logits"}, rows={"kl": logits.tolist()}, relative=1e-12)
case("logits, where softmax underflows", "discrete-kl", lists(p=[[0.0, 0.0]], q=[[0.0, -2000.0]]), parameters={"inputs": "logits"}, rows={"kl": [1000 - math.log(2)]}, relative=1e-15)
sp, sq = scipy.special.softmax(lp, axis=1), scipy.special.softmax(lq, axis=1)
sm = 0.5 * (sp + sq)
case("logits", "jensen-shannon", lists(p=lp, q=lq), parameters={"inputs": "logits"}, rows={"jensen-shannon": (0.5 * (scipy.special.rel_entr(sp, sm) + scipy.special.rel_entr(sq, sm)).sum(1)).tolist()}, relative=1e-12)

# Posterior collapse
many = rng.normal(size=(50, 5)) * [1, 0.5, 0.05, 1e-3, 0] + [0, 1e4, 0, 3, 7]
lv = rng.normal(-1, 0.3, size=(50, 5))
kls = 0.5 * (many**2 + np.expm1(lv) - lv)
case("two of five units active", "posterior-collapse", lists(mu=many, logvar=lv), parameters={"free-bits": "0.2"}, measures={"kl": kls.sum(1).mean(), "kl-free-bits": np.maximum(kls.mean(0), 0.2).sum(), "active-units": 2, "active-share": 0.4}, errors={"kl": se(kls.sum(1)), "kl-free-bits": se(kls[:, kls.mean(0) > 0.2].sum(1))}, arrays={"kl-per-dimension": kls.mean(0).tolist(), "mu-variance": [float(np.var([float(v) - 1e4 for v in c]) if i == 1 else np.var(c - c[0])) for i, c in enumerate(many.T)]}, relative=1e-11)

four = many[:, :4], lv[:, :4]
halves = kls[:, :4].reshape(50, 2, 2).sum(2)
bound = float(halves.mean(0).mean())
above = halves.mean(0) > bound
case("free bits of two groups, one of them above", "posterior-collapse", lists(mu=four[0], logvar=four[1]), parameters={"free-bits": repr(bound), "free-bits-groups": "2"}, measures={"kl-free-bits": np.maximum(halves.mean(0), bound).sum()}, errors={"kl-free-bits": se(halves[:, above].sum(1))}, relative=1e-11)

# ELBO
data, recon = rng.uniform(size=(N, 13)), rng.normal(size=(N, 13))
klr = standard.sum(1)
sigma = 0.3
gauss = D.Normal(t(recon), t(sigma)).log_prob(t(data)).sum(1).numpy()
case("Gaussian likelihood, constants included", "elbo", lists(x=data, reconstruction=recon, mu=mu, logvar=logvar), parameters={"likelihood": "gaussian", "sigma": "0.3"}, measures={"elbo": (gauss - klr).mean(), "recon": gauss.mean()}, errors={"elbo": se(gauss - klr)}, rows={"recon": gauss.tolist(), "elbo": (gauss - klr).tolist()}, relative=1e-12)
expected = {"likelihood": "gaussian", "sigma": "0.3", "beta": "2", "free-bits": "0.5"}
fkl = np.maximum(standard, 0.5).sum(1)
case("free bits, each dimension of each row", "elbo", lists(x=data, reconstruction=recon, mu=mu, logvar=logvar), parameters=expected, measures={"elbo-free-bits": (gauss - 2 * fkl).mean(), "kl-free-bits": fkl.mean(), "elbo": (gauss - 2 * klr).mean()}, errors={"elbo-free-bits": se(gauss - 2 * fkl)}, rows={"kl-free-bits": fkl.tolist(), "elbo-free-bits": (gauss - 2 * fkl).tolist()}, relative=1e-12)
low, high = repr(float(klr.mean()) - 1), repr(float(klr.mean()) + 1)
case("free bits, Kingma et al.: mean KL above", "elbo", lists(recon=gauss, kl=klr), parameters={"free-bits": low, "free-bits-groups": "1", "free-bits-form": "mean"}, measures={"elbo-free-bits": (gauss - klr).mean(), "kl-free-bits": klr.mean()}, errors={"elbo-free-bits": se(gauss - klr)}, relative=1e-12)
case("free bits, Kingma et al.: mean KL below", "elbo", lists(recon=gauss, mu=mu, logvar=logvar), parameters={"free-bits": high, "free-bits-groups": "1", "free-bits-form": "mean", "beta": "2"}, measures={"elbo-free-bits": gauss.mean() - 2 * float(high), "kl-free-bits": float(high)}, errors={"elbo-free-bits": se(gauss), "kl-free-bits": 0}, relative=1e-12)
bce = -F.binary_cross_entropy_with_logits(t(recon * 30), t(data), reduction="none").sum(1).numpy()
case("Bernoulli logits", "elbo", lists(x=data, reconstruction=recon * 30, kl=klr), parameters={"likelihood": "bernoulli-logits", "beta": "4"}, rows={"recon": bce.tolist(), "elbo": (bce - 4 * klr).tolist()}, relative=1e-12)
prob = scipy.special.expit(recon)
bits = (data > 0.5).astype(float)
bce = -F.binary_cross_entropy(t(prob), t(bits), reduction="none").sum(1).numpy()
case("Bernoulli probabilities", "elbo", lists(x=bits, reconstruction=prob, kl=klr), parameters={"likelihood": "bernoulli-probabilities"}, rows={"recon": bce.tolist()}, relative=1e-12)
case("Bernoulli, certain and right", "elbo", lists(x=[[0.0, 1.0]], reconstruction=[[0.0, 1.0]], kl=[0.0]), parameters={"likelihood": "bernoulli-probabilities"}, rows={"recon": [0.0]})
case("Bernoulli, certain and wrong", "elbo", lists(x=[[0.0]], reconstruction=[[1.0]], kl=[0.0]), parameters={"likelihood": "bernoulli-probabilities"}, policy="propagate", rows={"recon": ["-Infinity"]})

# Importance-weighted bounds
lw = rng.normal(-90, 6, size=(N, 20))
iwae = scipy.special.logsumexp(lw, axis=1) - math.log(20)
ess = np.exp(2 * scipy.special.logsumexp(lw, axis=1) - scipy.special.logsumexp(2 * lw, axis=1))
for alpha in (0.0, 0.5, 2.0, -3.0):
    renyi = (scipy.special.logsumexp((1 - alpha) * lw, axis=1) - math.log(20)) / (1 - alpha)
    case(f"alpha {alpha}", "importance-weighted", lists(log_weights=lw), parameters={"alpha": str(alpha)}, measures={"iwae": iwae.mean(), "elbo": lw.mean(), "renyi": renyi.mean(), "ess": ess.mean()}, errors={"iwae": se(iwae), "renyi": se(renyi)}, rows={"iwae": iwae.tolist(), "renyi": renyi.tolist(), "ess": ess.tolist()}, relative=1e-12)
# B16: p(z) = N(0, 1), p(x|z) = N(z, 1), q = p(z|x) = N(x/2, 1/2), x = 1.3: every weight is p(x) = N(1.3; 0, 2)
zs = 0.65 + math.sqrt(0.5) * rng.normal(size=(1, 50))
weights = scipy.stats.norm.logpdf(zs) + scipy.stats.norm.logpdf(1.3, zs, 1) - scipy.stats.norm.logpdf(zs, 0.65, math.sqrt(0.5))
case("B16: exact posterior", "importance-weighted", lists(log_weights=weights), parameters={"alpha": "0.5"}, measures={k: -1.6880121234846455 for k in ("iwae", "elbo", "renyi")} | {"ess": 50}, relative=1e-14)
case("far below what exp reaches, one weight zero", "importance-weighted", {"rows": {"log-weights": [[-1e5, "-Infinity", -1e5]]}}, policy="propagate", rows={"iwae": [-1e5 + math.log(2 / 3)], "ess": [2.0], "elbo": ["-Infinity"]}, relative=1e-15)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


versions = f"numpy {np.__version__}, scipy {scipy.__version__}, torch {torch.__version__}"
source = "generate.py beside this file; B1: TFP normal_test testNormalNormalKL; B2, B3: torchmetrics docstrings; B16: closed form"
out = pathlib.Path(__file__).parent / "variational.golden.json"
out.write_text(json.dumps({"tool": versions, "source": source, "cases": plain(cases)}, allow_nan=False) + "\n")
