package io.lanewise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.lanewise.result.Report;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class JsonReportTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path SCHEMA = Path.of("../docs/results.schema.json");

  @Test
  void isTheGoldenFile() throws IOException {
    assertThat(JsonReport.toJson(SampleReport.rich())).isEqualTo(resource("sample-results.json"));
  }

  @Test
  void isValidByThePublishedSchemaWhichKnowsEveryKey() throws IOException {
    JsonNode open = JSON.readTree(Files.readString(SCHEMA));
    JsonNode strict = open.deepCopy();
    forbidUnknownKeys(strict);
    for (Report report : new Report[] {SampleReport.rich(), SampleReport.empty()}) {
      JsonNode results = JSON.readTree(JsonReport.toJson(report));
      assertThat(schema(open).validate(results)).isEmpty();
      assertThat(schema(strict).validate(results)).isEmpty();
    }
  }

  @Test
  void schemaRefusesWhatIsNotAResult() throws IOException {
    Schema schema = schema(JSON.readTree(Files.readString(SCHEMA)));
    ObjectNode results = (ObjectNode) JSON.readTree(JsonReport.toJson(SampleReport.rich()));
    assertThat(schema.validate(results.deepCopy().put("schema", "lanewise-results/1")))
        .isNotEmpty();
    assertThat(schema.validate(results.deepCopy().without("provenance"))).isNotEmpty();
    ObjectNode measure = (ObjectNode) results.at("/evaluations/0/measures/0");
    measure.put("value", "a lot");
    assertThat(schema.validate(results)).isNotEmpty();
  }

  @Test
  void numbersReadBackAsTheSameDoubles() {
    JsonNode results = JSON.readTree(JsonReport.toJson(SampleReport.rich()));
    assertThat(results.at("/evaluations/0/measures/0/value").doubleValue())
        .isEqualTo(0.10604451382007504);
    JsonNode measure = results.at("/evaluations/0/breakdowns/1/measures/0");
    assertThat(measure.at("/value/0").doubleValue()).isEqualTo(1e-300);
    assertThat(Double.doubleToRawLongBits(measure.at("/standard_error/0").doubleValue()))
        .isEqualTo(Double.doubleToRawLongBits(-0.0));
  }

  @Test
  void leavesTheWriterOpenAndPassesItsFailureOn() throws IOException {
    StringWriter text =
        new StringWriter() {
          @Override
          public void close() {
            throw new AssertionError("closed");
          }
        };
    JsonReport.write(SampleReport.empty(), text);
    assertThat(text.toString())
        .startsWith("{\n  \"schema\": \"lanewise-results/2\",")
        .endsWith("}\n");

    IOException full = new IOException("disk full");
    Writer failing =
        new Writer() {
          @Override
          public void write(char[] buffer, int offset, int length) throws IOException {
            throw full;
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> JsonReport.write(SampleReport.rich(), failing)).isSameAs(full);
  }

  private static Schema schema(JsonNode schema) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
  }

  private static void forbidUnknownKeys(JsonNode node) {
    if (node instanceof ObjectNode object && object.path("properties").isObject()) {
      object.put("additionalProperties", false);
    }
    node.forEach(JsonReportTest::forbidUnknownKeys);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(JsonReportTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
