#!/usr/bin/env bash
# Times the command from file to result against reading the same file once, and against copying it.
#   benchmarks/end-to-end.sh [GIB] [--dim D] [--rounds N]
# GIB is the size of each file, 1 if not given; three times as much room is needed in the folder of TMPDIR.
# Writes benchmarks/results/<host-class>-end-to-end.json, which `run.sh` and `report.py` put on the page.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ! -f benchmarks/target/benchmarks.jar ]]; then
  ./mvnw -B -q -Dquick -DskipTests -pl engine,benchmarks package
fi
./lanewise --version > /dev/null # builds the command if it has to be
exec python3 benchmarks/end_to_end.py "$@"
