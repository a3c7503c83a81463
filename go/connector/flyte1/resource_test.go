package flyte1

import (
	"math"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
)

func TestEveryPhaseHasAWordInFlyte(t *testing.T) {
	a := adapter(t)
	for phase := plugin.Unknown; phase <= plugin.Failed; phase++ {
		got := a.resource(plugin.PhaseInfo{Phase: phase}).GetPhase().String()
		want := strings.ReplaceAll(strings.ToUpper(phase.String()), "_", "")
		if phase == plugin.Unknown {
			want = "RUNNING"
		}
		if strings.ReplaceAll(got, "_", "") != want {
			t.Errorf("%s became %s", phase, got)
		}
	}
}

func TestInfoOfAnyJSONType(t *testing.T) {
	a := adapter(t)
	info := map[string]any{"names": []string{"a"}, "count": int32(3), "by": map[string]int{"x": 1}}
	fields := a.resource(plugin.PhaseInfo{Info: info}).GetCustomInfo().GetFields()
	if fields["count"].GetNumberValue() != 3 || fields["names"].GetListValue().GetValues()[0].GetStringValue() != "a" {
		t.Errorf("want the values, got %v", fields)
	}
	if got := a.resource(plugin.PhaseInfo{Info: map[string]any{"x": math.NaN()}}).GetCustomInfo(); got != nil {
		t.Errorf("want what JSON cannot say left out, got %v", got)
	}
	long := a.resource(plugin.PhaseInfo{Reason: strings.Repeat("ü", 5000)}).GetMessage()
	if len(long) > maxMessage {
		t.Errorf("want a message of at most %d bytes, got %d", maxMessage, len(long))
	}
}
