package core

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// walker is a plugin that reads the phase from the resource, as real ones do.
type walker struct{ double }

func (walker) GetTaskPhase(o *unstructured.Unstructured, _ []corev1.Pod) (plugin.PhaseInfo, error) {
	phase, _, err := unstructured.NestedInt64(o.Object, "phase")
	if phase > int64(plugin.Failed) {
		err = fmt.Errorf("no row for %d", phase)
	}
	return plugin.PhaseInfo{Phase: plugin.Phase(phase), Reason: fmt.Sprint("state ", phase)}, err
}

// in is the task's resource in a phase.
func in(phase int64) *unstructured.Unstructured {
	o := created("u")
	o.Object["phase"] = phase
	return o
}

func TestAnEndNeverChangesWhateverTheOperatorDoes(t *testing.T) {
	c, _ := newCore(t, double{}, seen{})
	replace(c, walker{})
	raw := create(t, c)
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 0))
		c.ends = newEnds()
		var end *Answer
		for range 20 {
			cache := seen{object: in(random.Int64N(int64(plugin.Failed) + 3))}
			switch random.IntN(6) {
			case 0:
				marked(cache.object)
			case 1:
				cache.object = nil // gone, as soon as nobody has it
			}
			c.config.Cache = cache
			info, err := c.Get(t.Context(), "double", raw)
			if err != nil || info.Phase == plugin.Unknown {
				t.Fatalf("seed %d: %+v, %v", seed, info, err)
			}
			if end != nil && (info.Phase != end.Phase || info.Reason != end.Reason) {
				t.Fatalf("seed %d: the end was %+v, and is %+v now", seed, end.PhaseInfo, info.PhaseInfo)
			}
			if info.Phase.Terminal() {
				end = info
			}
		}
	}
}

func TestAForgedMetaDoesNotChangeAnothersEnd(t *testing.T) {
	c, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Running}}, seen{object: created("u")})
	raw := create(t, c)
	m, err := unsigned.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	m.Name = "other" // the uid is the task's
	forged, err := unsigned.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, c2 := range []struct {
		raw  []byte
		want plugin.Phase
	}{{forged, plugin.RetryableFailed}, {raw, plugin.Running}} {
		if info, err := c.Get(t.Context(), "double", c2.raw); err != nil || info.Phase != c2.want {
			t.Errorf("%s: want %s, got %+v, %v", c2.raw, c2.want, info, err)
		}
	}
}

func TestTheMemoryOfEndsIsBounded(t *testing.T) {
	e := newEnds()
	for i := range 3 * rememberedEnds {
		e.keep(meta.Meta{UID: types.UID(fmt.Sprint(i))}, &Answer{PhaseInfo: plugin.PhaseInfo{Phase: plugin.Failed}})
	}
	if known := len(e.known.Keys()); known > rememberedEnds {
		t.Errorf("want at most %d ends, got %d", rememberedEnds, known)
	}
}

func TestALostResourceIsLookedForOnce(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	raw := create(t, c)
	if err := c.Delete(t.Context(), "double", raw); err != nil {
		t.Fatal(err)
	}
	client.ClearActions()
	for range 5 {
		if info, err := c.Get(t.Context(), "double", raw); err != nil || info.Phase != plugin.RetryableFailed {
			t.Errorf("want RETRYABLE_FAILED, got %+v, %v", info, err)
		}
	}
	if len(client.Actions()) != 1 {
		t.Errorf("want one look, got %v", client.Actions())
	}
}

func TestOfTwoCallsAtOnceTheFirstEndIsBoths(t *testing.T) {
	e, m := newEnds(), meta.Meta{UID: "u"}
	for i, phase := range []plugin.Phase{plugin.Succeeded, plugin.Failed} {
		if kept, first := e.keep(m, &Answer{PhaseInfo: plugin.PhaseInfo{Phase: phase}}); kept.Phase != plugin.Succeeded || first != (i == 0) {
			t.Errorf("call %d: want SUCCEEDED, kept by the first, got %+v, %v", i, kept, first)
		}
	}
}

func TestMetaThatIsTooLongToRememberIsReadAllTheSame(t *testing.T) {
	c, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Running}}, seen{object: created("u")})
	raw := create(t, c)
	long := append(raw[:len(raw)-1:len(raw)-1], `,"x":"`+strings.Repeat("x", maxRecognised)+`"}`...)
	polls(t, c, long, plugin.Running)
	if known := len(c.recognised.byRaw); known != 0 {
		t.Errorf("want nothing remembered, got %d", known)
	}
	polls(t, c, raw, plugin.Running)
	if known := len(c.recognised.byRaw); known != 1 {
		t.Errorf("want one remembered, got %d", known)
	}
}
