#!/usr/bin/env bash
# Measures the machine's limits, our kernels, their baselines and the peers, interleaved, and writes
# benchmarks/results/<host-class>.json and docs/performance.md.
#   benchmarks/run.sh [--quick] [--minutes N] [--no-peers]
# Needs python3 (its NumPy and PyTorch, if there, are the peers) and what ./mvnw needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=/usr/bin/python3
[[ -x $python ]] || python=python3
if [[ ! -f benchmarks/target/benchmarks.jar ||
  -n $(find pom.xml engine/src/main benchmarks/src/main benchmarks/pom.xml -newer benchmarks/target/benchmarks.jar -print -quit) ]]; then
  ./mvnw -B -q -Dquick -DskipTests -pl engine,benchmarks package
fi
./lanewise --version > /dev/null # builds the command if it has to be; it says which JDK the build found
exec "$python" benchmarks/run.py "$@"
