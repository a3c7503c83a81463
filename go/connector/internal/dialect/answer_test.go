package dialect

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
)

func TestEveryPhaseHasAWordInFlyte(t *testing.T) {
	for phase := plugin.Unknown; phase <= plugin.Failed; phase++ {
		want := strings.ToUpper(phase.String())
		if phase == plugin.Unknown {
			want = "RUNNING"
		}
		if got := strings.ReplaceAll(Phase(phase).String(), "_", ""); got != want {
			t.Errorf("%s became %s", phase, got)
		}
	}
}

func TestInfoOfAnyJSONType(t *testing.T) {
	var log bytes.Buffer
	s := Service{Log: slog.New(slog.NewTextHandler(&log, nil))}
	info := map[string]any{"names": []string{"a"}, "count": int32(3), "by": map[string]int{"x": 1}}
	fields := s.CustomInfo(info).GetFields()
	if fields["count"].GetNumberValue() != 3 || fields["names"].GetListValue().GetValues()[0].GetStringValue() != "a" {
		t.Errorf("want the values, got %v", fields)
	}
	if got := s.CustomInfo(map[string]any{"x": math.NaN()}); got != nil || !strings.Contains(log.String(), "NaN") {
		t.Errorf("want what JSON cannot say left out, and logged, got %v and %q", got, log.String())
	}
	if got := s.CustomInfo(nil); got != nil {
		t.Errorf("want nothing for nothing, got %v", got)
	}
}

func TestAReasonFitsIntoAnEvent(t *testing.T) {
	if long := Message(strings.Repeat("ü", 5000)); len(long) > maxMessage || !strings.HasPrefix(long, "üü") {
		t.Errorf("want a message of at most %d bytes, got %d", maxMessage, len(long))
	}
}
