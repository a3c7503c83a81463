// What does Flyte 1 keep of a connector's answers, and is bad data named?

import assert from "node:assert/strict";
import test from "node:test";
import { asRun, kept, type Answer } from "../src/answers";

const answers: Answer[] = [
  { seconds: 0, resource: { phase: "QUEUED", message: "no worker has a pod yet" } },
  { seconds: 1, resource: { phase: "RUNNING", message: "two of four", customInfo: { succeeded: 0 } } },
  { seconds: 9, resource: { phase: "RUNNING", customInfo: { succeeded: 2 }, logLinks: [{ name: "late", uri: "https://x" }] } },
  { seconds: 12, resource: { phase: "FAILED", message: "worker 3: OOMKilled" } },
];

test("only a change of phase reaches the UI", () => {
  assert.deepEqual(kept(answers).map((answer) => answer.seconds), [0, 1, 12]);
  assert.deepEqual(kept(answers)[1]?.resource, { phase: "RUNNING", customInfo: { succeeded: 0 } });
});

test("a message is kept where Flyte shows one, and dropped in RUNNING", () => {
  const messages = kept(answers).map((answer) => answer.resource.message);
  assert.deepEqual(messages, ["no worker has a pod yet", undefined, "worker 3: OOMKilled"]);
});

test("a phase that comes again is a change again", () => {
  const phases = ["QUEUED", "RUNNING", "QUEUED"].map((phase, seconds): Answer => ({ seconds, resource: { phase } }));
  assert.equal(kept(phases).length, 3);
});

for (const [json, words] of [
  [null, "the run = null: must be an object"],
  [{ task: { type: 7 }, answers: [] }, "task.type = 7: must be a text"],
  [{ task: { type: "x" } }, "answers = nothing: must be a list"],
  [{ task: { type: "x" }, answers: [{ seconds: "1" }] }, 'answers[0].seconds = "1": must be a number'],
  [{ task: { type: "x" }, answers: [{ seconds: 1, resource: {} }] }, "answers[0].resource.phase = nothing: must be a text"],
  [
    { task: { type: "x" }, answers: [{ seconds: 1, resource: { phase: "RUNNING", logLinks: [{}] } }] },
    "answers[0].resource.logLinks[0].uri = nothing: must be a text",
  ],
] as const) {
  test(words, () => assert.throws(() => asRun(json), { name: "TypeError", message: words }));
}
