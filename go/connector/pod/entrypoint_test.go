package pod

import "testing"

func TestA0IsFoundWhereItIsTheCommand(t *testing.T) {
	cases := map[string]struct {
		line    []string
		refused bool
	}{
		"behind a shell":                {[]string{"/bin/sh", "-c", `a0 --name "$ACTION_NAME"`}, true},
		"in place of a shell":           {[]string{"bash", "-ec", "pip install x && exec /opt/venv/bin/a0 --name a0"}, true},
		"in quotes, with a variable":    {[]string{"sh", "-c", "if true; then A=1 'a0' --name a0; fi"}, true},
		"a shell's arguments":           {[]string{"sh", "-c", `cd /tmp; exec "$@"`, "sh", "a0"}, true},
		"a shell in a shell":            {[]string{"bash", "-c", "sh -c 'a0'"}, true},
		"with a variable":               {[]string{"env", "A=1", "a0"}, true},
		"below an init":                 {[]string{"/usr/bin/tini", "--", "a0"}, true},
		"the wrapper behind a shell":    {[]string{"sh", "-c", "exec flyteconnector-a0 --name a0"}, false},
		"the action's name":             {[]string{"runner", "--name", "a0", "a0"}, false},
		"arguments of an ENTRYPOINT":    {[]string{"--name", "a0"}, false},
		"a shell's arguments, not used": {[]string{"sh", "-c", "true", "sh", "a0"}, false},
		"a script in the image":         {[]string{"sh", "a0.sh"}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := Finish(ofFlyte2(c.line...), Options{Engine: Flyte2}); (err != nil) != c.refused {
				t.Errorf("%q: refused %v, want %v", c.line, err, c.refused)
			}
		})
	}
}
