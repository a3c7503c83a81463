package meta

import (
	"bytes"
	"strings"
	"testing"
)

// The keys of the golden vectors. They protect nothing.
var (
	first  = []byte("first key of thirty-two bytes or more")
	second = []byte("second key of thirty-two bytes or more")
)

// goldenSigned holds what is stored in the clusters of our users, too.
var goldenSigned = map[string]string{
	`{"v":1,"k":"Job.batch/v1","ns":"p-d","n":"job-2zlilgepgh42","u":"6a1f","p":"d65685988f31f9a4",` +
		`"s":"1475d44c.d471de6ccd1e33a3d5190fd0ac99da271f8032c922fa8a1d06ca87662d5f6332"}`: `` +
		`{"v":1,"k":"Job.batch/v1","ns":"p-d","n":"job-2zlilgepgh42","u":"6a1f","p":"d65685988f31f9a4"}`,
	`{"v":1,"e":"completions is -1",` +
		`"s":"1475d44c.6643b7679cf12591318151a1852c23d82ba1d71cd08d22216d82361240d58588"}`: `` +
		`{"v":1,"e":"completions is -1"}`,
}

func TestGoldenSignaturesAreReadAndWritten(t *testing.T) {
	for text, plain := range goldenSigned {
		for _, keys := range []Keys{{Current: first}, {Current: second, Previous: first}} {
			if got, err := keys.Decode([]byte(text)); err != nil || got != golden[plain] {
				t.Errorf("decode %s: got %+v, %v", text, got, err)
			}
		}
		if raw, err := (Keys{Current: first}).Encode(golden[plain]); err != nil || string(raw) != text {
			t.Errorf("encode %+v: got %s, %v", golden[plain], raw, err)
		}
		if got, err := unsigned.Decode([]byte(text)); err != nil || got != golden[plain] {
			t.Errorf("without keys, want the signature ignored, got %+v, %v", got, err)
		}
	}
}

func TestWithKeysOnlyTheirSignaturesCount(t *testing.T) {
	refused := Meta{Refusal: "completions is -1"}
	plain, err := unsigned.Encode(refused)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := (Keys{Current: first}).Encode(refused)
	if err != nil {
		t.Fatal(err)
	}
	keys := Keys{Current: first}
	for name, c := range map[string]struct {
		raw  []byte
		keys Keys
		want string
	}{
		"unsigned":                              {plain, keys, "is not signed"},
		"empty":                                 {nil, keys, "is not signed"},
		"signed with a key that has left":       {signed, Keys{Current: second}, "another key"},
		"a name after the signature":            {bytes.Replace(signed, []byte(`"}`), []byte(`","n":"x"}`), 1), keys, "another key"},
		"two signatures":                        {append(signed[:len(signed)-1:len(signed)-1], signed[len(plain)-1:]...), keys, "another key"},
		"the signature of another resource":     {bytes.Replace(signed, []byte(`"v":1`), []byte(`"v":1,"x":1`), 1), keys, "another key"},
		"the current key's with a previous one": {signed, Keys{Current: first, Previous: second}, "none"},
	} {
		_, err := c.keys.Decode(c.raw)
		if c.want == "none" {
			if err != nil {
				t.Errorf("%s: want no error, got %v", name, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want an error with %q, got %v", name, c.want, err)
		}
	}
}

func TestEveryByteOfASignedMetaCounts(t *testing.T) {
	for text := range goldenSigned {
		for i := range text {
			for _, bit := range []byte{1, 0x20, 0x80} {
				changed := []byte(text)
				changed[i] ^= bit
				if got, err := (Keys{Current: first}).Decode(changed); err == nil {
					t.Errorf("byte %d changed, and accepted as %+v: %s", i, got, changed)
				}
			}
		}
	}
}

func TestNamesOfALaterConnectorAreSignedToo(t *testing.T) {
	later := []byte(`{"v":1,"k":"Job.batch/v1","ns":"p-d","n":"n","u":"u","p":"p","new":{"a":1}}`)
	if got, err := (Keys{Current: first}).Decode(sign(later, first)); err != nil || got.Name != "n" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestKeysThatProtectNothing(t *testing.T) {
	for name, c := range map[string]struct {
		keys Keys
		want string
	}{
		"a short one":               {Keys{Current: []byte("secret")}, "current key for resource_meta has 6 bytes; it must have at least 32"},
		"a short previous one":      {Keys{Current: first, Previous: []byte("x")}, "previous key for resource_meta has 1 bytes"},
		"a previous one on its own": {Keys{Previous: first}, "no current one"},
	} {
		if err := c.keys.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want an error with %q, got %v", name, c.want, err)
		}
	}
	for _, good := range []Keys{{}, {Current: first}, {Current: first, Previous: second}} {
		if err := good.Validate(); err != nil {
			t.Errorf("want no error, got %v", err)
		}
	}
}
