package io.lanewise.objective.sample;

import io.lanewise.objective.Binding;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.objective.Rows;
import io.lanewise.objective.SampleMetric.Finished;
import io.lanewise.objective.SampleMetric.State;
import io.lanewise.objective.StateFields;
import java.util.List;

/// The state of what compares all rows of two sets of features: the rows themselves.
///
/// @param result what is made of them once all are there
record HeldPair(HeldRows real, HeldRows generated, Result result) implements State {
  static final String REAL = "real";
  static final String GENERATED = "generated";
  static final String FEATURES = "features";

  /// What an objective makes of two sets.
  @FunctionalInterface
  interface Result {
    Finished of(HeldRows real, HeldRows generated);
  }

  /// The two sets, for a descriptor.
  ///
  /// @param ofReal what the real rows are
  static List<RowSet> sets(String ofReal) {
    return List.of(set(REAL, ofReal), set(GENERATED, "Features of generated data."));
  }

  private static RowSet set(String name, String doc) {
    return new RowSet(
        name,
        true,
        doc,
        List.of(Role.vector(FEATURES, "feature", "Features, one sample per row.")));
  }

  /// No rows yet.
  ///
  /// @throws IllegalArgumentException if the rows are known not to fit into memory
  static HeldPair of(Binding binding, MemoryClaim claim, Result result) {
    return new HeldPair(
        HeldRows.of(binding, claim, REAL, FEATURES),
        HeldRows.of(binding, claim, GENERATED, FEATURES),
        result);
  }

  @Override
  public void update(String set, Rows rows) {
    (set.equals(REAL) ? real : generated).update(rows, FEATURES);
  }

  @Override
  public void merge(State later) {
    real.merge(((HeldPair) later).real);
    generated.merge(((HeldPair) later).generated);
  }

  @Override
  public void fields(StateFields fields) {
    throw StateFields.notStorable("keeps every row");
  }

  @Override
  public Finished finish() {
    return result.of(real, generated);
  }
}
