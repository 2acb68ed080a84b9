/// That every benchmark runs and is right, and that the page says what was measured.
@org.jspecify.annotations.NullMarked
package io.lanewise.benchmarks;
