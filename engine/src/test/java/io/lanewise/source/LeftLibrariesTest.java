package io.lanewise.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class LeftLibrariesTest {
  @TempDir Path folder;

  private Path file(String name, int minutes) throws IOException {
    Path file = Files.write(folder.resolve(name), new byte[100]);
    return Files.setLastModifiedTime(
        file, FileTime.from(Instant.now().minusSeconds(60L * minutes)));
  }

  @Test
  void oldCopiesThatNobodyUsesAreRemoved() throws IOException {
    Path left = file("libduckdb_java1.so", 60);
    Path used = file("libduckdb_java2.so", 60);
    Path young = file("libduckdb_java3.so", 1);
    Path other = file("libother1.so", 60);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(used)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 100, arena);
      LeftLibraries.sweep(folder);
      assertThat(mapped.byteSize()).isEqualTo(100);
      assertThat(left).doesNotExist();
      assertThat(used).exists();
      assertThat(young).exists();
      assertThat(other).exists();
    }
    LeftLibraries.sweep(folder);
    assertThat(used).doesNotExist();
  }

  @Test
  void aFolderThatIsNotThereIsNoProblem() {
    LeftLibraries.sweep(folder.resolve("none"));
    assertThat(folder).isEmptyDirectory();
  }
}
