/* Generated from job.schema.json by json-schema-to-typescript. Do not edit. */

/**
 * Asks for one Flyte task to run as an indexed Kubernetes Job.
 */
export interface Job {
  /**
   * How many workers must succeed. Each has its own index, from 0.
   */
  completions?: number;
  /**
   * How many workers run at the same time, at most completions. Default: all of them.
   */
  parallelism?: number;
  /**
   * How often Kubernetes starts one worker again before its index counts as failed.
   */
  backoffLimitPerIndex?: number;
  /**
   * How many workers may be lost before Kubernetes stops the others, at most completions.
   */
  maxFailedIndexes?: number;
  /**
   * Seconds that the finished Job stays in the cluster.
   */
  ttlSecondsAfterFinished?: number;
  /**
   * Whose success makes the Job succeed.
   */
  doneWhen?: "DONE_WHEN_ALL_WORKERS" | "DONE_WHEN_FIRST_WORKER";
}
