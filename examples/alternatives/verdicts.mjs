// Which values do JavaScript's readers refuse, and in which words? `node verdicts.mjs FOLDER < values.json`
//
// FOLDER is examples/alternatives. values.json is an object of values by name; the answer is an object of readers, each with an
// error text per value, which is empty where the value is accepted. Types exist for the compiler only: so it is the reader.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import ts from "typescript";

const folder = process.argv[2];
const values = JSON.parse(readFileSync(0, "utf-8"));

function ajv() {
  const check = new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync(join(folder, "job.schema.json"), "utf-8")));
  return (value) => (check(value) ? "" : check.errors.map((e) => `${e.instancePath || "/"} ${e.message}`).join("; "));
}

/** Compiles `const value: TYPE = VALUE` for each value, all in one program: starting the compiler is what takes time. */
function compiled(module, type) {
  const options = { strict: true, noEmit: true, lib: ["lib.es2023.d.ts"], types: [] };
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [
    join(folder, `${name}.value.ts`),
    `import type * as job from "./generated/${module}";\nexport const value: ${type} = ${JSON.stringify(value)};\n`,
  ]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => texts[path] ?? readFile(path);
  host.fileExists = (path) => path in texts || fileExists(path);
  const real = host.getSourceFile;
  host.getSourceFile = (path, version) => path in texts ? ts.createSourceFile(path, texts[path], version) : real(path, version);
  const program = ts.createProgram(Object.keys(texts), options, host);
  const errors = ts.getPreEmitDiagnostics(program);
  return Object.fromEntries(Object.keys(values).map((name) => [
    name,
    errors.filter((e) => e.file?.fileName === join(folder, `${name}.value.ts`))
      .map((e) => ts.flattenDiagnosticMessageText(e.messageText, " ")).join("; "),
  ]));
}

const check = ajv();
process.stdout.write(JSON.stringify({
  "jsonschema-js": Object.fromEntries(Object.entries(values).map(([name, value]) => [name, check(value)])),
  "jsonschema-ts-types": compiled("jobschema", "job.Job"),
  "openapi-ts-types": compiled("jobapi", 'job.components["schemas"]["Job"]'),
}));
