package io.lanewise.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The models of a plan, as they are written. An evaluation whose data is [#DATA_SET] runs once for
/// each of them.
public sealed interface Models {
  /// What a plan calls the model at hand.
  String DATA_SET = "model";

  /// What a pattern has where the files have a number.
  String STEP = "{step}";

  /// No models.
  static Models none() {
    return new Named(new LinkedHashMap<>());
  }

  /// Whether there are none.
  default boolean isEmpty() {
    return this instanceof Named(var files) && files.isEmpty();
  }

  /// Models with names.
  ///
  /// @param files the files or globs of each model
  record Named(SequencedMap<String, List<String>> files) implements Models {
    public Named {
      files = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(files));
    }
  }

  /// Models named after their files: each file is one.
  ///
  /// @param patterns files or globs; one with [#STEP] matches files with a number there, which is
  ///   the model's step
  record Matching(List<String> patterns) implements Models {
    public Matching {
      patterns = List.copyOf(patterns);
    }
  }
}
