package io.lanewise.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void isThatOfTheBuild() throws Exception {
    String build = Files.readString(Path.of(System.getProperty("basedir", ".")).resolve("pom.xml"));
    Matcher parent =
        Pattern.compile("<parent>.*?<version>([^<]+)</version>.*?</parent>", Pattern.DOTALL)
            .matcher(build);
    assertThat(parent.find()).isTrue();
    assertThat(Version.TEXT).isEqualTo(parent.group(1));
  }
}
