package io.lanewise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a program can call is written down in `public-face.txt`, so that no change to it goes
/// unseen. Whoever means a change writes the file anew with `-Dlanewise.write.public.face=true` and
/// says why in the commit.
class PublicFaceTest {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "."));
  private static final Path SOURCES = MODULE.resolve("src/main/java");
  private static final Path WRITTEN =
      MODULE.resolve("src/test/resources/io/lanewise/public-face.txt");

  /// Packages of kernels are listed by their types only: their methods are still being made over.
  private static final List<String> BY_TYPE = List.of("io.lanewise.kernel", "io.lanewise.noise");

  @Test
  void isAsWrittenDown() throws IOException {
    List<String> found = found();
    if (Boolean.getBoolean("lanewise.write.public.face")) {
      Files.write(WRITTEN, found);
    }
    List<String> written = Files.readAllLines(WRITTEN);
    List<String> gone = new ArrayList<>(written);
    gone.removeAll(found);
    List<String> added = new ArrayList<>(found);
    added.removeAll(written);
    assertThat(gone).as("gone from the public face").isEmpty();
    assertThat(added).as("new in the public face").isEmpty();
    assertThat(found).isEqualTo(written);
  }

  private static List<String> found() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String exported : exported()) {
      for (Class<?> type : types(exported)) {
        describe(type, lines);
      }
    }
    return lines;
  }

  private static List<String> exported() throws IOException {
    return Pattern.compile("exports ([\\w.]+);")
        .matcher(Files.readString(SOURCES.resolve("module-info.java")))
        .results()
        .map(match -> match.group(1))
        .sorted()
        .toList();
  }

  private static List<Class<?>> types(String name) throws IOException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(SOURCES.resolve(name.replace('.', '/')))) {
      for (Path file : files.sorted().toList()) {
        String simple = file.getFileName().toString().replace(".java", "");
        if (Files.isRegularFile(file) && !simple.equals("package-info")) {
          types.add(load(name + "." + simple));
        }
      }
    }
    return types;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicFaceTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isOpen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void describe(Class<?> type, List<String> lines) {
    if (!isOpen(type.getModifiers())) {
      return;
    }
    lines.add(type.toGenericString());
    if (!BY_TYPE.contains(type.getPackageName())) {
      TreeSet<String> members = new TreeSet<>();
      for (Field field : type.getDeclaredFields()) {
        add(members, field, field.toGenericString());
      }
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        add(members, constructor);
      }
      for (Method method : type.getDeclaredMethods()) {
        add(members, method);
      }
      members.forEach(member -> lines.add("  " + member));
    }
    Arrays.stream(type.getDeclaredClasses())
        .sorted((a, b) -> a.getName().compareTo(b.getName()))
        .forEach(inner -> describe(inner, lines));
  }

  private static <T extends Executable> void add(TreeSet<String> members, T executable) {
    add(members, executable, executable.toGenericString());
  }

  private static <T extends AccessibleObject & Member> void add(
      TreeSet<String> members, T member, String text) {
    if (isOpen(member.getModifiers()) && !member.isSynthetic()) {
      members.add(text);
    }
  }
}
