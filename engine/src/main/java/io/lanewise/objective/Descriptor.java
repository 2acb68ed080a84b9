package io.lanewise.objective;

import java.util.List;

/// Describes an objective. The options of the command, the keys of a plan and the documentation are
/// derived from it.
///
/// @param id lower-kebab, unique
/// @param aliases other ids of the objective; the first is the short one
/// @param family its family
/// @param title a few words
/// @param formula what is computed, in plain text
/// @param reference where the formula comes from
/// @param sets the sets of rows it reads, with their roles
/// @param parameters its parameters
/// @param outputs its per-row columns
public record Descriptor(
    String id,
    List<String> aliases,
    Family family,
    String title,
    String formula,
    String reference,
    List<RowSet> sets,
    List<Parameter<?>> parameters,
    List<Output> outputs) {
  public Descriptor {
    aliases = List.copyOf(aliases);
    sets = List.copyOf(sets);
    parameters = List.copyOf(parameters);
    outputs = List.copyOf(outputs);
  }
}
