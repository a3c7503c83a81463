package core

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// refused checks that neither Get nor Delete takes the bytes, and that nobody was asked.
func refusedMeta(t *testing.T, c *Core, asked func() int, name string, raw []byte) {
	t.Helper()
	before := asked()
	if info, err := c.Get(t.Context(), "double", raw); !errors.Is(err, ErrMeta) {
		t.Errorf("Get, %s: want ErrMeta, got %+v, %v", name, info, err)
	}
	if err := c.Delete(t.Context(), "double", raw); !errors.Is(err, ErrMeta) {
		t.Errorf("Delete, %s: want ErrMeta, got %v", name, err)
	}
	if after := asked(); after != before {
		t.Errorf("%s: want no call to the API server, got %d", name, after-before)
	}
}

func TestMetaThatNamesNothingOfOursAsksNobody(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	good := create(t, c)
	asked := func() int { return len(client.Actions()) }
	for name, raw := range map[string][]byte{
		"empty":              nil,
		"garbage":            []byte("\x00\xff"),
		"no name":            bytes.Replace(good, []byte(`"n":"n"`), []byte(`"n":""`), 1),
		"no namespace":       bytes.Replace(good, []byte(`"ns":"ns"`), []byte(`"ns":""`), 1),
		"a path":             bytes.Replace(good, []byte(`"n":"n"`), []byte(`"n":"../x"`), 1),
		"a megabyte":         bytes.Repeat([]byte("x"), 1<<20),
		"another kind":       bytes.Replace(good, []byte("ConfigMap"), []byte("Secret"), 1),
		"another namespace":  bytes.Replace(good, []byte(`"ns":"ns"`), []byte(`"ns":"kube-system"`), 1),
		"the parent's path":  bytes.Replace(good, []byte(`"n":"n"`), []byte(`"n":".."`), 1),
		"a dot as namespace": bytes.Replace(good, []byte(`"ns":"ns"`), []byte(`"ns":"."`), 1),
	} {
		refusedMeta(t, c, asked, name, raw)
	}
}

func TestWithAKeyOnlySignedMetaIsTaken(t *testing.T) {
	c, client := newCore(t, double{info: plugin.PhaseInfo{Phase: plugin.Running}}, seen{object: created("u")})
	plain := create(t, c)
	key, other := bytes.Repeat([]byte("k"), meta.MinKey), bytes.Repeat([]byte("o"), meta.MinKey)
	c.config.Keys = meta.Keys{Current: other}
	stranger := create(t, c)
	c.config.Keys = meta.Keys{Current: key}
	signed := create(t, c)
	asked := func() int { return len(client.Actions()) }
	refusedMeta(t, c, asked, "unsigned", plain)
	refusedMeta(t, c, asked, "signed with another key", stranger)
	for i := range signed {
		changed := bytes.Clone(signed)
		changed[i] ^= 1
		refusedMeta(t, c, asked, "a byte changed: "+string(changed), changed)
	}
	c.config.Keys = meta.Keys{Current: other, Previous: key}
	for name, raw := range map[string][]byte{"the key before": signed, "the key now": stranger} {
		if info, err := c.Get(t.Context(), "double", raw); err != nil || info.Phase != plugin.Running {
			t.Errorf("%s: want RUNNING, got %+v, %v", name, info, err)
		}
	}
}

func TestARefusalIsSignedToo(t *testing.T) {
	c, client := newCore(t, double{}, seen{})
	c.config.Keys = meta.Keys{Current: bytes.Repeat([]byte("k"), meta.MinKey)}
	raw, err := c.Refuse("double", "never")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := c.Get(t.Context(), "double", raw); err != nil || info.Phase != plugin.Failed || info.Reason != "never" {
		t.Errorf("want FAILED, got %+v, %v", info, err)
	}
	asked := func() int { return len(client.Actions()) }
	refusedMeta(t, c, asked, "another reason", bytes.Replace(raw, []byte("never"), []byte("maybe"), 1))
}

func TestAKeyThatProtectsNothingStopsTheStart(t *testing.T) {
	_, err := New(Config{Keys: meta.Keys{Current: []byte("secret")}}, double{types: []string{"double"}})
	if err == nil || !strings.Contains(err.Error(), "has 6 bytes") {
		t.Errorf("want an error about the key, got %v", err)
	}
}
