package io.lanewise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lanewise.plan.Bins;
import io.lanewise.plan.Policy;
import io.lanewise.plan.Task;
import io.lanewise.result.Breakdown;
import io.lanewise.result.EvaluationResult;
import io.lanewise.result.Measure;
import io.lanewise.source.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32C;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A session by hand: what its numbers are, who owns what, and what it says of mistakes.
class SessionTest {
  private static final ArrowType SINGLE =
      new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
  private static final Task KL = Task.of("gaussian-kl");

  /// NumPy: `0.5 * (m * m + np.expm1(l) - l).sum(1)` in float64 over the rows of [#rows].
  private static final double[] KLS = {
    0.21797745062590262,
    0.04376748269903559,
    0.008809729458929716,
    0.1150018512439035,
    0.3644941789307689,
    0.7597233566261672
  };

  private final BufferAllocator allocator = new RootAllocator();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /// The allocator throws if something is not given back.
  @AfterEach
  void close() throws Exception {
    for (AutoCloseable open : opened.reversed()) {
      open.close();
    }
    allocator.close();
  }

  private <T extends AutoCloseable> T open(T some) {
    opened.add(some);
    return some;
  }

  private FixedSizeListVector vectors(String name, int width, float... values) {
    FixedSizeListVector vector = FixedSizeListVector.empty(name, width, allocator);
    Float4Vector elements =
        (Float4Vector) vector.addOrGetVector(FieldType.nullable(SINGLE)).getVector();
    int rows = values.length / width;
    for (int i = 0; i < values.length; i++) {
      elements.setSafe(i, values[i]);
    }
    elements.setValueCount(values.length);
    vector.setValueCount(rows);
    for (int i = 0; i < rows; i++) {
      vector.setNotNull(i);
    }
    return vector;
  }

  private VectorSchemaRoot root(FieldVector... vectors) {
    return open(new VectorSchemaRoot(Arrays.asList(vectors)));
  }

  /// Rows `from` to `to - 1` of six: mu from -0.5 by 1/8, logvar from -0.25 by 1/16.
  private VectorSchemaRoot rows(int from, int to) {
    float[] mu = new float[2 * (to - from)];
    float[] logvar = new float[mu.length];
    for (int i = 0; i < mu.length; i++) {
      mu[i] = (2 * from + i) / 8f - 0.5f;
      logvar[i] = (2 * from + i) / 16f - 0.25f;
    }
    return root(vectors("mu", 2, mu), vectors("logvar", 2, logvar));
  }

  private Session session(Task... tasks) {
    Session.Builder builder = Session.builder().data("posterior", rows(0, 0).getSchema());
    for (Task task : tasks) {
      builder.evaluate(task);
    }
    return open(builder.build());
  }

  private static EvaluationResult result(Session session, String evaluation) {
    return Objects.requireNonNull(session.report().evaluation(evaluation));
  }

  private static Measure kl(Session session) {
    return Objects.requireNonNull(result(session, "gaussian-kl").measure("kl"));
  }

  private static double mean(int from, int to) {
    return Arrays.stream(KLS, from, to).average().orElseThrow();
  }

  @Test
  void countsBatchesInAndGivesTheirOutputs() {
    Session session = session(KL);
    List<Double> outputs = new ArrayList<>();
    for (int at = 0; at < 6; at += 2) {
      try (VectorSchemaRoot batch = rows(at, at + 2);
          VectorSchemaRoot out = session.update("posterior", batch).of("gaussian-kl", allocator)) {
        Float8Vector kl = (Float8Vector) out.getVector("kl");
        outputs.add(kl.get(0));
        outputs.add(kl.get(1));
      }
    }
    for (int i = 0; i < 6; i++) {
      assertThat(outputs.get(i)).isCloseTo(KLS[i], within(1e-15));
    }
    assertThat(kl(session).value()).isCloseTo(mean(0, 6), within(1e-15));
    // NumPy: kl.std(ddof=1) / np.sqrt(6)
    assertThat(kl(session).standardError()).isCloseTo(0.11443563502739394, within(1e-15));
    assertThat(session.report().provenance().inputs().get("posterior"))
        .singleElement()
        .satisfies(input -> {
          assertThat(input.format()).isEqualTo("arrow-batches");
          assertThat(input.rows()).isEqualTo(6);
        });
  }

  @Test
  void outputsAreThoseOfTheLastBatch() {
    Session session = session(KL, Task.of("posterior-collapse"));
    Session.Outputs first = session.update("posterior", rows(0, 2));
    Session.Outputs second = session.update("posterior", rows(2, 4));
    assertThatThrownBy(() -> first.of("gaussian-kl", allocator))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "session: found outputs of a batch that another one has followed, expected the last");
    assertThatThrownBy(() -> second.of("kl", allocator))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown evaluation 'kl'; did you mean 'gaussian-kl'? Known: gaussian-kl, posterior-collapse");
    assertThatThrownBy(() -> second.of("gaussian-kl", "prior", allocator))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "evaluation 'gaussian-kl': found outputs of set 'prior', expected those of one of the sets [rows], which read 'posterior'");
    assertThatThrownBy(() -> second.of("posterior-collapse", allocator))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("evaluation 'posterior-collapse': found a sample metric");
    VectorSchemaRoot out = open(second.of("gaussian-kl", "rows", allocator));
    assertThat(((Float8Vector) out.getVector("kl")).get(0)).isCloseTo(KLS[2], within(1e-15));
  }

  @Test
  void aBatchThatIsRefusedChangesNothing() {
    Task byLabel = KL.named("by label").by(Bins.values("label"));
    FixedSizeListVector mu = vectors("mu", 1, 0, 1, 2, 3, 4, Float.NaN);
    VectorSchemaRoot bad =
        root(mu, vectors("logvar", 1, 0, 0, 0, 0, 0, 0), labels("x", "x", "x", "x", "x", "x"));
    VectorSchemaRoot good = root(vectors("mu", 1, 1), vectors("logvar", 1, 0), labels("a"));
    Session session =
        open(
            Session.builder()
                .data("posterior", good.getSchema())
                .evaluate(byLabel)
                .evaluate(Task.of("posterior-collapse"))
                .evaluate(KL)
                .build());
    session.update("posterior", good);
    assertThatThrownBy(() -> session.update("posterior", bad, 0))
        .isInstanceOf(DataException.class)
        .hasMessage("batch: row 5 of 'by label': column 'mu': found NaN, policy is fail");
    session.update("posterior", good);
    assertThat(kl(session).n()).isEqualTo(2);
    assertThat(result(session, "posterior-collapse").rows().get("rows").read()).isEqualTo(2);
    Breakdown labels = result(session, "by label").breakdowns().getFirst();
    assertThat(labels.groups()).extracting(Breakdown.Group::label).containsExactly("a");
    assertThat(labels.groups().getFirst().rows().read()).isEqualTo(2);
  }

  private VarCharVector labels(String... texts) {
    VarCharVector labels = new VarCharVector("label", allocator);
    for (int i = 0; i < texts.length; i++) {
      labels.setSafe(i, texts[i].getBytes(StandardCharsets.UTF_8));
    }
    labels.setValueCount(texts.length);
    return labels;
  }

  @Test
  void aPolicyLeavesRowsOut() {
    VectorSchemaRoot batch = root(vectors("mu", 1, 0, Float.NaN, 2), vectors("logvar", 1, 0, 0, 0));
    Session session =
        open(
            Session.builder()
                .data("posterior", batch.getSchema())
                .evaluate(KL)
                .policy(Policy.SKIP)
                .build());
    VectorSchemaRoot out = open(session.update("posterior", batch).of("gaussian-kl", allocator));
    assertThat(out.getVector("kl").isNull(1)).isTrue();
    assertThat(((Float8Vector) out.getVector("kl")).get(2)).isEqualTo(2);
    assertThat(result(session, "gaussian-kl").rows().get("rows").nonFinite()).isOne();
    assertThat(kl(session).value()).isEqualTo(1);
  }

  @Test
  void partsMergeAndOneRowIsAPart() {
    Session whole = session(KL, Task.of("posterior-collapse"));
    whole.update("posterior", rows(0, 6));
    Session one = open(whole.fresh());
    one.update("posterior", rows(0, 1));
    byte[] ofOne = one.toBytes();
    Session rest = open(whole.fresh());
    rest.update("posterior", rows(1, 6));
    Session merged = open(rest.load(ofOne));
    merged.merge(rest);
    assertThat(kl(merged)).isEqualTo(kl(whole));
    assertThat(result(merged, "posterior-collapse").rows())
        .isEqualTo(result(whole, "posterior-collapse").rows());
    assertThat(merged.report().provenance().runs()).hasSize(2);
    assertThatThrownBy(rest::report)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("session: found it closed");
  }

  private Session distance() {
    VectorSchemaRoot schema = root(vectors("features", 2));
    return open(
        Session.builder()
            .data("real", schema.getSchema())
            .data("generated", schema.getSchema())
            .evaluate(Task.of("frechet-distance").on("real", "real").on("generated", "generated"))
            .build());
  }

  @Test
  void statesOfOneSideMerge() {
    VectorSchemaRoot real = root(vectors("features", 2, 0, 0, 1, 2, 2, 1, 3, 5));
    VectorSchemaRoot generated = root(vectors("features", 2, 1, 0, 1, 3, 4, 1, 3, 4));
    Session both = distance();
    both.update("real", real);
    both.update("generated", generated);
    Session left = open(both.fresh());
    left.update("real", real);
    Session right = open(both.fresh());
    right.update("generated", generated);
    Session fromBytes = open(both.load(left.toBytes()));
    fromBytes.merge(open(both.load(right.toBytes())));
    left.merge(right);
    for (Session merged : List.of(left, fromBytes)) {
      assertThat(result(merged, "frechet-distance").measures())
          .isEqualTo(result(both, "frechet-distance").measures());
      assertThat(result(merged, "frechet-distance").rows())
          .isEqualTo(result(both, "frechet-distance").rows());
    }
  }

  @Test
  void whatHasNoReportYetHasAState() {
    Session session = distance();
    session.update("real", root(vectors("features", 2, 0, 0, 1, 2)));
    session.update("generated", root(vectors("features", 2, 1, 0)));
    assertThatThrownBy(session::report)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("evaluation 'frechet-distance': ");
    Session loaded = open(session.load(session.toBytes()));
    loaded.update("generated", root(vectors("features", 2, 3, 1)));
    session.update("generated", root(vectors("features", 2, 3, 1)));
    assertThat(result(loaded, "frechet-distance").measures())
        .isEqualTo(result(session, "frechet-distance").measures());
  }

  @Test
  void rowsCountOnce() {
    Session session = session(KL);
    session.update("posterior", rows(0, 6));
    byte[] state = session.toBytes();
    Session again = open(session.load(state));
    assertThatThrownBy(() -> session.merge(again))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("session: found rows of a session that are in both, expected each once");
    assertThatThrownBy(() -> session.merge(session))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("session: found itself to merge, expected another one");
    assertThat(kl(session).n()).isEqualTo(6);
    assertThat(kl(again).n()).isEqualTo(6);
  }

  @Test
  void noiseFollowsTheIndexThatIsGiven() {
    Task draw = Task.of("reparameterize").parameter("noise", "philox:7");
    Session whole = session(draw);
    VectorSchemaRoot all =
        open(whole.update("posterior", rows(0, 6)).of("reparameterize", allocator));
    Session part = open(whole.fresh());
    VectorSchemaRoot last =
        open(part.update("posterior", rows(4, 6), 4).of("reparameterize", allocator));
    assertThat(last.getVector("z").getObject(0)).isEqualTo(all.getVector("z").getObject(4));
    assertThat(last.getVector("z").getObject(1)).isEqualTo(all.getVector("z").getObject(5));
    Session unnumbered = open(whole.fresh());
    unnumbered.update("posterior", rows(0, 4));
    assertThatThrownBy(() -> part.merge(unnumbered))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whose draws depend on a row's place among all rows")
        .hasMessageEndingWith("or batches that come with the index of their first row");
    Session numbered = open(whole.fresh());
    numbered.update("posterior", rows(0, 4), 0);
    part.merge(numbered);
    assertThat(result(part, "reparameterize").measures())
        .isEqualTo(result(whole, "reparameterize").measures());
  }

  @Test
  void oneThreadAtATime() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    VarCharVector values = open(labels("red", "blue"));
    DictionaryEncoding encoding = new DictionaryEncoding(1, false, new ArrowType.Int(32, true));
    DictionaryProvider plain =
        new DictionaryProvider.MapDictionaryProvider(new Dictionary(values, encoding));
    DictionaryProvider slow =
        new DictionaryProvider.MapDictionaryProvider(new Dictionary(values, encoding)) {
          @Override
          public Dictionary lookup(long id) {
            inside.countDown();
            try {
              done.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return super.lookup(id);
          }
        };
    IntVector places =
        new IntVector(
            "label", new FieldType(true, new ArrowType.Int(32, true), encoding), allocator);
    places.setSafe(0, 1);
    places.setValueCount(1);
    VectorSchemaRoot batch = root(vectors("mu", 1, 1), vectors("logvar", 1, 0), places);
    Session session =
        open(
            Session.builder()
                .data("posterior", batch.getSchema(), plain)
                .evaluate(KL.by(Bins.values("label")))
                .build());
    Thread other =
        Thread.ofPlatform()
            .name("first")
            .unstarted(() -> session.update("posterior", batch, 0, slow));
    CompletableFuture<Throwable> failed = new CompletableFuture<>();
    other.setUncaughtExceptionHandler((thread, problem) -> failed.complete(problem));
    other.start();
    inside.await();
    try {
      Thread.currentThread().setName("second");
      String expected =
          "session: found a call by thread 'second' while thread 'first' is at work in it, expected one thread at a time; give each thread its own, by fresh()";
      assertThatThrownBy(session::report)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(expected);
      assertThatThrownBy(session::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("session: found it to be closed while thread 'first' is at work");
    } finally {
      done.countDown();
      other.join();
    }
    assertThat(failed).isNotCompleted();
    assertThat(result(session, "gaussian-kl").breakdowns().getFirst().groups())
        .singleElement()
        .satisfies(group -> assertThat(group.label()).isEqualTo("blue"));
  }

  @Test
  void manyAtOnceMergeExactly() throws Exception {
    Session whole = session(KL);
    List<Session> parts = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Session part = open(whole.fresh());
      parts.add(part);
      VectorSchemaRoot batch = rows(i, i + 2);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int k = 0; k < 500; k++) {
                  part.update("posterior", batch);
                }
              }));
      for (int k = 0; k < 500; k++) {
        whole.update("posterior", batch);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Session first = parts.getFirst();
    parts.subList(1, 4).forEach(first::merge);
    assertThat(kl(first)).isEqualTo(kl(whole));
    assertThat(kl(first).n()).isEqualTo(4000);
  }

  @Test
  void mistakesInThePlanAreSaid() {
    assertThatThrownBy(() -> session(KL.column("mu", "nu")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "evaluation 'gaussian-kl': batches of 'posterior', role 'mu': unknown column 'nu'; did you mean 'mu'? Known: mu, logvar");
    assertThatThrownBy(() -> session(KL.rows("arrow")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "evaluation 'gaussian-kl': found row format 'arrow', expected none: outputs are asked for with each batch");
    assertThatThrownBy(() -> session(KL.by(Bins.values("file"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "evaluation 'gaussian-kl': found 'by' file, expected a column: batches come from no file");
  }

  @Test
  void batchesOfAnotherSchemaAreRefused() {
    Session session = session(KL);
    assertThatThrownBy(() -> session.update("prior", rows(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown data set 'prior'; did you mean 'posterior'? Known: posterior");
    assertThatThrownBy(() -> session.update("posterior", root(vectors("mu", 2, 1, 2))))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "batch: column 'logvar': found no such column, expected float32[2] as in the schema of 'posterior'");
    assertThatThrownBy(() ->
            session.update("posterior", root(vectors("mu", 1, 1), vectors("logvar", 2, 1, 2))))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "batch: column 'mu': found float32[1], expected float32[2] as in the schema of 'posterior'");
    assertThatThrownBy(() -> session.update("posterior", rows(0, 1), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("session: found a first row of index -1, expected 0 or more");
    // Other columns, and another order, do not matter.
    session.update(
        "posterior", root(labels("a"), vectors("logvar", 2, 0, 0), vectors("mu", 2, 1, 1)));
    assertThat(kl(session).value()).isEqualTo(1);
  }

  @Test
  void listsAreVectorsOfTheLengthThatIsSaid() {
    VectorSchemaRoot batch = root(lists("mu", 2, 1, 1, 1, 1), lists("logvar", 2, 0, 0, 0, 0));
    Session.Builder builder = Session.builder().data("posterior", batch.getSchema()).evaluate(KL);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "evaluation 'gaussian-kl': batches of 'posterior': column 'mu': found lists of any length, expected one length for all; say which, or use lists of fixed size");
    Session session =
        open(builder.length("posterior", "mu", 2).length("posterior", "logvar", 2).build());
    session.update("posterior", batch);
    assertThat(kl(session).value()).isEqualTo(1);
    assertThatThrownBy(
            () -> session.update("posterior", root(lists("mu", 1, 1), lists("logvar", 1, 0)), 2))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("batch: column 'mu' row 2: found 1 elements, expected 2");
    assertThat(kl(session).n()).isEqualTo(2);
  }

  private ListVector lists(String name, int length, float... values) {
    ListVector lists = ListVector.empty(name, allocator);
    Float4Vector elements =
        (Float4Vector) lists.addOrGetVector(FieldType.nullable(SINGLE)).getVector();
    for (int row = 0; row < values.length / length; row++) {
      lists.startNewValue(row);
      for (int i = 0; i < length; i++) {
        elements.setSafe(row * length + i, values[row * length + i]);
      }
      lists.endValue(row, length);
    }
    elements.setValueCount(values.length);
    lists.setValueCount(values.length / length);
    return lists;
  }

  @Test
  void statesOfOtherPlansAndDamagedOnesAreRefused() {
    Session session = session(KL);
    session.update("posterior", rows(0, 6));
    byte[] state = session.toBytes();
    Session other = session(KL.named("kl"));
    assertThatThrownBy(() -> other.load(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("state: evaluations: found [gaussian-kl], expected [kl] as in session");
    assertThatThrownBy(() -> other.merge(session))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the other session: evaluations: found [gaussian-kl], expected [kl] as in session");
    for (int i = 0; i < state.length; i++) {
      byte[] damaged = state.clone();
      damaged[i] ^= 8;
      assertThatThrownBy(() -> session.load(damaged))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("they are no state, or damaged");
      byte[] cut = Arrays.copyOf(state, i);
      assertThatThrownBy(() -> session.load(cut)).isInstanceOf(DataException.class);
    }
    assertThat(kl(session).n()).isEqualTo(6);
  }

  /// Bytes that somebody made so that the checksum is right.
  @Test
  void noLengthInAStateIsBelieved() {
    Session session = session(KL, KL.named("by mu").quantiles(List.of(0.5)));
    session.update("posterior", rows(0, 6));
    byte[] state = session.toBytes();
    int loaded = 0;
    for (int i = 0; i < state.length - 4; i++) {
      for (int flip : new int[] {1, 0x80, 0xff}) {
        byte[] forged = state.clone();
        forged[i] ^= (byte) flip;
        CRC32C sum = new CRC32C();
        sum.update(forged, 0, forged.length - 4);
        ByteBuffer.wrap(forged)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(forged.length - 4, (int) sum.getValue());
        try (Session made = session.load(forged)) {
          made.report();
          loaded++;
        } catch (DataException | IllegalArgumentException e) {
          assertThat(e).hasMessageContaining("found");
        }
      }
    }
    // Most bytes are of sums, and any sum may be.
    assertThat(loaded).isPositive();
    byte[] newer = state.clone();
    newer[4] = 2;
    CRC32C sum = new CRC32C();
    sum.update(newer, 0, newer.length - 4);
    ByteBuffer.wrap(newer)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(newer.length - 4, (int) sum.getValue());
    assertThatThrownBy(() -> session.load(newer))
        .isInstanceOf(DataException.class)
        .hasMessage("state: found a state of form 2, expected form 1");
  }

  @Test
  void aStateIsSmall() {
    Session session = session(KL);
    session.update("posterior", rows(0, 6));
    assertThat(session.toBytes().length).isLessThan(1500);
  }

  @Test
  void aClosedSessionTakesNoCalls() {
    Session session = session(KL);
    Session fresh = open(session.fresh());
    session.close();
    session.close();
    for (Runnable call :
        List.<Runnable>of(
            () -> session.update("posterior", rows(0, 1)),
            session::report,
            session::toBytes,
            session::fresh,
            () -> session.load(new byte[0]),
            () -> session.merge(fresh),
            () -> fresh.merge(session))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("session: found it closed, expected an open one");
    }
    fresh.update("posterior", rows(0, 6));
    assertThat(kl(fresh).n()).isEqualTo(6);
  }

  @Test
  void rowsBeyondThoseThatWereSaidAreRefused() {
    Session session =
        open(
            Session.builder()
                .data("posterior", rows(0, 0).getSchema())
                .rows("posterior", 5)
                .evaluate(KL)
                .build());
    session.update("posterior", rows(0, 3));
    assertThatThrownBy(() -> session.update("posterior", rows(3, 6)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "batch: found row 5, expected at most 5 rows of 'posterior', as was said before");
    assertThat(kl(session).n()).isEqualTo(3);
  }

  @Test
  void aBatchWithoutRowsIsABatch() {
    Session session = session(KL);
    VectorSchemaRoot out =
        open(session.update("posterior", rows(0, 0)).of("gaussian-kl", allocator));
    assertThat(out.getRowCount()).isZero();
    assertThat(out.getSchema().findField("kl").getType())
        .isEqualTo(new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
  }
}
