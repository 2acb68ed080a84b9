package io.lanewise.examples;

import io.lanewise.Session;
import io.lanewise.plan.Task;
import io.lanewise.result.Report;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/// The examples of docs/embedding.md.
public final class EmbeddingExample {
  private EmbeddingExample() {}

  static Report run(ArrowReader reader, BufferAllocator allocator) throws IOException {
    // begin batches
    try (Session session =
        Session.builder()
            .data("latents", reader.getVectorSchemaRoot().getSchema())
            .evaluate(Task.of("flow-log-density").on("rows", "latents"))
            .build()) {
      while (reader.loadNextBatch()) {
        Session.Outputs outputs = session.update("latents", reader.getVectorSchemaRoot());
        try (VectorSchemaRoot rows = outputs.of("flow-log-density", allocator)) {
          System.out.println(rows.getVector("log-density"));
        }
      }
      return session.report();
    }
    // end
  }

  static byte[] part(Session plan, VectorSchemaRoot batch) {
    // begin part
    try (Session part = plan.fresh()) {
      part.update("latents", batch);
      return part.toBytes();
    }
    // end
  }

  static Report merged(Session plan, List<byte[]> states) {
    // begin merge
    try (Session all = plan.fresh()) {
      for (byte[] state : states) {
        all.merge(plan.load(state));
      }
      return all.report();
    }
    // end
  }
}
