package io.lanewise.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lanewise.objective.Objective;
import io.lanewise.objective.Objectives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Plans that were damaged by accident or on purpose: each is a plan, or is refused with file and
/// line.
class PlanFuzzTest {
  private static final Path FILE = Path.of("plans/p.yaml");
  private static final int MUTANTS = Integer.getInteger("lanewise.fuzz.plans", 3000);

  private static final String PLAN =
      """
      lanewise: 1
      title: "a title, é 😀"
      data:
        a: a.npz
        b: [b-*.parquet, '-']
      evaluate:
        - objective: gaussian-kl
          name: first
          data: a
          columns: {mu: m, logvar: v}
          parameters: {free-bits: 2.5}
          by: [label, {column: t, bins: 4, range: [0, 1]}]
          outputs: [kl]
          rows: arrow
          quantiles: [0.5, 1e-3]
        - {objective: fid, data: {real: a, generated: b}}
      checks: [first.kl < 1.5]
      facts: {sampling-steps: 50}
      policy: skip
      """;

  private static final String[] PIECES = {
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "!!python/object:x ",
    "? [a, b]\n: c\n",
    "---\n",
    "...\n",
    "%YAML 9.9\n",
    "\t",
    "\r",
    "\u0000",
    "\u0085",
    "\u2028",
    "\ufeff",
    "\ud83d\ude00",
    "|\n  x\n",
    ">-\n",
    "\"\\ud800\"",
    "\"\\x41\"",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ": ",
    "- ",
    "# ",
    "1e999",
    ".nan",
    "-.inf",
    "0x7fffffffffffffff",
    "9".repeat(2000),
    "null",
    "~",
    "yes",
    "\\",
    "@",
    "`",
    "k".repeat(1200),
    "[".repeat(600),
    "{a: ".repeat(300),
    "- ".repeat(300),
    "\n",
    "\n\n   ",
  };

  private static final List<io.lanewise.objective.Descriptor> OBJECTIVES =
      Objectives.all().stream().map(Objective::descriptor).toList();

  @Test
  void everyMutantIsAPlanOrRefusedWithItsLine() {
    Random random = new Random(16);
    for (int i = 0; i < MUTANTS; i++) {
      check(mutant(random));
    }
  }

  private static String mutant(Random random) {
    StringBuilder text = new StringBuilder(PLAN);
    if (random.nextInt(4) == 0) {
      // So that a buffer of the reader ends somewhere within what follows.
      text.insert(0, "#" + "x".repeat(random.nextInt(1100)) + "\n");
    }
    for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(5)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 0xD800));
        case 2 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
        case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + 30)));
        default -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return text.toString();
  }

  private static void check(String text) {
    try {
      assertThat(PlanFile.parse(FILE, text, OBJECTIVES).tasks()).isNotEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage())
          .as(text)
          .matches("(?s)plans/p\\.yaml:[1-9][0-9]*: .+")
          .doesNotContain("java.", "jackson", "snakeyaml", "Exception", "StreamRead");
    } catch (RuntimeException | Error e) {
      throw new AssertionError(text, e);
    }
  }

  @Test
  void anEmojiAcrossABufferOfTheReaderIsRead() throws IOException {
    assertThat(parse("emo.yaml").tasks()).isNotEmpty();
  }

  @Test
  void aCharacterOf32BitsMayStandAnywhere() {
    for (int length = 1000; length < 1060; length++) {
      String text = "#" + "x".repeat(length) + "😀\n" + PLAN;
      assertThat(PlanFile.parse(FILE, text, OBJECTIVES).tasks()).hasSize(2);
    }
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> parse("npe.yaml"))
        .hasMessageMatching("plans/p.yaml:3: found 51 lists and mappings within .*");
    for (String open : List.of("[", "[{a: ", "- ", "{\"a\":[")) {
      assertThatThrownBy(() -> PlanFile.parse(FILE, open.repeat(100_000), OBJECTIVES))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("plans/p.yaml:1: found 51 lists and mappings");
    }
  }

  private static PlanFile parse(String name) throws IOException {
    String text = Files.readString(Path.of("src", "test", "resources", "faults", name));
    return PlanFile.parse(FILE, text, OBJECTIVES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lanewise: 1\ndata: &a {a: x.npz}\nevaluate: *a\n",
        "a: &a [l,l]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
        "lanewise: 1\n\u0007title: x\n",
        "lanewise: 1\n\ttitle: x\n",
        "lanewise: 1\nlanewise: 1\n",
        "{\"lanewise\": 1, \"lanewise\": 1}",
        "{\"lanewise\": 1" + "0",
        "{\"lanewise\": 1e}",
        "? [a]\n: b\n",
        "\ufeff",
        "%YAML 3.0\n---\na: b\n",
      })
  void isRefusedWithItsLine(String text) {
    assertThatThrownBy(() -> PlanFile.parse(FILE, text, OBJECTIVES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(?s)plans/p\\.yaml:[1-9][0-9]*: .+");
  }

  @Test
  void aByteOrderMarkIsNoPartOfThePlan() {
    assertThat(PlanFile.parse(FILE, "\ufeff" + PLAN, OBJECTIVES).tasks()).hasSize(2);
  }
}
