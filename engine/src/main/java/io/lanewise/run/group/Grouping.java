package io.lanewise.run.group;

import io.lanewise.batch.Batch;
import io.lanewise.batch.Column;
import io.lanewise.batch.ScalarColumn;
import io.lanewise.batch.TextColumn;
import io.lanewise.objective.StateFields;
import io.lanewise.plan.Policy;
import io.lanewise.result.Breakdown;
import io.lanewise.result.Measure;
import io.lanewise.result.RowCounts;
import io.lanewise.source.DataException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The moments of the groups of one breakdown. Used by one worker, then merged.
public final class Grouping {
  /// More groups than this are treated as a mistake in the plan.
  private static final int MAX_GROUPS = 100_000;

  private static final int MOST_DIGITS = 200;
  private static final Pattern DECIMAL = Pattern.compile("-?\\d+(\\.\\d+)?");

  private final Binning binning;
  private final Policy policy;
  private final MomentLayout layout;
  private final Map<Object, Group> groups = new HashMap<>();
  private final List<Group> byNumber = new ArrayList<>();
  private int[] numbers = new int[0];

  private double[] values = new double[0];
  private final Known ofValue = new Known();
  private final Known ofKey = new Known();

  public Grouping(Binning binning, Policy policy, MomentLayout layout) {
    this.binning = binning;
    this.policy = policy;
    this.layout = layout;
  }

  /// The moments and counts of one group, by set of rows.
  public static final class Group {
    private final Map<String, Moments> moments = new HashMap<>();
    private final int number;
    private long read;
    private long used;
    private long nulls;
    private long nonFinite;
    private long empty;

    private Group(int number) {
      this.number = number;
    }

    /// Whether no row has been counted: those that were seen were refused.
    private boolean isEmpty() {
      return read == 0;
    }

    /// Counts rows that are used.
    public void addUsed(long rows) {
      read += rows;
      used += rows;
    }

    /// Counts a row with a fault. One that is used all the same has been counted as such.
    public void addFault(RowFate fate) {
      read += fate.isUsed() ? 0 : 1;
      switch (fate) {
        case USED -> {}
        case NULL -> nulls++;
        case EMPTY -> empty++;
        case NON_FINITE, NON_FINITE_USED -> nonFinite++;
      }
    }

    /// The rows that are used.
    public long used() {
      return used;
    }
  }

  /// Adds rows `[from, to)` of a set to a group: these elements of each array.
  public void add(Group group, String set, double[][] outputs, int from, int to) {
    group.addUsed(to - from);
    group.moments.computeIfAbsent(set, layout::newMoments).add(outputs, from, to);
  }

  /// The number of each row's group: its place in the order in which groups were first seen.
  ///
  /// @return one number a row, until the next call; what follows them is arbitrary
  /// @throws DataException if a value has no group
  public int[] numbers(Batch batch) {
    int rows = batch.rows();
    if (numbers.length < rows) {
      numbers = new int[rows];
    }
    switch (batch.column(column())) {
      case null -> {
        if (rows > 0) {
          Arrays.fill(numbers, 0, rows, group(batch.file()).number);
        }
      }
      case TextColumn text -> {
        for (int i = 0; i < rows; i++) {
          numbers[i] = group(text.validity().isValid(i) ? key(text, i) : "null").number;
        }
      }
      case ScalarColumn scalar when scalar.type().isInteger() && binning.bins().isPlain() -> {
        boolean anyNull = !scalar.validity().isAll();
        for (int i = 0; i < rows; i++) {
          numbers[i] =
              anyNull && !scalar.validity().isValid(i)
                  ? group("null").number
                  : number(scalar, scalar.getLong(i));
        }
      }
      case ScalarColumn scalar -> {
        if (values.length < rows) {
          values = new double[rows];
        }
        scalar.getDoubles(values);
        boolean anyNull = !scalar.validity().isAll();
        for (int i = 0; i < rows; i++) {
          numbers[i] =
              anyNull && !scalar.validity().isValid(i)
                  ? group("null").number
                  : number(batch, scalar, i, values[i]);
        }
      }
      case Column other ->
          throw new IllegalArgumentException(
              "by '%s': found a column of %s, expected one value a row"
                  .formatted(column(), other.describe().signature()));
    }
    return numbers;
  }

  private static Object key(TextColumn text, int row) {
    String value = text.values().get(row);
    return text.numbers() ? GroupKey.of(new BigDecimal(value)) : value;
  }

  /// Whole numbers are told apart exactly: 2^53 and 2^53 + 1 are one float64.
  private int number(ScalarColumn column, long value) {
    int known = ofValue.get(value);
    return known >= 0 ? known : newNumber(column, value);
  }

  private int newNumber(ScalarColumn column, long value) {
    int number = group(column.unsigned() ? GroupKey.ofUnsigned(value) : (Object) value).number;
    if (value >= 0 && value < MAX_GROUPS) {
      ofValue.put((double) value, number);
    }
    return number;
  }

  private int number(Batch batch, ScalarColumn column, int row, double value) {
    int number = ofValue.get(value);
    if (number < 0) {
      number = number(key(batch, column, row, value));
      ofValue.put(value, number);
    }
    return number;
  }

  private int number(Object key) {
    if (!(key instanceof Double place)) {
      return group(key).number;
    }
    int number = ofKey.get(place);
    if (number < 0) {
      number = group(key).number;
      ofKey.put(place, number);
    }
    return number;
  }

  /// Group numbers of small whole numbers, such as timesteps, classes and bins. It holds no others.
  private static final class Known {
    /// By whole number: the group's number and 1; 0 if not known.
    private int[] numbers = new int[0];

    /// The group's number; -1 if not known.
    int get(double x) {
      int whole = (int) x;
      return whole >= 0 && whole < numbers.length && isSame(whole, x) ? numbers[whole] - 1 : -1;
    }

    /// The same of a whole number.
    int get(long x) {
      return x >= 0 && x < numbers.length ? numbers[(int) x] - 1 : -1;
    }

    void put(double x, int number) {
      int whole = (int) x;
      if (whole >= 0 && whole < MAX_GROUPS && isSame(whole, x)) {
        if (whole >= numbers.length) {
          numbers = Arrays.copyOf(numbers, Math.max(2 * numbers.length, whole + 1));
        }
        numbers[whole] = number + 1;
      }
    }

    /// -0 may be another group than 0.
    private static boolean isSame(int whole, double x) {
      return Double.doubleToRawLongBits(whole) == Double.doubleToRawLongBits(x);
    }
  }

  /// The group of a number that [#numbers] gave.
  public Group numbered(int number) {
    return byNumber.get(number);
  }

  private String column() {
    return binning.bins().column();
  }

  /// A number, or the name of a group that has no place on the axis. A value that is not finite has
  /// one only where values are not cut; elsewhere the policy decides. A level that is infinite,
  /// such as the log-SNR without signal, is none of the policy's business.
  private Object key(Batch batch, ScalarColumn column, int row, double value) {
    try {
      double scaled = binning.scaled(value);
      if (Double.isFinite(scaled) || binning.bins().isPlain()) {
        double key = binning.key(scaled);
        return binning.bins().isPlain() ? GroupKey.of(key) : (Object) key;
      }
      if (!Double.isFinite(value) || Double.isNaN(scaled)) {
        if (policy == Policy.FAIL) {
          throw new IllegalArgumentException("found %s, policy is %s".formatted(value, policy));
        }
        return "non-finite";
      }
      return Double.toString(scaled);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          batch.file(),
          "column '%s' row %d: %s"
              .formatted(column.name(), batch.firstRowInFile() + row, e.getMessage()),
          e);
    }
  }

  /// The group of a key, which is made if there is none.
  public Group group(Object key) {
    Group group = made(key);
    if (groups.size() > MAX_GROUPS) {
      throw new IllegalArgumentException(
          "by '%s': found more than %d different values, expected fewer; use bins"
              .formatted(binning.bins().by(), MAX_GROUPS));
    }
    return group;
  }

  private Group made(Object key) {
    Group group = groups.get(key);
    if (group == null) {
      group = new Group(byNumber.size());
      groups.put(key, group);
      byNumber.add(group);
    }
    return group;
  }

  /// Refuses groups by text where these are by number, or the reverse: they came from files whose
  /// columns differ.
  public void requireSameKind(Grouping other) {
    if (isBy(Number.class) && other.isBy(String.class)
        || isBy(String.class) && other.isBy(Number.class)) {
      throw new IllegalArgumentException(
          "by '%s': found %s, expected %s as before"
              .formatted(
                  column(),
                  other.isBy(Number.class) ? "numbers" : "text",
                  isBy(Number.class) ? "numbers" : "text"));
    }
  }

  private boolean isBy(Class<?> kind) {
    return keys(kind).stream().anyMatch(key -> !key.equals("null"));
  }

  public void merge(Grouping other) {
    other.forEach((key, theirs) -> {
      Group mine = made(key);
      theirs.moments.forEach(
          (set, moments) -> mine.moments.computeIfAbsent(set, layout::newMoments).merge(moments));
      mine.read += theirs.read;
      mine.used += theirs.used;
      mine.nulls += theirs.nulls;
      mine.nonFinite += theirs.nonFinite;
      mine.empty += theirs.empty;
    });
  }

  /// What each key has that has rows.
  public void forEach(BiConsumer<Object, Group> action) {
    groups.forEach((key, group) -> {
      if (!group.isEmpty()) {
        action.accept(key, group);
      }
    });
  }

  /// Names the keys, the counts and, of those sets, the moments of all groups.
  ///
  /// @return the groups in the order in which they are named
  public List<Group> fields(StateFields fields, List<String> sets) {
    double[] numbers = keys(Double.class).stream().mapToDouble(key -> key).toArray();
    long[] integers = keys(Long.class).stream().mapToLong(key -> key).toArray();
    List<String> decimals = keys(BigDecimal.class).stream().map(GroupKey::label).toList();
    int count = fields.size("numbers", numbers.length);
    numbers = fields.list("number", numbers, count);
    int wholes = fields.size("integers", integers.length);
    integers = fields.list("integer", integers, wholes);
    decimals = fields.texts("decimal", decimals);
    List<String> texts = fields.texts("text", keys(String.class));
    List<Group> ordered = new ArrayList<>();
    for (double number : numbers) {
      ordered.add(group(number));
    }
    for (long integer : integers) {
      ordered.add(group(integer));
    }
    decimals.forEach(decimal -> ordered.add(group(decimal(decimal))));
    texts.forEach(text -> ordered.add(group(text)));
    long different = ordered.stream().distinct().count();
    if (different != ordered.size()) {
      throw new IllegalArgumentException(
          "by '%s': found %d different values among %d, expected different ones"
              .formatted(column(), different, ordered.size()));
    }
    long[] rows = new long[5 * ordered.size()];
    for (int i = 0; i < ordered.size(); i++) {
      Group group = ordered.get(i);
      rows[5 * i] = group.read;
      rows[5 * i + 1] = group.used;
      rows[5 * i + 2] = group.nulls;
      rows[5 * i + 3] = group.nonFinite;
      rows[5 * i + 4] = group.empty;
    }
    rows = fields.list("rows", rows, rows.length);
    for (int i = 0; i < ordered.size(); i++) {
      Group group = ordered.get(i);
      group.read = rows[5 * i];
      group.used = rows[5 * i + 1];
      group.nulls = rows[5 * i + 2];
      group.nonFinite = rows[5 * i + 3];
      group.empty = rows[5 * i + 4];
    }
    for (String set : sets) {
      Moments.fields(
          fields.part(set),
          ordered.stream()
              .map(group -> group.moments.computeIfAbsent(set, layout::newMoments))
              .toList());
    }
    return ordered;
  }

  /// The keys of that kind that have rows, in order.
  private <K> List<K> keys(Class<K> kind) {
    return groups.entrySet().stream()
        .filter(group -> !group.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .filter(kind::isInstance)
        .sorted(GroupKey.ORDER)
        .map(kind::cast)
        .toList();
  }

  private Number decimal(String text) {
    // Of more digits than any decimal of a file it would take long to do anything with.
    if (text.length() <= MOST_DIGITS && DECIMAL.matcher(text).matches()) {
      return GroupKey.of(new BigDecimal(text));
    }
    throw new IllegalArgumentException(
        "by '%s': found '%s', expected a decimal number"
            .formatted(column(), text.substring(0, Math.min(text.length(), MOST_DIGITS))));
  }

  public Breakdown finish() {
    return finish(group -> new Outcome(layout.measures(group.moments), null));
  }

  /// The measures of a group, or why they are NaN.
  public record Outcome(List<Measure> measures, @Nullable String undefined) {}

  /// The groups in order: those with a place on the axis by it, others after them by name.
  public Breakdown finish(Function<Group, Outcome> outcomes) {
    List<Object> keys = new ArrayList<>(keys(Object.class));
    boolean ordered = keys.stream().anyMatch(key -> key instanceof Number);
    List<Breakdown.Group> result = new ArrayList<>();
    for (Object key : keys) {
      Group group = groups.get(key);
      if (group == null) {
        continue;
      }
      Outcome outcome = outcomes.apply(group);
      boolean placed = key instanceof Number;
      double number = key instanceof Number n ? n.doubleValue() : Double.NaN;
      result.add(
          new Breakdown.Group(
              key instanceof Double ? binning.label(number) : GroupKey.label(key),
              placed ? binning.lower(number) : Double.NaN,
              placed ? binning.upper(number) : Double.NaN,
              new RowCounts(group.read, group.used, group.nulls, group.nonFinite, group.empty),
              outcome.measures(),
              outcome.undefined()));
    }
    return new Breakdown(binning.bins().by(), ordered, binning.rule(), result);
  }
}
