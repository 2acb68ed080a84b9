/// Kernels.
@org.jspecify.annotations.NullMarked
package io.lanewise.kernel;
