/// The `lanewise` command: a thin layer with one class per command, and nothing that the library
/// could not do.
///
/// **Where to begin.** [io.lanewise.cli.Main] checks the JVM. [io.lanewise.cli.Lanewise] puts the
/// commands together and turns errors into one line and an exit code ([io.lanewise.cli.Failure],
/// [io.lanewise.cli.ExitCode]). [io.lanewise.cli.ObjectiveCommand] derives one command for each
/// objective of the registry. Whatever evaluates ends in [io.lanewise.cli.Execution]. `Terminal`,
/// `Screen` and `StandardOutput` are all that knows the terminal.
///
/// **What it may not know.** Kernels and formulas. What a plan file says is read in `cli.plan`; the
/// report's page is built in `cli.html`.
@NullMarked
package io.lanewise.cli;

import org.jspecify.annotations.NullMarked;
