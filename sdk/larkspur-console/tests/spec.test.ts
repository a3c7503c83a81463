// Does TypeScript read what Python writes, and refuse what Go refuses?

import assert from "node:assert/strict";
import test from "node:test";
import { toJson } from "@bufbuild/protobuf";
import { DoneWhen, JobSchema } from "../src/gen/larkspur/v1/job_pb";
import { check } from "../src/rules";
import { decode, isTaskType, schemas, SpecError } from "../src/spec";
import { fixture, refused, templates } from "./fixtures";

test("there are fixtures of both task types", () => {
  const types = new Set(templates().map(([, template]) => template.type));
  assert.deepEqual([...types].sort(), Object.keys(schemas).sort());
});

for (const [name, template] of templates()) {
  test(`${name} is read, keeps its rules, and is written as it was`, () => {
    assert.ok(isTaskType(template.type), template.type);
    const schema = schemas[template.type];
    const message = decode(template, schema);
    check(schema, message);
    assert.deepEqual(toJson(schema, message), template.custom);
  });
}

test("the types say what the message has", () => {
  const job = decode(fixture("job_maximal.json") as never, JobSchema);
  assert.equal(job.completions, 4);
  assert.equal(job.doneWhen, DoneWhen.FIRST_WORKER);
});

for (const { message, cases } of refused()) {
  const [type, schema] = Object.entries(schemas).find(([, schema]) => schema.typeName === message) ?? [];
  for (const { name, custom, error } of cases) {
    test(`${message}: ${name}, and the user is told in the words of Go and Python`, () => {
      assert.ok(type && schema, `no task type has ${message}`);
      const read = (): void => check(schema, decode({ type, custom }, schema) as never);
      // A library's own words for what it cannot read differ from language to language; ours name the message.
      if (error !== null) assert.throws(read, { name: "Error", message: error });
      else assert.throws(read, (it) => it instanceof SpecError && it.message.includes(`is not a ${message}: `));
    });
  }
}

for (const [custom, words] of [
  [{ completion: 4 }, /"completion" is unknown/],
  [{ doneWhen: "DONE_WHEN_NEVER" }, /DONE_WHEN_NEVER/],
  [{ completions: "many" }, /many/],
] as const) {
  test(`what is wrong with ${JSON.stringify(custom)} is named`, () => {
    assert.throws(() => decode({ type: "larkspur_job", custom }, JobSchema), words);
  });
}
