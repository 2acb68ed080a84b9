package io.lanewise.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {
  @Test
  void escapesWhatMovesHidesOrReordersCharacters() {
    assertThat(Quoted.escaped("a\u001b[2J\r\n\tb\u0085\u202e\u2066\u200b\ufeff\u2028"))
        .isEqualTo("a\\u001b[2J\\r\\n\\tb\\u0085\\u202e\\u2066\\u200b\\ufeff\\u2028");
    // A tag character, invisible beyond 16 bits, and half of a pair.
    assertThat(Quoted.escaped("\udb40\udc41 \ud800")).isEqualTo("\\udb40\\udc41 \\ud800");
  }

  @Test
  void leavesLettersOfAllLanguages() {
    String text = "é 漢字 שלום مرحبا 😀 logvar[0]";
    assertThat(Quoted.escaped(text)).isSameAs(text);
    assertThat(Quoted.capped(text)).isEqualTo(text);
  }

  @Test
  void keepsBothEndsOfALongText() {
    String text = "a".repeat(200) + "z";
    assertThat(Quoted.capped(text)).hasSize(80).startsWith("aaa").contains("…").endsWith("az");
    assertThat(Quoted.capped("😀".repeat(81)).codePoints()).hasSize(80);
    assertThat(Quoted.capped("b".repeat(80))).isEqualTo("b".repeat(80));
  }

  @Test
  void capsWhatASentenceQuotesAndNothingElse() {
    String path = "/data/" + "p".repeat(90);
    String name = "n".repeat(5000);
    assertThat(Quoted.sentence(path + ": column '" + name + "': found 'x', expected Arrow's"))
        .isEqualTo(
            path
                + ": column '"
                + "n".repeat(40)
                + "…"
                + "n".repeat(39)
                + "': found 'x', expected Arrow's");
  }

  @Test
  void aSentenceHasAnEnd() {
    assertThat(Quoted.sentence("Known: " + "a, ".repeat(1_000_000))).hasSize(2000);
  }
}
