// Which message is in a task's `custom`, and how is it read?
//
// Strictly, as in Go and in Python: a key that the message does not have is a typing error, or a newer SDK.

import { fromJson, type DescMessage, type JsonObject, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { JobSchema } from "./gen/larkspur/v1/job_pb";
// part:spark begin
import { SparkSchema } from "./gen/larkspur/v1/spark_pb";
// part:spark end

/** What this package reads of Flyte's TaskTemplate, as its JSON names it. */
export interface TaskTemplate {
  readonly type: string;
  readonly id?: { readonly name?: string };
  readonly custom?: JsonObject;
}

/** Task type -> the message in `custom`. */
export const schemas = {
  larkspur_job: JobSchema,
  // part:spark begin
  larkspur_spark: SparkSchema,
  // part:spark end
} as const;
export type TaskType = keyof typeof schemas;

/** `custom` is not the message that its task type promises; the message says which key or value. */
export class SpecError extends Error {}

export function isTaskType(type: string): type is TaskType {
  return Object.hasOwn(schemas, type);
}

/** Reads `custom` as the message of `schema`. Throws SpecError. What it may say, `check` of rules.ts knows. */
export function decode<D extends DescMessage>(task: TaskTemplate, schema: D): MessageShape<D> {
  try {
    return fromJson(schema, (task.custom ?? {}) satisfies JsonValue);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^cannot decode (message |field )?/, "") : String(error);
    throw new SpecError(`custom of task type ${JSON.stringify(task.type)} is not a ${schema.typeName}: ${reason}`);
  }
}
