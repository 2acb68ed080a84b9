package io.lanewise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lanewise.plan.codec.JsonText;
import io.lanewise.plan.codec.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The process at the other end of its pipes. KL of the rows of the posterior: 0.5 and 2, exactly.
@Timeout(120)
class ServeCommandTest {
  @TempDir Path folder;
  private Process process;
  private Writer requests;
  private BufferedReader replies;
  private Path scratch;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(folder.resolve("posterior.csv"), "mu,logvar\n1,0\n-2,0\n");
    Files.writeString(folder.resolve("broken.csv"), "mu,logvar\n1,0\nnan,0\n");
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(Main.FLAGS.split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--scratch", temporary.toString()));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    requests = process.outputWriter();
    replies = process.inputReader();
    scratch = Path.of(JsonText.parse(replies.readLine()).get("scratch").text());
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void repliesInOneLineToEachRequest() throws IOException {
    assertThat(measure(ask(plan("posterior.csv")))).isEqualTo("1.25");
    assertThat(measure(ask(plan("posterior.csv", "--threads", "1", "--hash", "none"))))
        .isEqualTo("1.25");
  }

  @Test
  void goesOnAfterMistakes() throws IOException {
    assertThat(error(ask("mu"))).contains("2: found no JSON");
    assertThat(error(ask("{\"plans\":{}}"))).contains("2: unknown key 'plans'");
    assertThat(error(ask("{}"))).contains("2:").contains("expected a plan");
    assertThat(error(ask(plan("posterior.csv").replace("gaussian-kl", "gausian-kl"))))
        .contains("2: ")
        .contains("unknown objective 'gausian-kl'; did you mean 'gaussian-kl'?");
    assertThat(error(ask(plan("posterior.csv", "--threads", "100000"))))
        .contains("2: option '--threads': found 100000");
    assertThat(error(ask(plan("posterior.csv", "--thread", "1")))).contains("2: options: ");
    assertThat(error(ask(plan("broken.csv"))))
        .contains("3: ")
        .contains("column 'mu'", "found NaN, policy is fail");
    assertThat(error(ask(plan("missing.csv")))).contains("4: ").contains("no such file");

    assertThat(measure(ask(plan("posterior.csv")))).isEqualTo("1.25");
  }

  @Test
  void doesNotReadRequestsAsData() throws IOException {
    String request =
        plan("posterior.csv").replace(quoted(folder.resolve("posterior.csv")), "\"-\"");

    assertThat(error(ask(request)))
        .isEqualTo(
            "2: data set 'rows': found '-', expected a file: standard input has the requests");
  }

  @Test
  void describesObjectives() throws IOException {
    Tree objective = ask("{\"describe\":\"kl\"}").get("objective");

    assertThat(objective.get("id").text()).isEqualTo("gaussian-kl");
    assertThat(objective.get("sets").items("sets").getFirst().get("roles").items("roles"))
        .hasSize(2);
    assertThat(error(ask("{\"describe\":\"no\"}"))).contains("2: ").contains("objective 'no'");
  }

  @Test
  void writesRowsWhereItIsTold() throws IOException {
    String request =
        plan("posterior.csv", "-o", scratch.toString(), "--replace")
            .replace("\"objective\"", "\"rows\":\"csv\",\"objective\"");

    assertThat(measure(ask(request))).isEqualTo("1.25");

    assertThat(Files.readAllLines(scratch.resolve("gaussian-kl.csv"))).contains("0.5", "2.0");
  }

  @Test
  void removesItsFolderWhenItsInputEnds() throws Exception {
    Files.writeString(scratch.resolve("left"), "by the caller");

    requests.close();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(scratch).doesNotExist();
  }

  @Test
  void removesItsFolderWhenItIsTold() throws Exception {
    process.destroy();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(scratch).doesNotExist();
  }

  private Tree ask(String request) throws IOException {
    requests.write(request + "\n");
    requests.flush();
    return JsonText.parse(replies.readLine());
  }

  private String plan(String file, String... options) {
    return """
    {"plan":{"lanewise":1,"data":{"rows":%s},"evaluate":[{"objective":"gaussian-kl"}]},"options":[%s]}\
    """
        .formatted(
            quoted(folder.resolve(file)),
            String.join(",", Stream.of(options).map(ServeCommandTest::quoted).toList()));
  }

  private static String quoted(Object text) {
    return Json.line(text.toString());
  }

  private static String measure(Tree reply) {
    Tree kl =
        reply
            .get("report")
            .get("evaluations")
            .items("evaluations")
            .getFirst()
            .get("measures")
            .items("measures")
            .getFirst();
    assertThat(kl.get("name").text()).isEqualTo("kl");
    return kl.get("value").text();
  }

  private static String error(Tree reply) {
    Tree error = reply.get("error");
    return error.get("code").text() + ": " + error.get("message").text();
  }
}
