package monitoring

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
	"sigs.k8s.io/yaml"
)

// cases is a file in the form of `promtool test rules`, as far as it is used here. promtool itself is not: it links the
// clients of a dozen clouds.
type cases struct {
	RuleFiles          []string `json:"rule_files"`
	EvaluationInterval string   `json:"evaluation_interval"`
	Tests              []story
}

type story struct {
	Name, Interval string
	InputSeries    []struct{ Series, Values string } `json:"input_series"`
	AlertRuleTest  []expected                        `json:"alert_rule_test"`
}

type expected struct {
	Alertname string
	EvalTime  string `json:"eval_time"`
	ExpAlerts []struct {
		ExpLabels map[string]string `json:"exp_labels"`
	} `json:"exp_alerts"`
}

func stories(t *testing.T) []story {
	t.Helper()
	var found cases
	if err := yaml.UnmarshalStrict(read(t, "testdata/alerts.test.yaml"), &found); err != nil {
		t.Fatal(err)
	}
	if found.EvaluationInterval != "1m" {
		t.Fatalf("evaluation_interval: %q, and this runner looks once a minute", found.EvaluationInterval)
	}
	return found.Tests
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	result, err := model.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(result)
}

// alerting is a rule as Prometheus would run it.
func alerting(t *testing.T, rule rulefmt.Rule) *rules.AlertingRule {
	t.Helper()
	expression, err := parser.NewParser(parser.Options{}).ParseExpr(rule.Expr)
	if err != nil {
		t.Fatal(err)
	}
	return rules.NewAlertingRule(rule.Alert, expression, time.Duration(rule.For), 0, labels.FromMap(rule.Labels),
		labels.FromMap(rule.Annotations), labels.EmptyLabels(), "", true, slog.New(slog.DiscardHandler))
}

// firing looks once a minute, and returns minute -> the labels of those that fire, each as a text.
func firing(t *testing.T, told story, rule rulefmt.Rule, until time.Duration) map[time.Duration][]string {
	t.Helper()
	load := "load " + told.Interval + "\n"
	for _, one := range told.InputSeries {
		load += "\t" + one.Series + " " + one.Values + "\n"
	}
	query := rules.EngineQueryFunc(promqltest.NewTestEngine(t, false, 0, 100000), promqltest.LoadedStorage(t, load))
	result, one := map[time.Duration][]string{}, alerting(t, rule)
	for now := time.Duration(0); now <= until; now += time.Minute {
		if _, err := one.Eval(context.Background(), 0, time.Unix(0, 0).Add(now), query, nil, 0); err != nil {
			t.Fatal(err)
		}
		for _, alert := range one.ActiveAlerts() {
			if alert.State == rules.StateFiring {
				result[now] = append(result[now], text(alert.Labels.Map()))
			}
			alert.Annotations.Range(func(label labels.Label) {
				if strings.Contains(label.Value, "<error") || strings.Contains(label.Value, "<no value>") {
					t.Errorf("%s: %s", label.Name, label.Value)
				}
			})
		}
	}
	return result
}

func text(of map[string]string) string {
	delete(of, "alertname")
	words := []string{}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		words = append(words, name+"="+of[name])
	}
	return strings.Join(words, " ")
}

func TestAlertsFireAndStaySilent(t *testing.T) {
	byName := map[string]rulefmt.Rule{}
	for _, rule := range alerts(t) {
		byName[rule.Alert] = rule
	}
	fired, silent := map[string]bool{}, map[string]bool{}
	for _, told := range stories(t) {
		t.Run(told.Name, func(t *testing.T) {
			for _, want := range told.AlertRuleTest {
				rule, known := byName[want.Alertname]
				if !known {
					t.Fatalf("there is no alert %s", want.Alertname)
				}
				at := duration(t, want.EvalTime)
				wanted := []string{}
				for _, alert := range want.ExpAlerts {
					wanted = append(wanted, text(alert.ExpLabels))
				}
				if got := firing(t, told, rule, at)[at]; fmt.Sprint(got) != fmt.Sprint(wanted) {
					t.Errorf("%s after %s: want %v, got %v", want.Alertname, want.EvalTime, wanted, got)
				}
				map[bool]map[string]bool{true: fired, false: silent}[len(wanted) > 0][want.Alertname] = true
			}
		})
	}
	for name := range byName {
		if !fired[name] || !silent[name] {
			t.Errorf("%s: fired in a test: %t, silent in one: %t; want both", name, fired[name], silent[name])
		}
	}
}
