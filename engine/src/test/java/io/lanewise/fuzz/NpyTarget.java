package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// NumPy arrays: headers with one thing wrong, sizes that do not fit the data, and plain damage.
final class NpyTarget implements Target {
  private static final String[] TYPES = {
    "|b1", "|i1", "|u1", "<i2", ">u2", "<i4", ">i4", "<u4", "<i8", ">i8", "<u8", "<f2", ">f4",
    "<f4", "<f8", ">f8", "<V2", "|V2", "<U3", ">U1"
  };
  private static final String[] ODD_TYPES = {
    "<f16",
    "<c8",
    "|O",
    "|S4",
    "<U0",
    "<U268435455",
    "<U536870911",
    "<M8[ns]",
    "|V4",
    "<f4 ",
    "f4",
    "=f4",
    "<f0",
    "<i3",
    "<u4294967296",
    "",
    "<é",
    "|f4",
    ">b1"
  };
  private static final String[] DIMENSIONS = {
    "0",
    "1",
    "2",
    "3",
    "7",
    "2147483647",
    "2147483648",
    "4294967296",
    "1099511627776",
    "999999999999999999",
    "9223372036854775807",
    "18446744073709551616",
    "-1",
    "5L",
    "1.0",
    "",
    "0x10"
  };

  @Override
  public String name() {
    return "npy";
  }

  @Override
  public byte[] mutant(Random random) {
    byte[] bytes = array(random);
    return switch (random.nextInt(4)) {
      case 0 -> {
        Damage.number(bytes, 0, Math.min(bytes.length, 128), random);
        yield bytes;
      }
      case 1 -> {
        Damage.number(bytes, 0, bytes.length, random);
        yield random.nextBoolean() ? bytes : Damage.pieces(bytes, random);
      }
      default -> bytes;
    };
  }

  /// An array that is valid in most of its parts.
  static byte[] array(Random random) {
    String type = TYPES[random.nextInt(TYPES.length)];
    int[] shape = random.ints(1 + random.nextInt(4), 1, 6).toArray();
    if (type.contains("U")) {
      shape = new int[] {shape[0]};
    }
    int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    byte[] data = new byte[size * elementBytes(type)];
    random.nextBytes(data);
    if (type.contains("U") || type.contains("u8")) {
      // Text of Latin letters, and numbers below 2^63.
      int step = type.contains("U") ? 4 : 8;
      for (int i = 0; i < data.length; i++) {
        boolean kept = type.startsWith(">") ? i % step == step - 1 : i % step == 0;
        data[i] = kept ? data[i] : 0;
      }
    }
    boolean fortran = random.nextBoolean();
    String dimensions =
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    int odd = random.nextInt(12);
    if (odd == 0) {
      type = ODD_TYPES[random.nextInt(ODD_TYPES.length)];
    } else if (odd == 1) {
      type = TYPES[random.nextInt(TYPES.length)];
    } else if (odd < 5) {
      String[] parts = dimensions.split(", ");
      parts[random.nextInt(parts.length)] = DIMENSIONS[random.nextInt(DIMENSIONS.length)];
      dimensions = String.join(", ", parts);
    } else if (odd == 5) {
      data = Arrays.copyOf(data, Math.max(0, data.length + random.nextInt(-9, 10)));
    }
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s%s), }"
            .formatted(type, fortran ? "True" : "False", dimensions, shape.length == 1 ? "," : "");
    if (odd == 6) {
      header =
          switch (random.nextInt(7)) {
            case 0 -> header.replace("'", "\"");
            case 1 -> header.replace(" ", "");
            case 2 -> header.replace("}", "'more': 1}");
            case 3 -> header.replace("True", "1").replace("False", "0");
            case 4 -> header + header;
            case 5 -> header.replace(", }", ", 'descr': '<f8'}");
            default -> header.substring(0, random.nextInt(header.length()));
          };
    }
    return assembled(1 + random.nextInt(3), header, data);
  }

  private static int elementBytes(String type) {
    int bytes = type.charAt(2) - '0';
    return type.charAt(1) == 'U' ? 4 * bytes : bytes;
  }

  private static byte[] assembled(int version, String header, byte[] data) {
    byte[] text = header.getBytes(UTF_8);
    int fixed = version == 1 ? 10 : 12;
    int padded = Math.ceilDiv(fixed + text.length + 1, 64) * 64 - fixed;
    ByteBuffer bytes =
        ByteBuffer.allocate(fixed + padded + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      bytes.putShort((short) padded);
    } else {
      bytes.putInt(padded);
    }
    bytes.put(text);
    while (bytes.position() < fixed + padded - 1) {
      bytes.put((byte) ' ');
    }
    return bytes.put((byte) '\n').put(data).array();
  }

  @Override
  public Rows read(Path file, Random random) {
    return Rows.read(file, random.nextBoolean() ? 100 : 2, false);
  }

  @Override
  public @Nullable Rows independent(Path file, byte[] bytes, Rows ours) {
    return Rows.of(
        java.util.Map.of(ours.columns().keySet().iterator().next(), NpyReading.read(bytes)));
  }
}
