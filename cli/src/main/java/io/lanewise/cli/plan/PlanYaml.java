package io.lanewise.cli.plan;

import io.lanewise.plan.Axis;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Models;
import io.lanewise.plan.Options;
import io.lanewise.plan.Plan;
import io.lanewise.plan.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// A plan as the text of a plan file.
public final class PlanYaml {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
          .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLWriteFeature.SPLIT_LINES)
          .build();

  private PlanYaml() {}

  /// The text that gives the same plan again, from the folder that its files are relative to.
  public static String of(Plan plan) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("lanewise", 1);
    root.put("title", plan.title());
    Map<String, Object> data = new LinkedHashMap<>();
    plan.data().forEach((name, files) -> data.put(name, single(files)));
    if (!data.isEmpty()) {
      root.put("data", data);
    }
    switch (plan.models()) {
      case Models.Named(var files) -> {
        Map<String, Object> models = new LinkedHashMap<>();
        files.forEach((name, some) -> models.put(name, single(some)));
        if (!models.isEmpty()) {
          root.put("models", models);
        }
      }
      case Models.Matching(var patterns) -> root.put("models", single(patterns));
    }
    root.put("evaluate", plan.tasks().stream().map(PlanYaml::task).toList());
    if (!plan.checks().isEmpty()) {
      root.put("checks", plan.checks().stream().map(Check::text).toList());
    }
    if (!plan.facts().isEmpty()) {
      root.put("facts", plan.facts());
    }
    if (plan.options().policy() != Options.DEFAULT.policy()) {
      root.put("policy", plan.options().policy().toString());
    }
    if (plan.options().precision() != Options.DEFAULT.precision()) {
      root.put("precision", plan.options().precision().toString());
    }
    return MAPPER.writeValueAsString(root);
  }

  private static Map<String, Object> task(Task task) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("objective", task.objective());
    if (!task.name().equals(task.objective())) {
      keys.put("name", task.name());
    }
    String all = task.data().get(Task.ALL_SETS);
    if (!task.data().isEmpty()) {
      keys.put("data", all != null && task.data().size() == 1 ? all : task.data());
    }
    if (!task.columns().isEmpty()) {
      Map<String, Object> columns = new LinkedHashMap<>();
      task.columns().forEach((role, names) -> columns.put(role, single(names)));
      keys.put("columns", columns);
    }
    if (!task.parameters().isEmpty()) {
      keys.put("parameters", task.parameters());
    }
    if (!task.by().isEmpty()) {
      List<Object> by = new ArrayList<>();
      for (Bins bins : task.by()) {
        by.add(bins.isPlain() ? bins.column() : bins(bins));
      }
      keys.put("by", by);
    }
    if (!task.outputs().isEmpty()) {
      keys.put("outputs", task.outputs());
    }
    if (task.rowFormat() != null) {
      keys.put("rows", task.rowFormat());
    }
    if (task.quantiles() != null) {
      keys.put("quantiles", task.quantiles());
    }
    return keys;
  }

  private static Map<String, Object> bins(Bins bins) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("column", bins.column());
    if (!bins.axis().equals(Axis.VALUE)) {
      keys.put("axis", bins.axis().kind().toString());
    }
    if (bins.axis().kind().isScheduled()) {
      keys.put("schedule", bins.axis().schedule());
      keys.put("timesteps", bins.axis().timesteps());
    }
    switch (bins.cut()) {
      case Bins.EachValue() -> {}
      case Bins.Quartiles(double total) -> {
        keys.put("rule", "quartiles");
        keys.put("range", List.of(0, total));
      }
      case Bins.EqualWidth(int count, double lower, double upper) -> {
        keys.put("bins", count);
        keys.put("range", List.of(lower, upper));
      }
      case Bins.DataWidth(int count) -> {
        keys.put("bins", count);
        keys.put("range", "data");
      }
      case Bins.EqualCount(int count) -> {
        keys.put("rule", "equal-count");
        keys.put("bins", count);
      }
    }
    return keys;
  }

  private static Object single(List<String> texts) {
    return texts.size() == 1 ? texts.getFirst() : texts;
  }
}
