/// Dense linear algebra: a thin door to OpenBLAS where it is there, and to ojAlgo otherwise.
@NullMarked
package io.lanewise.linalg;

import org.jspecify.annotations.NullMarked;
