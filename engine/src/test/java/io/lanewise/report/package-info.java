@NullMarked
package io.lanewise.report;

import org.jspecify.annotations.NullMarked;
