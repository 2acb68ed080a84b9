package io.lanewise.plan.codec;

import io.lanewise.kernel.Precision;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Model;
import io.lanewise.plan.Models;
import io.lanewise.plan.PlanException;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The words of a plan file; `docs/plan.md` describes them. What its names name is not looked up
/// here, nor is any file. Every mistake is a [PlanException] with its path.
public final class PlanCodec {
  private static final String VERSION = "1";
  private static final List<String> ROW_FORMATS = List.of("arrow", "parquet", "npz", "csv");

  /// An evaluation's name becomes part of file names and of `evaluation.measure`.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

  private final UnaryOperator<String> idOf;

  /// @param idOf the id of an objective that is given by its id or an alias; a name that nobody
  ///   knows stays as it is
  public PlanCodec(UnaryOperator<String> idOf) {
    this.idOf = idOf;
  }

  /// What a plan file says.
  ///
  /// @param title of the report; null if it does not say
  /// @param data files or globs by data set, as written
  /// @param models as written
  /// @param policy null if it does not say
  /// @param precision null if it does not say
  public record Words(
      @Nullable String title,
      SequencedMap<String, List<String>> data,
      Models models,
      List<Task> tasks,
      List<Check> checks,
      SequencedMap<String, String> facts,
      @Nullable Policy policy,
      @Nullable Precision precision) {}

  /// Reads a plan.
  public Words read(Tree plan) {
    plan.keys(
        "a plan",
        "lanewise",
        "title",
        "data",
        "models",
        "evaluate",
        "checks",
        "facts",
        "policy",
        "precision");
    Tree version = plan.required("lanewise", "the plan version, " + VERSION);
    if (!version.text("the plan version, " + VERSION).equals(VERSION)) {
      throw version.wrong(
          "key 'lanewise': found %s, expected the plan version %s"
              .formatted(version.found(), VERSION));
    }
    Models models = models(plan);
    SequencedMap<String, List<String>> data =
        models.isEmpty() || plan.find("data") != null
            ? data(plan.required("data", "a mapping of data sets"))
            : new LinkedHashMap<>();
    Tree evaluate = plan.required("evaluate", "a list of evaluations");
    List<String> names = new ArrayList<>(data.keySet());
    if (!models.isEmpty()) {
      names.add(Models.DATA_SET);
    }
    String only = names.size() == 1 ? names.getFirst() : null;
    List<Task> tasks = new ArrayList<>();
    for (Tree item : evaluate.items("a list of evaluations")) {
      tasks.add(task(item, only));
    }
    if (tasks.isEmpty()) {
      throw evaluate.wrong("key 'evaluate': found no evaluation, expected one");
    }
    Tree title = plan.find("title");
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    plan.mappingOf("facts", "facts")
        .forEach((name, fact) -> facts.put(name, fact.text("a text or number")));
    return new Words(
        title == null ? null : title.text("a title"),
        data,
        models,
        tasks,
        plan.listOf("checks", PlanCodec::check),
        facts,
        word(plan, "policy", Policy.values()),
        word(plan, "precision", Precision.values()));
  }

  /// Named ones, or files and globs.
  private static Models models(Tree plan) {
    Tree node = plan.find("models");
    if (node == null) {
      return Models.none();
    }
    String expected = "a mapping of names to files, a file, a glob, or a list of these";
    if (!node.isMapping()) {
      List<String> patterns = node.texts(expected);
      if (patterns.isEmpty()) {
        throw node.wrong("key 'models': found none, expected " + expected);
      }
      return new Models.Matching(patterns);
    }
    SequencedMap<String, List<String>> files = new LinkedHashMap<>();
    node.mapping(expected)
        .forEach((name, model) -> {
          try {
            files.put(
                new Model(name, null).name(), model.texts("a file, a glob, or a list of them"));
          } catch (PlanException e) {
            throw e;
          } catch (IllegalArgumentException e) {
            throw new PlanException("", model.path(), String.valueOf(e.getMessage()), e);
          }
          if (model.isList() && model.items(expected).isEmpty()) {
            throw model.wrong("model '%s': found no file, expected one".formatted(name));
          }
        });
    if (files.isEmpty()) {
      throw node.wrong("key 'models': found none, expected " + expected);
    }
    return new Models.Named(files);
  }

  private static SequencedMap<String, List<String>> data(Tree node) {
    SequencedMap<String, List<String>> data = new LinkedHashMap<>();
    node.mapping("a mapping of data sets")
        .forEach((name, set) -> {
          List<String> files = set.texts("a file, a glob, or a list of them");
          if (files.isEmpty()) {
            throw set.wrong("data set '%s': found no file, expected one".formatted(name));
          }
          data.put(name, files);
        });
    return data;
  }

  /// @param only the only data set, which need not be named; null if there are several
  private Task task(Tree entry, @Nullable String only) {
    entry.keys(
        "an evaluation",
        "objective",
        "name",
        "data",
        "columns",
        "parameters",
        "by",
        "outputs",
        "rows",
        "quantiles");
    String id =
        idOf.apply(
            entry.required("objective", "the id of an objective").text("the id of an objective"));
    Task task = Task.of(id);
    Tree name = entry.find("name");
    if (name != null) {
      if (!NAME.matcher(name.text("a name")).matches()) {
        throw name.wrong(
            "key 'name': found '%s', expected letters, digits, '-' and '_'".formatted(name.text()));
      }
      task = task.named(name.text());
    }
    task = columns(sets(task, entry, only), entry);
    for (var parameter : entry.mappingOf("parameters", "parameters").entrySet()) {
      task = task.parameter(parameter.getKey(), parameter.getValue().text("a text or number"));
    }
    for (Bins bins : entry.listOf("by", BinsCodec::read)) {
      task = task.by(bins);
    }
    task = task.outputs(entry.listOf("outputs", item -> item.text("an output")));
    Tree quantiles = entry.find("quantiles");
    if (quantiles != null) {
      try {
        task = task.quantiles(quantiles.list(item -> item.finite("a number in [0, 1]")));
      } catch (PlanException e) {
        throw e;
      } catch (IllegalArgumentException e) {
        throw new PlanException("", quantiles.path(), String.valueOf(e.getMessage()), e);
      }
    }
    Tree rows = entry.find("rows");
    return rows == null ? task : task.rows(rows.known("format", "a file format", ROW_FORMATS));
  }

  /// One data set for all sets of rows, or one for each.
  private static Task sets(Task task, Tree entry, @Nullable String only) {
    Tree data = entry.find("data");
    if (data == null) {
      return only == null ? task : task.on(Task.ALL_SETS, only);
    }
    if (data.isNothing()) {
      return task;
    }
    if (data.isText()) {
      return task.on(Task.ALL_SETS, data.text());
    }
    Task result = task;
    for (var set :
        data.mapping("the name of a data set, or a mapping of sets of rows to them").entrySet()) {
      result = result.on(set.getKey(), set.getValue().text("the name of a data set"));
    }
    return result;
  }

  /// A column, columns, or `{values: V, offsets: O}`, for which the engine has the name `V[O]`.
  private static Task columns(Task task, Tree entry) {
    Task result = task;
    for (var role : entry.mappingOf("columns", "roles").entrySet()) {
      Tree node = role.getValue();
      if (node.find("values") != null || node.find("offsets") != null) {
        node.keys("the name of a column, or a mapping", "values", "offsets");
        String expected = "the name of a column";
        result =
            result.column(
                role.getKey(),
                "%s[%s]"
                    .formatted(
                        node.get("values").text(expected), node.get("offsets").text(expected)));
      } else {
        result =
            result.column(
                role.getKey(),
                node.texts("the name of a column or a list of them, or {values, offsets}"));
      }
    }
    return result;
  }

  private static Check check(Tree node) {
    String text = node.text(Check.FORM);
    try {
      return Check.parse(text);
    } catch (IllegalArgumentException e) {
      throw new PlanException("", node.path(), String.valueOf(e.getMessage()), e);
    }
  }

  private static <E extends Enum<E>> @Nullable E word(Tree plan, String key, E[] values) {
    Tree node = plan.find(key);
    if (node == null) {
      return null;
    }
    List<String> words = Arrays.stream(values).map(Enum::toString).toList();
    return values[words.indexOf(node.known(key, String.join("|", words), words))];
  }
}
