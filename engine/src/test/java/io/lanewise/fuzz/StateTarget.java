package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lanewise.Evaluation;
import io.lanewise.objective.RowFile;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// State files: damaged arrays and headers in sound zips, and damaged zips. The other reader is
/// Java's own of zips: merged from what that finds, the results are the same.
final class StateTarget implements Target {
  private static final int ROWS = 7;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final byte[] whole;

  StateTarget() throws IOException {
    Path folder = Files.createTempDirectory("lanewise-fuzz");
    Random random = new Random(1);
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("mu", random.doubles(2 * ROWS).toArray());
    columns.put("logvar", random.doubles(2 * ROWS).toArray());
    columns.put("label", random.ints(ROWS, 0, 2).asDoubleStream().toArray());
    String data = RowFile.write(folder.resolve("data.arrow"), ROWS, columns);
    Path state = folder.resolve("state");
    Evaluation.builder()
        .data("rows", data)
        .data("real", data)
        .evaluate(Task.of("gaussian-kl").on("rows", "rows").by(Bins.values("label")))
        .evaluate(
            Task.of("frechet-distance")
                .on("real", "real")
                .on("generated", "rows")
                .column("features", "mu"))
        .threads(1)
        .state(state, false)
        .build()
        .run();
    try (ZipFile zip = new ZipFile(state.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        entries.put(entry.getName(), NpzTarget.entry(zip, entry.getName()));
      }
    }
    // The same bytes each time, wherever and whenever.
    entries.computeIfPresent(
        "header.json",
        (_, bytes) ->
            new String(bytes, UTF_8)
                .replace(folder.toString(), "/data")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "2026-01-01T00:00:00Z")
                .replaceAll("(?<seconds>\"wall_seconds\"\\s*:\\s*\"?)[0-9.E-]+", "${seconds}0.5")
                .getBytes(UTF_8));
    entries.forEach((name, bytes) -> {
      if (name.endsWith("/nanoseconds.npy")) {
        Arrays.fill(bytes, bytes.length - 8, bytes.length, (byte) 0);
      }
    });
    whole = NpzTarget.zip(entries, new Random(0));
    Files.delete(state);
    Files.delete(Path.of(data));
    Files.delete(folder);
  }

  @Override
  public String name() {
    return "state";
  }

  @Override
  public byte[] mutant(Random random) throws IOException {
    if (random.nextInt(3) == 0) {
      return NpzTarget.damaged(whole.clone(), random);
    }
    Map<String, byte[]> damaged = new LinkedHashMap<>(entries);
    List<String> names = new ArrayList<>(entries.keySet());
    String name = names.get(random.nextInt(3) == 0 ? 0 : random.nextInt(names.size()));
    byte[] bytes = damaged.getOrDefault(name, new byte[0]).clone();
    switch (random.nextInt(8)) {
      case 0 -> damaged.remove(name);
      case 1 -> damaged.put(name, Damage.pieces(bytes, random));
      case 2 ->
          damaged.put(
              name, damaged.getOrDefault(names.get(random.nextInt(names.size())), new byte[0]));
      case 3 -> damaged.put(name + "x", bytes);
      default -> {
        // The numbers of an array are behind a header of 128 bytes.
        int from = random.nextBoolean() && bytes.length > 128 ? 128 : 0;
        Damage.number(bytes, from, bytes.length, random);
        damaged.put(name, bytes);
      }
    }
    return NpzTarget.zip(damaged, random);
  }

  @Override
  public Rows read(Path file, Random random) {
    return rows(Evaluation.merge(file));
  }

  private static Rows rows(Report report) {
    return Rows.of(Map.of("results", List.of(report.evaluations().toString())));
  }

  @Override
  public @Nullable Rows independent(Path file, byte[] bytes, Rows ours) throws IOException {
    Map<String, byte[]> found = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        found.put(entry.getName(), NpzTarget.entry(zip, entry.getName()));
      }
    }
    Path again = file.resolveSibling("again.state");
    Files.write(again, NpzTarget.zip(found, new Random(0)));
    return rows(Evaluation.merge(again));
  }

  /// What sound states cannot be finished from is a fault of an evaluation, not of a file.
  @Override
  public boolean places(String message, Path file) {
    return message.startsWith(file.toString()) || message.startsWith("evaluation '");
  }
}
