// What has the connector answered, and what of it does Flyte 1 keep?

import { type JsonObject } from "@bufbuild/protobuf";
import { type TaskTemplate } from "./spec";

/** A `Resource` of Flyte's connector API, as protobuf's JSON. */
export interface Resource {
  readonly phase: string;
  readonly message?: string;
  readonly logLinks?: readonly { readonly name: string; readonly uri: string }[];
  readonly customInfo?: JsonObject;
}

/** One answer to GetTask, some seconds after CreateTask. */
export interface Answer {
  readonly seconds: number;
  readonly resource: Resource;
}

/** A task, and all that its connector has said about it. */
export interface Run {
  readonly task: TaskTemplate;
  readonly answers: readonly Answer[];
}

// The phases whose message Flyte shows; in RUNNING and SUCCEEDED it is dropped.
const EXPLAINED = ["QUEUED", "WAITING_FOR_RESOURCES", "INITIALIZING", "FAILED", "RETRYABLE_FAILED"];

/** Returns the answers that reach Flyte's UI: those that change the phase, with what Flyte passes on of them. */
export function kept(answers: readonly Answer[]): Answer[] {
  const changes = answers.filter((answer, at) => answer.resource.phase !== answers[at - 1]?.resource.phase);
  return changes.map(({ seconds, resource }) => {
    const { message, ...rest } = resource;
    const shown = message !== undefined && EXPLAINED.includes(resource.phase);
    return { seconds, resource: shown ? { ...rest, message } : rest };
  });
}

/** Returns JSON from a page as a Run. Throws TypeError that names what is wrong. */
export function asRun(json: unknown): Run {
  const run = object(json, "the run");
  const task = object(run["task"], "task");
  text(task["type"], "task.type");
  list(run["answers"], "answers").forEach((item, at) => {
    const answer = object(item, `answers[${at}]`);
    if (typeof answer["seconds"] !== "number") throw wrong(`answers[${at}].seconds`, answer["seconds"], "a number");
    const resource = object(answer["resource"], `answers[${at}].resource`);
    text(resource["phase"], `answers[${at}].resource.phase`);
    list(resource["logLinks"] ?? [], `answers[${at}].resource.logLinks`).forEach((link, number) => {
      const where = `answers[${at}].resource.logLinks[${number}]`;
      text(object(link, where)["uri"], `${where}.uri`);
    });
  });
  return run as unknown as Run;
}

function wrong(where: string, value: unknown, right: string): TypeError {
  return new TypeError(`${where} = ${JSON.stringify(value) ?? "nothing"}: must be ${right}`);
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(where, value, "an object");
  return value as Record<string, unknown>;
}

function list(value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw wrong(where, value, "a list");
  return value;
}

function text(value: unknown, where: string): void {
  if (typeof value !== "string") throw wrong(where, value, "a text");
}
