#!/usr/bin/env python3
"""Writes the inputs of the theory notebook's cells as files.

The cells are run as the notebook has them (numpy.random.default_rng(0), in order); only the shapes differ: a
sample is a row. What the cells gave is in expected.json, made by the notebook's own NumPy (2.x); the loss of
section 12 is taken from there, since its sine differs in the last bit between NumPy versions. Run with Debian's
python3-numpy.

    python3 generate.py --out .
"""

import argparse
import json
import pathlib

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."))
    out = parser.parse_args().out

    def save(name: str, **arrays: np.ndarray) -> None:
        np.savez(out / f"{name}.npz", **arrays)

    conditional_probs = np.array([0.8, 0.5, 0.25, 0.9])
    save("autoregressive", probability=conditional_probs[None])

    rng = np.random.default_rng(0)
    mu = np.array([0.5, -0.2])
    logvar = np.array([0.0, -1.0])
    rng.normal(size=mu.shape)
    reconstruction_logprob = -1.25
    save("vae", mu=mu[None], logvar=logvar[None], recon=np.array([reconstruction_logprob]))

    d_real = np.array([0.9, 0.8, 0.7])
    d_fake = np.array([0.2, 0.3, 0.4])
    save("gan-real", probability=d_real)
    save("gan-fake", probability=d_fake)

    save("flow", x=np.array([1.0]))

    x0 = np.array([1.0, -0.5, 0.25])
    eps = rng.normal(size=x0.shape)
    eps_pred = eps + np.array([0.1, -0.2, 0.05])
    save("diffusion", x0=x0[None], eps=eps[None], eps_pred=eps_pred[None])

    x = np.array([2.0, -1.0])
    rng.normal(size=x.shape)
    save("langevin", x=x[None], score=-x[None])

    mu_r, mu_g = np.array([0.0, 0.0]), np.array([0.5, -0.25])
    cov_r, cov_g = np.eye(2), np.array([[1.2, 0.0], [0.0, 0.8]])
    save("statistics-real", mu=mu_r, sigma=cov_r)
    save("statistics-generated", mu=mu_g, sigma=cov_g)

    samples = rng.normal(size=(100, 2))
    collapsed = np.repeat(samples[:1], repeats=100, axis=0)
    save("samples", samples=samples)
    save("collapsed", samples=collapsed)

    timesteps = np.arange(1, 21)
    loss_by_t = np.array(json.loads((out / "expected.json").read_text())["loss_by_t"])
    np.testing.assert_allclose(loss_by_t, 0.1 + 0.02 * timesteps + 0.05 * np.sin(timesteps / 2), rtol=1e-15)
    save("loss", t=timesteps.astype(np.int32), loss=loss_by_t)


if __name__ == "__main__":
    main()
