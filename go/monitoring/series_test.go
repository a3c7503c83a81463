package monitoring

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// series are the metrics of a connector that ran: name -> label -> its values ("*" where they are not all known beforehand).
// A test of go/cmd/connector runs one, and compares them with what it serves.
func series(t *testing.T) map[string]map[string][]string {
	t.Helper()
	result := map[string]map[string][]string{}
	lines := bufio.NewScanner(bytes.NewReader(read(t, "testdata/series.txt")))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		result[words[0]] = map[string][]string{}
		for _, word := range words[1:] {
			label, values, _ := strings.Cut(word, "=")
			result[words[0]][label] = strings.Split(values, "|")
		}
	}
	result["up"] = map[string][]string{}
	return result
}

// scraped are the labels that Prometheus adds. A label of ours with such a name is renamed, so no rule may rely on it.
var scraped = []string{"job", "instance"}

// check returns what is wrong with a query: it does not parse, or it selects what the connector does not have.
func check(known map[string]map[string][]string, query string) (problems []string) {
	expression, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		return []string{err.Error()}
	}
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			problems = append(problems, selects(known, selector)...)
		}
		return nil
	})
	return problems
}

func selects(known map[string]map[string][]string, selector *parser.VectorSelector) (problems []string) {
	has, ok := known[selector.Name]
	if !ok {
		return []string{selector.Name + " is no metric of the connector"}
	}
	ours := false
	for _, matcher := range selector.LabelMatchers {
		values, mine := has[matcher.Name]
		switch {
		case matcher.Name == labels.MetricName:
		case matcher.Name == "job":
			ours = matcher.Matches("larkspur-connector") && !matcher.Matches("kubelet")
		case slices.Contains(scraped, matcher.Name):
		case !mine || matcher.Name == "namespace":
			problems = append(problems, fmt.Sprintf("%s has no label %s that one can rely on", selector.Name, matcher.Name))
		default:
			problems = append(problems, impossible(selector.Name, matcher, values)...)
		}
	}
	if !ours && selector.Name != "flyteconnector_watch_synced" { // of which the dashboard asks whose there are
		problems = append(problems, selector.Name+" is not limited to this connector's job: others have metrics of this name")
	}
	return problems
}

// impossible are the words of a matcher that no value of the label is.
func impossible(name string, matcher *labels.Matcher, values []string) (problems []string) {
	for word := range strings.SplitSeq(matcher.Value, "|") {
		one := regexp.MustCompile("^(?:" + word + ")$")
		if !slices.Contains(values, "*") && !slices.ContainsFunc(values, one.MatchString) {
			problems = append(problems, fmt.Sprintf("%s never has %s=%q, only %q", name, matcher.Name, word, values))
		}
	}
	return problems
}

func TestEveryAlertAsksForWhatTheConnectorHas(t *testing.T) {
	known := series(t)
	for _, rule := range alerts(t) {
		for _, problem := range check(known, rule.Expr) {
			t.Errorf("%s: %s", rule.Alert, problem)
		}
	}
}

func TestEveryPanelAsksForWhatTheConnectorHas(t *testing.T) {
	known, found := series(t), panels(t)
	if len(found) < 15 {
		t.Errorf("want more panels than %d", len(found))
	}
	for title, queries := range found {
		for _, query := range queries {
			for _, problem := range check(known, query) {
				t.Errorf("%s: %s: %s", title, problem, query)
			}
		}
	}
}

func TestAQueryThatCannotWorkIsNoticed(t *testing.T) {
	known := series(t)
	for query, want := range map[string]string{
		`sum(`: "unclosed left parenthesis",
		`up{job="larkspur-connector"} and grpc_calls{job="larkspur-connector"}`: "grpc_calls is no metric",
		`go_goroutines`: "not limited to this connector's job",
		`rest_client_requests_total{job!="etcd"}`:                                                     "not limited to this connector's job",
		`flyteconnector_resource_events_total{job="larkspur-connector", event="losst"}`:               "never has event=",
		`grpc_server_handled_total{job="larkspur-connector", grpc_method=~"GetTask|Foo"}`:             `grpc_method="Foo"`,
		`flyteconnector_watch_synced{job="larkspur-connector", namespace="a"}`:                        "no label namespace",
		`rest_client_requests_total{job="larkspur-connector", verb="GET"}`:                            "no label verb",
		`histogram_quantile(0.9, grpc_server_handling_seconds_buckets{job="larkspur-connector"}) > 1`: "is no metric",
	} {
		if problems := strings.Join(check(known, query), "\n"); !strings.Contains(problems, want) {
			t.Errorf("%s: want %q, got %q", query, want, problems)
		}
	}
}
