package dialect

import (
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

func TestAReasonFitsIntoAnEvent(t *testing.T) {
	if long := Message(strings.Repeat("ü", 5000)); len(long) > maxMessage || !strings.HasPrefix(long, "üü") {
		t.Errorf("want a message of at most %d bytes, got %d", maxMessage, len(long))
	}
}
