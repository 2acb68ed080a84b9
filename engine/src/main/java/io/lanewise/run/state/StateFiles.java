package io.lanewise.run.state;

import io.lanewise.objective.StateFields;
import io.lanewise.result.Provenance;
import io.lanewise.run.bind.BoundTask;
import io.lanewise.sink.ArchiveSink;
import io.lanewise.source.ArchiveFile;
import io.lanewise.source.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/// State files to be merged. Their headers have been read and fit each other.
///
/// A state file is a zip: `header.json` ([StateHeader]) and the fields of evaluation i as arrays
/// `evaluations/i/…`.
public final class StateFiles {
  private static final String HEADER = "header.json";

  private final List<Path> files;
  private final long memoryBytes;
  private final List<StateHeader> headers = new ArrayList<>();

  /// Reads the headers.
  ///
  /// @param memoryBytes the most bytes of a file in memory
  /// @throws IllegalArgumentException if there is no file, or two of them do not fit each other
  public StateFiles(List<Path> files, long memoryBytes) {
    this.files = List.copyOf(files);
    this.memoryBytes = memoryBytes;
    if (files.isEmpty()) {
      throw new IllegalArgumentException("merge: found no state, expected at least one");
    }
    for (Path file : files) {
      read(file, open -> headers.add(header(file, open)));
    }
    for (int i = 1; i < headers.size(); i++) {
      header().requireSame(place(), headers.get(i), files.get(i).toString());
    }
    refuseSameRows();
    refuseSameSums();
  }

  /// Opens a file for something to be done with it, which must not change meanwhile.
  private void read(Path path, Consumer<ArchiveFile> action) {
    try (ArchiveFile file = ArchiveFile.open(path, memoryBytes)) {
      file.read(action);
    }
  }

  private static StateHeader header(Path path, ArchiveFile file) {
    if (!file.entries().contains(HEADER)) {
      throw new DataException(
          file.name(), "found no entry '%s', expected a state file".formatted(HEADER));
    }
    return StateHeaderCodec.read(path + ": " + HEADER, file.text(HEADER))
        .requireVersion(file.name());
  }

  /// Rows that count twice would not show in any number.
  private void refuseSameRows() {
    Map<String, Path> inputs = new HashMap<>();
    Map<Provenance.Run, Path> runs = new HashMap<>();
    for (int i = 0; i < headers.size(); i++) {
      Path file = files.get(i);
      for (Provenance.Run run : headers.get(i).runs()) {
        Path before = runs.putIfAbsent(run, file);
        if (before != null) {
          throw new IllegalArgumentException(
              "%s: found the run of %s that is in %s too, expected each run once"
                  .formatted(file, run.started(), before));
        }
      }
      for (Map.Entry<String, List<Provenance.InputFile>> data :
          headers.get(i).inputs().entrySet()) {
        if (!headers.get(i).reads(data.getKey())) {
          // A plan may name data that none of its evaluations reads.
          continue;
        }
        for (Provenance.InputFile input : data.getValue()) {
          Path before =
              input.fingerprint() == null
                  ? null
                  : inputs.put(data.getKey() + "/" + input.fingerprint(), file);
          if (before != null && !before.equals(file)) {
            throw new IllegalArgumentException(
                "%s: found rows of '%s' (data set '%s') that are in %s too, expected each file once; give each run its own part of a set that they share"
                    .formatted(file, input.path(), data.getKey(), before));
          }
        }
      }
    }
  }

  /// Rows from a pipe may also be in a file, as other bytes with another fingerprint, but equal
  /// rows have equal sums to the last bit. Different sets of constant rows may have them too; it is
  /// better to refuse those than to count a shared set twice.
  private void refuseSameSums() {
    Map<String, Integer> before = new HashMap<>();
    for (int i = 0; i < headers.size(); i++) {
      int index = i;
      read(files.get(i), file -> refuseSameSums(file, index, before));
    }
  }

  private void refuseSameSums(ArchiveFile file, int i, Map<String, Integer> before) {
    StateHeader header = headers.get(i);
    for (int e = 0; e < header.evaluations().size(); e++) {
      for (Map.Entry<String, String> set : header.evaluations().get(e).task().data().entrySet()) {
        String sums = fingerprint(file, e, set.getKey());
        Integer first = before.putIfAbsent("%d %s %s".formatted(e, set.getKey(), sums), i);
        if (first != null
            && !(header.isFromFiles(set.getValue())
                && headers.get(first).isFromFiles(set.getValue()))) {
          throw new IllegalArgumentException(
              "%s: evaluation '%s', set '%s': found the sums that %s has, of rows from a pipe, expected other rows; save them to files, whose checksums tell whether they are the same, and write the states again"
                  .formatted(
                      files.get(i),
                      header.evaluations().get(e).task().name(),
                      set.getKey(),
                      files.get(first)));
        }
      }
    }
  }

  /// What a state says of a set: all entries below a part of its name.
  private static String fingerprint(ArchiveFile file, int evaluation, String set) {
    String prefix = "evaluations/%d/".formatted(evaluation);
    StringBuilder all = new StringBuilder();
    for (String entry : file.entries()) {
      if (entry.startsWith(prefix)
          && entry.contains("/" + set + "/")
          && !entry.endsWith("/nanoseconds.npy")) {
        all.append(entry).append(' ').append(file.fingerprint(entry)).append('\n');
      }
    }
    return all.toString();
  }

  /// The files.
  public List<Path> files() {
    return files;
  }

  /// The plan of all of them.
  public StateHeader header() {
    return headers.getFirst().withWarningsOf(headers);
  }

  /// The file that [#header] is of.
  public String place() {
    return files.getFirst().toString();
  }

  /// The kernels that ran, each once.
  public String kernels() {
    SequencedSet<String> names = new LinkedHashSet<>();
    headers.forEach(header -> header.runs().forEach(run -> names.add(run.kernels())));
    return String.join(", ", names);
  }

  /// The files of all runs by data set.
  public Map<String, List<Provenance.InputFile>> inputs() {
    Map<String, List<Provenance.InputFile>> all = new LinkedHashMap<>();
    headers.forEach(header ->
        header
            .inputs()
            .forEach((data, inputs) ->
                all.computeIfAbsent(data, name -> new ArrayList<>()).addAll(inputs)));
    return all;
  }

  /// All runs, each with the file it came from.
  public List<Provenance.Run> runs() {
    List<Provenance.Run> all = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      String file = files.get(i).toString();
      headers.get(i).runs().forEach(run -> all.add(run.in(file)));
    }
    return all;
  }

  /// Takes the state of an evaluation.
  public interface Taker {
    /// Takes one.
    ///
    /// @param evaluation its place in the plan
    /// @param first whether it is of the first file
    void take(int evaluation, boolean first, StateFields fields);
  }

  /// Reads the states of all files, in their order.
  ///
  /// @throws DataException if a file is damaged or holds something else
  public void load(List<BoundTask> tasks, Taker taker) {
    for (int i = 0; i < files.size(); i++) {
      Path path = files.get(i);
      boolean first = i == 0;
      read(path, file -> load(path, file, tasks, first, taker));
    }
  }

  private static void load(
      Path path, ArchiveFile file, List<BoundTask> tasks, boolean first, Taker taker) {
    LoadedFields fields = new LoadedFields(file);
    for (int i = 0; i < tasks.size(); i++) {
      String place = "%s: evaluation '%s'".formatted(path, tasks.get(i).task().name());
      guarded(place, (part, evaluation) -> taker.take(evaluation, first, part), part(fields, i), i);
    }
    fields.refuseUnread(HEADER);
  }

  /// Reads the fields of an evaluation. A state refuses what it cannot have written.
  static void guarded(
      String place, ObjIntConsumer<StateFields> state, StateFields fields, int evaluation) {
    try {
      state.accept(fields, evaluation);
    } catch (ArithmeticException e) {
      throw new DataException(
          place, "found counts whose product is beyond 2^31, expected those of a state", e);
    } catch (IllegalArgumentException e) {
      throw new DataException(place, String.valueOf(e.getMessage()), e);
    }
  }

  /// Writes what has been seen.
  ///
  /// @param state names the fields of each evaluation
  public static void write(
      ArchiveSink sink, StateHeader header, int evaluations, ObjIntConsumer<StateFields> state) {
    sink.text(HEADER, StateHeaderCodec.write(header));
    SavedFields fields = new SavedFields(sink);
    for (int i = 0; i < evaluations; i++) {
      state.accept(part(fields, i), i);
    }
  }

  private static StateFields part(StateFields fields, int evaluation) {
    return fields.part("evaluations").part(Integer.toString(evaluation));
  }
}
