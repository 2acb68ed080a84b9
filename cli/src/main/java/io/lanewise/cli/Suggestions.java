package io.lanewise.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/// Names that a person may have meant: those of another word for the same thing, those that begin
/// alike, and those that differ by a slip.
final class Suggestions {
  private static final int MOST = 5;
  private static final int MOST_TYPED = 50;

  /// The shortest beginning that says something.
  private static final int SHORTEST = 3;

  /// Other words of the field.
  private static final Map<String, List<String>> SYNONYMS =
      Map.ofEntries(
          Map.entry("perplexity", List.of("lm", "log-likelihood")),
          Map.entry("ppl", List.of("lm", "log-likelihood")),
          Map.entry("nll", List.of("log-likelihood")),
          Map.entry("bpb", List.of("log-likelihood")),
          Map.entry("bits-per-byte", List.of("log-likelihood")),
          Map.entry("cross-entropy", List.of("log-likelihood", "token-log-likelihood")),
          Map.entry("accuracy", List.of("multiple-choice", "token-log-likelihood")),
          Map.entry("precision", List.of("precision-recall")),
          Map.entry("recall", List.of("precision-recall")),
          Map.entry("density", List.of("precision-recall")),
          Map.entry("coverage", List.of("precision-recall", "mode-coverage")),
          Map.entry("mode-collapse", List.of("diversity", "mode-coverage")),
          Map.entry("wasserstein", List.of("sliced-wasserstein", "wasserstein-gan")),
          Map.entry("inception", List.of("inception-score", "kernel-inception-distance")),
          Map.entry("sfid", List.of("frechet-distance")),
          Map.entry("fld", List.of("feature-likelihood")),
          Map.entry("jsd", List.of("jensen-shannon")),
          Map.entry("rhat", List.of("chain-diagnostics")),
          Map.entry("r-hat", List.of("chain-diagnostics")),
          Map.entry("ess", List.of("chain-diagnostics", "importance-weighted")),
          Map.entry("evaluate", List.of("run")),
          Map.entry("eval", List.of("run")),
          Map.entry("show", List.of("inspect", "describe")),
          Map.entry("diff", List.of("compare")));

  private Suggestions() {}

  /// What to say of a name that nobody has: `unknown command 'lst'; did you mean 'list'?`
  ///
  /// @param what the kind of name
  /// @param all where all names are
  static String unknown(String what, String name, Collection<String> known, String all) {
    List<String> meant = meant(name, known);
    String question =
        meant.isEmpty()
            ? ""
            : meant.stream()
                .map("'%s'"::formatted)
                .collect(Collectors.joining(", ", " did you mean ", "?"));
    return "unknown %s '%s';%s %s".formatted(what, name, question, all);
  }

  /// At most five, the likeliest first; none if none is near.
  static List<String> meant(String name, Collection<String> known) {
    String typed = name.toLowerCase(Locale.ROOT).replace('_', '-');
    Set<String> meant = new LinkedHashSet<>();
    SYNONYMS.getOrDefault(typed, List.of()).stream().filter(known::contains).forEach(meant::add);
    if (typed.length() <= MOST_TYPED) {
      int most = Math.max(1, typed.length() / 3);
      LevenshteinDistance distance = new LevenshteinDistance(most);
      List<String> near = new ArrayList<>(known);
      near.removeIf(other -> distance.apply(typed, other) < 0);
      near.sort(
          Comparator.comparing((String other) -> distance.apply(typed, other))
              .thenComparing(other -> other));
      // One that is a letter away is meant; others would only be read for nothing.
      if (!near.isEmpty() && distance.apply(typed, near.getFirst()) <= 1) {
        near.removeIf(other -> distance.apply(typed, other) > 1);
      }
      meant.addAll(near);
      if (typed.length() >= SHORTEST) {
        known.stream().filter(other -> other.startsWith(typed)).sorted().forEach(meant::add);
      }
    }
    return meant.stream().limit(MOST).toList();
  }
}
