#!/usr/bin/env python3
"""Precision, recall, density, coverage and KID of two .npy files of features, as NumPy and as PyTorch users compute them.

all_pairs_peer.py numpy|torch prdc|kid|mmd REAL GENERATED [THREADS]: prints seconds after loading, and the values.
prdc is the code of generative-evaluation-prdc and torch-fidelity in outline: full matrices of distances in float32,
partition for the k-th neighbour. kid is 100 subsets of 1000 rows with full matrices; mmd the cubic MMD over all rows.
"""

import os
import sys
import time

library, what, real, generated = sys.argv[1:5]
threads = sys.argv[5] if len(sys.argv) > 5 else "2"
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = threads

import numpy as np

x, y = np.load(real), np.load(generated)
K = 3
start = time.time()


def numpy_distances(a, b):
    d = a @ b.T
    d *= -2
    d += (a * a).sum(1)[:, None]
    d += (b * b).sum(1)[None, :]
    np.maximum(d, 0, out=d)
    return np.sqrt(d, out=d)


def numpy_prdc():
    radius = lambda a: np.partition(numpy_distances(a, a), K, axis=1)[:, K]
    rx, ry = radius(x), radius(y)
    d = numpy_distances(x, y)
    inside = d <= rx[:, None]
    return inside.any(0).mean(), (d <= ry[None, :]).any(1).mean(), inside.sum(0).mean() / K, inside.any(1).mean()


def mmd2(k, a, b):
    n, m = len(a), len(b)
    xx, yy, xy = k(a, a), k(b, b), k(a, b)
    return (xx.sum() - xx.diagonal().sum()) / (n * (n - 1)) + (yy.sum() - yy.diagonal().sum()) / (m * (m - 1)) - 2 * xy.mean()


def subsets(k, a, b):
    r = np.random.RandomState(2020)
    values = []
    for _ in range(100):
        j = r.choice(len(b), 1000, replace=False)
        i = r.choice(len(a), 1000, replace=False)
        values.append(float(mmd2(k, a[i], b[j])))
    return np.mean(values), np.std(values)


def numpy_kernel(a, b):
    return (a @ b.T / a.shape[1] + 1) ** 3


if library == "numpy":
    result = {"prdc": numpy_prdc, "kid": lambda: subsets(numpy_kernel, x, y), "mmd": lambda: mmd2(numpy_kernel, x, y)}[what]()
else:
    import torch

    torch.set_num_threads(int(threads))
    start = time.time()
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def torch_prdc():
        radius = lambda a: torch.cdist(a, a).kthvalue(K + 1, dim=1).values
        rx, ry = radius(x), radius(y)
        d = torch.cdist(x, y)
        inside = d <= rx[:, None]
        return [float(v) for v in (inside.any(0).float().mean(), (d <= ry[None, :]).any(1).float().mean(), inside.sum(0).float().mean() / K, inside.any(1).float().mean())]

    torch_kernel = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3
    result = {"prdc": torch_prdc, "kid": lambda: subsets(torch_kernel, x, y), "mmd": lambda: float(mmd2(torch_kernel, x, y))}[what]()
values = [float(value) for value in (result if isinstance(result, (list, tuple)) else [result])]
print(f"{library} {what}: {time.time() - start:.3f} s, {values}")
