package monitoring

import (
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"
)

const folder = "../../kustomize/components/alerts/"

// read is also told MANIFESTS, a hash of the manifests that nox sets: Go would not see that a file outside of the module has changed,
// and show an old result.
func read(t *testing.T, path string) []byte {
	t.Helper()
	_ = os.Getenv("MANIFESTS")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// strict reads a manifest as the operator's own type. A field that the type does not have is an error.
func strict[T any](t *testing.T, name string) *T {
	t.Helper()
	result := new(T)
	if err := yaml.UnmarshalStrict(read(t, folder+name), result); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return result
}

// alerts are the rules as Prometheus reads them; it also tries the templates of their texts.
func alerts(t *testing.T) (result []rulefmt.Rule) {
	t.Helper()
	raw, err := yaml.Marshal(strict[monitoring.PrometheusRule](t, "alerts.yaml").Spec)
	if err != nil {
		t.Fatal(err)
	}
	groups, problems := rulefmt.Parse(raw, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, problem := range problems {
		t.Error(problem)
	}
	if t.Failed() {
		t.FailNow()
	}
	for _, group := range groups.Groups {
		result = append(result, group.Rules...)
	}
	return result
}

type dashboard struct {
	Panels []struct {
		Title, Type string
		Targets     []struct{ Expr string }
	}
	Templating struct {
		List []struct{ Name, Type, Query string }
	}
}

// variables are Grafana's: it puts values in their place before Prometheus sees a query.
var variables = strings.NewReplacer("$__rate_interval", "5m", `"$job"`, `"larkspur-connector"`, `"$task_type"`, `".*"`)

// panels returns title -> queries, as Prometheus gets them.
func panels(t *testing.T) map[string][]string {
	t.Helper()
	var board dashboard
	if err := json.Unmarshal(read(t, folder+"dashboard.json"), &board); err != nil {
		t.Fatal(err)
	}
	result := map[string][]string{}
	for _, panel := range board.Panels {
		for _, target := range panel.Targets {
			result[panel.Title] = append(result[panel.Title], variables.Replace(target.Expr))
		}
	}
	for _, variable := range board.Templating.List {
		if query, ok := strings.CutPrefix(variable.Query, "label_values("); ok {
			selector, _, _ := strings.Cut(variables.Replace(query), ", "+variable.Name+")")
			result["variable "+variable.Name] = []string{selector}
		}
	}
	return result
}

func TestTheManifestsHaveOnlyFieldsThatTheOperatorKnows(t *testing.T) {
	monitor := strict[monitoring.PodMonitor](t, "podmonitor.yaml")
	if monitor.Spec.JobLabel != "app.kubernetes.io/name" || len(monitor.Spec.PodMetricsEndpoints) != 1 {
		t.Errorf("the rules look for the job larkspur-connector, which is a pod's label; got %+v", monitor.Spec)
	}
	if len(alerts(t)) < 10 {
		t.Errorf("want more alerts than %d", len(alerts(t)))
	}
	if err := yaml.UnmarshalStrict([]byte("spec: {podMetricEndpoints: []}"), &monitoring.PodMonitor{}); err == nil {
		t.Error("want a misspelt field refused")
	}
}
