package meta

import (
	"strings"
	"testing"
)

// FuzzDecode reads what anybody may send: the connector's port has no password. Whatever it accepts names exactly one
// object of one kind, or a refusal.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", "[]", `"x"`, "\x00\x0a\x03", `{"v":1}`, `{"v":1e0}`, `{"v":2}`, `{"v":1,"e":""}`, `{"v":1,"e":"x","n":"y"}`,
		`{"v":1,"k":"Job.batch/v1","ns":"a","n":"","u":"u","p":"p"}`, `{"v":1,"k":"Job.batch/v1","ns":"a","n":"..","u":"u","p":"p"}`,
		`{"v":1,"k":"Job.batch/v1","ns":"a","n":"x/log","u":"u","p":"p"}`, `{"v":1,"k":"k","ns":"a?b#c","n":"n%2f","u":"u","p":"p"}`,
		`{"V":1,"K":"Job.batch/v1","NS":"a","N":"n","U":"u","P":"p"}`, `{"v":1,"s":"` + strings.Repeat("0", 73) + `"}`,
		strings.Repeat("[", 10000), `{"v":1,"e":"` + strings.Repeat("x", 1<<20) + `"}`,
	} {
		f.Add([]byte(seed))
	}
	for text := range golden {
		f.Add([]byte(text))
	}
	for text := range goldenSigned {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := unsigned.Decode(raw)
		if err == nil && got.Refusal == "" {
			for _, value := range []string{got.Kind, got.Namespace, got.Name, string(got.UID), got.Prefix} {
				if value == "" {
					t.Errorf("accepted a resource without a name: %+v", got)
				}
			}
			if strings.ContainsAny(got.Namespace+got.Name, "/%") {
				t.Errorf("accepted a name that is a path: %+v", got)
			}
			again, err := unsigned.Encode(got)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := unsigned.Decode(again); err != nil || back != got {
				t.Errorf("%+v came back as %+v, %v", got, back, err)
			}
		}
		forgery(t, raw)
	})
}

// forgery fails the test if a connector with a key accepts what none has signed.
func forgery(t *testing.T, raw []byte) {
	t.Helper()
	if _, err := (Keys{Current: second}).Decode(raw); err == nil {
		t.Errorf("accepted without the key: %q", raw)
	}
}
