#!/bin/sh
# Has NumPy and Arrow JS read what Lanewise wrote: ./check.sh DIRECTORY
#
# DIRECTORY is what io.lanewise.sink.WriteInterop (a test class of engine) filled:
#   ./mvnw -q -Dquick -pl engine test -Dtest=WriteInterop -Dlanewise.interop="$PWD/target/interop"
#   data/interop/check.sh target/interop
# What is not installed (python3 with numpy; node with npm) is skipped, and said so.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 DIRECTORY" >&2; exit 2; }
files=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

python=""
for candidate in "${PYTHON:-}" python3 /usr/bin/python3; do
  if [ -n "$candidate" ] && "$candidate" -c 'import numpy' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -n "$python" ]; then
  "$python" "$here/check.py" "$files"
else
  echo "numpy: skipped, not installed"
fi

if command -v node >/dev/null && command -v npm >/dev/null; then
  packages=$(mktemp -d)
  trap 'rm -rf "$packages"' EXIT
  cp "$here/check.mjs" "$packages"
  (cd "$packages" && npm init -y >/dev/null 2>&1 &&
    npm install --silent --no-fund --no-audit apache-arrow@21.2.0 parquet-wasm@0.8.0 >/dev/null 2>&1 &&
    node check.mjs "$files")
else
  echo "arrow-js: skipped, no node and npm"
fi
