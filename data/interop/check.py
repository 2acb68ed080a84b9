"""Reads with NumPy what Lanewise wrote; see check.sh. Row r, element j: 10 r + j - 7."""
import pathlib
import sys

import numpy as np

files = pathlib.Path(sys.argv[1])
ROWS = 100


def check(what, array, dtype, width):
    shape = (ROWS,) if width == 0 else (ROWS, width)
    r = np.arange(ROWS, dtype=np.int64)
    expected = 10 * r - 7 if width == 0 else 10 * r[:, None] + np.arange(width) - 7
    assert array.dtype == np.dtype(dtype), f"{what}: found {array.dtype}, expected {dtype}"
    assert array.shape == shape, f"{what}: found {array.shape}, expected {shape}"
    assert (array == expected).all(), f"{what}: found {array}, expected {expected}"


DTYPES = {"float32": "<f4", "float64": "<f8", "int32": "<i4", "int64": "<i8"}
with np.load(files / "all.npz") as npz:
    assert sorted(npz.files) == sorted(s + d for s in ("scalar ", "vector ") for d in DTYPES)
    for name in npz.files:
        shape, dtype = name.split(" ")
        check(name, npz[name], DTYPES[dtype], 0 if shape == "scalar" else 3)
check("vector.npy", np.load(files / "vector.npy"), "<f4", 3)
check("vector.npy, mapped", np.load(files / "vector.npy", mmap_mode="r"), "<f4", 3)
assert np.load(files / "empty.npy").shape == (0, 3)
csv = np.genfromtxt(files / "all.csv", delimiter=",", names=True, deletechars="")
check("all.csv", csv["scalar_float64"], "<f8", 0)
print(f"numpy {np.__version__}: .npz, .npy and .csv agree")
