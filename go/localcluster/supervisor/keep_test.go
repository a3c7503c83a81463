package supervisor

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"example.com/localcluster/process"
)

func TestOperatorIsDownWhileItsFileSaysSo(t *testing.T) {
	for name, end := range map[string]func(*operator){
		"by the supervisor": func(*operator) {},
		"by the test":       func(o *operator) { _ = syscall.Kill(o.pid(), syscall.SIGKILL) },
	} {
		t.Run(name, func(t *testing.T) {
			s, o, failed := run(t, "sleep 60 & "+forever)
			first := o.pid()
			if err := os.WriteFile(o.file("down"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			end(o)
			eventually(t, "it is down", func() bool { return o.pid() == 0 })
			if err := syscall.Kill(first, 0); err == nil {
				t.Error("its process is still there")
			}
			mark := process.Owner{Mark: s.mark}
			if table, err := process.Table(); err != nil || process.Resident(table, mark) > 0 {
				t.Errorf("what it had started is still there (%v)", err)
			}
			if err := os.Remove(o.file("down")); err != nil {
				t.Fatal(err)
			}
			eventually(t, "it is up again", func() bool { return o.pid() != 0 && o.pid() != first })
			select {
			case c := <-s.died:
				t.Errorf("%s is reported as dead", c.name)
			case err := <-failed:
				t.Error(err)
			default:
			}
		})
	}
}

func TestOnlyWhatTheOperatorHasNamedIsTidiedUp(t *testing.T) {
	shared := t.TempDir()
	log := filepath.Join(t.TempDir(), "log")
	text := fmt.Sprintf("writing %s/mine/template.yaml\n\"file=%s/single\"\n", shared, shared)
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mine", "min", "theirs"} {
		if err := os.MkdirAll(filepath.Join(shared, name, "deep"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(shared, "single"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := operator{Operator: Operator{Leaves: shared}, component: &component{}}
	o.component.spec.Output = log
	if err := o.tidy(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(shared + "/*")
	if err != nil || len(left) != 2 || filepath.Base(left[0]) != "min" || filepath.Base(left[1]) != "theirs" {
		t.Errorf("left %v (%v)", left, err)
	}
	o.Leaves = filepath.Join(shared, "none")
	if err := o.tidy(); err != nil {
		t.Errorf("nothing was left there: %v", err)
	}
}
