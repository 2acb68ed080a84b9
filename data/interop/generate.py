#!/usr/bin/env python3
"""Writes the NumPy files of this directory. Run with NumPy 1.24: ./generate.py

Element k of an array, counted in C order, is 3k - 7; 3k in unsigned arrays; k % 3 == 0 in boolean ones.
InteropTest knows this rule and checks every element.
"""
import io
import pathlib
import warnings

import numpy as np

here = pathlib.Path(__file__).resolve().parent / "numpy"
here.mkdir(exist_ok=True)
warnings.simplefilter("ignore")  # NumPy warns when it has to use a newer header version


def rule(shape, dtype):
    dtype = np.dtype(dtype)
    k = np.arange(int(np.prod(shape)), dtype=np.int64)
    values = {"b": k % 3 == 0, "u": 3 * k}.get(dtype.kind, 3 * k - 7)
    return values.reshape(shape).astype(dtype)


def save(name, array, version=None):
    with open(here / (name + ".npy"), "wb") as out:
        np.lib.format.write_array(out, array, version=version, allow_pickle=True)


dtypes = ["b1", "i1", "u1"] + [
    order + kind
    for order in "<>"
    for kind in ("i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8")
]
plain = {}
for dtype in dtypes:
    name = dtype.replace("<", "le_").replace(">", "be_")
    plain[name + "_c"] = rule((7, 4), dtype)
    plain[name + "_f"] = np.asfortranarray(rule((7, 4), dtype))
    plain[name + "_1"] = rule((7,), dtype)
np.savez(here / "stored.npz", **plain)
np.savez_compressed(here / "deflated.npz", **plain)

save("c_f4", rule((7, 4), "<f4"))
save("f_f8", np.asfortranarray(rule((7, 4), "<f8")))
save("c_3d_f4", rule((5, 2, 3), "<f4"))
save("f_3d_f4", np.asfortranarray(rule((5, 2, 3), "<f4")))
save("f_4d_be_i2", np.asfortranarray(rule((3, 2, 3, 2), ">i2")))
save("scalar_f8", rule((), "<f8"))
save("empty_f4", rule((0, 4), "<f4"))
save("version2_f4", rule((7, 4), "<f4"), version=(2, 0))
save("version3_f4", rule((7, 4), "<f4"), version=(3, 0))
save("text", np.array(["a", "λ-wise", "", "\U0001F600 x"]))
save("text_be", np.array(["a", "λ-wise", "", "\U0001F600 x"]).astype(">U6"))
save("huge_u8", np.array([1, 2**63], dtype="<u8"))

# What has to be refused, each with its own words.
save("bad_object", np.array([{"a": 1}, None], dtype=object))
save("bad_structured", np.zeros(3, dtype=[("x", "<f4"), ("y", "<i4")]))
save("bad_unicode_structured", np.zeros(3, dtype=[("λ", "<f4")]), version=(3, 0))
save("bad_complex", rule((3,), "<c8"))
save("bad_bytes", np.array([b"a", b"bc"]))
save("bad_time", np.array(["2020-01-01"], dtype="<M8[ns]"))
save("bad_width0", np.zeros((5, 0), dtype="<f4"))

# Arrays of different lengths, one that cannot be read, a scalar, a name with a space.
np.savez(
    here / "mixed.npz",
    **{
        "x y": rule((7, 4), "<f4"),
        "label": np.array(["a", "b"] * 3 + ["c"]),
        "short": rule((3,), "<i8"),
        "dim": np.int64(4),
        "meta": np.array([{"a": 1}], dtype=object),
    },
)
