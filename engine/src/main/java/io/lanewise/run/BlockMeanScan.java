package io.lanewise.run;

import io.lanewise.batch.Batch;
import io.lanewise.kernel.ExactSum;
import io.lanewise.objective.BlockMeans;
import io.lanewise.objective.RowOutputs;
import io.lanewise.objective.Rows;
import io.lanewise.plan.Policy;
import io.lanewise.run.bind.SetBinding;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataException;
import io.lanewise.source.DataSet;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The means over blocks of rows that a transform asks for, from an extra pass by one thread. Rows
/// with a null or a non-finite number are left out here; the main pass applies the policy to them.
final class BlockMeanScan {
  private static final int BATCH_ROWS = 4096;

  private final BlockMeans.Request request;
  private final Map<String, double[]> means = new LinkedHashMap<>();
  private final List<ExactSum> sums;
  private long block;
  private long count;

  /// What cannot be used is left out.
  private final RowScreen screen;

  private BlockMeanScan(BlockMeans.Request request) {
    this.request = request;
    screen = new RowScreen("means over blocks", Policy.SKIP, false);
    sums = request.names().stream().map(name -> new ExactSum()).toList();
    request.names().forEach(name -> means.put(name, new double[0]));
  }

  static BlockMeans of(BlockMeans.Request request, SetBinding binding, DataSet data) {
    BlockMeanScan scan = new BlockMeanScan(request);
    RowsReader reader = new RowsReader(binding);
    List<String> columns = binding.columnNames();
    try (Cursor cursor = data.read(columns, BATCH_ROWS)) {
      boolean more = true;
      while (more) {
        try (Batch batch = cursor.next()) {
          more = batch != null;
          if (batch != null) {
            scan.add(batch, reader);
          }
        }
      }
    }
    scan.finish();
    return new BlockMeans(request.blockRows(), scan.means);
  }

  private void add(Batch batch, RowsReader reader) {
    Rows rows = reader.read(batch);
    Map<String, double[]> numbers = new LinkedHashMap<>();
    request.names().forEach(name -> numbers.put(name, new double[rows.count()]));
    try {
      request.function().evaluate(rows, new RowOutputs(numbers, Map.of()));
    } catch (IllegalArgumentException e) {
      throw new DataException(batch.file(), String.valueOf(e.getMessage()), e);
    }
    double[][] columns = numbers.values().toArray(double[][]::new);
    screen.screen(batch, new Faults(reader, columns));
    for (int i = 0; i < rows.count(); i++) {
      long in = (rows.first() + i) / request.blockRows();
      if (in != block) {
        finish();
        block = in;
      }
      if (screen.fate(i).isUsed()) {
        for (int c = 0; c < columns.length; c++) {
          sums.get(c).add(columns[c][i]);
        }
        count++;
      }
    }
  }

  /// What is wrong with rows and the numbers of which the means are.
  private static final class Faults implements RowScreen.Faults {
    private final RowsReader reader;
    private final double[][] columns;

    Faults(RowsReader reader, double[][] columns) {
      this.reader = reader;
      this.columns = columns;
    }

    @Override
    public boolean none() {
      return false;
    }

    @Override
    public boolean isNull(int row) {
      return reader.nulls() > 0 && reader.isNull(row);
    }

    @Override
    public boolean isNonFinite(int row) {
      return Arrays.stream(columns).anyMatch(column -> !Double.isFinite(column[row]));
    }

    @Override
    public String describeNull(int row) {
      return "found null";
    }

    @Override
    public String describeNonFinite(int row) {
      return "found NaN or infinity";
    }
  }

  /// Closes the block that was being filled.
  private void finish() {
    for (int c = 0; c < sums.size(); c++) {
      ExactSum sum = sums.get(c);
      double mean = count == 0 ? Double.NaN : sum.value() / count;
      means.compute(
          request.names().get(c),
          (name, blocks) -> {
            double[] found = blocks == null ? new double[0] : blocks;
            int old = found.length;
            int size = Math.toIntExact(block + 1);
            double[] longer = old >= size ? found : Arrays.copyOf(found, Math.max(size, 2 * old));
            longer[size - 1] = mean;
            return longer;
          });
      sum.clear();
    }
    count = 0;
  }
}
