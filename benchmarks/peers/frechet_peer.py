#!/usr/bin/env python3
"""Fréchet distance of two .npy files of features, as NumPy and SciPy users compute it.

frechet_peer.py symmetric|sqrtm REAL GENERATED [THREADS]: prints the distance. symmetric is the fastest way known to us:
covariances in float64 by BLAS's dsyrk in blocks, eigenvalues of L' S2 L; sqrtm is that of pytorch-fid: np.cov and scipy.linalg.sqrtm.
"""

import os
import sys

what, real, generated = sys.argv[1:4]
threads = sys.argv[4] if len(sys.argv) > 4 else "2"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = threads

import numpy as np
import scipy.linalg
from scipy.linalg.blas import dsyrk

BLOCK = 5000


def statistics(file):
    x = np.load(file, mmap_mode="r")
    n, d = x.shape
    mean = sum(x[i:i + BLOCK].sum(0, dtype=np.float64) for i in range(0, n, BLOCK)) / n
    c = np.zeros((d, d), order="F")
    for i in range(0, n, BLOCK):
        y = x[i:i + BLOCK].astype(np.float64)
        y -= mean
        c = dsyrk(1.0, y.T, beta=1.0, c=c, overwrite_c=1)
    return mean, (np.triu(c) + np.triu(c, 1).T) / (n - 1)


def symmetric():
    (m1, c1), (m2, c2) = statistics(real), statistics(generated)
    root = np.linalg.cholesky(c1)
    values = scipy.linalg.eigvalsh(root.T @ c2 @ root, driver="evd")
    return ((m1 - m2) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * np.sqrt(np.maximum(values, 0)).sum()


def sqrtm():
    x, y = np.load(real), np.load(generated)
    c1, c2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = scipy.linalg.sqrtm(c1 @ c2).real
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * np.trace(root)


print({"symmetric": symmetric, "sqrtm": sqrtm}[what]())
