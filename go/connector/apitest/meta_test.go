//go:build apitest

package apitest

import (
	"bytes"
	"errors"
	"testing"

	"example.com/flyteconnector/core"
	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
	"example.com/flyteconnector/watch"
)

// Nobody authenticates who calls a connector: whoever reaches its port may send any resource_meta.
func TestAForgedMetaReachesNobodysResource(t *testing.T) {
	namespace, elsewhere := cluster.Namespace(t), cluster.Namespace(t)
	key := bytes.Repeat([]byte("k"), meta.MinKey)
	for name, keys := range map[string]meta.Keys{"unsigned": {}, "signed": {Current: key}} {
		t.Run(name, func(t *testing.T) {
			engines := map[string]*core.Core{}
			tasks := map[string][]byte{}
			for _, tenant := range []string{namespace, elsewhere} {
				identity := cluster.Identity(t, tenant, rules())
				engines[tenant] = Engine(t, identity, tenant, func(c *core.Config, _ *watch.Config) { c.Keys = keys }, note{})
				raw, err := engines[tenant].Create(t.Context(), Attempt(t, request(tenant, "s3://"+tenant+"/"+name+"/0", "phase", "running")))
				if err != nil {
					t.Fatal(err)
				}
				tasks[tenant] = raw
			}
			here, there := untouched(t, namespace), untouched(t, elsewhere)
			forge(t, engines[namespace], tasks[namespace], tasks[elsewhere], len(keys.Current) > 0)
			here()
			there()
		})
	}
}

// forge mixes the parts of two tenants' meta in every way, and sends it to the connector of the first.
func forge(t *testing.T, engine *core.Core, mine, theirs []byte, signed bool) {
	t.Helper()
	own, err := meta.Keys{}.Decode(mine)
	if err != nil {
		t.Fatal(err)
	}
	other, err := meta.Keys{}.Decode(theirs)
	if err != nil {
		t.Fatal(err)
	}
	for mix := 1; mix < 16; mix++ {
		forged := own
		for i, take := range []func(){
			func() { forged.Namespace = other.Namespace }, func() { forged.Name = other.Name },
			func() { forged.UID = other.UID }, func() { forged.Prefix = other.Prefix },
		} {
			if mix&(1<<i) != 0 {
				take()
			}
		}
		raw, err := meta.Keys{}.Encode(forged)
		if err != nil {
			t.Fatal(err)
		}
		refused := signed || forged.Namespace == other.Namespace
		info, err := engine.Get(t.Context(), noteType, raw)
		if errors.Is(err, core.ErrMeta) != refused || (!refused && info.Phase != plugin.RetryableFailed) {
			t.Errorf("Get of %+v: want it refused (%v) or lost, got %+v, %v", forged, refused, info, err)
		}
		if err := engine.Delete(t.Context(), noteType, raw); errors.Is(err, core.ErrMeta) != refused {
			t.Errorf("Delete of %+v: want it refused (%v) or without effect, got %v", forged, refused, err)
		}
	}
}
