// Writes the Arrow and Parquet files of this directory. Run with the packages of README.md:
//   cd "$(mktemp -d)" && npm install apache-arrow@21.2.0 parquet-wasm@0.8.0
//   cp .../data/interop/generate.mjs . && node generate.mjs .../data/interop
//
// Row r of a column holds 3r - 7 (3r if unsigned, r % 3 == 0 if boolean, "label r % 3" if text), null
// where r % 5 == 4 in columns that end in "?"; element j of a list of row r holds 10 r + j.
import { mkdirSync, writeFileSync } from "node:fs";
import * as arrow from "apache-arrow";

const out = process.argv[2];
mkdirSync(`${out}/arrow-js`, { recursive: true });
mkdirSync(`${out}/parquet-rs`, { recursive: true });

const isNull = (name, r) => name.endsWith("?") && r % 5 === 4;

function column(name, type, value, from, to) {
  const builder = arrow.makeBuilder({ type, nullValues: [null] });
  for (let r = from; r < to; r++) builder.append(isNull(name, r) ? null : value(r));
  return builder.finish().toVector();
}

const signed = (r) => 3 * r - 7;
const unsigned = (r) => 3 * r;
const big = (f) => (r) => BigInt(f(r));
const list = (length) => (r) => Array.from({ length: length(r) }, (_, j) => 10 * r + j);
const item = (type) => new arrow.Field("item", type, true);

const columns = {
  f16: [new arrow.Float16(), signed],
  f32: [new arrow.Float32(), signed],
  "f64?": [new arrow.Float64(), signed],
  i8: [new arrow.Int8(), signed],
  i16: [new arrow.Int16(), signed],
  "i32?": [new arrow.Int32(), signed],
  i64: [new arrow.Int64(), big(signed)],
  u8: [new arrow.Uint8(), unsigned],
  u16: [new arrow.Uint16(), unsigned],
  "u32?": [new arrow.Uint32(), unsigned],
  u64: [new arrow.Uint64(), big(unsigned)],
  "bool?": [new arrow.Bool(), (r) => r % 3 === 0],
  "text?": [new arrow.Utf8(), (r) => `label ${r % 3}`],
  vector: [new arrow.FixedSizeList(3, item(new arrow.Float32())), list(() => 3)],
  "vector?": [new arrow.FixedSizeList(2, item(new arrow.Float64())), list(() => 2)],
  "list?": [new arrow.List(item(new arrow.Float32())), list((r) => r % 4)],
};
const onlyArrow = {
  "label?": [
    new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()),
    (r) => `label ${r % 3}`,
  ],
  time: [new arrow.TimestampMillisecond(), (r) => r],
};

function table(spec, bounds) {
  const dictionaries = {};
  for (const [name, [type, value]] of Object.entries(spec)) {
    if (arrow.DataType.isDictionary(type)) {
      dictionaries[name] = column(name, type, value, 0, bounds.at(-1));
    }
  }
  const tables = bounds.slice(1).map((to, i) => {
    const vectors = {};
    for (const [name, [type, value]] of Object.entries(spec)) {
      // Record batches of a file share one dictionary, so those columns are built once and cut.
      vectors[name] = arrow.DataType.isDictionary(type)
        ? dictionaries[name].slice(bounds[i], to)
        : column(name, type, value, bounds[i], to);
    }
    return new arrow.Table(vectors);
  });
  return tables.reduce((a, b) => a.concat(b));
}

const all = table({ ...columns, ...onlyArrow }, [0, 10, 11, 23]);
writeFileSync(`${out}/arrow-js/all.arrow`, arrow.tableToIPC(all, "file"));
writeFileSync(`${out}/arrow-js/all.arrows`, arrow.tableToIPC(all, "stream"));
const empty = table({ f32: columns.f32, vector: columns.vector }, [0, 0]);
writeFileSync(`${out}/arrow-js/empty.arrow`, arrow.tableToIPC(empty, "file"));

const parquet = await import("parquet-wasm");
// Parquet has a float16 of its own, but this writer takes JavaScript's, so it is left out.
const { f16, ...stored } = columns;
const input = parquet.Table.fromIPCStream(arrow.tableToIPC(table(stored, [0, 23]), "stream"));
const properties = new parquet.WriterPropertiesBuilder()
  .setCompression(parquet.Compression.ZSTD)
  .setMaxRowGroupSize(10)
  .build();
writeFileSync(`${out}/parquet-rs/all.parquet`, parquet.writeParquet(input, properties));
