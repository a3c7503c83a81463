package spark

import (
	"slices"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
	corev1 "k8s.io/api/core/v1"
)

var linking = Plugin{
	LogURL: "https://logs/{{.Pod}}/{{.Container}}", UI: "https://ui/{{.Namespace}}/{{.Application}}", History: "https://history/{{.ApplicationID}}",
}

// shown are the links of an application with its first executor there and its fourth lost, as "name address".
func shown(t *testing.T, p Plugin, state string, pods ...corev1.Pod) []string {
	t.Helper()
	seen := app(state, "")
	seen.Status.ApplicationID = "spark-1"
	seen.Status.DriverInfo.WebUIIngressAddress = "http://ingress/ui"
	seen.Status.ExecutorState = map[string]string{name + "-exec-1": "RUNNING", name + "-exec-4": "FAILED"}
	var result []string
	for _, link := range phaseOf(t, p, seen, pods).Links {
		result = append(result, link.Name+" "+strings.ReplaceAll(link.URI, name, "NAME"))
	}
	return result
}

func TestLinksOfDriverExecutorsAndPages(t *testing.T) {
	driverLog := "driver https://logs/NAME-driver/spark-kubernetes-driver"
	first, second, fourth := "executor 1 https://logs/NAME-exec-1/spark-kubernetes-executor",
		"executor 2 https://logs/NAME-exec-2/spark-kubernetes-executor", "executor 4 https://logs/NAME-exec-4/spark-kubernetes-executor"
	withUID := linking
	withUID.LogURL = "https://logs/{{.PodUID}}"
	noUI := linking
	noUI.UI = ""
	both := []corev1.Pod{pod(executor, 1, running), pod(driver, 0, running)}
	cases := map[string]struct {
		plugin Plugin
		state  string
		pods   []corev1.Pod
		want   []string
	}{
		"from the first RUNNING on, with executors to come": {linking, "RUNNING", nil, []string{"Spark UI https://ui/ns/NAME", driverLog, first, second, fourth}},
		"the operator's own address":                        {noUI, "RUNNING", nil, []string{"Spark UI http://ingress/ui", driverLog, first, second, fourth}},
		"only pods have a UID":                              {withUID, "RUNNING", both, []string{"Spark UI https://ui/ns/NAME", "driver https://logs/uid-1", "executor 1 https://logs/uid-1"}},
		"after the end, with executors that are gone":       {linking, "COMPLETED", both[1:], []string{"Spark history https://history/spark-1", driverLog, first, fourth}},
		"after a failure":                                   {linking, "FAILED", both[1:], []string{"Spark history https://history/spark-1", driverLog, first, fourth}},
		"without addresses":                                 {Plugin{}, "COMPLETED", both, nil},
	}
	for title, c := range cases {
		t.Run(title, func(t *testing.T) {
			if got := shown(t, c.plugin, c.state, c.pods...); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestNobodySawADriverNoLinks(t *testing.T) {
	if links := phaseOf(t, linking, app("SUBMISSION_FAILED", "no"), nil).Links; len(links) > 0 {
		t.Errorf("links to what never was: %v", links)
	}
}

func TestExecutor2ComesBefore10AndNoMoreThanFitOnAScreen(t *testing.T) {
	crowd := app("RUNNING", "")
	crowd.Status.ApplicationID, crowd.Spec.Executor.Instances = "spark-1", 500
	links := phaseOf(t, Plugin{LogURL: "https://logs"}, crowd, []corev1.Pod{pod(executor, 10, running)}).Links
	want := []string{"driver", "executor 1", "executor 2", "executor 3", "executor 4", "executor 5", "executor 6", "executor 7", "executor 8", "executor 9"}
	if got := names(links); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func names(links []plugin.Link) (result []string) {
	for _, link := range links {
		result = append(result, link.Name)
	}
	return result
}

func TestAnAddressNamesThePlaceholderThatNobodyFills(t *testing.T) {
	if err := Address("https://ui/{{.Namespace}}/{{.Pod}}").Check(); err == nil || !strings.Contains(err.Error(), "no placeholder {{.Pod}}") {
		t.Errorf("error %v", err)
	}
	if err := linking.History.Check(); err != nil {
		t.Error(err)
	}
}
