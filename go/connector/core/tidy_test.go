package core

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/flyteconnector/plugin"
)

func TestLinksThatWouldBreakAPageAreLeftOut(t *testing.T) {
	good := []plugin.Link{{Name: "log", URI: "https://logs/x?q=a%20b#c"}, {Name: "dashboard", URI: "file:///tmp/log"}}
	for uri, problem := range map[string]string{
		"":                                "not absolute",
		"/logs/x":                         "not absolute",
		"//logs/x":                        "not absolute",
		"javascript:alert(1)":             "not absolute",
		"https:///x":                      "not absolute",
		"https://logs/{{.podName}}":       "template variable",
		"https://logs/x\nSet-Cookie: a":   "control character",
		"https://user:hunter2@logs/x":     "a user or a password", // pragma: allowlist secret
		"https://user:hunter2#@logs/x":    "it is no URL",
		"ftp://user:hunter2@logs/x":       "not absolute", // pragma: allowlist secret
		"file:log":                        "not absolute",
		"https://logs/%zz":                "it is no URL",
		"https://logs/x\x7f":              "control character",
		"https://token@logs.example.com/": "a user or a password",
	} {
		links := []plugin.Link{good[0], {Name: "bad", URI: uri}, good[1], {URI: "https://without/name"}}
		c, _ := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Running, Links: links}}, seen{object: created("u")})
		var said bytes.Buffer
		c.config.Log = slog.New(slog.NewTextHandler(&said, nil))
		raw := create(t, c)
		for range 3 {
			info, err := c.Get(t.Context(), "double", raw)
			if err != nil || len(info.Links) != 2 || info.Links[0] != good[0] || info.Links[1] != good[1] {
				t.Errorf("%q: want the two good links in their order, got %+v, %v", uri, info, err)
			}
		}
		if strings.Contains(said.String(), "hunter2") {
			t.Errorf("%q: the password is in the log:\n%s", uri, said.String())
		}
		if lines := strings.Count(said.String(), "link left out"); lines != 2 || !strings.Contains(said.String(), problem) {
			t.Errorf("%q: want one line for each bad link, with %q, got %d:\n%s", uri, problem, lines, said.String())
		}
	}
}

// crashing is a value that nobody can write down.
type crashing struct{}

func (crashing) MarshalJSON() ([]byte, error) { panic("on purpose") }

func TestAValueThatCrashesCostsNoPhase(t *testing.T) {
	info := plugin.PhaseInfo{Phase: plugin.Succeeded, Reason: "fine", Info: map[string]any{"a": crashing{}}}
	c, _ := newCore(t, double{info: info}, seen{object: created("u")})
	got, err := c.Get(t.Context(), "double", create(t, c))
	if err != nil || got.Phase != plugin.Succeeded || got.Reason != "fine" || got.Info != nil {
		t.Errorf("want SUCCEEDED without the info, got %+v, %v", got, err)
	}
}

func TestWhatFlyteStoresWithEveryEventIsSmall(t *testing.T) {
	for name, c := range map[string]struct {
		info   map[string]any
		reason string
		kept   bool
	}{
		"small":               {map[string]any{"active": int64(3)}, "fine", true},
		"a long reason":       {map[string]any{"a": 1}, strings.Repeat("ü", 5000), true},
		"not UTF-8":           {map[string]any{"a": 1}, "bad \xff byte", true},
		"a big info":          {map[string]any{"log": strings.Repeat("x", 20000)}, "fine", false},
		"not a number":        {map[string]any{"loss": math.NaN()}, "fine", false},
		"nothing JSON can do": {map[string]any{"f": func() {}}, "fine", false},
	} {
		info := plugin.PhaseInfo{Phase: plugin.Running, Reason: c.reason, Info: c.info}
		engine, _ := newCore(t, double{info: info}, seen{object: created("u")})
		got, err := engine.Get(t.Context(), "double", create(t, engine))
		if err != nil || got.Phase != plugin.Running || (got.Info != nil) != c.kept {
			t.Errorf("%s: want RUNNING, info kept: %v; got %+v, %v", name, c.kept, got, err)
		}
		if !utf8.ValidString(got.Reason) || len(got.Reason) > MaxReason {
			t.Errorf("%s: want at most %d bytes of UTF-8, got %d", name, MaxReason, len(got.Reason))
		}
	}
}
