package io.lanewise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.Evaluation;
import io.lanewise.batch.Batch;
import io.lanewise.objective.RowFile;
import io.lanewise.plan.Bins;
import io.lanewise.plan.Check;
import io.lanewise.plan.Options;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.report.JsonReport;
import io.lanewise.result.Measure;
import io.lanewise.result.Report;
import io.lanewise.result.Version;
import io.lanewise.sink.Sink;
import io.lanewise.sink.Sinks;
import io.lanewise.source.Cursor;
import io.lanewise.source.DataException;
import io.lanewise.source.Source;
import io.lanewise.source.Sources;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// State files: what is merged, what is refused, and what broken files do.
class StateFileTest {
  private static final int DIM = 5;
  private static final int[] CUTS = {0, 2, 90, 91 + 2, 200, 340};
  @TempDir Path folder;
  private final Random random = new Random(17);
  private double[] mu = new double[0];
  private double[] logvar = new double[0];
  private double[] label = new double[0];
  private double[] real = new double[0];

  @BeforeEach
  void draw() {
    int rows = CUTS[CUTS.length - 1];
    // Away from 0, so that sums about different first rows do not agree by chance.
    mu = random.doubles((long) rows * DIM).map(d -> 100 + random.nextGaussian()).toArray();
    logvar = random.doubles((long) rows * DIM).map(d -> random.nextGaussian()).toArray();
    label = random.doubles(rows).map(d -> Math.floor(4 * d)).toArray();
    real = random.doubles((long) rows * DIM).map(d -> 99 + 2 * random.nextGaussian()).toArray();
  }

  private String file(String name, double[] values, int from, int to) {
    double[] part = java.util.Arrays.copyOfRange(values, from * DIM, to * DIM);
    double[] labels = java.util.Arrays.copyOfRange(label, from, to);
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put("mu", part);
    columns.put("logvar", java.util.Arrays.copyOfRange(logvar, from * DIM, to * DIM));
    columns.put("label", labels);
    return RowFile.write(
        folder.resolve("%s-%d-%d.arrow".formatted(name, from, to)), to - from, columns);
  }

  private Evaluation.Builder builder(int from, int to) {
    return builder(from, to, file("posterior", mu, from, to));
  }

  private Evaluation.Builder builder(int from, int to, String posterior) {
    return Evaluation.builder()
        .title("Parts")
        .data("posterior", posterior)
        .data("real", file("real", real, from, to))
        .check(new Check("kl", "kl", ">", 0))
        .fact("sampling-steps", "10");
  }

  private Evaluation.Builder exact(int from, int to) {
    return exact(builder(from, to));
  }

  private static Evaluation.Builder exact(Evaluation.Builder builder) {
    return builder
        .evaluate(
            Task.of("gaussian-kl").named("kl").on("rows", "posterior").by(Bins.values("label")))
        .evaluate(
            Task.of("posterior-collapse").on("rows", "posterior").by(new Bins("label", 2, 0, 4)));
  }

  private Evaluation.Builder rounded(int from, int to) {
    return exact(from, to)
        .evaluate(
            Task.of("frechet-distance")
                .on("real", "real")
                .on("generated", "posterior")
                .column("features", "mu"))
        .evaluate(
            Task.of("frechet-distance")
                .named("diagonal")
                .on("real", "real")
                .on("generated", "posterior")
                .column("features", "mu")
                .parameter("covariance", "diagonal"))
        .evaluate(
            Task.of("diversity")
                .on("generated", "posterior")
                .on("reference", "real")
                .column("samples", "mu"));
  }

  private interface Part {
    Evaluation.Builder of(int from, int to);
  }

  private List<Path> states(Part part) {
    List<Path> states = new ArrayList<>();
    for (int i = 0; i + 1 < CUTS.length; i++) {
      Path state = folder.resolve("part-%d.state".formatted(i));
      part.of(CUTS[i], CUTS[i + 1]).state(state, false).threads(1 + i % 2).build().run();
      states.add(state);
    }
    return states;
  }

  @Test
  void partsMergeToTheDigitsOfTheWhole() {
    Report whole = exact(0, CUTS[CUTS.length - 1]).build().run();
    List<Path> states = states(this::exact);

    Report merged = Evaluation.merge(states.toArray(Path[]::new));

    StateLawsTest.same(merged, whole);
    assertThat(merged.provenance().inputs().get("posterior")).hasSize(CUTS.length - 1);
    assertThat(merged.provenance().inputs().get("real")).hasSize(CUTS.length - 1);
    assertThat(merged.provenance().runs())
        .extracting(run -> run.state())
        .containsExactlyElementsOf(states.stream().map(Path::toString).toList());
    assertThat(JsonReport.toJson(merged)).contains("\"runs\": [ {", states.get(3).toString());
  }

  /// A covariance needs two rows. A part of one is counted all the same.
  @Test
  void aPartOfOneRowIsKept() {
    int end = CUTS[CUTS.length - 1];
    Path one = folder.resolve("one.state");
    Path rest = folder.resolve("rest.state");
    assertThatThrownBy(() -> rounded(0, 1).state(one, false).build().run())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("one.state: found the rows counted, ready to be merged with others")
        .hasMessageContaining("found 1 rows, expected at least 2 for a covariance");
    rounded(1, end).state(rest, false).build().run();

    Report merged = Evaluation.merge(one, rest);

    Report whole = rounded(0, end).build().run();
    assertThat(measure(merged, "kl", "kl")).isEqualTo(measure(whole, "kl", "kl"));
    double distance = measure(whole, "frechet-distance", "frechet-distance");
    assertThat(measure(merged, "frechet-distance", "frechet-distance"))
        .isCloseTo(distance, org.assertj.core.data.Offset.offset(1e-12 * distance));
  }

  @Test
  void aMergedStateMergesOn() {
    List<Path> states = states(this::exact);
    Path both = folder.resolve("both.state");

    Evaluation.merge(states.subList(0, 2), Options.builder().state(both).threads(2).build());
    List<Path> rest = new ArrayList<>(List.of(both));
    rest.addAll(states.subList(2, states.size()));

    StateLawsTest.same(
        Evaluation.merge(rest.toArray(Path[]::new)), exact(0, CUTS[CUTS.length - 1]).build().run());
  }

  /// The bound that docs/precision.md declares.
  @Test
  void orderedSumsMergeWithinTheirBound() {
    Report whole = rounded(0, CUTS[CUTS.length - 1]).build().run();

    Report merged = Evaluation.merge(states(this::rounded).toArray(Path[]::new));

    for (String name : List.of("diversity", "diagonal")) {
      for (Measure was : Objects.requireNonNull(whole.evaluation(name)).measures()) {
        assertThat(measure(merged, name, was.name()))
            .as(name + "." + was.name())
            .isCloseTo(
                was.value(),
                org.assertj.core.data.Offset.offset(0x1p-50 * Math.max(Math.abs(was.value()), 1)));
      }
    }
    for (Measure was : Objects.requireNonNull(whole.evaluation("frechet-distance")).measures()) {
      assertThat(measure(merged, "frechet-distance", was.name()))
          .as(was.name())
          .isCloseTo(
              was.value(),
              org.assertj.core.data.Offset.offset(1e-12 * Math.max(Math.abs(was.value()), 1)));
    }
    assertThat(Objects.requireNonNull(merged.evaluation("kl")).measures())
        .isEqualTo(Objects.requireNonNull(whole.evaluation("kl")).measures());
  }

  /// Features that copy each other, and more rows than features: what chains of float32 leave of
  /// eigenvalues of 0 must not count after a state either.
  @Test
  void productsInSinglePrecisionKeepTheirRankInFiles() {
    Report whole = copied(0, 400).build().run();
    List<Path> one = List.of(folder.resolve("whole.state"));
    List<Path> two = List.of(folder.resolve("first.state"), folder.resolve("second.state"));
    copied(0, 400).state(one.get(0), false).build().run();
    copied(0, 170).state(two.get(0), false).build().run();
    copied(170, 400).state(two.get(1), false).build().run();

    Report read = Evaluation.merge(one.toArray(Path[]::new));
    Report merged = Evaluation.merge(two.toArray(Path[]::new));

    assertThat(Objects.requireNonNull(read.evaluation("frechet-distance")).measures())
        .isEqualTo(Objects.requireNonNull(whole.evaluation("frechet-distance")).measures());
    for (Report report : List.of(whole, merged)) {
      assertThat(measure(report, "frechet-distance", "rank-real")).isEqualTo(DIM);
      assertThat(measure(report, "frechet-distance", "rank-generated")).isEqualTo(DIM);
    }
    assertThat(measure(merged, "frechet-distance", "frechet-distance"))
        .isCloseTo(
            measure(whole, "frechet-distance", "frechet-distance"),
            org.assertj.core.data.Offset.offset(1e-6));
  }

  private Evaluation.Builder copied(int from, int to) {
    Evaluation.Builder builder =
        Evaluation.builder().precision(io.lanewise.kernel.Precision.SINGLE);
    for (String set : List.of("real", "generated")) {
      Random drawn = new Random(set.length());
      float[] rows = new float[400 * 2 * DIM];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i / DIM % 2 == 0 ? (float) (1 + drawn.nextGaussian()) : rows[i - DIM];
      }
      String file =
          RowFile.write(
              folder.resolve("%s-%d-%d.arrow".formatted(set, from, to)),
              to - from,
              "data",
              java.util.Arrays.copyOfRange(rows, from * 2 * DIM, to * 2 * DIM));
      builder.data(set, file);
    }
    return builder.evaluate(
        Task.of("frechet-distance")
            .on("real", "real")
            .on("generated", "generated")
            .column("features", "data"));
  }

  private static double measure(Report report, String evaluation, String name) {
    return Objects.requireNonNull(
            Objects.requireNonNull(report.evaluation(evaluation)).measure(name))
        .value();
  }

  @Test
  void theSameStateIsTheSameFile() throws IOException {
    Path state = folder.resolve("a.state");
    Path copy = folder.resolve("b.state");
    exact(0, 50).state(state, false).build().run();
    Evaluation.merge(List.of(state), Options.builder().state(copy).build());

    assertThat(entries(copy)).isEqualTo(entries(state));
  }

  private static Map<String, List<Byte>> entries(Path file) throws IOException {
    Map<String, List<Byte>> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : zip.readAllBytes()) {
          bytes.add(b);
        }
        entries.put(entry.getName(), bytes);
      }
    }
    return entries;
  }

  @Test
  void differentPlansAreRefusedByTheirFirstDifference() {
    Path a = folder.resolve("a.state");
    exact(0, 50).state(a, false).build().run();
    List<Evaluation.Builder> others =
        List.of(
            exact(50, 100).title("Other"),
            exact(50, 100).policy(Policy.SKIP),
            exact(50, 100).precision(io.lanewise.kernel.Precision.SINGLE),
            exact(50, 100).fact("sampling-steps", "11"),
            exact(50, 100).check(new Check("kl", "kl", "<", 1000)),
            exact(50, 100).evaluate(Task.of("gaussian-kl").named("more").on("rows", "posterior")),
            builder(50, 100)
                .evaluate(
                    Task.of("gaussian-kl")
                        .named("kl")
                        .on("rows", "posterior")
                        .by(new Bins("label", 2, 0, 4)))
                .evaluate(
                    Task.of("posterior-collapse")
                        .on("rows", "posterior")
                        .parameter("active-above", "0.5")
                        .by(new Bins("label", 2, 0, 4))),
            builder(50, 100)
                .evaluate(
                    Task.of("gaussian-kl")
                        .named("kl")
                        .on("rows", "posterior")
                        .by(Bins.values("label")))
                .evaluate(
                    Task.of("posterior-collapse")
                        .on("rows", "posterior")
                        .parameter("active-above", "0.5")
                        .by(new Bins("label", 2, 0, 4))),
            exact(builder(50, 100, halfAsWide())));
    List<String> messages =
        List.of(
            "title: found 'Other', expected 'Parts' as in ",
            "policy: found skip, expected fail as in ",
            "precision: found single, expected double as in ",
            "fact 'sampling-steps': found '11', expected '10' as in ",
            "check 2: found Check[",
            "evaluations: found [kl, posterior-collapse, more], expected [kl, posterior-collapse]",
            "evaluation 'kl', by 'label': found Bins[",
            "evaluation 'posterior-collapse', parameter 'active-above': found '0.5', expected '0.01'",
            "evaluation 'kl', role 'rows.mu': found column 'mu' of float64[4]");
    for (int i = 0; i < others.size(); i++) {
      Path b = folder.resolve("b-%d.state".formatted(i));
      others.get(i).state(b, false).build().run();
      assertThatThrownBy(() -> Evaluation.merge(a, b))
          .as(messages.get(i))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(b + ": " + messages.get(i));
    }
  }

  private String halfAsWide() {
    return RowFile.write(
        folder.resolve("narrow.arrow"),
        5,
        Map.of(
            "mu", new double[20], "logvar", new double[20], "label", new double[] {0, 1, 2, 3, 0}));
  }

  @Test
  void groupsByTextAndByNumberDoNotMerge() throws IOException {
    Path a = folder.resolve("a.state");
    Path b = folder.resolve("b.state");
    labelled("a.csv", "1,0,3\n2,0,4\n", a);
    labelled("b.csv", "1,0,x\n2,0,y\n", b);
    assertThatThrownBy(() -> Evaluation.merge(a, b))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(b + ": evaluation 'gaussian-kl': by 'label': found text, expected");
  }

  private void labelled(String name, String rows, Path state) throws IOException {
    Path csv = Files.writeString(folder.resolve(name), "mu,logvar,label\n" + rows);
    labelled(csv.toString()).state(state, false).build().run();
  }

  private static Evaluation.Builder labelled(String... files) {
    return Evaluation.builder()
        .data("posterior", files)
        .policy(Policy.SKIP)
        .evaluate(Task.of("gaussian-kl").on("rows", "posterior").by(Bins.values("label")))
        .evaluate(Task.of("posterior-collapse").on("rows", "posterior").by(Bins.values("label")));
  }

  @Test
  void rowsLeftOutAreCountedThroughStates() throws IOException {
    Path a = folder.resolve("a.state");
    Path b = folder.resolve("b.state");
    labelled("a.csv", "1.5,0.5,x\n,0.5,y\nnan,0.5,x\n2.5,1.5,\n,1.5,x\n", a);
    labelled("b.csv", "1.5,nan,x\n1.5,nan,y\n1.5,0.5,y\n3.5,,y\n", b);

    Report whole =
        labelled(folder.resolve("a.csv").toString(), folder.resolve("b.csv").toString())
            .build()
            .run();

    assertThat(Objects.requireNonNull(whole.evaluation("gaussian-kl")).rows().get("rows"))
        .isEqualTo(new io.lanewise.result.RowCounts(9, 3, 3, 3));
    StateLawsTest.same(Evaluation.merge(a, b), whole);
  }

  @Test
  void rowsThatWouldCountTwiceAreRefused() throws IOException {
    Path a = folder.resolve("a.state");
    Path b = folder.resolve("b.state");
    Path c = folder.resolve("c.state");
    Path d = folder.resolve("d.state");
    exact(0, 50).state(a, false).build().run();
    Files.copy(a, b);
    exact(0, 50).state(c, false).build().run();
    exact(0, 50).hashInputs(false).state(d, false).build().run();

    assertThatThrownBy(() -> Evaluation.merge(a, b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found the run of ")
        .hasMessageContaining("expected each run once");
    assertThatThrownBy(() -> Evaluation.merge(a, c))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(data set 'posterior') that are in " + a);
    assertThatThrownBy(() -> Evaluation.merge(d, d))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected each run once");
    assertThatThrownBy(() -> Evaluation.merge()).hasMessageContaining("found no state");
    assertThatThrownBy(() -> Evaluation.merge(folder.resolve("none.state")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("no such file");
  }

  /// The right distance of all generated rows from the reference is that of one run; with the
  /// reference counted twice it was another one.
  @Test
  void aReferenceThatStatesShareIsRefusedWithHashesOff() {
    Path a = folder.resolve("a.state");
    Path b = folder.resolve("b.state");
    Report first = shared(0, 90, file("real", real, 0, 50)).state(a, false).build().run();
    shared(90, 200, file("real", real, 0, 50)).state(b, false).build().run();

    assertThat(first.provenance().inputs().get("real").getFirst().fingerprint()).isNull();
    assertThatThrownBy(() -> Evaluation.merge(a, b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(data set 'real') that are in " + a)
        .hasMessageContaining("give each run its own part");
  }

  @Test
  void aReferenceThatCameThroughPipesIsRefusedAndItsPartsAreNot() throws Exception {
    Path a = folder.resolve("a.state");
    Path b = folder.resolve("b.state");
    Path c = folder.resolve("c.state");
    shared(0, 90, pipe(0, 50)).state(a, false).build().run();
    shared(90, 200, pipe(0, 50)).state(b, false).build().run();
    shared(90, 200, pipe(50, 120)).state(c, false).build().run();

    assertThatThrownBy(() -> Evaluation.merge(a, b))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(data set 'real') that are in " + a);
    // The same rows, but other bytes: only their sums are the same.
    Path d = folder.resolve("d.state");
    shared(90, 200, file("real", real, 0, 50)).state(d, false).build().run();
    assertThatThrownBy(() -> Evaluation.merge(a, d))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "evaluation 'frechet-distance', set 'real': found the sums that " + a + " has");
    double merged = Evaluation.merge(a, c).evaluations().getFirst().measures().getFirst().value();
    double whole =
        shared(0, 200, file("real", real, 0, 120))
            .build()
            .run()
            .evaluations()
            .getFirst()
            .measures()
            .getFirst()
            .value();
    assertThat(merged).isCloseTo(whole, within(1e-12 * whole));
  }

  private Evaluation.Builder shared(int from, int to, String reference) {
    return Evaluation.builder()
        .title("Shared")
        .data("posterior", file("posterior", mu, from, to))
        .data("real", reference)
        .evaluate(
            Task.of("frechet-distance")
                .on("real", "real")
                .on("generated", "posterior")
                .column("features", "mu"))
        .hashInputs(false);
  }

  /// Rows of the reference as an Arrow stream in a named pipe.
  private String pipe(int from, int to) throws Exception {
    Path pipe = folder.resolve("pipe-%d".formatted(random.nextInt(Integer.MAX_VALUE)));
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path stream = folder.resolve(pipe.getFileName() + ".arrows");
    try (Source source = Sources.open(file("real", real, from, to));
        Sink sink = Sinks.create(stream, source.schema(), false);
        Cursor cursor = source.read(List.of("mu", "logvar", "label"), 1000)) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        try (Batch open = batch) {
          sink.write(open);
        }
      }
      sink.commit();
    }
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (OutputStream out = Files.newOutputStream(pipe)) {
            Files.copy(stream, out);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return pipe.toString();
  }

  @Test
  void noiseThatIsDrawnByPlaceIsRefusedBeforeReading() {
    Path state = folder.resolve("a.state");
    Evaluation evaluation =
        Evaluation.builder()
            .data("posterior", file("posterior", mu, 0, 50))
            .evaluate(
                Task.of("reparameterize").on("rows", "posterior").parameter("noise", "philox:1"))
            .state(state, false)
            .build();
    assertThatThrownBy(evaluation::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'philox:1', whose draws depend on a row's place");
    assertThat(state).doesNotExist();
  }

  @Test
  void aStateIsWholeOrAbsent() throws IOException {
    Path state = folder.resolve("a.state");
    String broken =
        RowFile.write(
            folder.resolve("broken.arrow"),
            1,
            Map.of("mu", new double[] {1, Double.NaN}, "logvar", new double[] {0, 0}));
    Evaluation.Builder failing =
        Evaluation.builder()
            .data("posterior", broken)
            .evaluate(Task.of("gaussian-kl").on("rows", "posterior"))
            .state(state, false);
    assertThatThrownBy(() -> failing.build().run()).isInstanceOf(DataException.class);
    try (var files = Files.list(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.contains(".state"));
    }

    exact(0, 20).state(state, false).build().run();
    byte[] before = Files.readAllBytes(state);
    assertThatThrownBy(() -> exact(0, 30).state(state, false).build().run())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("found an existing file");
    assertThat(Files.readAllBytes(state)).isEqualTo(before);
    exact(0, 30).state(state, true).build().run();
    assertThat(Files.readAllBytes(state)).isNotEqualTo(before);
  }

  @Test
  void truncatedFilesAreSaidToBe() throws IOException {
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    byte[] bytes = Files.readAllBytes(state);
    Path cut = folder.resolve("cut.state");
    for (int length = 0; length < bytes.length; length += 1 + bytes.length / 97) {
      Files.write(cut, java.util.Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Evaluation.merge(cut))
          .as("cut at %d", length)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(cut.toString());
    }
  }

  /// A changed byte is noticed, unless it is one that says nothing, such as a date.
  @Test
  void damagedFilesAreNoticed() throws IOException {
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    Report expected = Evaluation.merge(state);
    byte[] bytes = Files.readAllBytes(state);
    Path damaged = folder.resolve("damaged.state");
    int noticed = 0;
    for (int i = 0; i < 300; i++) {
      byte[] copy = bytes.clone();
      int at = random.nextInt(copy.length);
      copy[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(damaged, copy);
      try {
        StateLawsTest.same(Evaluation.merge(damaged), expected);
      } catch (DataException e) {
        assertThat(e.getMessage()).startsWith(damaged.toString());
        noticed++;
      }
    }
    assertThat(noticed).isGreaterThan(150);
  }

  /// Content that was changed by somebody who knows how to write a zip file.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lanewise-state/1 | lanewise-state/2 | found a state of another version, 'lanewise-state/2', expected 'lanewise-state/1'",
        "lanewise-state/1 | other | found schema 'other'",
        "\"version\":\""
            + Version.TEXT
            + "\" | \"version\":\"99\" | found a state of Lanewise 99, expected one of "
            + Version.TEXT,
        "\"policy\":\"fail\" | \"policy\":\"maybe\" | found 'maybe', expected one of [fail, skip, propagate]",
        "\"policy\":\"fail\" | \"policy\":[] | found a list, expected a text",
        "\"policy\":\"fail\", | '' | found no key 'policy', expected one",
        "\"policy\":\"fail\" | \"policy\":\"fail\",\"policy\":\"fail\" | found no JSON",
        "gaussian-kl | gaussian-kll | found 'gaussian-kll', expected an objective",
        "\"mu\":{ | \"nu\":{ | found role 'nu', expected one of [mu, logvar]",
        "\"width\":5 | \"width\":-5 | found a vector of width -5, expected a vector of width 1 or more",
        "\"width\":5 | \"width\":5.5 | found '5.5', expected an integer",
        "\"shape\":\"vector\" | \"shape\":\"scalar\" | found a scalar of width 5, expected a vector",
        "\"bins\":2 | \"bins\":-2 | expected a way to cut that fits the edges",
        "\"sets\":{\"rows\" | \"sets\":{\"row\" | found set 'row', expected one of [rows]",
        "\"free-bits\":\"0\" | \"free-bits\":\"-1\" | parameter 'free-bits': found '-1'",
        "{\"schema\" | [\"schema\" | found no JSON",
      })
  void foreignHeadersAreRefused(String from, String to, String message) throws IOException {
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    Path changed = folder.resolve("changed.state");
    rewrite(
        state,
        changed,
        "header.json",
        text -> {
          assertThat(text).contains(from);
          return text.replace(from, to == null ? "" : to);
        });
    assertThatThrownBy(() -> Evaluation.merge(changed))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(changed.toString())
        .hasMessageContaining(message);
  }

  /// Headers that are made to take memory, time or the stack.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[ | 300000 | found more than 1000000 values or 20 within each other",
        "{\"a\": | 300000 | found more than 1000000 values or 20 within each other",
        "1, | 1200000 | found more than 1000000 values or 20 within each other",
        "[], | 1200000 | found more than 1000000 values or 20 within each other",
        "x | 18000000 | bytes, expected at most 16777216",
        "7 | 5000 | found a name or number longer than any of a state",
      })
  void headersThatAreBombsAreRefused(String piece, int times, String message) throws IOException {
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    Path bomb = folder.resolve("bomb.state");
    // Deflated, so that the file is small.
    rewrite(
        state,
        bomb,
        "header.json",
        text -> text.replaceFirst("\\{", "{\"facts\":[" + piece.repeat(times)));
    assertThat(Files.size(bomb)).isLessThan(200_000);
    assertThatThrownBy(() -> Evaluation.merge(bomb))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(bomb.toString())
        .hasMessageContaining(message)
        .hasMessageNotContaining("StreamRead");
  }

  /// The place of each value holds the name of what it is in: kept for each, they would take 50 GB.
  @Test
  void aLongNameIsNotRepeatedForWhatItHolds() throws IOException {
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    Path bomb = folder.resolve("bomb.state");
    String name = "n".repeat(49_000);
    rewrite(
        state,
        bomb,
        "header.json",
        text -> text.replaceFirst("\\{", "{\"" + name + "\":[" + "1,".repeat(900_000) + "1],"));
    // A key that nobody asks for is no error.
    assertThat(Evaluation.merge(bomb).evaluations()).hasSize(2);
  }

  @Test
  void aStateIsReadWithinTheMemory() throws IOException {
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    assertThatThrownBy(
            () -> Evaluation.merge(List.of(state), Options.builder().memoryBytes(20_000).build()))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(state.toString())
        .hasMessageContaining("expected all of them within the memory; raise the option 'memory'");
  }

  @Test
  void columnsThatAreTooWideForMemoryAreRefused() throws IOException {
    Path state = folder.resolve("a.state");
    builder(0, 20)
        .evaluate(Task.of("gaussian-kl").named("kl").on("rows", "posterior"))
        .evaluate(
            Task.of("frechet-distance")
                .on("real", "real")
                .on("generated", "posterior")
                .column("features", "mu"))
        .state(state, false)
        .build()
        .run();
    Path changed = folder.resolve("changed.state");
    rewrite(
        state, changed, "header.json", text -> text.replace("\"width\":5", "\"width\":2147483647"));
    assertThatThrownBy(() -> Evaluation.merge(changed))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            changed + ": evaluation 'frechet-distance': memory: found a need of");
  }

  private static void rewrite(Path from, Path to, String entry, UnaryOperator<String> change)
      throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(from));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        byte[] bytes = in.readAllBytes();
        if (e.getName().equals(entry)) {
          String text = change.apply(new String(bytes, StandardCharsets.ISO_8859_1));
          bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        }
        out.putNextEntry(new ZipEntry(e.getName()));
        out.write(bytes);
        out.closeEntry();
      }
    }
  }

  @Test
  void foreignArraysAreRefused() throws IOException {
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    Path changed = folder.resolve("changed.state");
    // A count of -1: all bits of the eight bytes after the header.
    refused(
        state,
        changed,
        "evaluations/0/rows/read.npy",
        text -> text.substring(0, 128) + "\u00ff".repeat(8),
        "found -1, expected 0 or more");
    refused(
        state,
        changed,
        "evaluations/0/rows/read.npy",
        text -> text.replace("<i8", "<f8"),
        "found type '<f8', expected int64");
    refused(
        state,
        changed,
        "evaluations/0/rows/read.npy",
        text -> text.replace("(1,)", "(2,)"),
        "found shape [2], expected [1]");
    refused(
        state, changed, "evaluations/0/rows/read.npy", text -> "no array", "found no NumPy magic");
    refused(
        state,
        changed,
        "evaluations/0/rows/moments/sum.npy",
        text ->
            text.substring(0, 128)
                + "\u00ff"
                + text.substring(129, text.length() - 200)
                + "\u00ff".repeat(200),
        "as word");
    refused(
        state,
        changed,
        "evaluations/0/rows/by-0/integers.npy",
        text -> text.substring(0, 128) + "\u0007" + text.substring(129),
        "found shape [4], expected [7]");
    refused(
        state,
        changed,
        "evaluations/0/rows/by-0/integer.npy",
        text -> text.substring(0, 128) + text.substring(128, 136).repeat(4),
        "by 'label': found 1 different values among 4");
  }

  private static void refused(
      Path state, Path changed, String entry, UnaryOperator<String> change, String message)
      throws IOException {
    rewrite(state, changed, entry, change);
    assertThatThrownBy(() -> Evaluation.merge(changed))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(changed.toString())
        .hasMessageContaining(message);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "no state at all, and no zip either");
    assertThatThrownBy(() -> Evaluation.merge(text))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found no zip directory");
    Path npz = Path.of("..", "data", "quickstart", "vae.npz");
    assertThatThrownBy(() -> Evaluation.merge(npz))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found no entry 'header.json', expected a state file");
    Path state = folder.resolve("a.state");
    exact(0, 20).state(state, false).build().run();
    Path more = folder.resolve("more.state");
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(state));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(more))) {
      for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        out.putNextEntry(new ZipEntry(e.getName()));
        out.write(in.readAllBytes());
      }
      out.putNextEntry(new ZipEntry("evaluations/0/rows/extra.npy"));
    }
    assertThatThrownBy(() -> Evaluation.merge(more))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found entry 'evaluations/0/rows/extra.npy', expected none");
  }

  /// What one part warns of, the report of all parts warns of.
  @Test
  void warningsOfEveryPartAreKept() {
    Path first = folder.resolve("first.state");
    Path second = folder.resolve("second.state");
    String single =
        RowFile.write(folder.resolve("single.arrow"), 2, "samples", new float[] {1, 2, 3, 4});
    String wide =
        RowFile.write(
            folder.resolve("wide.arrow"), 2, Map.of("samples", new double[] {5, 6, 7, 8}));
    String unused =
        RowFile.write(
            folder.resolve("unused.arrow"),
            2,
            Map.of("samples", new double[] {1, 3, 5, 9}, "features", new double[] {1, 2, 3, 4}));
    Report mixed = means(List.of(single, wide)).state(first, false).build().run();
    means(List.of(unused)).state(second, false).build().run();
    List<String> widened = warnings(mixed);
    assertThat(widened)
        .containsExactly(
            "column 'samples': found float32[2] in %s and float64[2] in %s, and read both as the wider type"
                .formatted(single, wide));

    List<String> merged = warnings(Evaluation.merge(List.of(first, second), Options.DEFAULT));
    assertThat(merged).hasSize(2).containsAll(widened);
    assertThat(merged.getLast()).startsWith("column 'features' has a usual name of role 'samples'");
  }

  private static Evaluation.Builder means(List<String> files) {
    return Evaluation.builder()
        .data("generated", files.toArray(String[]::new))
        .evaluate(Task.of("diversity").on("generated", "generated").column("samples", "samples"));
  }

  private static List<String> warnings(Report report) {
    return Objects.requireNonNull(report.evaluations().getFirst().inputs().get("generated"))
        .warnings();
  }

  @Test
  void aDataSetIsNeverReplacedByAnotherOfItsName() {
    assertThatThrownBy(() -> builder(0, 50).data("real", "other.arrow"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("data set 'real': found it twice, expected each name once");
  }
}
