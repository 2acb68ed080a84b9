#!/usr/bin/env python3
"""Golden values of the objectives that every other builds on, by NumPy and SciPy: python3 generate.py."""

import json
import pathlib

import numpy as np
import scipy
import scipy.linalg
import scipy.stats

rng = np.random.default_rng(20261122)
cases = []


def case(name, objective, sets, **expected):
    sets = {s: {r: np.asarray(v).tolist() if not isinstance(v, list) else v for r, v in c.items()} for s, c in sets.items()}
    cases.append({"name": name, "objective": objective, "sets": sets} | expected)


def se(x):
    return float(np.std(x, ddof=1) / np.sqrt(len(x)))


# log-likelihood: sequences of unequal length, from probabilities and from logarithms
lengths = [1, 5, 17, 40, 3]
probs = [rng.uniform(0.01, 1, n).tolist() for n in lengths]
ll = np.array([np.log(p).sum() for p in probs])
tokens = np.array(lengths, dtype=float)
nll = -ll.sum() / tokens.sum()
# Delta method for a ratio of means, clustered by sequence.
ratio_se = float(np.sqrt(np.var(-ll - nll * tokens, ddof=1) / len(ll)) / tokens.mean())
measures = {
    "log-likelihood": ll.mean(),
    "total-log-likelihood": ll.sum(),
    "nll-per-token": nll,
    "bits-per-token": nll / np.log(2),
    "perplexity": np.exp(nll),
}
errors = {"log-likelihood": se(ll), "nll-per-token": ratio_se, "perplexity": float(np.exp(nll)) * ratio_se}
case("ragged probabilities", "log-likelihood", {"rows": {"probability": probs}}, measures=measures, errors=errors, rows={"log-likelihood": ll.tolist(), "tokens": tokens.tolist()})
case("ragged log-probabilities", "log-likelihood", {"rows": {"logprob": [np.log(p).tolist() for p in probs]}}, measures=measures, errors=errors)
case("a probability of zero", "log-likelihood", {"rows": {"probability": [[0.5, 0.0], [1.0, 0.5]]}}, policy="propagate", measures={"log-likelihood": "-Infinity", "perplexity": "Infinity"}, rows={"log-likelihood": ["-Infinity", float(np.log(0.5))]})

# VAE
mu, logvar, eps = rng.normal(size=(3, 6, 37))
z = mu + np.exp(0.5 * logvar) * eps
case("eps given", "reparameterize", {"rows": {"mu": mu, "logvar": logvar, "eps": eps}}, parameters={"noise": "given"}, rows={"z": z.tolist()}, relative=1e-13, absolute=1e-15)
kl = 0.5 * (mu**2 + np.expm1(logvar) - logvar).sum(axis=1)
case("37 dimensions", "gaussian-kl", {"rows": {"mu": mu, "logvar": logvar}}, measures={"kl": kl.mean(), "kl-bits": kl.mean() / np.log(2)}, errors={"kl": se(kl)}, rows={"kl": kl.tolist()})
tiny = np.full((1, 2), 1e-9)
# expm1(v) - v = v^2/2 + v^3/6 to first orders
case("no cancellation near zero", "gaussian-kl", {"rows": {"mu": np.zeros((1, 2)), "logvar": tiny}}, rows={"kl": [float(0.5 * 2 * (1e-18 / 2 + 1e-27 / 6))]}, relative=1e-15)
recon = rng.normal(-50, 5, 6)
beta = 2.5
case("beta", "elbo", {"rows": {"recon": recon, "mu": mu, "logvar": logvar}}, parameters={"beta": str(beta)}, measures={"elbo": (recon - beta * kl).mean(), "negative-elbo": -(recon - beta * kl).mean()}, errors={"elbo": se(recon - beta * kl)}, rows={"elbo": (recon - beta * kl).tolist()})
case("kl given", "elbo", {"rows": {"recon": recon, "kl": kl}}, measures={"elbo": (recon - kl).mean()})

# GAN: logits far beyond where probabilities round to 0 and 1
r = np.concatenate([rng.normal(1, 3, 40), [40.0, -745.0, 800.0]])
f = np.concatenate([rng.normal(-1, 3, 30), [45.0, -800.0]])
sp = lambda x: np.logaddexp(0, x)
case(
    "logits",
    "gan",
    {"real": {"logit": r}, "fake": {"logit": f}},
    measures={"discriminator-loss": sp(-r).mean() + sp(f).mean(), "generator-loss-saturating": -sp(f).mean(), "generator-loss-non-saturating": sp(-f).mean(), "accuracy-real": float((r > 0).mean()), "accuracy-fake": float((f < 0).mean()), "logit-gap": r.mean() - f.mean()},
    errors={"discriminator-loss": float(np.hypot(se(sp(-r)), se(sp(f))))},
    rows={"real-loss": sp(-r).tolist(), "fake-loss": sp(f).tolist()},
    relative=1e-13,
)

# Flows
x, s, t = rng.normal(size=(3, 5, 19))
logp = scipy.stats.norm.logpdf(x, loc=t, scale=np.abs(s)).sum(axis=1)
case("scale and shift by element", "affine-flow", {"rows": {"x": x, "scale": s, "shift": t}}, measures={"log-density": logp.mean()}, errors={"log-density": se(logp)}, rows={"z": ((x - t) / s).tolist(), "log-density": logp.tolist()})
ld = rng.normal(size=5)
lp = scipy.stats.norm.logpdf(x).sum(axis=1) + ld
case("inverse direction", "flow-log-density", {"rows": {"z": x, "logdet": ld}}, parameters={"levels": "256"}, measures={"log-density": lp.mean(), "bits-per-dimension": -lp.mean() / (19 * np.log(2)) + 8}, rows={"log-density": lp.tolist()})
lp = scipy.stats.norm.logpdf(x).sum(axis=1) - ld
case("forward direction", "flow-log-density", {"rows": {"z": x, "logdet": ld}}, parameters={"direction": "forward"}, measures={"log-density": lp.mean()})

# Diffusion
beta_t = np.linspace(1e-4, 0.02, 1000)
alpha_bar = np.cumprod(1 - beta_t)
step = np.array([0, 1, 499, 998, 999])
xt = np.sqrt(alpha_bar[step])[:, None] * x + np.sqrt(1 - alpha_bar[step])[:, None] * t
case("linear schedule", "noising", {"rows": {"x0": x, "eps": t, "t": step}}, parameters={"noise": "given"}, rows={"xt": xt.tolist()}, relative=1e-13, absolute=1e-15)
mse = ((x - t) ** 2).mean(axis=1)
case("nineteen elements", "denoising-mse", {"rows": {"target": x, "prediction": t}}, measures={"mse": mse.mean()}, errors={"mse": se(mse)}, rows={"mse": mse.tolist()})
case("as given", "loss-by-timestep", {"rows": {"loss": mse, "t": step}}, measures={"loss": mse.mean()}, errors={"loss": se(mse)})
eta = 0.05
case("score given", "langevin", {"rows": {"x": x, "score": s, "noise": t}}, parameters={"eta": str(eta), "noise": "given"}, rows={"x-next": (x + eta * s + np.sqrt(2 * eta) * t).tolist()}, relative=1e-15)
# NumPy draws the noise of three steps one after the other, each for the whole array.
stream = np.random.default_rng(11)
state = x.copy()
for _ in range(3):
    state = state + eta * -state + np.sqrt(2 * eta) * stream.normal(size=state.shape)
case("three steps of NumPy's noise", "langevin", {"rows": {"x": x}}, parameters={"eta": str(eta), "noise": "numpy:11", "steps": "3", "score-function": "standard-normal"}, rows={"x-next": state.tolist()}, relative=1e-13)

# Sample sets
a = rng.normal(size=(60, 7)) @ rng.normal(size=(7, 7))
b = rng.normal(size=(45, 7)) @ rng.normal(size=(7, 7)) + 0.3
ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
mean_term = float(((a.mean(0) - b.mean(0)) ** 2).sum())
root = scipy.linalg.sqrtm(ca @ cb).real
cov_term = float(np.trace(ca) + np.trace(cb) - 2 * np.trace(root))
case("full rank, sqrtm", "frechet-distance", {"real": {"features": a}, "generated": {"features": b}}, measures={"frechet-distance": mean_term + cov_term, "mean-term": mean_term, "covariance-term": cov_term, "rank-real": 7}, relative=1e-11)
va, vb = a.var(0, ddof=1), b.var(0, ddof=1)
case("diagonal", "frechet-distance", {"real": {"features": a}, "generated": {"features": b}}, parameters={"covariance": "diagonal"}, measures={"frechet-distance": mean_term + float((va + vb - 2 * np.sqrt(va * vb)).sum())}, relative=1e-12)
case("statistics given", "frechet-distance", {"real": {"mu": a.mean(0), "sigma": ca}, "generated": {"mu": b.mean(0), "sigma": cb}}, measures={"frechet-distance": mean_term + cov_term}, relative=1e-11)
case("C32: two by two, not commuting", "frechet-distance", {"real": {"mu": [0.0, 0.0], "sigma": [[2.0, 1.0], [1.0, 2.0]]}, "generated": {"mu": [0.0, 0.0], "sigma": [[3.0, -1.0], [-1.0, 1.0]]}}, measures={"frechet-distance": 1.3972795044568622}, relative=1e-13)
case("C32: diagonal, singular", "frechet-distance", {"real": {"mu": [0.0, 0.0, 0.0], "sigma": np.diag([1.0, 4.0, 9.0])}, "generated": {"mu": [1.0, 2.0, 2.0], "sigma": np.diag([4.0, 1.0, 0.0])}}, measures={"frechet-distance": 20.0}, relative=1e-14)
legacy = np.random.RandomState(1)
xs, ys = legacy.randn(4, 4), legacy.randn(4, 4)
case("C3: torch-fidelity make_stat(4,4,1), rank deficient", "frechet-distance", {"real": {"features": xs}, "generated": {"features": ys}}, measures={"frechet-distance": 4.7538376174720132321}, relative=1e-13)
case("against a reference", "diversity", {"generated": {"samples": a}, "reference": {"samples": b}}, measures={"total-variance": float(a.var(0).sum()), "variance-ratio": float(a.var(0).sum() / b.var(0).sum()), "constant-dimensions": 0}, arrays={"variance": a.var(0).tolist()})
case("constant columns, large offset", "diversity", {"generated": {"samples": np.column_stack([np.full(60, 0.1), 1e6 + np.arange(60) / 64])}}, measures={"constant-dimensions": 1}, arrays={"variance": [0.0, float(np.var(np.arange(60) / 64))]})

out = pathlib.Path(__file__).parent / "core.golden.json"
versions = f"numpy {np.__version__}, scipy {scipy.__version__}"
source = "generate.py beside this file; cases C3 and C32: reference values of torch-fidelity (50 digits) and closed forms"


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


out.write_text(json.dumps({"tool": versions, "source": source, "cases": plain(cases)}) + "\n")
