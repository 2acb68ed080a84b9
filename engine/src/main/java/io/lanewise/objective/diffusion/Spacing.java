package io.lanewise.objective.diffusion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/// Which timesteps of a schedule of T steps a sampler visits.
public final class Spacing {
  private Spacing() {}

  /// `n` timesteps in descending order, as in diffusers. Roundings are to the nearest even number.
  ///
  /// | name | timesteps |
  /// |---|---|
  /// | `leading` | `i floor(T / n)`, i from n - 1 to 0 |
  /// | `trailing` | `round(T - i T / n) - 1`, i from 0 to n - 1 |
  /// | `linspace` | `round(i (T - 1) / (n - 1))`, i from n - 1 to 0; 0 for n = 1 |
  ///
  /// @throws IllegalArgumentException for an unknown name, or unless 1 <= n <= T
  public static int[] of(String name, int steps, int n) {
    if (n < 1 || n > steps) {
      throw new IllegalArgumentException(
          "spacing '%s': found %d timesteps, expected 1 to %d".formatted(name, n, steps));
    }
    int[] timesteps = new int[n];
    for (int i = 0; i < n; i++) {
      int up = n - 1 - i;
      timesteps[i] =
          switch (name) {
            case "leading" -> up * (steps / n);
            case "trailing" -> (int) Math.rint(steps - i * ((double) steps / n)) - 1;
            case "linspace" ->
                n == 1
                    ? 0
                    : up == n - 1 ? steps - 1 : (int) Math.rint(up * ((steps - 1.0) / (n - 1)));
            default ->
                throw new IllegalArgumentException(
                    "spacing: found '%s', expected leading, trailing or linspace".formatted(name));
          };
    }
    return timesteps;
  }

  /// The timesteps of a specification of improved-diffusion, ascending: `ddimN` takes every k-th
  /// step from 0, with the first k that gives exactly N; a list of counts such as `10,15,20`
  /// divides the steps into that many sections of (nearly) equal size and takes so many from each,
  /// from its first to its last. Halves are rounded to even, as Python does.
  ///
  /// @throws IllegalArgumentException if the specification cannot be read, no stride gives `ddimN`,
  ///   or a section has too few steps
  public static int[] spaceTimesteps(int steps, String specification) {
    if (specification.startsWith("ddim")) {
      int wanted = count(specification, specification.substring("ddim".length()));
      for (int stride = 1; stride < steps; stride++) {
        if ((steps + stride - 1) / stride == wanted) {
          int[] timesteps = new int[wanted];
          for (int i = 0; i < wanted; i++) {
            timesteps[i] = i * stride;
          }
          return timesteps;
        }
      }
      throw new IllegalArgumentException(
          "spacing '%s': found no integer stride over %d steps, expected one"
              .formatted(specification, steps));
    }
    List<Integer> counts = new ArrayList<>();
    for (String part : specification.split(",", -1)) {
      counts.add(count(specification, part.strip()));
    }
    TreeSet<Integer> timesteps = new TreeSet<>();
    int start = 0;
    for (int section = 0; section < counts.size(); section++) {
      int size = steps / counts.size() + (section < steps % counts.size() ? 1 : 0);
      int wanted = counts.get(section);
      if (size < wanted) {
        throw new IllegalArgumentException(
            "spacing '%s': found a section of %d steps, expected at least %d"
                .formatted(specification, size, wanted));
      }
      double stride = wanted <= 1 ? 1 : (size - 1.0) / (wanted - 1);
      double at = 0;
      for (int i = 0; i < wanted; i++) {
        timesteps.add(start + (int) Math.rint(at));
        at += stride;
      }
      start += size;
    }
    return timesteps.stream().mapToInt(t -> t).toArray();
  }

  /// The timesteps of a text, ascending: `leading:N`, `trailing:N` and `linspace:N` as [#of], and
  /// `leading:N:OFFSET` with an offset added, diffusers' steps_offset; `ddimN` and counts such as
  /// `10,15,20` as [#spaceTimesteps]; `list:0,5,9` are the timesteps themselves, and
  /// `in-order:9,5,0` are too, but keep their order.
  ///
  /// @throws IllegalArgumentException if it is none of these, or asks for a timestep that is not
  ///   there
  public static int[] parse(String text, int steps) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return spaceTimesteps(steps, text);
    }
    String kind = text.substring(0, colon);
    String rest = text.substring(colon + 1);
    if (!kind.equals("list") && !kind.equals("in-order")) {
      int offsetAt = kind.equals("leading") ? rest.indexOf(':') : -1;
      int offset = offsetAt < 0 ? 0 : count(text, rest.substring(offsetAt + 1));
      int[] timesteps =
          of(kind, steps, count(text, offsetAt < 0 ? rest : rest.substring(0, offsetAt)));
      Arrays.sort(timesteps);
      for (int i = 0; i < timesteps.length; i++) {
        timesteps[i] += offset;
      }
      return timesteps;
    }
    // Numbers from a file come as float64.
    int[] given = Arrays.stream(rest.split(",", -1)).mapToInt(t -> timestep(text, t)).toArray();
    if (kind.equals("list")) {
      Arrays.sort(given);
    }
    return given;
  }

  private static int timestep(String specification, String text) {
    String digits = text.strip().endsWith(".0") ? text.strip().replace(".0", "") : text.strip();
    return count(specification, digits);
  }

  private static int count(String specification, String digits) {
    if (!digits.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "spacing: found '%s', expected leading:N, trailing:N, linspace:N, ddimN, list:T,T, in-order:T,T"
                  .formatted(specification)
              + " or counts such as 10,15,20");
    }
    return Integer.parseInt(digits);
  }
}
