#!/usr/bin/env python3
"""Writes .npz files as guided-diffusion has them, and what NumPy and SciPy say of them: ./guided.py

A reference file there holds images (`arr_0`, NHWC uint8) and the statistics of two layers of a network: `mu`, `sigma`, and
of the spatial one `mu_s`, `sigma_s`. A file of samples holds `arr_0`; here features of the same two layers beside it.
"""
import json
import pathlib

import numpy as np
import scipy.linalg

here = pathlib.Path(__file__).resolve().parent / "numpy"
rng = np.random.default_rng(20261122)


def statistics(x):
    return x.mean(0), np.cov(x, rowvar=False)


def frechet(m1, s1, m2, s2):
    root = scipy.linalg.sqrtm(s1 @ s2).real
    return float(((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root))


images = rng.integers(0, 256, size=(9, 2, 2, 3), dtype=np.uint8)
real = rng.normal(size=(50, 5)) @ rng.normal(size=(5, 5)), rng.normal(size=(50, 3))
fake = [rng.normal(0.3, 1.2, size=(40, d)).astype(np.float32) for d in (5, 3)]
(mu, sigma), (mu_s, sigma_s) = map(statistics, real)
np.savez(here / "guided_reference.npz", arr_0=images, mu=mu, sigma=sigma, mu_s=mu_s, sigma_s=sigma_s)
np.savez(here / "guided_features.npz", fake[0], features_s=fake[1])
np.savez_compressed(here / "guided_images.npz", images[::-1] // 2)

pixels, others = (x.reshape(9, -1).astype(float) for x in (images, images[::-1] // 2))
xc, yc = pixels - pixels.mean(0), others - others.mean(0)
expected = {
    "fid": frechet(mu, sigma, *statistics(fake[0].astype(float))),
    "sfid": frechet(mu_s, sigma_s, *statistics(fake[1].astype(float))),
    # Nine rows of twelve: by the singular values of centred rows.
    "pixels": float(((pixels.mean(0) - others.mean(0)) ** 2).sum() + ((xc**2).sum() + (yc**2).sum() - 2 * np.linalg.svd(xc @ yc.T, compute_uv=False).sum()) / 8),
}
(here / "guided.json").write_text(json.dumps(expected, indent=1) + "\n")
