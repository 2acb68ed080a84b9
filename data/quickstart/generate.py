#!/usr/bin/python3
"""Fits five small, real generative models to the UCI handwritten digits and writes what they say.

    /usr/bin/python3 generate.py --out DIR

Needs python3-numpy, python3-scipy and python3-sklearn (Debian 12: 1.24.2, 1.10.1, 1.2.1); no network.
A second run writes the same bytes. README.md describes the files; expected.json holds headline values,
computed here in float64 from the arrays as stored, by plain NumPy and SciPy.
"""

import argparse
import hashlib
import json
import os
import warnings
from pathlib import Path

# One thread and one kernel family, so that sums are taken in the same order on every run and machine.
# Must be set before NumPy is imported (which warns of features that this CPU lacks); a value from outside wins.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL")
warnings.filterwarnings("ignore", message="During parsing environment variable")

import numpy as np
import scipy
import sklearn
from scipy.integrate import quad
from scipy.linalg import cholesky, eigh, eigvalsh, qr, solve_triangular, svdvals
from scipy.special import expit, logit, logsumexp, ndtr, ndtri, softmax
from scipy.stats import multivariate_normal, rankdata
from sklearn.covariance import ledoit_wolf
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

SEED = 20250
LEVELS = 17  # grey levels 0..16
SIDE = 8
DIM = SIDE * SIDE
CLASSES = 10
TRAIN = 897  # the other 900 of the 1797 digits are held out
SAMPLES = 1000
LN2 = np.log(2.0)
LN_2PI = np.log(2.0 * np.pi)


def stream(name):
    """An independent random stream for each purpose, so that changing one model leaves the others alone."""
    return np.random.default_rng([SEED, *name.encode()])


# ---------------------------------------------------------------------------------------------------------------
# 1. Autoregressive: categorical over the grey level of a pixel, given the pixels above and to the left of it
# ---------------------------------------------------------------------------------------------------------------


class AutoregressiveCounts:
    """Smoothed conditional counts, pixels in raster order.

    p(v | position, context) backs off through the contexts (), (left), (left, up), (left, up, up-right), each level
    a Dirichlet posterior mean whose prior is the level before it: (count + a * parent) / (total + a). Neighbours
    are binned by BIN_EDGES; pixels outside the image count as 0. The root is the level's frequency over all
    pixels, plus one. Only past pixels are used, so the product over pixels is a normalised model of the image.
    """

    BIN_EDGES = (1, 5, 11)
    CONCENTRATIONS = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0)

    def __init__(self, images, concentration):
        self.a = concentration
        self.images = images
        self.contexts = self._contexts(images)
        root = np.bincount(images.ravel(), minlength=LEVELS) + 1.0
        self.root = root / root.sum()

    @classmethod
    def fit(cls, images):
        """Chooses the concentration by the likelihood of each half of the training rows under the other half."""
        odd, even = images[1::2], images[::2]

        def score(a):
            return cls(odd, a).logprob(even).sum() + cls(even, a).logprob(odd).sum()

        return cls(images, max(cls.CONCENTRATIONS, key=score))

    @classmethod
    def _contexts(cls, images):
        """rows x pixels x depth: one integer per context, from the shallowest to the deepest."""
        padded = np.pad(images.reshape(-1, SIDE, SIDE), ((0, 0), (1, 0), (1, 1)))
        left, up, up_right = padded[:, 1:, :SIDE], padded[:, :SIDE, 1 : SIDE + 1], padded[:, :SIDE, 2:]
        code = np.zeros((len(images), DIM), dtype=np.int64)
        codes = [code]
        for neighbour in (left, up, up_right):
            code = code * 4 + np.digitize(neighbour.reshape(-1, DIM), cls.BIN_EDGES)
            codes.append(code)
        return np.stack(codes, axis=-1)

    def conditional(self, context, pixel):
        """The 17 probabilities of one pixel in one context (a code per depth)."""
        p = self.root
        for depth, code in enumerate(context):
            seen = self.images[self.contexts[:, pixel, depth] == code, pixel]
            p = (np.bincount(seen, minlength=LEVELS) + self.a * p) / (len(seen) + self.a)
        return p

    def logprob(self, images):
        """rows x pixels: log p(pixel | pixels before it), in nats."""
        contexts = self._contexts(images)
        result = np.empty(images.shape)
        for pixel in range(DIM):
            distinct, which = np.unique(contexts[:, pixel], axis=0, return_inverse=True)
            table = np.stack([self.conditional(context, pixel) for context in distinct])
            assert np.allclose(table.sum(axis=1), 1.0, rtol=0, atol=1e-12)
            result[:, pixel] = np.log(table[which.ravel(), images[:, pixel]])
        return result


def autoregressive(train, held_out):
    model = AutoregressiveCounts.fit(train.levels)
    print(f"autoregressive: concentration {model.a}")
    return {"logprob": model.logprob(held_out.levels).astype(np.float32), "label": held_out.label}


# ---------------------------------------------------------------------------------------------------------------
# 2. VAE with a linear decoder: probabilistic PCA
# ---------------------------------------------------------------------------------------------------------------


class ProbabilisticPca:
    """x = W z + mean + N(0, sigma^2 I), z ~ N(0, I), at the maximum of the likelihood (Tipping & Bishop 1999).

    W = U (Lambda - sigma^2)^(1/2) has orthogonal columns, so the exact posterior has a diagonal covariance and a
    VAE's (mu, logvar) can state it: the ELBO then equals log p(x).
    """

    LATENT = 10

    def __init__(self, x):
        self.mean = x.mean(axis=0)
        values, vectors = eigh(np.cov(x, rowvar=False, ddof=0))
        values, vectors = values[::-1], vectors[:, ::-1]
        vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(DIM)])
        self.values = values[: self.LATENT]
        self.sigma2 = values[self.LATENT :].mean()
        self.weights = vectors[:, : self.LATENT] * np.sqrt(self.values - self.sigma2)

    def posterior(self, x):
        """mu and logvar of p(z | x)."""
        mu = (x - self.mean) @ self.weights / self.values
        return mu, np.broadcast_to(np.log(self.sigma2 / self.values), mu.shape)

    def expected_reconstruction(self, x, mu, logvar):
        """E[log p(x | z)] for z ~ N(mu, exp(logvar)), in closed form."""
        error = np.square(x - self.mean - mu @ self.weights.T).sum(axis=1)
        spread = np.exp(logvar) @ np.square(self.weights).sum(axis=0)
        return -0.5 * (DIM * (LN_2PI + np.log(self.sigma2)) + (error + spread) / self.sigma2)

    def log_marginal(self, x):
        """log p(x), x ~ N(mean, W W' + sigma^2 I), through the eigenvalues."""
        centred = x - self.mean
        explained = np.square(centred @ self.weights) / (self.values - self.sigma2)
        rest = np.square(centred).sum(axis=1) - explained.sum(axis=1)
        distance = (explained / self.values).sum(axis=1) + rest / self.sigma2
        log_det = np.log(self.values).sum() + (DIM - self.LATENT) * np.log(self.sigma2)
        return -0.5 * (DIM * LN_2PI + log_det + distance)


def gaussian_kl(mu, logvar):
    """KL(N(mu, exp(logvar)) || N(0, I)) per element."""
    return 0.5 * (np.square(mu) + np.expm1(logvar) - logvar)


def vae(train, held_out):
    x = held_out.unit
    model = ProbabilisticPca(train.unit)
    mu, logvar = (a.astype(np.float32) for a in model.posterior(x))
    log_px = model.log_marginal(x)
    covariance = model.weights @ model.weights.T + model.sigma2 * np.eye(DIM)
    np.testing.assert_allclose(log_px, multivariate_normal.logpdf(x, model.mean, covariance), rtol=1e-10, atol=1e-9)

    # With the posterior in float64 the bound is tight.
    exact = model.posterior(x)
    elbo = model.expected_reconstruction(x, *exact) - gaussian_kl(*exact).sum(axis=1)
    np.testing.assert_allclose(elbo, log_px, rtol=1e-12, atol=1e-10)

    # What is stored belongs to the posterior as stored: rounding mu and logvar to float32 gives another q, whose
    # ELBO is below log p(x) by KL(q || posterior), about 1e-13.
    stored = mu.astype(np.float64), logvar.astype(np.float64)
    recon = model.expected_reconstruction(x, *stored)
    gap = log_px - (recon - gaussian_kl(*stored).sum(axis=1))
    assert np.abs(gap).max() < 1e-10
    print(f"vae: sigma {np.sqrt(model.sigma2):.4f}, log p(x) - ELBO within [{gap.min():.1e}, {gap.max():.1e}]")
    return {"mu": mu, "logvar": logvar, "recon_logprob": recon, "log_px": log_px, "label": held_out.label}


# ---------------------------------------------------------------------------------------------------------------
# 3. A sampler: one Gaussian copula per digit class
# ---------------------------------------------------------------------------------------------------------------


class ClassCopulas:
    """Per class: the pixels' own distributions, tied together by correlated normal scores.

    A score is the normal quantile of a pixel's rank within its class, ties broken by dequantization noise. The
    correlation of a class is half its own and half the pooled one. A draw maps correlated normals back through the
    empirical quantiles, so that a sample has grey levels that its class has at that pixel.
    """

    OWN_SHARE = 0.5

    def __init__(self, levels, label, rng):
        noisy = levels + rng.random(levels.shape)
        self.prior = np.bincount(label, minlength=CLASSES) / len(label)
        self.sorted = [np.sort(levels[label == c], axis=0) for c in range(CLASSES)]
        own = np.stack([np.corrcoef(self._scores(noisy[label == c]), rowvar=False) for c in range(CLASSES)])
        pooled = np.tensordot(self.prior, own, axes=1)
        self.roots = np.linalg.cholesky(self.OWN_SHARE * own + (1.0 - self.OWN_SHARE) * pooled)

    @staticmethod
    def _scores(x):
        return ndtri((rankdata(x, axis=0) - 0.5) / len(x))

    def sample(self, rng, label, temperature=1.0):
        """Grey levels, one row per label. A low temperature keeps to the median image of the class."""
        normals = np.einsum("nij,nj->ni", self.roots[label], rng.standard_normal((len(label), DIM)))
        quantile = ndtr(temperature * normals)
        result = np.empty(quantile.shape, dtype=np.int64)
        for c, values in enumerate(self.sorted):
            rank = np.floor(quantile[label == c] * len(values)).astype(np.int64)
            result[label == c] = np.take_along_axis(values, np.minimum(rank, len(values) - 1), axis=0)
        return result

    def draw(self, rng, n):
        """n rows in [0, 1], classes as frequent as in training."""
        return self.sample(rng, rng.choice(CLASSES, size=n, p=self.prior)) / 16.0


def sample_sets(train, held_out, sampler):
    good = sampler.draw(stream("samples-good"), SAMPLES)

    rng = stream("samples-collapsed")
    collapsed = sampler.sample(rng, rng.choice([1, 7], size=SAMPLES, p=[0.8, 0.2]), temperature=0.2) / 16.0

    noisy = np.clip(good + 0.25 * stream("samples-noisy").standard_normal(good.shape), 0.0, 1.0)
    centroids = np.stack([train.unit[train.label == c].mean(axis=0) for c in range(CLASSES)])
    return {
        "real.npy": held_out.unit.astype(np.float32),
        "real-labels.npy": held_out.label,
        "centroids.npy": centroids.astype(np.float32),
        "samples-good.npy": good.astype(np.float32),
        "samples-collapsed.npy": collapsed.astype(np.float32),
        "samples-noisy.npy": noisy.astype(np.float32),
    }


# ---------------------------------------------------------------------------------------------------------------
# 4. GAN: a discriminator between real digits and those of the sampler
# ---------------------------------------------------------------------------------------------------------------


def gan(train, sampler, real, fake):
    """Logistic regression on pixels, squares, and products of adjacent pixels; real is the positive class."""

    def features(x):
        images = x.astype(np.float64).reshape(-1, SIDE, SIDE)
        products = images[:, :, 1:] * images[:, :, :-1], images[:, 1:] * images[:, :-1]
        return np.hstack([f.reshape(len(x), -1) for f in (images, images**2, *products)])

    fitted_fake = sampler.draw(stream("gan-train"), TRAIN)
    x = np.vstack([features(train.unit), features(fitted_fake)])
    y = np.repeat([1, 0], TRAIN)
    model = LogisticRegression(C=3.0, solver="newton-cholesky", tol=1e-10, max_iter=200).fit(x, y)
    print(f"gan: accuracy on the training half {model.score(x, y):.4f}")
    return {
        "gan-real.npz": {"logit": model.decision_function(features(real)).astype(np.float32)},
        "gan-fake.npz": {"logit": model.decision_function(features(fake)).astype(np.float32)},
    }


# ---------------------------------------------------------------------------------------------------------------
# 5. Flow: dequantize, logit, whiten
# ---------------------------------------------------------------------------------------------------------------


class LogitGaussianFlow:
    """y in (0, 1) -> v = alpha + (1 - 2 alpha) y -> h = logit(v) -> z = L^-1 (h - mean), L L' = covariance of h.

    L is lower triangular: an affine autoregressive flow. Covariance shrunk after Ledoit & Wolf.
    """

    ALPHA = 0.01

    def __init__(self, y):
        h = logit(self._squeeze(y))
        self.mean = h.mean(axis=0)
        self.root = cholesky(ledoit_wolf(h)[0], lower=True)

    def _squeeze(self, y):
        return self.ALPHA + (1.0 - 2.0 * self.ALPHA) * y

    def inverse(self, y):
        """Data to latent: z and log|det dz/dy|."""
        v = self._squeeze(y)
        z = solve_triangular(self.root, (logit(v) - self.mean).T, lower=True).T
        return z, self.logit_logdet(v) - np.log(np.diag(self.root)).sum()

    def logit_logdet(self, v):
        """log|det dh/dy|."""
        return (np.log1p(-2.0 * self.ALPHA) - np.log(v) - np.log1p(-v)).sum(axis=1)

    def check(self, y, z, logdet):
        log_p = standard_normal_logpdf(z) + logdet

        # Against SciPy's density of h, times the Jacobian of the logit.
        v = self._squeeze(y)
        density = multivariate_normal.logpdf(logit(v), self.mean, self.root @ self.root.T)
        np.testing.assert_allclose(log_p, density + self.logit_logdet(v), rtol=1e-11, atol=1e-9)

        # Against a Jacobian by central differences.
        step = 1e-6 * np.eye(DIM)
        jacobian = (self.inverse(y[0] + step)[0] - self.inverse(y[0] - step)[0]) / 2e-6
        np.testing.assert_allclose(np.linalg.slogdet(jacobian)[1], logdet[0], rtol=0, atol=1e-5)

        # The marginal of the first pixel integrates to 1 over the values that the logit can reach.
        def first_pixel(y0):
            v0 = self._squeeze(y0)
            z0 = (logit(v0) - self.mean[0]) / self.root[0, 0]
            return np.exp(-0.5 * (z0**2 + LN_2PI)) * (1 - 2 * self.ALPHA) / (v0 * (1 - v0) * self.root[0, 0])

        margin = self.ALPHA / (1.0 - 2.0 * self.ALPHA)
        middle = (expit(self.mean[0]) - self.ALPHA) / (1.0 - 2.0 * self.ALPHA)
        mass = quad(first_pixel, -margin, 1 + margin, points=[middle], limit=200)[0]
        np.testing.assert_allclose(mass, 1.0, rtol=0, atol=1e-8)


def standard_normal_logpdf(z):
    return -0.5 * (np.square(z).sum(axis=1) + z.shape[1] * LN_2PI)


def flow(train, held_out):
    rng = stream("dequantize")
    model = LogitGaussianFlow((train.levels + rng.random(train.levels.shape)) / LEVELS)
    y = (held_out.levels + rng.random(held_out.levels.shape)) / LEVELS
    z, logdet = model.inverse(y)
    model.check(y, z, logdet)
    return {"z": z.astype(np.float32), "logdet": logdet, "label": held_out.label}


# ---------------------------------------------------------------------------------------------------------------
# 6. Diffusion: the exact denoiser of a mixture with one Gaussian per digit class
# ---------------------------------------------------------------------------------------------------------------

STEPS = 1000
ALPHA_BAR = np.cumprod(1.0 - np.linspace(1e-4, 0.02, STEPS))


class ClassGaussians:
    """Gaussian mixture with one component per class: covariance half its own, half the pooled one.

    The variance of rounding to a grey level (step^2 / 12) is added, which also keeps constant pixels regular.
    """

    OWN_SHARE = 0.5

    def __init__(self, x, label, step):
        self.prior = np.bincount(label, minlength=CLASSES) / len(label)
        self.mean = np.stack([x[label == c].mean(axis=0) for c in range(CLASSES)])
        own = np.stack([np.cov(x[label == c], rowvar=False, ddof=0) for c in range(CLASSES)])
        pooled = np.tensordot(self.prior, own, axes=1)
        floor = step**2 / 12.0 * np.eye(DIM)
        self.values, self.vectors = np.linalg.eigh(self.OWN_SHARE * own + (1.0 - self.OWN_SHARE) * pooled + floor)

    def diffused(self, xt, alpha_bar):
        """Of every class c, for x_t: log p(c, x_t) but for a constant, and E[eps | x_t, c]."""
        keep, noise = np.sqrt(alpha_bar)[:, None], (1.0 - alpha_bar)[:, None]
        log_density = np.empty((len(xt), CLASSES))
        noise_mean = np.empty((len(xt), CLASSES, DIM))
        for c in range(CLASSES):
            variance = np.square(keep) * self.values[c] + noise
            rotated = (xt - keep * self.mean[c]) @ self.vectors[c]
            log_density[:, c] = np.log(self.prior[c]) - 0.5 * (np.log(variance) + rotated**2 / variance).sum(axis=1)
            noise_mean[:, c] = np.sqrt(noise) * (rotated / variance) @ self.vectors[c].T
        return log_density, noise_mean

    def expected_noise(self, xt, alpha_bar):
        """E[eps | x_t] under the mixture: the minimiser of the denoising error for this data distribution."""
        log_density, noise_mean = self.diffused(xt, alpha_bar)
        return np.einsum("nc,ncd->nd", softmax(log_density, axis=1), noise_mean)


def diffusion(train, held_out):
    n = len(held_out.levels)
    rng = stream("diffusion")
    model = ClassGaussians(train.signed, train.label, step=1.0 / 8.0)
    x0 = held_out.signed.astype(np.float32)
    eps = rng.standard_normal(x0.shape).astype(np.float32)
    t = np.floor((rng.permutation(n) + rng.random(n)) / n * STEPS).astype(np.int32)
    alpha_bar = ALPHA_BAR[t]
    xt = np.sqrt(alpha_bar)[:, None] * x0 + np.sqrt(1.0 - alpha_bar)[:, None] * eps
    eps_pred = model.expected_noise(xt, alpha_bar)

    # Tweedie: E[eps | x_t] = -sqrt(1 - alpha_bar) grad log p_t(x_t); gradient by central differences.
    for row in (t.argmin(), t.argmax(), 0):
        h = 1e-5
        points = xt[row] + h * np.vstack([np.eye(DIM), -np.eye(DIM)])
        log_p = logsumexp(model.diffused(points, np.full(2 * DIM, alpha_bar[row]))[0], axis=1)
        gradient = (log_p[:DIM] - log_p[DIM:]) / (2 * h)
        np.testing.assert_allclose(-np.sqrt(1 - alpha_bar[row]) * gradient, eps_pred[row], rtol=1e-5, atol=1e-5)
    return {"x0": x0, "eps": eps, "eps_pred": eps_pred.astype(np.float32), "t": t, "label": held_out.label}


# ---------------------------------------------------------------------------------------------------------------
# Expected values: from the stored arrays, widened to float64
# ---------------------------------------------------------------------------------------------------------------


def mean_and_error(rows):
    """Mean over rows and its standard error (ddof 1)."""
    return float(np.mean(rows)), float(np.std(rows, ddof=1) / np.sqrt(len(rows)))


class Expected:
    """Collects values with their definitions."""

    def __init__(self):
        self.tree = {}

    def add(self, group, name, value, definition):
        self.tree.setdefault(group, {})[name] = {"value": value, "definition": definition}

    def add_mean(self, group, name, rows, definition):
        mean, error = mean_and_error(rows)
        self.add(group, name, mean, definition)
        self.tree[group][name].update(stderr=error, n=len(rows))


def softplus(x):
    return np.logaddexp(0.0, x)


def expect_autoregressive(out, logprob):
    rows, tokens = logprob.sum(axis=1), logprob.size
    out.add_mean("autoregressive", "log_likelihood", rows, "mean over rows of the sum of logprob, nats per row")
    mean_nll = -rows.sum() / tokens
    out.add("autoregressive", "perplexity", float(np.exp(mean_nll)), "exp(-sum logprob / tokens), token weighted")
    per_row = np.exp(-logprob.mean(axis=1))
    out.add("autoregressive", "perplexity_sequence_mean", float(per_row.mean()), "mean over rows of exp(-mean logprob)")
    out.add("autoregressive", "bits_per_dim", float(mean_nll / LN2), "-sum logprob / (tokens ln 2)")


def expect_vae(out, mu, logvar, recon_logprob, log_px):
    kl = gaussian_kl(mu, logvar)
    elbo = recon_logprob - kl.sum(axis=1)
    out.add_mean("vae", "kl", kl.sum(axis=1), "mean over rows of KL(N(mu, exp(logvar)) || N(0, I)), nats")
    out.add_mean("vae", "reconstruction", recon_logprob, "mean over rows of recon_logprob = E_q log p(x|z), nats")
    out.add_mean("vae", "elbo", elbo, "mean over rows of recon_logprob - KL, nats")
    out.add_mean("vae", "log_px", log_px, "mean over rows of the exact log p(x), nats; the ELBO equals it to rounding")
    out.add("vae", "kl_per_dim", kl.mean(axis=0).tolist(), "mean over rows of the KL of each latent dimension, nats")
    active = int((mu.var(axis=0) > 0.01).sum())
    out.add("vae", "active_units", active, "latent dimensions whose mu has variance (ddof 0) above 0.01")


def expect_gan(out, real, fake):
    d_loss = softplus(-real).mean() + softplus(fake).mean()
    out.add("gan", "d_loss", float(d_loss), "mean softplus(-r) + mean softplus(f); 2 ln 2 = 1.386 if it cannot tell")
    out.add_mean("gan", "d_loss_real", softplus(-real), "mean softplus(-r)")
    out.add_mean("gan", "d_loss_fake", softplus(fake), "mean softplus(f)")
    out.add_mean("gan", "g_loss_saturating", -softplus(fake), "-mean softplus(f)")
    out.add_mean("gan", "g_loss_nonsaturating", softplus(-fake), "mean softplus(-f)")
    out.add("gan", "accuracy_real", float((real > 0).mean()), "share of r > 0")
    out.add("gan", "accuracy_fake", float((fake < 0).mean()), "share of f < 0")
    out.add("gan", "logit_gap", float(real.mean() - fake.mean()), "mean r - mean f")
    out.add("gan", "largest_abs_logit", float(max(np.abs(real).max(), np.abs(fake).max())), "max |logit|, both files")


def expect_flow(out, z, logdet):
    log_p = standard_normal_logpdf(z) + logdet
    out.add_mean("flow", "log_px", log_p, "mean over rows of log N(z; 0, I) + logdet, nats")
    bits = np.log2(LEVELS) - log_p.mean() / (DIM * LN2)
    out.add("flow", "bits_per_dim", float(bits), "log2(17) - mean log_px / (64 ln 2)")


def expect_diffusion(out, eps, eps_pred, t):
    mse = np.square(eps - eps_pred).mean(axis=1)
    out.add_mean("diffusion", "mse", mse, "mean over rows of the mean over elements of (eps - eps_pred)^2")
    quartile = t.astype(np.int64) * 4 // STEPS
    for q in range(4):
        out.add_mean("diffusion", f"mse_q{q}", mse[quartile == q], f"the same over rows with floor(4 t / 1000) = {q}")


def centred_root(x):
    """R with R'R = covariance of x (ddof 1), through QR: no square of the condition number."""
    return qr(x - x.mean(axis=0), mode="r")[0][:DIM] / np.sqrt(len(x) - 1)


def psd_root(matrix):
    values, vectors = eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T


def expect_samples(out, name, x, real):
    # tr (S1 S2)^(1/2) = sum of the singular values of R1 R2'. This form has no square roots of rounding errors; the
    # eigenvalue form does, because three pixels are always 0 and the covariances are singular.
    mean_term = np.square(x.mean(axis=0) - real.mean(axis=0)).sum()
    s1, s2 = (np.cov(a, rowvar=False, ddof=1) for a in (real, x))
    cross = svdvals(centred_root(real) @ centred_root(x).T).sum()
    trace_term = np.trace(s1) + np.trace(s2) - 2.0 * cross
    out.add(name, "frechet", float(mean_term + trace_term), "|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), ddof 1")
    out.add(name, "frechet_mean_term", float(mean_term), "|m1 - m2|^2")
    out.add(name, "frechet_trace_term", float(trace_term), "tr(S1 + S2 - 2 (S1 S2)^(1/2)) by singular values")

    root = psd_root(s1)
    middle = np.maximum(eigvalsh(root @ s2 @ root), 0.0)
    by_eigenvalues = mean_term + np.trace(s1) + np.trace(s2) - 2.0 * np.sqrt(middle).sum()
    definition = "frechet with eigvalsh(S1^(1/2) S2 S1^(1/2)) instead; S1 is singular, so good to about 1e-7 only"
    out.add(name, "frechet_by_eigenvalues", float(by_eigenvalues), definition)
    assert abs(by_eigenvalues - (mean_term + trace_term)) < 1e-6

    d1, d2 = (a.var(axis=0, ddof=1) for a in (real, x))
    diagonal = mean_term + np.square(np.sqrt(d1) - np.sqrt(d2)).sum()
    out.add(name, "frechet_diagonal", float(diagonal), "|m1 - m2|^2 + sum (s1 - s2)^2 of standard deviations, ddof 1")

    variance = x.var(axis=0)
    out.add(name, "mean_variance", float(variance.mean()), "mean over dimensions of the variance (ddof 0)")
    ratio = variance.sum() / real.var(axis=0).sum()
    out.add(name, "variance_ratio", float(ratio), "total variance / total variance of real.npy (ddof 0)")
    out.add(name, "distinct_rows", len(np.unique(x, axis=0)), "rows that differ from each other")


def expected_values(directory):
    def read(name, *keys):
        loaded = np.load(directory / name)
        arrays = [loaded[key] for key in keys] if keys else [loaded]
        return [a if a.dtype.kind == "i" else a.astype(np.float64) for a in arrays]

    out = Expected()
    expect_autoregressive(out, *read("autoregressive.npz", "logprob"))
    expect_vae(out, *read("vae.npz", "mu", "logvar", "recon_logprob", "log_px"))
    expect_gan(out, *read("gan-real.npz", "logit"), *read("gan-fake.npz", "logit"))
    expect_flow(out, *read("flow.npz", "z", "logdet"))
    expect_diffusion(out, *read("diffusion.npz", "eps", "eps_pred", "t"))
    (real,) = read("real.npy")
    out.add("real", "mean_variance", float(real.var(axis=0).mean()), "mean over dimensions of the variance (ddof 0)")
    for name in ("samples-good", "samples-noisy", "samples-collapsed"):
        expect_samples(out, name, *read(f"{name}.npy"), real)
    return out.tree


# ---------------------------------------------------------------------------------------------------------------


class Digits:
    """Rows of the data set on the three scales that the models use."""

    def __init__(self, levels, label):
        self.levels = levels  # 0..16
        self.unit = levels / 16.0  # [0, 1]
        self.signed = levels / 8.0 - 1.0  # [-1, 1]
        self.label = label.astype(np.int32)


def load():
    """Train and held-out rows: a seeded split, each part in the order of the data set."""
    data = load_digits()
    levels = data.data.astype(np.int64)
    assert levels.shape == (1797, DIM) and levels.min() == 0 and levels.max() == LEVELS - 1
    order = stream("split").permutation(len(levels))
    return [Digits(levels[rows], data.target[rows]) for rows in (np.sort(order[:TRAIN]), np.sort(order[TRAIN:]))]


COMPRESSED = {"autoregressive.npz", "flow.npz"}  # the others are stored, so that both kinds of zip entry exist


def write(path, content):
    if path.suffix == ".npy":
        np.save(path, content)
    elif path.name in COMPRESSED:
        np.savez_compressed(path, **content)
    else:
        np.savez(path, **content)


def describe(path):
    def array(a):
        return {"dtype": a.dtype.name, "shape": list(a.shape)}

    loaded = np.load(path)
    arrays = {key: array(loaded[key]) for key in loaded.files} if path.suffix == ".npz" else {path.stem: array(loaded)}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest, "arrays": arrays}


def main():
    parser = argparse.ArgumentParser(description="Fit five models to the UCI digits and write their outputs.")
    parser.add_argument("--out", type=Path, required=True, help="directory to write to; created if absent")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    train, held_out = load()
    sampler = ClassCopulas(train.levels, train.label, stream("sampler"))
    outputs = sample_sets(train, held_out, sampler)
    outputs["autoregressive.npz"] = autoregressive(train, held_out)
    outputs["vae.npz"] = vae(train, held_out)
    outputs.update(gan(train, sampler, outputs["real.npy"], outputs["samples-good.npy"]))
    outputs["flow.npz"] = flow(train, held_out)
    outputs["diffusion.npz"] = diffusion(train, held_out)
    for name, content in outputs.items():
        write(out / name, content)

    values = expected_values(out)
    document = {
        "about": "Headline values of the files in this directory, computed in float64 from the arrays as stored.",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "seed": SEED,
        "files": {name: describe(out / name) for name in sorted(outputs)},
        "values": values,
    }
    (out / "expected.json").write_text(json.dumps(document, indent=2) + "\n")

    for group, entries in values.items():
        for name, entry in entries.items():
            error = f" +- {entry['stderr']:.2g} (n={entry['n']})" if "stderr" in entry else ""
            print(f"{group:18} {name:26} {entry['value']}{error}")


if __name__ == "__main__":
    main()
