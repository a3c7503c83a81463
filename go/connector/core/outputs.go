// Has a task left what it promised?

package core

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/metrics"
	"example.com/flyteconnector/plugin"
)

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

const (
	// storeTimeout leaves most of Flyte's 10 s for the answer.
	storeTimeout = 5 * time.Second
	// storePatience is how long a task that has succeeded stays RUNNING because the store does not say so.
	storePatience = 5 * time.Minute
)

// settle compares the end that the plugin sees with the object store. The task's own report wins over an exit code, in
// both directions: Flyte's own pods are judged so, too, and its text is the user's traceback. Without a store the end
// stays as it is: then the exit code has to tell.
func (c *Core) settle(ctx context.Context, s served, object *unstructured.Unstructured, info plugin.PhaseInfo) end {
	if c.config.Outputs == nil {
		return endOf(info, "")
	}
	inner, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	folder, succeeded := object.GetAnnotations()[OutputPrefixAnnotation], info.Phase == plugin.Succeeded
	declared := succeeded && object.GetAnnotations()[OutputsAnnotation] == "true"
	verdict, err := c.config.Outputs.Verdict(inner, folder, declared)
	switch {
	case err != nil && succeeded:
		return c.wait(object, info, err)
	case err != nil:
		c.sayOnce(object, "no look at the object store; the failure has no more than an exit code", "error", err)
	case verdict.Failure != "":
		info.Phase, info.Reason = plugin.Failed, meta.Shorten(verdict.Failure, MaxReason)
		if verdict.Retryable {
			info.Phase = plugin.RetryableFailed
		}
	case verdict.Missing != "":
		info.Phase, info.Reason = plugin.RetryableFailed, "the task has succeeded, but "+verdict.Missing
	}
	if succeeded && info.Phase != plugin.Succeeded {
		return endOf(info, metrics.OutputsFailed)
	}
	return endOf(info, "")
}

// wait is RUNNING for a while: a store that refuses or is away says nothing about the task. A refusal that was taken for
// "no error.pb" would turn a failure into a success.
func (c *Core) wait(object *unstructured.Unstructured, info plugin.PhaseInfo, cause error) end {
	first, _ := c.unsettled.LoadOrStore(object.GetUID(), time.Now())
	since, _ := first.(time.Time)
	c.sayOnce(object, "the task has ended, but the object store does not say how", "error", cause)
	info.Phase = plugin.Running
	info.Reason = meta.Shorten(fmt.Sprintf("ended; waiting for the object store to say how: %v", cause), MaxReason)
	if time.Since(since) <= storePatience {
		return endOf(info, "")
	}
	info.Phase = plugin.RetryableFailed
	info.Reason = meta.Shorten(fmt.Sprintf("ended, but the object store has not said how for %s: %v", storePatience, cause), MaxReason)
	return endOf(info, metrics.OutputsFailed)
}
