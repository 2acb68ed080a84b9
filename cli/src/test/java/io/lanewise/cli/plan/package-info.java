@NullMarked
package io.lanewise.cli.plan;

import org.jspecify.annotations.NullMarked;
