// What can be seen of a task that a real Flyte ran?

import assert from "node:assert/strict";
import test from "node:test";
import { fromClosure } from "../src/closure";
import { render } from "../src/render";

const ended = {
  phase: "FAILED",
  createdAt: "2026-11-26T10:00:00.250Z",
  startedAt: "2026-11-26T10:00:02.250123456Z",
  updatedAt: "2026-11-26T10:01:02.250Z",
  duration: "60s",
  error: { code: "TaskFailedWithError", message: "failed to run the job: worker 3: OOMKilled", kind: "USER" },
  logs: [{ name: "worker 0", uri: "https://logs.example.com/0", messageFormat: "JSON" }],
  customInfo: { succeeded: 3, active: 0 },
};

test("the end has its time, its words, its links and its information", () => {
  assert.deepEqual(fromClosure(ended).map((it) => [it.seconds, it.resource.phase]), [[0, "QUEUED"], [2, "RUNNING"], [62, "FAILED"]]);
  const seen = render({ type: "larkspur_job", custom: { completions: 4 } }, fromClosure(ended)).text;
  for (const part of ["worker 3: OOMKilled", 'href="https://logs.example.com/0"', "3 of 4 workers have succeeded"]) {
    assert.ok(seen.includes(part), `${part} is not in ${seen}`);
  }
});

test("a task that has just been created has no times yet", () => {
  assert.deepEqual(fromClosure({ phase: "QUEUED", reason: "task submitted" }), [
    { seconds: 0, resource: { phase: "QUEUED", message: "task submitted" } },
  ]);
});

test("a clock that went back does not turn the order round", () => {
  const seconds = fromClosure({ ...ended, updatedAt: "2026-11-26T10:00:01Z" }).map((it) => it.seconds);
  assert.deepEqual(seconds, [0, 2, 2]);
});
