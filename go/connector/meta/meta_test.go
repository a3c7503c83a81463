package meta

import (
	"strings"
	"testing"
	"unicode/utf8"

	batchv1 "k8s.io/api/batch/v1"
)

var unsigned Keys

// golden holds bytes that are stored in the clusters of our users. A connector must read them for ever.
var golden = map[string]Meta{
	`{"v":1,"k":"Job.batch/v1","ns":"p-d","n":"job-2zlilgepgh42","u":"6a1f","p":"d65685988f31f9a4"}`: {
		Version: 1, Kind: "Job.batch/v1", Namespace: "p-d", Name: "job-2zlilgepgh42", UID: "6a1f", Prefix: "d65685988f31f9a4",
	},
	`{"v":1,"e":"completions is -1"}`: {Version: 1, Refusal: "completions is -1"},
}

func TestGoldenBytesAreReadAndWritten(t *testing.T) {
	for text, want := range golden {
		got, err := unsigned.Decode([]byte(text))
		if err != nil || got != want {
			t.Errorf("decode %s: got %+v, %v", text, got, err)
		}
		if raw, err := unsigned.Encode(want); err != nil || string(raw) != text {
			t.Errorf("encode %+v: got %s, %v", want, raw, err)
		}
	}
	if kind := Kind(batchv1.SchemeGroupVersion.WithKind("Job")); kind != "Job.batch/v1" {
		t.Errorf("the form of a kind changed: %s", kind)
	}
}

func TestBytesOfALaterConnectorAreReadAfterARollback(t *testing.T) {
	later := `{"v":1,"k":"Job.batch/v1","ns":"p-d","n":"n","u":"u","p":"p","new":{"a":1}}`
	if got, err := unsigned.Decode([]byte(later)); err != nil || got.Name != "n" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestUnusableBytes(t *testing.T) {
	for text, want := range map[string]string{
		"":         "not from this connector",
		"\x0a\x03": "not from this connector",
		"{}":       "version 0",
		`{"v":2}`:  "version 2; this connector reads version 1",
		`{"v":1,"k":"Job.batch/v1","ns":"p-d","n":"","u":"u","p":"p"}`:     `no "n"`,
		`{"v":1,"k":"Job.batch/v1","ns":"p-d","n":"../x","u":"u","p":"p"}`: "no resource can have",
	} {
		if _, err := unsigned.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("decode %q: want an error with %q, got %v", text, want, err)
		}
	}
}

func TestALongRefusalIsCutAtACharacter(t *testing.T) {
	for _, text := range []string{strings.Repeat("ü", 3000), strings.Repeat("x", 3000), "bad \xff byte" + strings.Repeat("日", 3000)} {
		raw, err := unsigned.Encode(Meta{Refusal: text})
		if err != nil {
			t.Fatal(err)
		}
		got, err := unsigned.Decode(raw)
		if err != nil || len(got.Refusal) > maxRefusal || len(got.Refusal) < maxRefusal-8 || !utf8.ValidString(got.Refusal) {
			t.Errorf("got %d bytes, %v", len(got.Refusal), err)
		}
	}
}

func TestTheHashOfAnOutputPrefixNeverChanges(t *testing.T) {
	if got := PrefixHash("s3://bucket/a/0"); got != "d65685988f31f9a4" {
		t.Errorf("got %s", got)
	}
}
