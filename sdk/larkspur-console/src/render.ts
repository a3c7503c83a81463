// How does a task look? `render(task, answers)` is its view as HTML: what was asked for, how far it is, where to see more.
//
// A task type, a key or a value that this file does not know is shown as JSON, with the reason. Nothing is left out.
// Only types come from the protos, and they are gone when this has been compiled: so a page loads a few kilobytes.

import { type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { type Answer, type Resource } from "./answers";
import { type DoneWhenJson, type JobJson } from "./gen/larkspur/v1/job_pb";
import { html, webAddress, type Html } from "./html";
import { type TaskTemplate } from "./spec";

const KIND: Record<string, string> = {
  QUEUED: "wait",
  WAITING_FOR_RESOURCES: "wait",
  INITIALIZING: "wait",
  RUNNING: "run",
  SUCCEEDED: "good",
  FAILED: "bad",
  RETRYABLE_FAILED: "bad",
  ABORTED: "bad",
};

const DONE_WHEN: Record<DoneWhenJson, string> = {
  DONE_WHEN_UNSPECIFIED: "all workers have succeeded",
  DONE_WHEN_ALL_WORKERS: "all workers have succeeded",
  DONE_WHEN_FIRST_WORKER: "worker 0 has succeeded",
};

// Field -> whether the view can show a value of it. Without an entry for every field of the message, this does not compile.
const FIELDS: Record<keyof JobJson, (value: JsonValue) => boolean> = {
  completions: int32,
  parallelism: int32,
  // TODO(spec-fields): Name the fields of your message, and say how each is shown.
  backoffLimitPerIndex: int32,
  maxFailedIndexes: int32,
  ttlSecondsAfterFinished: int32,
  doneWhen: (value) => typeof value === "string" && Object.hasOwn(DONE_WHEN, value),
};

function int32(value: JsonValue): boolean {
  return typeof value === "number" && value === (value | 0);
}

/** Returns the view of a task `now` seconds after it was created; without answers there is nothing to say of progress. */
export function render(task: TaskTemplate, answers: readonly Answer[], now = 0): Html {
  const last = answers.at(-1)?.resource;
  return html`<header class="tv-head">
      <strong>${task.id?.name ?? "a task"}</strong> <code>${task.type}</code> ${last && badge(last.phase)}
    </header>
    ${asked(task)} ${phases(answers, now)} ${last && progress(task, last.customInfo ?? {})} ${last && links(last)}`;
}

/** What the user asked for. */
function asked(task: TaskTemplate): Html {
  const job = read(task);
  if (typeof job === "string") {
    return html`<p class="tv-unknown" role="note">${job} So it is shown as JSON.</p>
      ${json(task.custom ?? {})}`;
  }
  const workers = job.completions || 1;
  const most = job.maxFailedIndexes;
  const ttl = job.ttlSecondsAfterFinished || 600;
  const rows: Fact[] = [
    ["workers", `${workers}`],
    ["at the same time", `${Math.min(job.parallelism || workers, workers)}`],
    ["done when", DONE_WHEN[job.doneWhen ?? "DONE_WHEN_UNSPECIFIED"]],
    // TODO(spec-fields): Say in words what your message asks for.
    ["a worker is started again", job.backoffLimitPerIndex ? `up to ${job.backoffLimitPerIndex} times` : "never"],
    ["workers that may be lost", most ? `${most}, before the others are stopped` : "none"],
    ["the finished Job stays", `${ttl} seconds`],
  ];
  return html`${facts(rows)}<details><summary>As JSON, which is how the console shows it</summary>${json(task.custom ?? {})}</details>`;
}

/** Returns the Job of a task, or the reason why it cannot be shown as one. */
function read(task: TaskTemplate): JobJson | string {
  if (task.type !== "larkspur_job") return `There is no view for the task type "${task.type}".`;
  for (const [key, value] of Object.entries(task.custom ?? {})) {
    const newer = "Another version of the plugin has made this task: this page's larkspur.v1.Job has";
    if (!Object.hasOwn(FIELDS, key)) return `${newer} no ${JSON.stringify(key)}.`;
    if (!FIELDS[key as keyof JobJson](value)) return `${newer} no ${key} = ${JSON.stringify(value)}.`;
  }
  return (task.custom ?? {}) as JobJson;
}

/** Every phase with its beginning, how long it has lasted, and the last words of the connector about it. */
function phases(answers: readonly Answer[], now: number): Html | undefined {
  const starts = answers.filter((answer, at) => answer.resource.phase !== answers[at - 1]?.resource.phase);
  const [first, end] = [answers[0], answers.at(-1)];
  if (!first || !end) return undefined;
  const over = ["good", "bad"].includes(KIND[end.resource.phase] ?? "");
  const latest = over ? end.seconds : Math.max(end.seconds, now);
  const span = Math.max(latest - first.seconds, 0.1);
  const rows = starts.map(({ seconds, resource: { phase } }, at) => {
    const until = starts[at + 1]?.seconds ?? latest;
    const said = answers.findLast((it) => it.resource.phase === phase && it.seconds >= seconds && it.seconds <= until);
    const share = (from: number, to: number): string => `${(((to - from) / span) * 100).toFixed(2)}%`;
    const place = `margin-inline-start: min(${share(first.seconds, seconds)}, calc(100% - 3px)); inline-size: ${share(seconds, until)}`;
    const lasted = until > seconds ? `, for ${(until - seconds).toFixed(1)} s` : "";
    return html`<li>${badge(phase)} <span class="tv-time">from ${seconds.toFixed(1)} s${lasted}</span>
      ${said?.resource.message && html`<span class="tv-said">${said.resource.message}</span>`}
      <span class="tv-bar"><span class="tv-${KIND[phase] ?? "other"}" style="${place}"></span></span></li>`;
  });
  return html`${title("Phases")}<ol class="tv-phases">${rows}</ol>`;
}

/** The plugin's custom information: numbers of workers that it knows, and whatever else there is. */
function progress(task: TaskTemplate, info: JsonObject): Html | undefined {
  const job = read(task);
  const { succeeded, active, ...others } = info;
  const known = typeof job !== "string" && typeof succeeded === "number" && typeof active === "number";
  const rest = Object.entries(known ? others : info).map(([key, value]): Fact => [key, short(value)]);
  if (!known) return rest.length ? html`${title("Custom information")}${facts(rest)}` : undefined;
  const workers = job.completions || 1;
  return html`${title("Custom information")}
    <p><label>${succeeded} of ${workers} workers have succeeded, ${active} at work
      <progress max="${workers}" value="${succeeded}"></progress></label></p>
    ${rest.length ? facts(rest) : undefined}`;
}

function links(resource: Resource): Html | undefined {
  if (!resource.logLinks?.length) return undefined;
  const items = resource.logLinks.map(({ name, uri }) => {
    const address = webAddress(uri);
    if (!address) return html`<li>${name || "a link"} <span class="tv-said">(no web address: ${uri})</span></li>`;
    return html`<li><a href="${address}" target="_blank" rel="noopener noreferrer">${name || address}</a></li>`;
  });
  return html`${title("Links")}<ul class="tv-links">${items}</ul>`;
}

type Fact = readonly [string, string];

function facts(rows: readonly Fact[]): Html {
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function badge(phase: string): Html {
  return html`<span class="tv-badge tv-${KIND[phase] ?? "other"}">${phase}</span>`;
}

function json(value: JsonValue): Html {
  return html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
}

function title(text: string): Html {
  return html`<p class="tv-title">${text}</p>`;
}

function short(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
