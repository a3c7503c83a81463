package monitoring

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryAlertHasItsSectionInTheRunbookAndEverySectionItsAlert(t *testing.T) {
	sections := []string{}
	for _, heading := range regexp.MustCompile(`(?m)^## (\w+)$`).FindAllSubmatch(read(t, folder+"RUNBOOK.md"), -1) {
		sections = append(sections, string(heading[1]))
	}
	names := []string{}
	for _, rule := range alerts(t) {
		names = append(names, rule.Alert)
		if address := rule.Annotations["runbook_url"]; !strings.HasSuffix(address, "/RUNBOOK.md#"+strings.ToLower(rule.Alert)) {
			t.Errorf("%s: want the address of its section, got %q", rule.Alert, address)
		}
		if rule.Annotations["summary"] == "" || !slices.Contains([]string{"critical", "warning"}, rule.Labels["severity"]) {
			t.Errorf("%s: want a summary and a severity, got %v, %v", rule.Alert, rule.Annotations, rule.Labels)
		}
	}
	if !slices.Equal(sections, names) {
		t.Errorf("want a section for each alert, in the same order: %q, got %q", names, sections)
	}
}
