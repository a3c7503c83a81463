package mounts

import "testing"

func TestRewrite(t *testing.T) {
	table := New([]Mount{
		{Path: "/data", Real: "/real/data"}, {Path: "/data/in/", Real: "/real/in"}, {Path: "/tmp", Real: "/real/tmp"},
		{Path: "/tmp/state", Real: "/tmp/state"}, {Path: "/", Real: "/nowhere"},
	})
	cases := map[string]struct{ text, want string }{
		"the path itself":                {"/data", "/real/data"},
		"a file below it":                {"/data/a.txt", "/real/data/a.txt"},
		"a value of a flag":              {"--out=/data/a", "--out=/real/data/a"},
		"a list of paths":                {"/data:/data/in:/usr", "/real/data:/real/in:/usr"},
		"the longer mount wins":          {"/data/in/x", "/real/in/x"},
		"inside a text":                  {`{"dir": "/data", "n": 1}`, `{"dir": "/real/data", "n": 1}`},
		"a file URL":                     {"file:///data/x", "file:///real/data/x"},
		"every line of a file":           {"a=/data\nb=/data/in\n", "a=/real/data\nb=/real/in\n"},
		"a longer name is another":       {"/database /data-2 /data.old", "/database /data-2 /data.old"},
		"a deeper folder is another":     {"/opt/data", "/opt/data"},
		"a remote path is another":       {"s3://bucket/data/x http://host/data", "s3://bucket/data/x http://host/data"},
		"a relative path is another":     {"./data some/data", "./data some/data"},
		"the root cannot be mounted":     {"/ /usr/bin", "/ /usr/bin"},
		"a folder of the cluster stays":  {"/tmp/state/pods/x /tmp/y", "/tmp/state/pods/x /real/tmp/y"},
		"what was put in is not changed": {"/tmp/data", "/real/tmp/data"},
		"nothing":                        {"", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := table.Rewrite(c.text); got != c.want {
				t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
			}
		})
	}
}
