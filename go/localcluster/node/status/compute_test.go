package status

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"example.com/localcluster/process"
)

var (
	runs     = Container{Running: &corev1.ContainerStateRunning{}, ID: "1", Started: true, Ready: true}
	waits    = Container{Waiting: &corev1.ContainerStateWaiting{Reason: "ErrImagePull"}}
	succeeds = Container{Terminated: &corev1.ContainerStateTerminated{ExitCode: 0}, ID: "1"}
	fails    = Container{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1}, ID: "1"}
	backsOff = Container{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}, ID: "1",
		Last: &corev1.ContainerStateTerminated{ExitCode: 1}}
)

func pod(policy corev1.RestartPolicy, inits, containers []string) *corev1.Pod {
	p := &corev1.Pod{Spec: corev1.PodSpec{RestartPolicy: policy}}
	for _, name := range inits {
		p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{Name: name})
	}
	for _, name := range containers {
		p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: name})
	}
	return p
}

func TestPhase(t *testing.T) {
	const never, onFailure, always = corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure, corev1.RestartPolicyAlways
	cases := map[string]struct {
		policy corev1.RestartPolicy
		inits  []string
		state  Pod
		want   corev1.PodPhase
	}{
		"nothing has started":                    {never, nil, state(), corev1.PodPending},
		"one waits for its image":                {never, nil, state("a", runs, "b", waits), corev1.PodPending},
		"both run":                               {never, nil, state("a", runs, "b", runs), corev1.PodRunning},
		"one is done, one runs":                  {never, nil, state("a", succeeds, "b", runs), corev1.PodRunning},
		"one has failed, one runs":               {never, nil, state("a", fails, "b", runs), corev1.PodRunning},
		"both are done":                          {never, nil, state("a", succeeds, "b", succeeds), corev1.PodSucceeded},
		"one has failed":                         {never, nil, state("a", fails, "b", succeeds), corev1.PodFailed},
		"a failed one will run again":            {onFailure, nil, state("a", fails, "b", succeeds), corev1.PodRunning},
		"a finished one will run again":          {always, nil, state("a", succeeds, "b", succeeds), corev1.PodRunning},
		"one waits for its restart":              {onFailure, nil, state("a", backsOff, "b", succeeds), corev1.PodRunning},
		"an init container runs":                 {never, []string{"i"}, state("i", runs), corev1.PodPending},
		"an init container has failed":           {never, []string{"i"}, state("i", fails), corev1.PodFailed},
		"a failed init container runs again":     {always, []string{"i"}, state("i", fails), corev1.PodPending},
		"init is done":                           {never, []string{"i"}, state("i", succeeds, "a", runs, "b", runs), corev1.PodRunning},
		"a deleted pod's containers were killed": {always, nil, final(state("a", fails, "b", fails)), corev1.PodFailed},
		"a deleted pod never started":            {always, nil, final(state()), corev1.PodFailed},
		"a deleted pod ends well":                {always, nil, final(state("a", succeeds, "b", succeeds)), corev1.PodSucceeded},
		"the node has ended it":                  {never, nil, overdue(state("a", succeeds, "b", succeeds)), corev1.PodFailed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Phase(pod(c.policy, c.inits, []string{"a", "b"}), c.state); got != c.want {
				t.Errorf("phase %s, want %s", got, c.want)
			}
		})
	}
}

func TestSidecarDoesNotHoldAPod(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	p := pod(corev1.RestartPolicyNever, []string{"side"}, []string{"a"})
	p.Spec.InitContainers[0].RestartPolicy = &always
	for name, c := range map[string]struct {
		state Pod
		want  corev1.PodPhase
	}{
		"it has not started":        {state("side", Container{Running: &corev1.ContainerStateRunning{}}), corev1.PodPending},
		"it runs beside the others": {state("side", runs, "a", runs), corev1.PodRunning},
		"it was ended with the pod": {state("side", fails, "a", succeeds), corev1.PodSucceeded},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Phase(p, c.state); got != c.want {
				t.Errorf("phase %s, want %s", got, c.want)
			}
		})
	}
}

func TestConditionsKeepTheirTimeAndThoseOfOthers(t *testing.T) {
	before, now := metav1.NewTime(time.Unix(1000, 0)), time.Unix(2000, 0)
	p := pod(corev1.RestartPolicyNever, nil, []string{"a"})
	p.Status.Conditions = []corev1.PodCondition{
		{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: before},
		{Type: corev1.PodReady, Status: corev1.ConditionFalse, LastTransitionTime: before},
		{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, LastTransitionTime: before},
	}
	got := map[string]string{}
	for _, c := range Compute(p, state("a", runs), now).Conditions {
		got[string(c.Type)] = string(c.Status) + " " + c.LastTransitionTime.UTC().Format("04:05")
	}
	want := map[string]string{"PodScheduled": "True 16:40", "Initialized": "True 33:20", "ContainersReady": "True 33:20",
		"Ready": "True 33:20", "DisruptionTarget": "True 16:40"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAFinalPhaseStays(t *testing.T) {
	p := pod(corev1.RestartPolicyNever, nil, []string{"a"})
	p.Status.Phase = corev1.PodSucceeded
	if got := Compute(p, final(state("a", fails)), time.Now()).Phase; got != corev1.PodSucceeded {
		t.Errorf("phase %s", got)
	}
}

func TestEnded(t *testing.T) {
	at := time.Unix(10, 0)
	cases := map[string]struct {
		exit   process.Exit
		oom    bool
		code   int32
		reason string
	}{
		"success":                              {process.Exit{Code: 0, At: at}, false, 0, "Completed"},
		"failure":                              {process.Exit{Code: 3, At: at}, false, 3, "Error"},
		"killed by someone":                    {process.Exit{Code: 137, Signal: 9, At: at}, false, 137, "Error"},
		"out of memory":                        {process.Exit{Code: 137, Signal: 9, At: at}, true, 137, "OOMKilled"},
		"out of memory, child was the glutton": {process.Exit{Code: 1, At: at}, true, 137, "OOMKilled"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := Ended(c.exit, at, c.oom, "id", "words")
			if got.ExitCode != c.code || got.Reason != c.reason || got.Message != "words" || !got.FinishedAt.Time.Equal(at) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestBackoff(t *testing.T) {
	want := []time.Duration{0, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second,
		5 * time.Minute, 5 * time.Minute, 5 * time.Minute}
	for restart, wait := range want {
		if got := Backoff(restart); got != wait {
			t.Errorf("restart %d waits %s, want %s", restart, got, wait)
		}
	}
}

// state makes one from names and containers in turn.
func state(pairs ...any) Pod {
	s := Pod{Containers: map[string]Container{}}
	for i := 0; i < len(pairs); i += 2 {
		s.Containers[pairs[i].(string)] = pairs[i+1].(Container)
	}
	return s
}

func final(s Pod) Pod {
	s.Final = true
	return s
}

func overdue(s Pod) Pod {
	s.Final, s.Reason = true, "DeadlineExceeded"
	return s
}
