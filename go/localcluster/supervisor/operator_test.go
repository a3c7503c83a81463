package supervisor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const described = `
name: carpenter
command: [/bin/sh, -c, "true"]
ports: [HEALTH]
env: {LEVEL: debug}
apply: [{path: crds, namespace: workshop}]
account: {namespace: workshop, name: carpenter}
ready: http://127.0.0.1:$(HEALTH)/readyz
leaves: /tmp/carpenter
`

// write puts a description into a folder of its own, with the manifests that it names.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "operator.yaml")
	if err := os.Mkdir(filepath.Join(filepath.Dir(file), "crds"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOperatorFileIsRead(t *testing.T) {
	file := write(t, described)
	all, err := loadOperators([]string{file})
	if err != nil {
		t.Fatal(err)
	}
	got := all[0]
	want := Manifest{Path: filepath.Join(filepath.Dir(file), "crds"), Namespace: "workshop"}
	if got.Name != "carpenter" || got.Account != (Account{"workshop", "carpenter"}) || got.Apply[0] != want {
		t.Errorf("got %+v; its manifests lie beside it", got)
	}
}

func TestOperatorFileThatIsWrongIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"an unknown field":          {"leaves:", "leavings:", `unknown field "leavings"`},
		"a name for no file":        {"name: carpenter\n", "name: The Carpenter\n", `name "The Carpenter": want small letters`},
		"a name that is taken":      {"name: carpenter\n", "name: etcd\n", `name "etcd": another program`},
		"a program on PATH":         {"/bin/sh", "sh", "want an absolute program"},
		"a program that is missing": {"/bin/sh", "/bin/none", "/bin/none is no executable file"},
		"nobody":                    {"name: carpenter}", `name: ""}`, "account: want the namespace and the name"},
		"an address of others":      {"127.0.0.1", "example.com", `ready "http://example.com:$(HEALTH)/readyz": want a URL like`},
		"a folder somewhere":        {"/tmp/carpenter", "carpenter", `leaves "carpenter": want an absolute folder`},
		"manifests that are not":    {"path: crds", "path: none", "none: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, strings.Replace(described, c.old, c.new, 1))
			_, err := loadOperators([]string{file})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("error %v, want one with %q and the file", err, c.want)
			}
		})
	}
	file := write(t, described)
	if _, err := loadOperators([]string{file, file}); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("the same name twice: error %v", err)
	}
}
