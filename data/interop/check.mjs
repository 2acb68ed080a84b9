// Reads with Arrow JS and arrow-rs what Lanewise wrote; see check.sh. Row r, element j: 10 r + j - 7;
// null where r % 5 == 4 in columns that end in "?".
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as arrow from "apache-arrow";
import * as parquet from "parquet-wasm/node";

const directory = process.argv[2];
const ROWS = 100;

function plain(value) {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "object") return Array.from(value, plain);
  return Number(value);
}

function expected(name, r) {
  if (name.endsWith("?") && r % 5 === 4) return null;
  const [shape] = name.replace("?", "").split(" ");
  const element = (j) => 10 * r + j - 7;
  switch (shape) {
    case "scalar":
      return element(0);
    case "vector":
      return [0, 1, 2].map(element);
    case "list":
      return Array.from({ length: r % 4 }, (_, j) => element(j));
    case "text":
      return `row ${r} λ`;
  }
}

function check(what, table) {
  assert.equal(table.numRows, ROWS, what);
  const names = table.schema.fields.map((field) => field.name);
  assert.ok(names.length === 14, `${what}: found columns ${names}`);
  for (const name of names) {
    const column = table.getChild(name);
    for (let r = 0; r < ROWS; r++) {
      assert.deepEqual(plain(column.get(r)), expected(name, r), `${what}: ${name} row ${r}`);
    }
  }
}

for (const file of ["all.arrow", "all.arrows"]) {
  check(file, arrow.tableFromIPC(readFileSync(`${directory}/${file}`)));
}
assert.equal(arrow.tableFromIPC(readFileSync(`${directory}/empty.arrow`)).numRows, 0);
const rows = parquet.readParquet(readFileSync(`${directory}/all.parquet`));
const table = arrow.tableFromIPC(rows.intoIPCStream());
check("all.parquet", table);
for (const field of table.schema.fields.filter((f) => f.name.startsWith("vector"))) {
  assert.ok(arrow.DataType.isFixedSizeList(field.type), `all.parquet: ${field.name} ${field.type}`);
}
console.log("arrow-js 21.2.0: .arrow and .arrows agree; parquet-wasm 0.8.0 (arrow-rs): .parquet agrees");
