/// Lanewise as a library: every objective, its kernels, readers, writers and the batch loop.
///
/// The Vector API is optional at run time: without it the plain kernels run and say so. DuckDB
/// (Parquet, CSV), Arrow's compression and C data interface, and OpenBLAS are optional too.
module io.lanewise.engine {
  requires transitive org.apache.arrow.vector;
  requires org.apache.arrow.format;
  requires transitive org.apache.arrow.memory.core;
  requires org.apache.commons.text;
  requires flatbuffers.java;
  requires ojalgo;
  requires sketches.java;
  requires tools.jackson.core;
  requires static java.sql;
  requires static jdk.incubator.vector;
  requires static org.apache.arrow.c;
  requires static org.apache.arrow.compression;
  requires static org.bytedeco.javacpp;
  requires static org.bytedeco.openblas;
  requires static duckdb.jdbc;
  requires static com.github.luben.zstd_jni;
  requires static org.apache.commons.compress;
  requires static transitive org.jspecify;

  exports io.lanewise;
  exports io.lanewise.batch;
  exports io.lanewise.kernel;
  exports io.lanewise.noise;
  exports io.lanewise.objective;
  exports io.lanewise.objective.diffusion;
  exports io.lanewise.objective.score;
  exports io.lanewise.plan;
  exports io.lanewise.report;
  exports io.lanewise.result;
  exports io.lanewise.source;
}
