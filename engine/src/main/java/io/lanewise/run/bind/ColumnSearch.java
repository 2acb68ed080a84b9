package io.lanewise.run.bind;

import io.lanewise.batch.ColumnType;
import io.lanewise.batch.DType;
import io.lanewise.batch.Shape;
import io.lanewise.objective.Choice;
import io.lanewise.objective.Descriptor;
import io.lanewise.objective.Parameter;
import io.lanewise.objective.Role;
import io.lanewise.objective.RowSet;
import io.lanewise.plan.PlanException;
import io.lanewise.source.DataException;
import io.lanewise.source.Ragged;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which columns of a data set play which roles of a set of rows: the one rule for the command,
/// plans and the library, as `docs/plan.md` has it.
///
/// 1. A role that is named takes that column, or those columns; `none` switches an optional role
///    off.
/// 2. A role that is not named takes the column of its name, or of one of its synonyms, unless it
///    rivals a role that was named, or a role that was named has the column, or a parameter that
///    was given makes it useless.
/// 3. Where this binds roles that are rivals, and one way alone is complete, the others are given
///    up.
/// 4. A required vector role that is still unbound takes the only column of vectors, if there is
///    exactly one. Data of one column alone gives it to a role of any shape.
public final class ColumnSearch {
  private static final Set<String> STATISTICS = Set.of("mu", "sigma");

  private static final String NONE = "none";

  private final Descriptor objective;
  private final RowSet set;
  private final String dataSet;
  private final List<ColumnType> schema;
  private final Map<String, List<String>> named;
  private final Map<String, String> parameters;
  private final Function<String, Optional<String>> firstNonNumber;
  private final SequencedMap<String, List<ColumnType>> found = new LinkedHashMap<>();

  /// Why a column that a role's name or synonym fits is not used, by role.
  private final Map<String, String> reasons = new HashMap<>();

  /// What was found.
  ///
  /// @param columns role to columns, for the roles that are bound, in the order of the roles
  /// @param warnings a sentence for each column that bears a role's name or synonym and is not used
  public record Found(SequencedMap<String, List<ColumnType>> columns, List<String> warnings) {}

  /// @param dataSet what messages call the data
  /// @param schema its columns
  /// @param named the columns that were named, by role
  /// @param parameters the parameters that were given, as text
  /// @param firstNonNumber where a column of text holds the first cell that is no number, if the
  ///   file has no types of its own
  public ColumnSearch(
      Descriptor objective,
      RowSet set,
      String dataSet,
      List<ColumnType> schema,
      Map<String, List<String>> named,
      Map<String, String> parameters,
      Function<String, Optional<String>> firstNonNumber) {
    this.objective = objective;
    this.set = set;
    this.dataSet = dataSet;
    this.schema = schema;
    this.named = named;
    this.parameters = parameters;
    this.firstNonNumber = firstNonNumber;
  }

  /// Finds a column for each role.
  ///
  /// @param offered whether nobody gave this data for the set: then it is the set's only if columns
  ///   bear the names of its roles
  /// @param others columns that the evaluation uses otherwise, as to break results down by
  /// @throws UnboundRoleException if a required role has no column
  /// @throws IllegalArgumentException if what was named does not fit
  public Found find(boolean offered, Set<String> others) {
    set.roles().forEach(this::takeNamed);
    Set<String> taken = used();
    for (Role role : unnamed()) {
      take(role, own(role), taken, true);
    }
    for (Role role : unnamed()) {
      if (own(role).isEmpty()) {
        take(role, bySynonym(role), taken, false);
      }
    }
    set.choices().forEach(this::giveUp);
    if (!offered) {
      takeOnly();
    } else if (found.isEmpty()) {
      return new Found(found, List.of());
    }
    for (Role role : set.roles()) {
      found.getOrDefault(role.name(), List.of()).forEach(column -> check(role, column));
    }
    complete();
    SequencedMap<String, List<ColumnType>> ordered = new LinkedHashMap<>();
    for (Role role : set.roles()) {
      List<ColumnType> columns = found.get(role.name());
      if (columns != null) {
        ordered.put(role.name(), columns);
      }
    }
    return new Found(ordered, warnings(others));
  }

  private void takeNamed(Role role) {
    List<String> texts = named.get(role.name());
    if (texts == null) {
      return;
    }
    boolean isColumn = schema.stream().anyMatch(column -> column.name().equals(NONE));
    if (texts.equals(List.of(NONE)) && !(role.required() && isColumn)) {
      if (role.required()) {
        throw new IllegalArgumentException(
            place(role) + "found 'none', expected a column: the role is required");
      }
      if (isColumn) {
        throw new IllegalArgumentException(
            place(role)
                + "found 'none', which switches the role off, and a column of that name, expected"
                + " another name for the column");
      }
      return;
    }
    try {
      found.put(role.name(), ColumnNames.find(schema, texts, role.many()));
    } catch (IllegalArgumentException e) {
      throw new PlanException(
          "", "columns." + role.name(), place(role) + String.valueOf(e.getMessage()), e);
    }
  }

  private String place(Role role) {
    return "%s, role '%s': ".formatted(dataSet, role.name());
  }

  private Set<String> used() {
    return found.values().stream()
        .flatMap(List::stream)
        .map(ColumnType::name)
        .collect(Collectors.toSet());
  }

  private List<Role> unnamed() {
    return set.roles().stream().filter(role -> !named.containsKey(role.name())).toList();
  }

  private void take(Role role, List<ColumnType> candidates, Set<String> taken, boolean areOwn) {
    if (candidates.isEmpty()) {
      return;
    }
    for (String other : found.keySet()) {
      if ((named.containsKey(other) || !areOwn) && set.areRivals(role.name(), other)) {
        reasons.put(
            role.name(),
            "role '%s' has column '%s', which stands for it".formatted(other, text(other)));
        return;
      }
    }
    for (Role.Condition condition : role.conditions()) {
      // The default speaks only against a column that may not be meant; where it bears the role's
      // name, the objective says that the two do not fit.
      String value = parameters.get(condition.parameter());
      if (value == null && !areOwn) {
        value = usual(condition);
      }
      if (value != null && !condition.values().contains(value)) {
        reasons.put(
            role.name(),
            "the role is of use with %s, and %s is %s"
                .formatted(condition, condition.parameter(), value));
        return;
      }
    }
    List<ColumnType> free = candidates.stream().filter(c -> !taken.contains(c.name())).toList();
    if (free.size() > 1) {
      throw new IllegalArgumentException(
          place(role)
              + "found the columns %s, expected one of them to be named"
                  .formatted(
                      free.stream()
                          .map(c -> "'" + c.name() + "'")
                          .collect(Collectors.joining(", "))));
    }
    if (!free.isEmpty()) {
      found.put(role.name(), free);
    }
  }

  private @Nullable String usual(Role.Condition condition) {
    for (Parameter<?> parameter : objective.parameters()) {
      if (parameter.name().equals(condition.parameter())) {
        return parameter.defaultText();
      }
    }
    return null;
  }

  private String text(String role) {
    return found.getOrDefault(role, List.of()).stream()
        .map(ColumnType::name)
        .collect(Collectors.joining(","));
  }

  /// The column of the role's name, or else those that differ from it in hyphens and underscores.
  private List<ColumnType> own(Role role) {
    List<ColumnType> same =
        schema.stream().filter(column -> column.name().equals(role.name())).toList();
    return same.isEmpty()
        ? schema.stream().filter(column -> role.isCalled(column.name())).toList()
        : same;
  }

  private List<ColumnType> bySynonym(Role role) {
    return schema.stream()
        .filter(column -> isSynonym(role, column.name()) && RoleFit.misfit(role, column) == null)
        .toList();
  }

  private boolean isSynonym(Role role, String column) {
    return role.isKnownAs(column) && set.roles().stream().noneMatch(r -> r.isCalled(column));
  }

  /// Gives up the ways of a choice that are not complete, if one is and nobody named another.
  private void giveUp(Choice choice) {
    List<Choice.Way> complete = choice.complete(found::containsKey);
    if (complete.size() != 1) {
      return;
    }
    for (String role : List.copyOf(found.keySet())) {
      for (String kept : complete.getFirst().needs()) {
        if (choice.areRivals(role, kept) && !named.containsKey(role)) {
          found.remove(role);
          reasons.put(role, "role '%s' stands for it".formatted(kept));
        }
      }
    }
  }

  /// A required vector role, alone in having no column, takes the only column of vectors. The only
  /// column there is, as in an `.npy` file, need not be one of vectors.
  private void takeOnly() {
    boolean alone = schema.size() == 1;
    List<Role> open = new ArrayList<>();
    for (Role role : set.roles()) {
      if (role.required() && (alone || role.many()) && !found.containsKey(role.name())) {
        open.add(role);
      }
    }
    for (Choice choice : set.choices()) {
      Role only = onlyVector(choice);
      if (only != null) {
        open.add(only);
      }
    }
    List<ColumnType> vectors =
        schema.stream()
            .filter(column -> alone || column.shape() != Shape.SCALAR)
            .filter(column -> column.type() != DType.TEXT)
            .toList();
    if (open.size() == 1 && vectors.size() == 1 && isNobodys(vectors.getFirst().name())) {
      found.put(open.getFirst().name(), vectors);
    }
  }

  /// The role that alone is one way of a required choice of which nothing is bound, and the only
  /// such vector role but for rare ones; null if there is none.
  private @Nullable Role onlyVector(Choice choice) {
    List<Role> alone = new ArrayList<>();
    for (Choice.Way way : choice.ways()) {
      for (Role role : set.roles()) {
        if (way.needs().contains(role.name())
            && (found.containsKey(role.name()) || named.containsKey(role.name()))) {
          return null;
        }
        if (!way.rare()
            && way.needs().equals(List.of(role.name()))
            && role.shape() != Shape.SCALAR) {
          alone.add(role);
        }
      }
    }
    return choice.required() && alone.size() == 1 && alone.getFirst().many()
        ? alone.getFirst()
        : null;
  }

  /// Whether it is the mean or the covariance of a file of statistics. A covariance has the form of
  /// features, and is none.
  private boolean isStatistic(String column) {
    return STATISTICS.contains(column)
        && schema.stream().map(ColumnType::name).toList().containsAll(STATISTICS);
  }

  /// Whether neither a role has the column, nor it has the name of one of the objective's.
  private boolean isNobodys(String column) {
    return !used().contains(column)
        && !isStatistic(column)
        && objective.sets().stream()
            .flatMap(s -> s.roles().stream())
            .noneMatch(role -> role.isCalled(column) || role.isKnownAs(column));
  }

  private void complete() {
    for (Role role : set.roles()) {
      if (role.required() && !found.containsKey(role.name())) {
        throw unbound(
            "found no column for role '%s', expected %s"
                .formatted(role.name(), RoleFit.expected(role)),
            role.name());
      }
    }
    for (Choice choice : set.choices()) {
      String problem = choice.problem(found::containsKey);
      if (!problem.isEmpty()
          && choice.required()
          && choice.complete(found::containsKey).isEmpty()) {
        throw unbound(problem, missing(choice));
      }
      if (!problem.isEmpty()) {
        throw new IllegalArgumentException("%s: %s".formatted(dataSet, problem));
      }
    }
  }

  /// What to add for a choice: what is missing of the way that was begun, or else of the first.
  private String missing(Choice choice) {
    for (Choice.Way way : choice.ways()) {
      if (way.needs().stream().anyMatch(found::containsKey)) {
        for (String role : way.needs()) {
          if (!found.containsKey(role)) {
            return role;
          }
        }
      }
    }
    return choice.ways().getFirst().needs().getFirst();
  }

  private UnboundRoleException unbound(String problem, String role) {
    String statistics =
        STATISTICS.stream().allMatch(this::isStatistic)
            ? ", of which 'mu' and 'sigma' are statistics of features: frechet-distance takes those"
            : "";
    return new UnboundRoleException(
        "%s: %s; %s%s".formatted(dataSet, problem, ColumnNames.listed(schema), statistics), role);
  }

  private void check(Role role, ColumnType column) {
    String misfit = RoleFit.misfit(role, column);
    if (misfit != null && column.type() == DType.TEXT) {
      // One cell can make a column of text of all numbers.
      firstNonNumber
          .apply(column.name())
          .ifPresent(cell -> {
            throw new DataException(
                dataSet,
                "column '%s' for role '%s', %s, expected %s"
                    .formatted(column.name(), role.name(), cell, misfit));
          });
    }
    if (misfit != null) {
      throw new IllegalArgumentException(
          "%s: column '%s' for role '%s': found %s, expected %s%s"
              .formatted(
                  dataSet,
                  column.name(),
                  role.name(),
                  column.signature(),
                  misfit,
                  named.containsKey(role.name()) || role.required()
                      ? ""
                      : "; 'none' for the role switches it off"));
    }
  }

  private List<String> warnings(Set<String> others) {
    Set<String> used = new LinkedHashSet<>(used());
    used.addAll(others);
    for (String name : List.copyOf(used)) {
      Ragged sequences =
          Ragged.of(name, schema.stream().filter(c -> !c.name().equals(name)).toList());
      if (sequences != null) {
        used.addAll(List.of(sequences.values(), sequences.offsets()));
      }
    }
    List<String> warnings = new ArrayList<>();
    for (ColumnType column : schema) {
      for (Role role : set.roles()) {
        boolean own = role.isCalled(column.name());
        boolean off = named.getOrDefault(role.name(), List.of()).equals(List.of(NONE));
        if (!used.contains(column.name()) && !off && (own || isSynonym(role, column.name()))) {
          warnings.add(
              "column '%s' has %s of role '%s' and is not used: %s"
                  .formatted(
                      column.name(),
                      own ? "the name" : "a usual name",
                      role.name(),
                      why(role, column)));
        }
      }
    }
    return warnings;
  }

  private String why(Role role, ColumnType column) {
    if (found.containsKey(role.name())) {
      return "the role has column '%s'".formatted(text(role.name()));
    }
    String misfit = RoleFit.misfit(role, column);
    return reasons.getOrDefault(
        role.name(),
        misfit == null
            ? "another role has its place"
            : "it is %s, not %s".formatted(column.signature(), misfit));
  }
}
