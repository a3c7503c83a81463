// How does a task of a real Flyte 1 get into the view? From what FlyteAdmin keeps of it, `TaskExecutionClosure`.
//
// Its API answers GET /api/v1/task_executions/… with a list of them, as JSON. It keeps two times and no history of
// phases: so a task that waited for resources, or was initialising, seems to have been QUEUED all that time.

import { type JsonObject } from "@bufbuild/protobuf";
import { type Answer, type Resource } from "./answers";

/** What this file reads of `TaskExecutionClosure`. */
export interface Closure {
  readonly phase: string;
  readonly createdAt?: string;
  readonly startedAt?: string;
  readonly updatedAt?: string;
  readonly reason?: string;
  readonly error?: { readonly message?: string };
  readonly logs?: readonly { readonly name: string; readonly uri: string }[];
  readonly customInfo?: JsonObject;
}

/** Returns what is known of a task as answers, whose times are seconds since it was created. */
export function fromClosure(closure: Closure): Answer[] {
  const created = Date.parse(closure.createdAt ?? closure.startedAt ?? closure.updatedAt ?? "");
  const at = (time: string | undefined): number => {
    const seconds = (Date.parse(time ?? "") - created) / 1000;
    return Number.isFinite(seconds) ? Math.max(seconds, 0) : 0;
  };
  const message = closure.error?.message ?? closure.reason;
  const now: Resource = {
    phase: closure.phase,
    ...(message ? { message } : {}),
    ...(closure.logs ? { logLinks: closure.logs } : {}),
    ...(closure.customInfo ? { customInfo: closure.customInfo } : {}),
  };
  const before: Answer[] = [];
  if (closure.phase !== "QUEUED") before.push({ seconds: 0, resource: { phase: "QUEUED" } });
  if (closure.startedAt) before.push({ seconds: at(closure.startedAt), resource: { phase: "RUNNING" } });
  return [...before, { seconds: Math.max(at(closure.updatedAt), before.at(-1)?.seconds ?? 0), resource: now }];
}
