package process

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func sh(t *testing.T, script, mark string, afterExit func(int)) (*Process, string) {
	t.Helper()
	output := filepath.Join(t.TempDir(), "log")
	p, err := Start(Spec{
		Path: "/bin/sh", Args: []string{"-c", script}, Output: output, DeathSignal: syscall.SIGKILL,
		Env: []string{"PATH=" + os.Getenv("PATH"), MarkVariable + "=" + mark}, AfterExit: afterExit,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Signal(syscall.SIGKILL) })
	return p, output
}

func TestExit(t *testing.T) {
	for script, want := range map[string]Exit{"exit 3": {Code: 3}, "true": {}, "kill -9 $$": {Code: 137, Signal: 9}} {
		p, _ := sh(t, script, "exit", nil)
		if got := p.Exit(); got.Code != want.Code || got.Signal != want.Signal {
			t.Errorf("%q: %+v, want %+v", script, got, want)
		}
	}
}

func TestSweepFindsWhatLeavesTheSession(t *testing.T) {
	mark := "test-" + filepath.Base(t.TempDir()) + "-" + time.Now().Format("150405.000000")
	swept := make(chan error, 1)
	p, output := sh(t, "sleep 60 & setsid sleep 60 & sleep 0.2; echo up; exit 0", mark+"/pod/a", func(pid int) {
		left, err := living(Owner{Session: pid, Mark: mark + "/pod"}, nil)
		if err == nil && len(left) != 2 {
			t.Errorf("%d processes are found, want 2", len(left))
		}
		swept <- Sweep(Owner{Session: pid, Mark: mark + "/pod"}, 5*time.Second)
	})
	p.Exit()
	if err := <-swept; err != nil {
		t.Fatal(err)
	}
	if left, err := living(Owner{Mark: mark}, nil); err != nil || len(left) > 0 {
		t.Errorf("left: %v (%v)", left, err)
	}
	if got := Tail(output, 1, 100); got != "up" {
		t.Errorf("output %q", got)
	}
}

func TestMarkOwnsWhatIsBelowIt(t *testing.T) {
	owner := Owner{Mark: "c/pod"}
	for mark, want := range map[string]bool{"c/pod": true, "c/pod/main": true, "c/pod2": false, "c": false, "": false} {
		if got := owner.Owns(Info{PID: 1, Mark: mark}); got != want {
			t.Errorf("mark %q: %v, want %v", mark, got, want)
		}
	}
	if owner.Owns(Info{Mark: "c/pod", Zombie: true}) {
		t.Error("a zombie is not living")
	}
}

func TestParseStat(t *testing.T) {
	info, ok := parseStat(7, "7 (a) b (c)) S 1 7 5 0 -1")
	if !ok || info.Session != 5 || info.Zombie {
		t.Errorf("got %+v, %v", info, ok)
	}
	if info, ok := parseStat(7, "7 (x) Z 1 7 7 0"); !ok || !info.Zombie {
		t.Errorf("got %+v, %v", info, ok)
	}
	if _, ok := parseStat(7, "nonsense"); ok {
		t.Error("nonsense is read")
	}
}

func TestResidentAddsUpWithoutFilePages(t *testing.T) {
	if got := parseStatm("900 300 100 1 0 1 0", 4096); got != 200*4096 {
		t.Errorf("got %d", got)
	}
	table := []Info{{PID: 1, Session: 5, Resident: 10}, {PID: 2, Mark: "m/a", Resident: 20}, {PID: 3, Resident: 40}}
	if got := Resident(table, Owner{Session: 5, Mark: "m"}); got != 30 {
		t.Errorf("got %d", got)
	}
}

func TestLastLines(t *testing.T) {
	for text, want := range map[string]string{"a\nb\nc\n": "b\nc", "a": "a", "": "", "a\n\nb": "\nb"} {
		if got := LastLines(text, 2); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte(strings.Repeat("x", 5000)+"\nend\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Tail(file, 80, 10); got != "xxxxx\nend" {
		t.Errorf("tail %q", got)
	}
}
