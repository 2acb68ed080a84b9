package io.lanewise.source;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/// A batch that another library produced, in its memory.
///
/// @param views what the views of it end with; before the batch is closed
record BatchParts(ArrowRecordBatch batch, Arena views) implements ArrowBody.Parts {
  @Override
  public long rows() {
    return batch.getLength();
  }

  @Override
  public long length(int node) {
    return batch.getNodes().get(node).getLength();
  }

  @Override
  public long nulls(int node) {
    return batch.getNodes().get(node).getNullCount();
  }

  @Override
  public MemorySegment buffer(int i) {
    ArrowBuf buffer = batch.getBuffers().get(i);
    return MemorySegment.ofAddress(buffer.memoryAddress())
        .reinterpret(buffer.readableBytes(), views, null);
  }

  @Override
  public long variadic(int i) {
    return batch.getVariadicBufferCounts().get(i);
  }
}
