#!/usr/bin/env bash
# Measures the machine's limits, our kernels, their baselines and the peers, interleaved, and writes
# benchmarks/results/<host-class>.json and docs/performance.md.
#   benchmarks/run.sh [--quick] [--minutes N] [--peers | --no-peers]
# Needs python3 (its NumPy and PyTorch, if there, are the peers) and what ./mvnw needs. --peers adds libtorch and
# OpenBLAS through JavaCPP, on Linux x86-64: 0.1 GB to download once, half a gigabyte unpacked in ~/.javacpp.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=/usr/bin/python3
[[ -x $python ]] || python=python3
profile=() built=benchmarks/target/benchmarks.jar sources=(pom.xml engine/src/main benchmarks/src/main benchmarks/pom.xml)
if [[ " $* " == *" --peers "* ]]; then
  # Written after a jar that has them; a build without them makes the jar newer.
  profile=(-Ppeers) built=benchmarks/target/peers.classpath
  sources+=(benchmarks/src/peers benchmarks/target/benchmarks.jar)
fi
if [[ ! -f $built || -n $(find "${sources[@]}" -newer "$built" -print -quit) ]]; then
  ./mvnw -B -q -Dquick -DskipTests "${profile[@]}" -pl engine,benchmarks package
fi
./lanewise --version > /dev/null # builds the command if it has to be; it says which JDK the build found
exec "$python" benchmarks/run.py "$@"
