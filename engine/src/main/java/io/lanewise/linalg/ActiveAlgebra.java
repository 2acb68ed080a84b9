package io.lanewise.linalg;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Which algebra this process uses.
final class ActiveAlgebra {
  private static final AtomicBoolean PREPARING = new AtomicBoolean();
  private static volatile @Nullable Algebra active;
  private static volatile boolean used;

  private ActiveAlgebra() {}

  static void prepare() {
    if (active == null && PREPARING.compareAndSet(false, true)) {
      Thread.ofPlatform()
          .daemon()
          .name("lanewise-algebra")
          .start(() -> {
            try {
              decided();
            } catch (IllegalStateException e) {
              // Whoever needs it is told.
            }
          });
    }
  }

  static Algebra get() {
    used = true;
    return decided();
  }

  private static Algebra decided() {
    Algebra decided = active;
    if (decided == null) {
      synchronized (ActiveAlgebra.class) {
        decided = active;
        if (decided == null) {
          decided = choose(System.getProperty(Algebra.PROPERTY));
          active = decided;
        }
      }
    }
    return decided;
  }

  static String used() {
    Algebra decided = active;
    return decided == null || !used ? "not used" : decided.name();
  }

  /// The algebra for a value of the property.
  static Algebra choose(@Nullable String property) {
    return switch (property == null ? "auto" : property) {
      case "auto" -> {
        try {
          yield OpenBlas.load();
        } catch (IllegalStateException e) {
          System.getLogger("io.lanewise.linalg")
              .log(
                  System.Logger.Level.INFO,
                  "linear algebra in plain Java, several times slower: " + e.getMessage());
          yield new OjAlgo();
        }
      }
      case "native" -> OpenBlas.load();
      case "java" -> new OjAlgo();
      default ->
          throw new IllegalStateException(
              "property %s: found '%s', expected auto, native or java"
                  .formatted(Algebra.PROPERTY, property));
    };
  }
}
