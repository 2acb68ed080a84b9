/// The `lanewise` command: thin, one class a command, nothing that the library could not do.
///
/// [io.lanewise.cli.Main] checks the JVM, [io.lanewise.cli.Lanewise] puts the commands together and
/// turns errors into a line and an exit code, [io.lanewise.cli.ObjectiveCommand] derives one
/// command for each objective of the registry. What evaluates ends in [io.lanewise.cli.Execution].
@NullMarked
package io.lanewise.cli;

import org.jspecify.annotations.NullMarked;
