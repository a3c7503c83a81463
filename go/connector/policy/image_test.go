package policy

import "testing"

func TestGlob(t *testing.T) {
	const digest = "@sha256:4f20c5cd"
	cases := []struct {
		pattern string
		matches []string
		others  []string
	}{
		{"ghcr.io/acme/*",
			[]string{"ghcr.io/acme/a", "ghcr.io/acme/a:1", "ghcr.io/acme/a" + digest, "ghcr.io/acme/a:1" + digest},
			[]string{"ghcr.io/acme/a/b", "ghcr.io/acme", "ghcr.io/acme2/a", "evil.io/ghcr.io/acme/a", "acme/a", "ghcr.io/acme/a\n/b"}},
		{"ghcr.io/acme/**",
			[]string{"ghcr.io/acme/a", "ghcr.io/acme/a/b:1"}, []string{"ghcr.io/acmeevil/a", "ghcr.io.evil.com/acme/a"}},
		{"ghcr.io/acme/train:v1.*",
			[]string{"ghcr.io/acme/train:v1.0"}, []string{"ghcr.io/acme/train:v2", "ghcr.io/acme/train", "ghcr.io/acme/train:v1.0" + digest, "ghcr.io/acme/train:v1x0"}},
		{"ghcr.io/acme/train@sha256:4f*",
			[]string{"ghcr.io/acme/train" + digest, "ghcr.io/acme/train:any" + digest}, []string{"ghcr.io/acme/train@sha256:aa", "ghcr.io/acme/train:v1"}},
		{"python", []string{"python", "python:3.12", "docker.io/library/python:3"}, []string{"evil/python", "ghcr.io/python", "pythonx"}},
		{"python:latest", []string{"python", "python:latest"}, []string{"python:3.12"}},
		{"acme/*", []string{"acme/a", "docker.io/acme/a:1"}, []string{"ghcr.io/acme/a", "a"}},
		{"localhost:5000/*", []string{"localhost:5000/a:1"}, []string{"localhost/a", "localhost:5001/a"}},
		{"localhost/*:dev", []string{"localhost/none:dev"}, []string{"localhost/none"}},
		{"*.example.com/**", []string{"eu.example.com/a/b"}, []string{"example.com/a", "a/b.example.com/c", "eu.example.com.evil.io/a"}},
		{"registry-?.example.com/a", []string{"registry-1.example.com/a"}, []string{"registry-12.example.com/a"}},
	}
	for _, c := range cases {
		for want, images := range map[bool][]string{true: c.matches, false: c.others} {
			for _, image := range images {
				if got := Glob(c.pattern).Matches(image); got != want {
					t.Errorf("%s and %q: got %v, want %v", c.pattern, image, got, want)
				}
			}
		}
	}
}
