package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.batch.ColumnType;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.source.Cursor;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows that were left out, in a format without nulls. It once failed after all the work.
class RowFilesWithNullsTest {
  @TempDir Path folder;

  @Test
  void anNpzSaysWhichRowsWereLeftOut() throws IOException {
    // KL of a row: 0.5 mu^2.
    assertThat(write("mu,logvar\n1,0\n2,0\n,0\n4,0\nnan,0\n")).containsExactly("kl-valid", "kl");
    assertThat(column("kl")).containsExactly(0.5, 2.0, Double.NaN, 8.0, Double.NaN);
    assertThat(column("kl-valid")).containsExactly(1.0, 1.0, 0.0, 1.0, 0.0);
  }

  @Test
  void anNpzWithoutNullsHasNoMore() throws IOException {
    assertThat(write("mu,logvar\n1,0\n2,0\n")).containsExactly("kl");
  }

  private List<String> write(String csv) throws IOException {
    Path data = Files.writeString(folder.resolve("d.csv"), csv);
    Evaluation.builder()
        .data("d", data.toString())
        .evaluate(Task.of("gaussian-kl").named("k").rows("npz"))
        .policy(Policy.SKIP)
        // So that the first null comes after rows that were written already.
        .batchRows(2)
        .output(folder, true)
        .build()
        .run();
    try (Source source = Sources.open(folder.resolve("k.npz").toString())) {
      return source.schema().stream()
          .map(ColumnType::name)
          .filter(name -> name.startsWith("kl"))
          .sorted((a, b) -> b.length() - a.length())
          .toList();
    }
  }

  private List<Double> column(String name) {
    List<Double> values = new ArrayList<>();
    try (Source source = Sources.open(folder.resolve("k.npz").toString());
        Cursor cursor = source.read(List.of(name), 100)) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          ScalarColumn column = (ScalarColumn) open.column(name);
          for (int i = 0; i < column.rows(); i++) {
            values.add(
                column.type().isInteger() ? (double) column.getLong(i) : column.getDouble(i));
          }
        }
      }
    }
    return values;
  }
}
