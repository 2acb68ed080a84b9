package io.lanewise.cli.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HtmlTest {
  @Test
  void escapesWhateverFillsAHole() {
    assertThat(Html.of("<b title='{}'>{}</b>", "it's \"5\"", "a<b> & {}\u0000"))
        .hasToString("<b title='it&#39;s &quot;5&quot;'>a&lt;b&gt; &amp; {}\uFFFD</b>");
  }

  @Test
  void takesMarkupAsItIs() {
    assertThat(Html.of("<p>{}</p>{}", Html.of("<i>{}</i>", "<"), 7))
        .hasToString("<p><i>&lt;</i></p>7");
  }

  @Test
  void refusesTemplatesThatDoNotFit() {
    assertThatThrownBy(() -> Html.of("{}", 1, 2)).hasMessageContaining("more values than holes");
    assertThatThrownBy(() -> Html.of("{}{}", 1)).hasMessageContaining("more holes than values");
  }
}
