/// Counter-based random numbers and normals.
@org.jspecify.annotations.NullMarked
package io.lanewise.noise;
