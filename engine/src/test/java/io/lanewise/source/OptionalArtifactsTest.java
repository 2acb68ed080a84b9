package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens without the optional artifacts: the engine is loaded once more, from a class path
/// that lacks them.
class OptionalArtifactsTest {
  @TempDir Path dir;

  private static URLClassLoader withoutOptionalArtifacts() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.matches(".*(duckdb|arrow-c-data|arrow-compression|zstd-jni|commons-compress).*")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static void open(ClassLoader loader, Path file, String column) throws Throwable {
    Method open = loader.loadClass(Sources.class.getName()).getMethod("open", String.class);
    try {
      Object source = open.invoke(null, file.toString());
      Object cursor =
          loader
              .loadClass(Source.class.getName())
              .getMethod("read", List.class, int.class)
              .invoke(source, List.of(column), 10);
      loader.loadClass(Cursor.class.getName()).getMethod("next").invoke(cursor);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void absenceIsASentenceThatNamesTheArtifact() throws Throwable {
    Path csv = Files.writeString(dir.resolve("a.csv"), "x\n1\n");
    Path parquet = Files.writeString(dir.resolve("a.parquet"), "PAR1....PAR1");
    try (URLClassLoader loader = withoutOptionalArtifacts()) {
      open(loader, Path.of("../data/interop/numpy/c_f4.npy"), "data");
      open(loader, Path.of("../data/interop/arrow-js/all.arrow"), "f32");
      assertThatThrownBy(() -> open(loader, csv, "x"))
          .hasMessage(
              csv
                  + ": found a CSV file; add org.duckdb:duckdb_jdbc and"
                  + " org.apache.arrow:arrow-c-data to the class path to read it");
      assertThatThrownBy(() -> open(loader, parquet, "x"))
          .hasMessageStartingWith(parquet + ": found a Parquet file; add org.duckdb:duckdb_jdbc");
      assertThatThrownBy(() -> open(loader, compressed(), "x"))
          .hasMessageEndingWith(
              "found compressed buffers; add org.apache.arrow:arrow-compression to the class path"
                  + " to read them");
      Class<?> type = loader.loadClass(ColumnType.class.getName());
      Object shape = loader.loadClass(Shape.class.getName()).getEnumConstants()[0];
      Object dtype = loader.loadClass(DType.class.getName()).getEnumConstants()[0];
      Object column = type.getConstructors()[0].newInstance("x", shape, dtype, 1);
      Method create =
          loader
              .loadClass("io.lanewise.sink.Sinks")
              .getMethod("create", Path.class, List.class, boolean.class);
      assertThatThrownBy(
              () -> create.invoke(null, dir.resolve("out.parquet"), List.of(column), false))
          .cause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("add org.duckdb:duckdb_jdbc");
    }
    assertThat(dir.resolve("out.parquet")).doesNotExist();
  }

  private Path compressed() throws IOException {
    Path file = dir.resolve("compressed.arrow");
    try (BufferAllocator allocator = new RootAllocator();
        Float8Vector x = new Float8Vector("x", allocator);
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      x.allocateNew(1000);
      for (int i = 0; i < 1000; i++) {
        x.set(i, i % 10);
      }
      try (VectorSchemaRoot root = VectorSchemaRoot.of(x)) {
        root.setRowCount(1000);
        ArrowFileWriter writer =
            new ArrowFileWriter(
                root,
                null,
                channel,
                Map.of(),
                IpcOption.DEFAULT,
                CommonsCompressionFactory.INSTANCE,
                CodecType.ZSTD);
        writer.writeBatch();
        writer.end();
      }
    }
    return file;
  }
}
