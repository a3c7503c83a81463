// Does the view show what there is, and say why where it cannot?

import assert from "node:assert/strict";
import test from "node:test";
import { type Answer } from "../src/answers";
import { render } from "../src/render";
import { type TaskTemplate } from "../src/spec";
import { fixture, refused, templates } from "./fixtures";

const job = fixture("job_maximal.json") as TaskTemplate;
const hostile = `"><img src=x onerror=alert(1)>`;

/** Returns what a reader sees: no tags, no runs of blanks. */
function words(task: TaskTemplate, answers: readonly Answer[] = []): string {
  return render(task, answers).text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

test("a Job is shown in words", () => {
  const seen = words(job);
  for (const part of ["wire.maximal", "workers 4", "at the same time 2", "done when worker 0 has succeeded", "3600 seconds"]) {
    assert.ok(seen.includes(part), `${part} is not in ${seen}`);
  }
});

test("what was not said is shown as its default", () => {
  const seen = words({ type: "larkspur_job" });
  for (const part of ["workers 1 ", "at the same time 1 ", "all workers have succeeded", "never", "600 seconds"]) {
    assert.ok(seen.includes(part), `${part} is not in ${seen}`);
  }
});

test("phases have their times, and the last words about them", () => {
  const seen = words(job, [
    { seconds: 0.5, resource: { phase: "QUEUED", message: "no worker has a pod yet" } },
    { seconds: 1, resource: { phase: "QUEUED", message: "no place for worker 1" } },
    { seconds: 2, resource: { phase: "RUNNING", customInfo: { succeeded: 1, active: 2, cost: "0.3 $" } } },
    { seconds: 6.5, resource: { phase: "SUCCEEDED", customInfo: { succeeded: 4, active: 0, cost: "0.4 $" } } },
  ]);
  assert.match(seen, /QUEUED from 0\.5 s, for 1\.5 s no place for worker 1 RUNNING from 2\.0 s, for 4\.5 s SUCCEEDED from 6\.5 s /);
  assert.match(seen, /4 of 4 workers have succeeded, 0 at work/);
  assert.match(seen, /cost 0\.4 \$/);
});

test("an unknown task type is shown as JSON, with the reason", () => {
  const seen = words({ type: "larkspur_moon", custom: { crater: 7 } });
  assert.match(seen, /no view for the task type &quot;larkspur_moon&quot;\. So it is shown as JSON/);
  assert.match(seen, /&quot;crater&quot;: 7/);
});

test("a message of a newer plugin is shown as JSON, with the key that is new", () => {
  const seen = words({ type: "larkspur_job", custom: { completions: 4, gangSize: 2 } });
  assert.match(seen, /Another version of the plugin .* has no &quot;gangSize&quot;\. So it is shown as JSON/);
  assert.match(seen, /&quot;gangSize&quot;: 2/);
});

test("every Job among the fixtures is shown in words", () => {
  const jobs = templates().filter(([, template]) => template.type === "larkspur_job");
  assert.ok(jobs.length > 3);
  for (const [name, template] of jobs) assert.doesNotMatch(words(template), /shown as JSON\./, name);
});

// Where a rule is broken, the message can still be read and shown; where it cannot be read, the view must not guess.
for (const { name, custom, error } of refused().find(({ message }) => message.endsWith(".Job"))?.cases ?? []) {
  if (error === null) test(`${name} is shown as JSON`, () => assert.match(words({ type: "larkspur_job", custom }), /shown as JSON\./));
}

test("a phase that nobody knows is shown by its name", () => {
  assert.match(words(job, [{ seconds: 1, resource: { phase: "DREAMING" } }]), /DREAMING from 1\.0 s/);
});

test("nobody's text becomes part of the page", () => {
  const answers = [
    {
      seconds: 1,
      resource: {
        phase: hostile,
        message: hostile,
        logLinks: [{ name: hostile, uri: `https://x/${hostile}` }, { name: hostile, uri: "javascript:alert(1)" }],
        customInfo: { [hostile]: hostile },
      },
    },
  ];
  const task = { type: hostile, id: { name: hostile }, custom: { [hostile]: hostile } };
  const tags = new Set(render(task, answers).text.match(/<[a-z]+/g));
  assert.ok(!tags.has("<img") && !tags.has("<script"), [...tags].join(" "));
  const page = render(task, answers).text;
  assert.equal(page.match(/<[^>]*\son[a-z]+=/i), null);
  assert.equal(page.match(/href="(?!https:\/\/x\/)/), null);
  assert.match(page, /no web address: javascript:alert\(1\)/);
});
