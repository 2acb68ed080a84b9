package io.lanewise.cli.plan;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A value of a plan file, and the line it starts on. Numbers and booleans stay text. The reader
/// decides what they mean.
sealed interface PlanNode {
  /// The line, from 1.
  int line();

  /// What it is, for messages: `a list`, `'0.5'`.
  String found();

  /// Nothing after a key, or `null`.
  record Nothing(int line) implements PlanNode {
    @Override
    public String found() {
      return "nothing";
    }
  }

  /// A text, number or boolean, as written.
  record Text(int line, String text) implements PlanNode {
    @Override
    public String found() {
      return "'" + text + "'";
    }
  }

  /// A list.
  record Items(int line, List<PlanNode> items) implements PlanNode {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String found() {
      return "a list";
    }
  }

  /// A mapping, in the order written.
  record Fields(int line, SequencedMap<String, Field> fields) implements PlanNode {
    public Fields {
      fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
    }

    @Override
    public String found() {
      return "a mapping";
    }
  }

  /// The value of a key, and the key's line.
  record Field(int line, PlanNode value) {}
}
