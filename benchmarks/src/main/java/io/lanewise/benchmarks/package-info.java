/// JMH benchmarks: one class per kernel, the machine's limits, and what both are measured on.
///
/// Start with [GaussianKlBenchmark], a typical one; [Slice] makes its operands, [Check] compares
/// its result with an oracle before anything is timed, [MachineLimit] measures what the machine
/// allows. `run.sh` runs all of it beside the peers and writes `docs/performance.md`.
@org.jspecify.annotations.NullMarked
package io.lanewise.benchmarks;
