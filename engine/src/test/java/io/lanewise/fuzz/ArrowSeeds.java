package io.lanewise.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Valid Arrow files of every type that is read, written by Arrow's own library.
final class ArrowSeeds {
  private static final int ROWS = 9;
  private static final ArrowType INT64 = new ArrowType.Int(64, true);
  private static final ArrowType FLOAT32 =
      new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);

  private final Random random = new Random(16);

  /// Files, or streams, each of a few columns: plain, LZ4 and ZSTD.
  List<byte[]> write(boolean file) throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    List<List<Field>> schemas =
        List.of(
            List.of(
                field("i8", new ArrowType.Int(8, true)),
                field("u8", new ArrowType.Int(8, false)),
                field("i16", new ArrowType.Int(16, true)),
                field("u16", new ArrowType.Int(16, false)),
                field("i32", new ArrowType.Int(32, true)),
                field("u32", new ArrowType.Int(32, false)),
                field("i64", INT64),
                field("bit", ArrowType.Bool.INSTANCE)),
            List.of(
                field("f16", new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)),
                field("f32", FLOAT32),
                field("f64", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
                field("date", new ArrowType.Date(org.apache.arrow.vector.types.DateUnit.DAY))),
            List.of(
                field("text", ArrowType.Utf8.INSTANCE),
                field("large", ArrowType.LargeUtf8.INSTANCE),
                field("bytes", ArrowType.Binary.INSTANCE)),
            List.of(
                field("view", ArrowType.Utf8View.INSTANCE),
                field("bytes", ArrowType.BinaryView.INSTANCE),
                field("after", INT64)),
            List.of(
                field("list", ArrowType.List.INSTANCE, field("item", INT64)),
                field("large", ArrowType.LargeList.INSTANCE, field("item", FLOAT32))),
            List.of(
                field("vector", new ArrowType.FixedSizeList(3), field("item", FLOAT32)),
                field(
                    "matrix",
                    new ArrowType.FixedSizeList(2),
                    field("row", new ArrowType.FixedSizeList(2), field("item", INT64))),
                field(
                    "images",
                    ArrowType.List.INSTANCE,
                    field("row", new ArrowType.FixedSizeList(2), field("item", INT64)))),
            List.of(field("views", ArrowType.ListView.INSTANCE, field("item", INT64))),
            List.of(
                new Field(
                    "runs",
                    FieldType.notNullable(ArrowType.RunEndEncoded.INSTANCE),
                    List.of(
                        new Field(
                            "run_ends", FieldType.notNullable(new ArrowType.Int(32, true)), null),
                        field("values", INT64)))),
            List.of(
                new Field(
                    "label",
                    new FieldType(
                        true,
                        new ArrowType.Int(8, true),
                        new DictionaryEncoding(1, false, new ArrowType.Int(8, true)),
                        Map.of("k", "v")),
                    null)));
    for (List<Field> fields : schemas) {
      for (CompressionUtil.CodecType codec :
          List.of(
              CompressionUtil.CodecType.NO_COMPRESSION,
              CompressionUtil.CodecType.LZ4_FRAME,
              CompressionUtil.CodecType.ZSTD)) {
        seeds.add(write(file, fields, codec));
      }
    }
    return seeds;
  }

  private static Field field(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  private byte[] write(boolean file, List<Field> fields, CompressionUtil.CodecType codec)
      throws IOException {
    DictionaryProvider.MapDictionaryProvider dictionaries =
        new DictionaryProvider.MapDictionaryProvider();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BufferAllocator memory = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(new Schema(fields), memory);
        VarCharVector labels = new VarCharVector("", memory)) {
      fill(labels, 5);
      for (Field field : fields) {
        if (field.getDictionary() != null) {
          dictionaries.put(new Dictionary(labels, field.getDictionary()));
        }
      }
      try (ArrowWriter writer = writer(file, root, dictionaries, out, codec)) {
        writer.start();
        for (int batch = 0; batch < 2; batch++) {
          for (FieldVector vector : root.getFieldVectors()) {
            fill(vector, ROWS);
            if (vector.getField().getDictionary() != null) {
              for (int i = 0; i < ROWS; i++) {
                vector.getDataBuffer().setByte(i, random.nextInt(5));
              }
            }
          }
          root.setRowCount(ROWS);
          writer.writeBatch();
        }
        writer.end();
      }
    }
    return out.toByteArray();
  }

  private static ArrowWriter writer(
      boolean file,
      VectorSchemaRoot root,
      DictionaryProvider dictionaries,
      ByteArrayOutputStream out,
      CompressionUtil.CodecType codec) {
    var factory =
        codec == CompressionUtil.CodecType.NO_COMPRESSION
            ? NoCompressionCodec.Factory.INSTANCE
            : CommonsCompressionFactory.INSTANCE;
    return file
        ? new ArrowFileWriter(
            root,
            dictionaries,
            Channels.newChannel(out),
            Map.of(),
            IpcOption.DEFAULT,
            factory,
            codec)
        : new ArrowStreamWriter(
            root, dictionaries, Channels.newChannel(out), IpcOption.DEFAULT, factory, codec);
  }

  private byte[] text() {
    String[] texts = {
      "", "a", "twelve bytes", "more than twelve bytes", "ü", "the end of a line\n"
    };
    return texts[random.nextInt(texts.length)].getBytes(UTF_8);
  }

  private void fill(FieldVector vector, int rows) {
    switch (vector) {
      case BaseFixedWidthVector fixed -> {
        fixed.allocateNew(rows);
        byte[] bytes = new byte[(int) fixed.getDataBuffer().capacity()];
        random.nextBytes(bytes);
        fixed.getDataBuffer().setBytes(0, bytes);
        for (int i = 0; i < rows; i++) {
          BitVectorHelper.setValidityBit(fixed.getValidityBuffer(), i, valid());
        }
      }
      case BaseLargeVariableWidthVector texts -> {
        texts.allocateNew();
        for (int i = 0; i < rows; i++) {
          if (valid() == 1) {
            texts.setSafe(i, text());
          } else {
            // Else what memory held before would be written.
            texts.setSafe(i, new byte[0]);
            texts.setNull(i);
          }
        }
      }
      case BaseVariableWidthVector texts -> {
        texts.allocateNew();
        for (int i = 0; i < rows; i++) {
          if (valid() == 1) {
            texts.setSafe(i, text());
          } else {
            // Else what memory held before would be written.
            texts.setSafe(i, new byte[0]);
            texts.setNull(i);
          }
        }
      }
      case BaseVariableWidthViewVector texts -> {
        texts.allocateNew();
        for (int i = 0; i < rows; i++) {
          if (valid() == 1) {
            texts.setSafe(i, text());
          } else {
            // Else what memory held before would be written.
            texts.setSafe(i, new byte[0]);
            texts.setNull(i);
          }
        }
      }
      case FixedSizeListVector lists -> {
        lists.allocateNew();
        lists.setValueCount(rows);
        for (int i = 0; i < rows; i++) {
          BitVectorHelper.setValidityBit(lists.getValidityBuffer(), i, valid());
        }
        fill(lists.getDataVector(), rows * lists.getListSize());
        lists.getDataVector().setValueCount(rows * lists.getListSize());
      }
      case ListVector lists -> {
        lists.allocateNew();
        int total = 0;
        for (int i = 0; i < rows; i++) {
          int length = valid() == 1 ? random.nextInt(4) : -1;
          if (length < 0) {
            lists.setNull(i);
          } else {
            lists.startNewValue(i);
            lists.endValue(i, length);
            total += length;
          }
        }
        lists.setValueCount(rows);
        fill(lists.getDataVector(), total);
        lists.getDataVector().setValueCount(total);
      }
      case LargeListVector lists -> {
        lists.allocateNew();
        int total = 0;
        for (int i = 0; i < rows; i++) {
          int length = random.nextInt(4);
          lists.startNewValue(i);
          lists.endValue(i, length);
          total += length;
        }
        lists.setValueCount(rows);
        fill(lists.getDataVector(), total);
        lists.getDataVector().setValueCount(total);
      }
      case ListViewVector lists -> {
        lists.allocateNew();
        lists.setValueCount(rows);
        fill(lists.getDataVector(), 14);
        lists.getDataVector().setValueCount(14);
        for (int i = 0; i < rows; i++) {
          lists.setValidity(i, valid());
          lists.setOffset(i, random.nextInt(10));
          lists.setSize(i, random.nextInt(5));
        }
      }
      case RunEndEncodedVector runs -> {
        fill(runs.getValuesVector(), 3);
        fill(runs.getRunEndsVector(), 3);
        for (int i = 0; i < 3; i++) {
          BitVectorHelper.setBit(runs.getRunEndsVector().getValidityBuffer(), i);
          runs.getRunEndsVector().getDataBuffer().setInt(4L * i, i < 2 ? 2 + 3 * i : rows);
        }
        runs.getValuesVector().setValueCount(3);
        runs.getRunEndsVector().setValueCount(3);
      }
      default -> throw new IllegalStateException(vector.getClass().toString());
    }
    vector.setValueCount(rows);
  }

  private int valid() {
    return random.nextInt(5) == 0 ? 0 : 1;
  }
}
