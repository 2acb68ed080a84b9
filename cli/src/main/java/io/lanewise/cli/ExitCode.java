package io.lanewise.cli;

/// What the command's exit codes mean.
final class ExitCode {
  /// Done, and every check of the plan passed.
  static final int DONE = 0;

  /// Done, but a check of the plan failed.
  static final int CHECK_FAILED = 1;

  /// The caller's mistake: options, the plan, columns that do not fit.
  static final int USAGE = 2;

  /// Input data that cannot be used.
  static final int BAD_DATA = 3;

  /// A file or standard output could not be read or written. Where the reader of standard output
  /// has gone, as in `lanewise list | head -1`, there is no message.
  static final int IO = 4;

  /// A bug of ours, or no more memory: none of the above.
  static final int INTERNAL = 70;

  private ExitCode() {}
}
