/// JMH benchmarks: one class per kernel, and the limits of the machine.
///
/// **Where to begin.** [GaussianKlBenchmark] is a typical one. [Slice] makes its operands, [Check]
/// compares its result with an oracle before anything is timed, [MachineLimit] measures what the
/// machine allows. `run.sh` runs all of it beside the peers and writes the tables of
/// `docs/performance.md`.
@org.jspecify.annotations.NullMarked
package io.lanewise.benchmarks;
