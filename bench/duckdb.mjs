// SPDX-License-Identifier: Apache-2.0
//
// DuckDB on the same reports, one thread: CPU seconds of the queries alone. duckdb.mjs FOLDER NODE_MODULES
import { createRequire } from "node:module";
const [folder, modules] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(modules + "/")("@duckdb/node-api");
const db = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await db.connect();
const csv = `select asn, count(*) as n, max("timestamp"), max(ip), max(port), max(severity)
  from read_csv('${folder}/wide.csv', header = true, all_varchar = false, quote = '"', escape = '"',
    types = {'timestamp': 'TIMESTAMP', 'ip': 'VARCHAR', 'port': 'USMALLINT', 'asn': 'UINTEGER',
             'severity': 'VARCHAR'}) group by asn`;
const json = `select "source.asn" as asn, count(*) as n, max("time.source"), max("source.ip"),
    max("source.port"), max("classification.type")
  from read_json('${folder}/intelmq.jsonl', format = 'newline_delimited', columns = {'source.asn': 'UINTEGER',
    'time.source': 'TIMESTAMPTZ', 'source.ip': 'VARCHAR', 'source.port': 'USMALLINT',
    'classification.type': 'VARCHAR'}) group by asn`;
for (const [name, query] of [["duckdb.csv", csv], ["duckdb.json", json]]) {
  let best = Infinity, rows = 0n;
  for (let i = 0; i < 3; i++) {
    const start = process.cpuUsage();
    const reader = await connection.runAndReadAll(query);
    const used = process.cpuUsage(start);
    best = Math.min(best, (used.user + used.system) / 1e6);
    rows = reader.getRows().reduce((n, row) => n + row[1], 0n);
  }
  console.log(name, String(rows), best);
}
