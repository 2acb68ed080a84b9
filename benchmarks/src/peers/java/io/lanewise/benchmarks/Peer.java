package io.lanewise.benchmarks;

import java.util.Map;

/// A library one would use instead.
interface Peer {
  /// Its name and version, asked of the library.
  String name();

  /// How many threads of its own a call may use.
  void threads(int count);

  /// The known ways to compute a kernel: each computes everything when it runs, into destinations
  /// made before.
  ///
  /// @return by name; empty if this is not what the library is for
  Map<String, Runnable> formulations(PeerCase kernel, Operands o);
}
