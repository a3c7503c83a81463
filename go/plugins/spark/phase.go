// %% Phase: how far is the task?
//
// The operator says it in one word, and the pods say why. Most of its words are about something that is still going on:
// only two of them are an end.

package spark

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// %% What the operator reports

type applicationStatus struct {
	AppState struct {
		State        string `json:"state,omitempty"`
		ErrorMessage string `json:"errorMessage,omitempty"`
	} `json:"applicationState"`
	ApplicationID      string            `json:"sparkApplicationId,omitempty"`
	SubmissionAttempts int32             `json:"submissionAttempts,omitempty"`
	ExecutorState      map[string]string `json:"executorState,omitempty"`
	DriverInfo         struct {
		WebUIIngressAddress string `json:"webUIIngressAddress,omitempty"`
	} `json:"driverInfo"`
}

// %% Every state, as a table
//
// The words are the constants of the operator's API, all of them; a test reads them there. One that is not in the table
// comes from a newer operator: that is an error here, which the connector logs, counts, and shows as Running.
//
// ``SUCCEEDING`` and ``FAILING`` are what the operator says when the driver has ended and it has not yet decided about
// another run. A failure is retryable: Flyte's user has said how often. ``UNKNOWN`` is a driver whose node is silent; it may
// well run.

// TODO(phases): List every state that your operator reports.
var states = map[string]plugin.PhaseInfo{
	"":                  {Phase: plugin.Queued, Reason: "the Spark operator has not taken it yet"},
	"SUBMITTED":         {Phase: plugin.Initializing, Reason: "the driver is starting"},
	"RUNNING":           {Phase: plugin.Running},
	"SUCCEEDING":        {Phase: plugin.Running, Reason: "the driver has ended well"},
	"COMPLETED":         {Phase: plugin.Succeeded},
	"FAILING":           {Phase: plugin.Running, Reason: "the driver has failed"},
	"FAILED":            {Phase: plugin.RetryableFailed},
	"SUBMISSION_FAILED": {Phase: plugin.Initializing},
	"PENDING_RERUN":     {Phase: plugin.Initializing, Reason: "the operator starts it again"},
	"INVALIDATING":      {Phase: plugin.Initializing, Reason: "somebody has changed its spec; the operator starts it again"},
	"SUSPENDING":        {Phase: plugin.Queued, Reason: "it is being suspended"},
	"SUSPENDED":         {Phase: plugin.Queued, Reason: "it is suspended"},
	"RESUMING":          {Phase: plugin.Queued, Reason: "it is being resumed"},
	"UNKNOWN":           {Phase: plugin.Running, Reason: "the driver's node does not answer"},
}

// GetTaskPhase reads how far the application is.
func (p Plugin) GetTaskPhase(resource *unstructured.Unstructured, pods []corev1.Pod) (plugin.PhaseInfo, error) {
	app, err := plugin.FromUnstructured[application](resource)
	if err != nil {
		return plugin.PhaseInfo{}, err
	}
	state := app.Status.AppState.State
	info, known := states[state]
	if !known {
		return info, fmt.Errorf("%s/%s is in the state %q, which this plugin does not know", app.Namespace, app.Name, state)
	}
	drivers, executors := app.split(pods)
	switch state {
	case "SUBMITTED":
		if stuck := app.stuck(drivers); stuck.Phase != plugin.Unknown {
			info = stuck
		}
	case "RUNNING":
		stuck := app.stuck(executors)
		info.Reason = stuck.Reason
		if stuck.Phase.Terminal() && !app.hadExecutors() {
			info = stuck
		}
	case "SUBMISSION_FAILED":
		info = submissionFailed(app, info)
	case "FAILED":
		info.Reason = cmp.Or(plugin.FirstFailure(drivers, app.title), said(app.Status.AppState.ErrorMessage))
	}
	info.Links = p.links(app, info.Phase, pods)
	info.Info = map[string]any{"sparkApplicationId": app.Status.ApplicationID}
	for _, state := range app.Status.ExecutorState {
		count, _ := info.Info[state].(int32)
		info.Info[state] = count + 1
	}
	return info, nil
}

// %% The operator's retries, and Flyte's
//
// ``SUBMISSION_FAILED`` is the end only when the operator has no attempts left, and it counts those as this does. Whoever
// takes the word alone for the end starts Flyte's next attempt while the operator still tries this one.

func submissionFailed(app *application, info plugin.PhaseInfo) plugin.PhaseInfo {
	done, all := app.Status.SubmissionAttempts, app.Spec.RestartPolicy.Retries+1
	if done >= all {
		info.Phase = plugin.RetryableFailed
	}
	info.Reason = fmt.Sprintf("submission %d of %d failed: %s", done, all, said(app.Status.AppState.ErrorMessage))
	return info
}

// exception is what a JVM says last; before it stand its log, and after it a stack that is none of the user's.
var exception = regexp.MustCompile(`(?s)^.*Exception in thread "main" ([^\n]+).*$`)

func said(message string) string { return exception.ReplaceAllString(message, "spark-submit: $1") }

// %% From the pods
//
// A driver that cannot start looks to the operator like one that is about to. Spark waits for its executors, without an
// end; if none has ever started and one of them cannot, it waits in vain.
//
// When a driver has failed, its last words count, and no executor's: executors come and go, and if one of them is the
// reason, Spark says so in the driver.

func (a *application) split(pods []corev1.Pod) (drivers, executors []corev1.Pod) {
	for _, pod := range pods {
		if pod.Name == a.Name+"-driver" {
			drivers = append(drivers, pod)
		} else {
			executors = append(executors, pod)
		}
	}
	return drivers, executors
}

// stuck is how the pod is that is worst off, as long as none of them has started.
func (a *application) stuck(pods []corev1.Pod) (worst plugin.PhaseInfo) {
	for _, pod := range pods {
		if pod.Status.Phase != corev1.PodPending {
			return plugin.PhaseInfo{}
		}
		if info := plugin.PendingPhase(&pod); info.Phase > worst.Phase {
			worst, worst.Reason = info, a.title(&pod)+": "+info.Reason
		}
	}
	return worst
}

func (a *application) hadExecutors() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(a.Status.ExecutorState)), func(s string) bool { return s != "PENDING" })
}
