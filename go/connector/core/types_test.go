package core

import (
	"errors"
	"strings"
	"testing"

	"example.com/flyteconnector/plugin"
)

// versioned is a plugin that reads later versions of its types.
type versioned struct {
	double
	newest int32
}

func (v versioned) Resource() plugin.Resource {
	result := v.double.Resource()
	result.TypeVersion = v.newest
	return result
}

func TestTypesThatFlyteCouldNotRoute(t *testing.T) {
	for name, c := range map[string]struct {
		plugin plugin.Plugin
		want   string
	}{
		"an upper-case letter": {double{types: []string{"a", "myJob"}}, `"myJob" must be in lower case`},
		"no name":              {double{types: []string{""}}, `"" must be in lower case`},
		"a negative version":   {versioned{double{types: []string{"a"}}, -1}, "TypeVersion is -1"},
	} {
		if _, err := New(Config{}, c.plugin); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want an error with %q, got %v", name, c.want, err)
		}
	}
}

func TestEveryTypeHasTheVersionOfItsPlugin(t *testing.T) {
	c, err := New(Config{}, double{types: []string{"a"}}, versioned{double{types: []string{"b", "c"}}, 2})
	if err != nil {
		t.Fatal(err)
	}
	for taskType, want := range map[string]int32{"a": 0, "b": 2, "c": 2} {
		if got, err := c.TypeVersion(taskType); err != nil || got != want {
			t.Errorf("%s: want %d, got %d, %v", taskType, want, got, err)
		}
	}
	if _, err := c.TypeVersion("d"); !errors.Is(err, ErrUnknownType) {
		t.Errorf("want ErrUnknownType, got %v", err)
	}
}
