@NullMarked
package io.lanewise.cli;

import org.jspecify.annotations.NullMarked;
