package io.lanewise.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import org.junit.jupiter.api.Test;

/// No method of the package, or of its loops, takes or returns a vector: whether C2 inlines such a
/// method depends on what surrounds its caller, and where it does not, vectors are boxed (docs of
/// [Tiles]).
class VectorBoundaryTest {
  @Test
  void vectorsStayInsideOneMethod() throws IOException, URISyntaxException, ClassNotFoundException {
    Path classes =
        Path.of(Kernels.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> found = new ArrayList<>();
    int methods = 0;
    try (Stream<Path> files = Files.walk(classes.resolve("io/lanewise/kernel"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(".class") || name.equals("package-info.class")) {
          continue;
        }
        String of = classes.relativize(file).toString().replace('/', '.').replace(".class", "");
        for (Method m : Class.forName(of).getDeclaredMethods()) {
          methods++;
          if (Stream.concat(Stream.of(m.getReturnType()), Arrays.stream(m.getParameterTypes()))
              .anyMatch(
                  t -> Vector.class.isAssignableFrom(t) || VectorMask.class.isAssignableFrom(t))) {
            found.add(m.toString());
          }
        }
      }
    }
    assertThat(methods).isGreaterThan(100);
    assertThat(found).isEmpty();
  }
}
