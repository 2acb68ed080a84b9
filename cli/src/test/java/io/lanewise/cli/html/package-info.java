@NullMarked
package io.lanewise.cli.html;

import org.jspecify.annotations.NullMarked;
