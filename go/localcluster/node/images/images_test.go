package images

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	file := File{Images: map[string]Image{
		"cr.example.com/*":          {Workdir: "/any"},
		"cr.example.com/team/app:*": {Workdir: "/app"},
		"cr.example.com/*:stable":   {Workdir: "/stable"},
		"plain":                     {Workdir: "/plain"},
		"a*b*c":                     {Workdir: "/abc"},
	}}
	cases := map[string]string{
		"cr.example.com/team/app:1.2": "/app",
		"cr.example.com/x:stable":     "/stable",
		"cr.example.com/x/y@sha256:0": "/any",
		"plain":                       "/plain",
		"plain:1":                     "",
		"other.example.com/team/app":  "",
		"a-b-c":                       "/abc",
		"abc":                         "/abc",
		"ac":                          "",
		"a-b-c-d":                     "",
		"":                            "",
	}
	for reference, want := range cases {
		image, found := file.Find(reference)
		if image.Workdir != want || found != (want != "") {
			t.Errorf("image %q is %q (%v), want %q", reference, image.Workdir, found, want)
		}
	}
}

func TestParse(t *testing.T) {
	file, err := Parse([]byte("images:\n  \"x:*\":\n    entrypoint: [run, it]\n    path: [/bin]\n    env: {A: b}\n    workdir: /w\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := File{Images: map[string]Image{"x:*": {Entrypoint: []string{"run", "it"}, Path: []string{"/bin"},
		Env: map[string]string{"A": "b"}, Workdir: "/w"}}}
	if diff := cmp.Diff(want, file); diff != "" {
		t.Error(diff)
	}
	for text, word := range map[string]string{
		"images: {x: {path: [bin]}}": `"bin" is not an absolute path`,
		"images: {x: {pathes: []}}":  "pathes",
		"images: [":                  "images file",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: error %v, want one with %q", text, err, word)
		}
	}
}
