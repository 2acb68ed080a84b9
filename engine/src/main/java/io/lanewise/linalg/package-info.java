/// Dense linear algebra: a thin door to ojAlgo, so that another library can take its place.
@NullMarked
package io.lanewise.linalg;

import org.jspecify.annotations.NullMarked;
