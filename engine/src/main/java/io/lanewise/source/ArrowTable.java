package io.lanewise.source;

import org.jspecify.annotations.Nullable;

/// The tables of Arrow's metadata with the fields of each, in the order of `Schema.fbs`,
/// `Message.fbs` and `File.fbs` of Arrow's format: what [ArrowVerifier] goes by.
@SuppressWarnings("ImmutableEnumChecker") // the fields are written once, here
enum ArrowTable {
  /// A type without parameters.
  EMPTY,
  INT(new Scalar(4), new Scalar(1)),
  FLOATING_POINT(new Scalar(2)),
  DECIMAL(new Scalar(4), new Scalar(4), new Scalar(4)),
  DATE(new Scalar(2)),
  TIME(new Scalar(2), new Scalar(4)),
  TIMESTAMP(new Scalar(2), new Text()),
  INTERVAL(new Scalar(2)),
  UNION(new Scalar(2), new Structs(4)),
  FIXED_SIZE_BINARY(new Scalar(4)),
  FIXED_SIZE_LIST(new Scalar(4)),
  MAP(new Scalar(1)),
  DURATION(new Scalar(2)),
  KEY_VALUE(new Text(), new Text()),
  DICTIONARY_ENCODING(new Scalar(8), new Table("INT"), new Scalar(1), new Scalar(2)),
  FIELD(
      new Text(),
      new Scalar(1),
      new UnionType(),
      new Union(
          "type",
          true,
          "EMPTY",
          "INT",
          "FLOATING_POINT",
          "EMPTY", // binary
          "EMPTY", // utf8
          "EMPTY", // bool
          "DECIMAL",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "INTERVAL",
          "EMPTY", // list
          "EMPTY", // struct
          "UNION",
          "FIXED_SIZE_BINARY",
          "FIXED_SIZE_LIST",
          "MAP",
          "DURATION",
          "EMPTY", // large binary
          "EMPTY", // large utf8
          "EMPTY", // large list
          "EMPTY", // run-end encoded
          "EMPTY", // binary view
          "EMPTY", // utf8 view
          "EMPTY", // list view
          "EMPTY"), // large list view
      new Table("DICTIONARY_ENCODING"),
      new Tables("FIELD"),
      new Tables("KEY_VALUE")),
  SCHEMA(new Scalar(2), new Tables("FIELD"), new Tables("KEY_VALUE"), new Structs(8)),
  BODY_COMPRESSION(new Scalar(1), new Scalar(1)),
  RECORD_BATCH(
      new Scalar(8),
      new Structs(16),
      new Structs(16),
      new Table("BODY_COMPRESSION"),
      new Structs(8)),
  DICTIONARY_BATCH(new Scalar(8), new Table("RECORD_BATCH"), new Scalar(1)),
  /// Tensors are refused by their kind; what they hold is never followed.
  UNREAD,
  MESSAGE(
      new Scalar(2),
      new UnionType(),
      new Union("message", true, "SCHEMA", "DICTIONARY_BATCH", "RECORD_BATCH", "UNREAD", "UNREAD"),
      new Scalar(8),
      new Tables("KEY_VALUE")),
  FOOTER(
      new Scalar(2),
      new Table("SCHEMA"),
      new Structs(24),
      new Structs(24),
      new Tables("KEY_VALUE"));

  private final Slot[] fields;

  ArrowTable(Slot... fields) {
    this.fields = fields;
  }

  /// Its fields, by their index in the vtable.
  Slot[] fields() {
    return fields;
  }

  /// A field of a table.
  sealed interface Slot {
    /// The bytes it takes within the table.
    default int inlineBytes() {
      return 4;
    }

    /// Whether the table means nothing without it.
    default boolean required() {
      return false;
    }
  }

  /// A number in place.
  record Scalar(int inlineBytes) implements Slot {}

  /// Which member of a union follows.
  record UnionType() implements Slot {
    @Override
    public int inlineBytes() {
      return 1;
    }

    @Override
    public boolean required() {
      return true;
    }
  }

  /// A string.
  record Text() implements Slot {}

  /// A vector of numbers or structs of `bytes` each.
  record Structs(int bytes) implements Slot {}

  /// Another table. Named, since tables refer to each other in circles.
  record Table(String name) implements Slot {
    ArrowTable type() {
      return valueOf(name);
    }
  }

  /// A vector of tables.
  record Tables(String name) implements Slot {
    ArrowTable type() {
      return valueOf(name);
    }
  }

  /// One of several tables, as the [UnionType] before it says.
  @SuppressWarnings("ArrayRecordComponent") // written once, above
  record Union(String what, boolean required, String... names) implements Slot {
    /// The member of that number, counted from 1; null if there is none.
    @Nullable ArrowTable member(int number) {
      return number < 1 || number > names.length ? null : valueOf(names[number - 1]);
    }

    int members() {
      return names.length;
    }
  }
}
