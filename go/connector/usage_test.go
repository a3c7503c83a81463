package flyteconnector

import (
	"bytes"
	"encoding/json"
	"flag"
	"strings"
	"testing"
)

func TestHelpHasEveryFlagOnceWithItsGroupAndDefault(t *testing.T) {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	o := &Options{}
	groups := []group{{"Serving", section(o.servingFlags)}, {"End", section(o.endFlags)}}
	for _, g := range groups {
		g.flags.VisitAll(func(f *flag.Flag) { flags.Var(f.Value, f.Name, f.Usage) })
	}
	flags.String("mine", "", "what `this` program adds")
	out := &bytes.Buffer{}
	help(out, flags, groups)
	text := out.String()
	flags.VisitAll(func(f *flag.Flag) {
		if strings.Count(text, "  --"+f.Name+"\n")+strings.Count(text, "  --"+f.Name+" ") != 1 {
			t.Errorf("--%s is not there once", f.Name)
		}
	})
	for _, want := range []string{
		"Serving:\n  --address-file file\n        file that gets", "End:\n  --keep-finished time\n", "(default 8s)", "  --name name\n",
		"  --read-outputs\n", "This program:\n  --mine this\n        what this program adds\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if len([]rune(line)) > textWidth+1 {
			t.Errorf("too long: %q", line)
		}
	}
}

func TestAMistakeIsShownWithoutTheWholeHelp(t *testing.T) {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	out := &bytes.Buffer{}
	flags.SetOutput(out)
	Flags(flags)
	if err := flags.Parse([]string{"--default-requests", "cpu=lots"}); err == nil || !strings.Contains(err.Error(), `"cpu=lots" is not name=quantity`) {
		t.Errorf("got %v", err)
	}
	if text := out.String(); strings.Count(text, "\n") != 2 || !strings.HasSuffix(text, "--help lists the flags\n") {
		t.Errorf("want the mistake and where to look, got %q", text)
	}
}

func TestTheLogsFormatAndLevel(t *testing.T) {
	out := &bytes.Buffer{}
	Options{LogFormat: "json", LogLevel: "warn"}.newLog(out).Info("no")
	Options{LogFormat: "json", LogLevel: "warn"}.newLog(out).Warn("yes")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line["msg"] != "yes" {
		t.Errorf("want one line of JSON, got %q, %v", out, err)
	}
	out.Reset()
	Options{}.newLog(out).Info("hello")
	if !strings.Contains(out.String(), "level=INFO msg=hello") {
		t.Errorf("want text, got %q", out)
	}
}
