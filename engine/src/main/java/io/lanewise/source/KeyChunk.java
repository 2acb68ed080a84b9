package io.lanewise.source;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.lanewise.batch.Column;
import io.lanewise.batch.TextColumn;
import io.lanewise.batch.Validity;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/// Decimals, dates, times and timestamps, which are read as texts: what rows are told apart by.
///
/// Dates and times are written as ISO 8601 has them, with as many digits of a second as the unit
/// gives; a timestamp with a time zone is an instant, and is written in UTC with a Z. Years are of
/// four digits, 0001 to 9999: then the order of the texts is that of the times.
///
/// @param data at least the elements of all rows
record KeyChunk(String name, ArrowType type, MemorySegment data, Validity rows)
    implements ColumnChunk {
  private static final long DAY_MILLIS = 86_400_000;

  /// Whether columns of that type are read so.
  static boolean isKey(ArrowType type) {
    return switch (type) {
      case ArrowType.Decimal _, ArrowType.Date _, ArrowType.Time _, ArrowType.Timestamp _ -> true;
      default -> false;
    };
  }

  /// Bytes an element takes.
  static int bytes(ArrowType type) {
    return switch (type) {
      case ArrowType.Decimal decimal -> decimal.getBitWidth() / 8;
      case ArrowType.Date date ->
          switch (date.getUnit()) {
            case DAY -> 4;
            case MILLISECOND -> 8;
          };
      case ArrowType.Time time -> time.getBitWidth() / 8;
      case ArrowType.Timestamp _ -> 8;
      default -> throw new IllegalStateException(type.toString());
    };
  }

  @Override
  public Column cut(long from, int count, Scratch scratch) {
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(rows.isValid(from + i) ? text(from + i, i, scratch) : "");
    }
    return new TextColumn(name, count, values, rows.slice(from), type instanceof ArrowType.Decimal);
  }

  private String text(long at, int row, Scratch scratch) {
    return switch (type) {
      case ArrowType.Decimal decimal -> decimal(decimal, at);
      case ArrowType.Date date ->
          switch (date.getUnit()) {
            case DAY -> date(data.get(JAVA_INT_UNALIGNED, 4 * at), row, scratch);
            case MILLISECOND -> {
              long millis = data.get(JAVA_LONG_UNALIGNED, 8 * at);
              if (millis % DAY_MILLIS != 0) {
                throw scratch.unusable(
                    name, row, "found a date of %d ms, expected whole days".formatted(millis));
              }
              yield date(millis / DAY_MILLIS, row, scratch);
            }
          };
      case ArrowType.Time time -> time(time, at, row, scratch);
      case ArrowType.Timestamp stamp ->
          timestamp(stamp, data.get(JAVA_LONG_UNALIGNED, 8 * at), row, scratch);
      default -> throw new IllegalStateException(type.toString());
    };
  }

  private String decimal(ArrowType.Decimal decimal, long at) {
    int width = bytes(type);
    byte[] little = data.asSlice(at * width, width).toArray(JAVA_BYTE);
    byte[] big = new byte[width];
    for (int i = 0; i < width; i++) {
      big[i] = little[width - 1 - i];
    }
    return new BigDecimal(new BigInteger(big), decimal.getScale()).toPlainString();
  }

  private String date(long day, int row, Scratch scratch) {
    // The days of 0001-01-01 and 9999-12-31.
    if (day < -719_162 || day > 2_932_896) {
      throw outside(day + " days from 1970-01-01", row, scratch);
    }
    return LocalDate.ofEpochDay(day).toString();
  }

  private DataException outside(String found, int row, Scratch scratch) {
    return scratch.unusable(name, row, "found %s, expected a year of 1 to 9999".formatted(found));
  }

  private String time(ArrowType.Time time, long at, int row, Scratch scratch) {
    long value =
        time.getBitWidth() == 32
            ? data.get(JAVA_INT_UNALIGNED, 4 * at)
            : data.get(JAVA_LONG_UNALIGNED, 8 * at);
    long perSecond = perSecond(time.getUnit());
    if (value < 0 || value >= 86_400 * perSecond) {
      throw scratch.unusable(
          name,
          row,
          "found time %d in %ss, expected one of a day".formatted(value, unit(time.getUnit())));
    }
    return seconds(LocalTime.ofSecondOfDay(value / perSecond))
        + fraction(value % perSecond, perSecond);
  }

  private String timestamp(ArrowType.Timestamp stamp, long value, int row, Scratch scratch) {
    long perSecond = perSecond(stamp.getUnit());
    long second = Math.floorDiv(value, perSecond);
    // The seconds of 0001-01-01T00:00:00 and 9999-12-31T23:59:59.
    if (second < -62_135_596_800L || second > 253_402_300_799L) {
      throw outside("%d %ss from 1970-01-01".formatted(value, unit(stamp.getUnit())), row, scratch);
    }
    LocalDateTime time = LocalDateTime.ofInstant(Instant.ofEpochSecond(second), ZoneOffset.UTC);
    return time.toLocalDate()
        + "T"
        + seconds(time.toLocalTime())
        + fraction(Math.floorMod(value, perSecond), perSecond)
        + (stamp.getTimezone() == null || stamp.getTimezone().isEmpty() ? "" : "Z");
  }

  private static String seconds(LocalTime time) {
    return "%02d:%02d:%02d".formatted(time.getHour(), time.getMinute(), time.getSecond());
  }

  private static String fraction(long part, long perSecond) {
    return perSecond == 1 ? "" : ("." + (perSecond + part)).replaceFirst("^\\.1", ".");
  }

  private static String unit(TimeUnit unit) {
    return unit.name().toLowerCase(Locale.ROOT);
  }

  private static long perSecond(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1;
      case MILLISECOND -> 1_000;
      case MICROSECOND -> 1_000_000;
      case NANOSECOND -> 1_000_000_000;
    };
  }
}
