// Has a task left what it promised?

package core

import "context"

// Outputs looks at what a task has left in the object store. Package outputs has the one that knows Flyte's files.
type Outputs interface {
	// Verdict reads the folder of an attempt. declared says whether a success must have left outputs. An error means that
	// nothing is known: the store does not answer, or refuses.
	Verdict(ctx context.Context, outputPrefix string, declared bool) (Verdict, error)
}

// Verdict is what the folder says.
type Verdict struct {
	// Failure is the task's own report of its failure, "" if there is none; Retryable says that it asks for another attempt.
	Failure   string
	Retryable bool
	// Missing says which file a success must have left and has not; "" if none.
	Missing string
}
