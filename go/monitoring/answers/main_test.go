package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kept writes pages, instance/milliseconds -> text, and returns their folder.
func kept(t *testing.T, pages map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range pages {
		file := filepath.Join(folder, name+".txt")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// asking returns what a query returned from second 0 to 10, each 5 seconds.
func asking(t *testing.T, folder, query string) []series {
	t.Helper()
	asked, err := json.Marshal(question{folder, "notes", 0, 10_000, 5_000, map[string]string{"it": query}})
	if err != nil {
		t.Fatal(err)
	}
	var to strings.Builder
	if err := answer(t.Context(), strings.NewReader(string(asked)), &to); err != nil {
		t.Fatal(err)
	}
	var found result
	if err := json.Unmarshal([]byte(to.String()), &found); err != nil {
		t.Fatal(err)
	}
	return found["it"]
}

func TestAQueryIsAnsweredOverThePages(t *testing.T) {
	pages := map[string]string{"b/0": "other 1\n", "b/5000": "", "b/10000": "other 1\n"}
	for second := range 11 {
		pages[fmt.Sprintf("a/%d", second*1000)] = fmt.Sprintf("# TYPE done counter\ndone{kind=\"x\"} %d\nidle 0\n", 2*second)
	}
	folder := kept(t, pages)
	for name, one := range map[string]struct{ query, want string }{
		"labels of the scrape":        {`last_over_time(idle[1s])`, `[{map[__name__:idle instance:a job:notes] [[0 0] [5000 0] [10000 0]]}]`},
		"a rate":                      {`sum by (kind) (rate(done{job="notes"}[4s]))`, `[{map[kind:x] [[5000 2] [10000 2]]}]`},
		"a scrape that failed":        {`sum(up)`, `[{map[] [[0 2] [5000 1] [10000 2]]}]`},
		"a series that is not there":  {`other{instance="b"} + 1`, `[{map[instance:b job:notes] [[0 2] [10000 2]]}]`},
		"nothing":                     {`rate(nobody[5s])`, `[]`},
		"a quotient of which is none": {`idle / idle`, `[{map[instance:a job:notes] []}]`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fmt.Sprint(asking(t, folder, one.query)); got != one.want {
				t.Errorf("%s: want %s, got %s", one.query, one.want, got)
			}
		})
	}
}

func TestAnErrorSaysWhatIsWrong(t *testing.T) {
	good := kept(t, map[string]string{"a/0": "one 1\n"})
	ask := func(folder, query string) string {
		return fmt.Sprintf(`{"samples": %q, "job": "notes", "start": 0, "end": 1, "step": 1, "queries": {"it": %q}}`, folder, query)
	}
	for asked, want := range map[string]string{
		`{"sample": ""}`:        `unknown field "sample"`,
		ask(t.TempDir(), "one"): "has no page",
		ask(kept(t, map[string]string{"a/now": "one 1\n"}), "one"): "not a time in milliseconds",
		ask(kept(t, map[string]string{"a/0": "one\n"}), "one"):     "page 0 of a",
		ask(good, "sum("): "query it",
	} {
		err := answer(t.Context(), strings.NewReader(asked), &strings.Builder{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", asked, want, err)
		}
	}
}
