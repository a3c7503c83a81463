package flyteconnector

import (
	"runtime/metrics"
	"testing"
)

func TestTheHeapGrowsByAboutAsMuchWhateverIsAlive(t *testing.T) {
	for alive, want := range map[uint64]int{
		0:         400, // before the first collection
		8 << 20:   400,
		56 << 20:  100,
		112 << 20: 50,
		1 << 30:   40,
	} {
		if got := growth(alive); got != want {
			t.Errorf("%d MiB alive: want %d %%, got %d %%", alive>>20, want, got)
		}
	}
}

func TestGoKnowsHowMuchIsAlive(t *testing.T) {
	sample := []metrics.Sample{{Name: liveHeap}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		t.Errorf("%s is no number of bytes here", liveHeap)
	}
}
