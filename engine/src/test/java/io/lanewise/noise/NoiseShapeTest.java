package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.kernel.noise.Deviates;
import io.lanewise.kernel.noise.PhiloxStream;
import io.lanewise.kernel.noise.ThreefryStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Vector loops stay between two cliffs of HotSpot: methods up to 325 bytes are inlined into
/// callers, where several of them exceed C2's node limit and box every vector; C1 gives up methods
/// of about 1450 bytes, which then stay interpreted for long.
class NoiseShapeTest {
  private static final Map<Class<?>, Set<String>> LOOPS =
      Map.of(
          PhiloxStream.class, Set.of("words"),
          ThreefryStream.class, Set.of("first", "second", "third"),
          Deviates.class, Set.of("squaresF32", "pairsF32", "squaresF64", "pairsF64"));

  @Test
  void vectorLoopsAreTooLargeToInlineAndSmallEnoughForC1() throws IOException {
    TreeMap<String, Integer> sizes = new TreeMap<>();
    for (Map.Entry<Class<?>, Set<String>> loops : LOOPS.entrySet()) {
      String kernel = loops.getKey().getSimpleName();
      try (InputStream in = loops.getKey().getResourceAsStream(kernel + "$Simd.class")) {
        ClassModel simd = ClassFile.of().parse(in.readAllBytes());
        for (MethodModel method : simd.methods()) {
          String name = method.methodName().stringValue();
          if (loops.getValue().contains(name)) {
            sizes.merge(
                kernel + "." + name,
                ((CodeAttribute) method.code().orElseThrow()).codeLength(),
                Math::max);
          }
        }
      }
    }
    System.out.println("bytes of code: " + sizes);
    assertThat(sizes).hasSize(8);
    assertThat(sizes.values()).allSatisfy(size -> assertThat(size).isBetween(326, 1400));
  }
}
