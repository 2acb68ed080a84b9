#!/bin/sh
# Makes every file of this folder again: generate.py fits the models and writes NumPy files (Debian's
# python3-numpy, python3-scipy, python3-sklearn); two of them become Parquet and Arrow, so that the
# quickstart reads four formats. The same versions give the same bytes.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-/usr/bin/python3}
"$python" generate.py --out .
../../lanewise convert autoregressive.npz autoregressive.parquet --replace
../../lanewise convert flow.npz flow.arrow --replace
rm autoregressive.npz flow.npz
