// What does this package offer? The messages with their rules, and the view of a task.

export { asRun, kept, type Answer, type Resource, type Run } from "./answers";
export { fromClosure, type Closure } from "./closure";
export { DoneWhen, JobSchema, type Job } from "./gen/larkspur/v1/job_pb";
// part:spark begin
export { SparkSchema, type Spark } from "./gen/larkspur/v1/spark_pb";
// part:spark end
export { render } from "./render";
export { check } from "./rules";
export { decode, isTaskType, schemas, SpecError, type TaskTemplate, type TaskType } from "./spec";
