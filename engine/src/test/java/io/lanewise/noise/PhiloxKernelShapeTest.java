package io.lanewise.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Vector loops stay between two cliffs of HotSpot: methods up to 325 bytes are inlined into
/// callers, where several of them exceed C2's node limit and box every vector; C1 gives up methods
/// of about 1450 bytes, which then stay interpreted for long.
class PhiloxKernelShapeTest {
  private static final Set<String> LOOPS =
      Set.of("words", "radiiF32", "pairsF32", "radiiF64", "pairsF64");

  @Test
  void vectorLoopsAreTooLargeToInlineAndSmallEnoughForC1() throws IOException {
    TreeMap<String, Integer> sizes = new TreeMap<>();
    try (InputStream in = PhiloxKernel.class.getResourceAsStream("PhiloxKernel$Simd.class")) {
      ClassModel simd = ClassFile.of().parse(in.readAllBytes());
      for (MethodModel method : simd.methods()) {
        String name = method.methodName().stringValue();
        if (LOOPS.contains(name)) {
          sizes.put(name, ((CodeAttribute) method.code().orElseThrow()).codeLength());
        }
      }
    }
    System.out.println("bytes of code: " + sizes);
    assertThat(sizes.keySet()).isEqualTo(LOOPS);
    assertThat(sizes.values()).allSatisfy(size -> assertThat(size).isBetween(326, 1400));
  }
}
