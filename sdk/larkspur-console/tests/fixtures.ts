// Where are the fixtures that every language reads? Whole TaskTemplates, in proto/fixtures.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject } from "@bufbuild/protobuf";
import { type TaskTemplate } from "../src/spec";

const folder = process.env["FIXTURES"];
if (!folder) throw new Error("FIXTURES is not set: run these tests by `python -m devkit.console`");

/** Returns a fixture's JSON. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(folder ?? "", name), "utf8"));
}

/** Returns every TaskTemplate of one of our task types, by the name of its file. */
export function templates(): [string, TaskTemplate][] {
  const names = readdirSync(folder ?? "").filter((name) => /^(job|spark)_.*\.json$/.test(name));
  const all = names.map((name): [string, TaskTemplate] => [name, fixture(name) as TaskTemplate]);
  return all.filter(([, template]) => typeof template.type === "string").sort();
}

/** Messages that are refused: in which words, or null where the words are the library's. */
export interface Refused {
  readonly message: string;
  readonly cases: readonly { readonly name: string; readonly custom: JsonObject; readonly error: string | null }[];
}

/** Returns every message that no language may accept. */
export function refused(): Refused[] {
  const names = readdirSync(join(folder ?? "", "messages")).filter((name) => name.endsWith("_refused.json"));
  return names.sort().map((name) => fixture(join("messages", name)) as Refused);
}
