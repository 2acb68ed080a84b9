package io.lanewise.noise;

import io.lanewise.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Prints which kernels run and a digest of what they draw: `NoiseProcessTest` runs it in JVMs with
/// other options.
final class NoiseDigest {
  private NoiseDigest() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println(Kernels.active().name() + " " + digest());
  }

  static String digest() throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (String spec :
        new String[] {
          "philox:1",
          "philox:18446744073709551615",
          "threefry:1",
          "threefry:18446744073709551615",
          "numpy:1"
        }) {
      Noise noise = Noise.parse(spec);
      byte[] bytes = new byte[8 * 5000];
      noise.normalsF32(123, 5000, 0, MemorySegment.ofArray(bytes));
      sha.update(bytes);
      noise.normalsF64(123, 5000, 0, MemorySegment.ofArray(bytes));
      sha.update(bytes);
      if (noise instanceof CounterNoise counter) {
        counter.uniformsF64(123, 5000, 9, MemorySegment.ofArray(bytes));
        sha.update(bytes);
      }
    }
    return HexFormat.of().formatHex(sha.digest());
  }
}
