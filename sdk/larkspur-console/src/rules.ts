// Which rules of its .proto file does a message break, and how is the user told?
//
// The same library as in Go and in Python, and the same sentence: `completions = 0: must be between 1 and 10000`.

import { type DescField, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { createValidator, type Violation } from "@bufbuild/protovalidate";

const validator = createValidator();

/** Throws an Error when the message breaks a rule; of several, that of its first field. */
export function check<D extends DescMessage>(schema: D, message: MessageShape<D>): void {
  const result = validator.validate(schema, message);
  if (result.kind === "error") throw new Error(`rules of ${schema.typeName}: ${result.error.message}`);
  if (result.kind === "valid") return;
  const found = result.violations.map((violation) => offence(reflect(schema, message), violation));
  const first = found.reduce((a, b) => (compare(a, b) <= 0 ? a : b));
  throw new Error(`${first.path}${first.value === undefined ? "" : ` = ${first.value}`}: ${first.words}`);
}

interface Offence {
  readonly numbers: readonly number[]; // of the fields on the way
  readonly path: string;
  readonly value: string | undefined; // as JSON; undefined for what would be long
  readonly words: string;
}

function compare(a: Offence, b: Offence): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index];
    if (other === undefined) return 1;
    if (number !== other) return number - other;
  }
  return a.numbers.length - b.numbers.length || (a.path < b.path ? -1 : Number(a.path > b.path));
}

function offence(root: ReflectMessage, violation: Violation): Offence {
  let path = "";
  let value: unknown = root;
  const numbers: number[] = [];
  const enter = (message: ReflectMessage, field: DescField): void => {
    path += (path ? "." : "") + field.jsonName;
    numbers.push(field.number);
    value = field.fieldKind === "message" && !message.isSet(field) ? undefined : message.get(field);
  };
  for (const step of violation.field) {
    if (step.kind === "field") {
      enter(value as ReflectMessage, step);
    } else if (step.kind === "list_sub" || step.kind === "map_sub") {
      const key = step.kind === "list_sub" ? step.index : step.key;
      path += `[${text(key)}]`;
      value = (value as { get(key: unknown): unknown }).get(key);
    }
  }
  // A rule about two fields is the message's, and has as its id the name of the field that it speaks of.
  const inner = isMessage(value) ? value.desc.fields.find((field) => field.name === violation.ruleId) : undefined;
  if (inner) enter(value as ReflectMessage, inner);
  return { numbers, path, value: text(value), words: violation.message };
}

function isMessage(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value && "isSet" in value;
}

function text(value: unknown): string | undefined {
  if (typeof value === "bigint") return value.toString();
  return ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : undefined;
}
