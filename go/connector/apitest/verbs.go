//go:build apitest

// Which rights does a connector use?

package apitest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// verbs are the rights that requests were made with: by "<group>/<resource>", as the API server reads a request.
type verbs struct {
	mutex sync.Mutex
	used  map[string]map[string]bool
}

// see understands resources in a namespace, and no subresources: a connector uses none.
func (v *verbs) see(r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	group := ""
	if len(parts) > 0 && parts[0] == "apis" {
		group, parts = parts[1], parts[1:]
	}
	if len(parts) < 5 || parts[2] != "namespaces" { // api|group, version, "namespaces", namespace, resource[, name]
		return
	}
	verb := map[string]string{http.MethodPost: "create", http.MethodDelete: "delete", http.MethodGet: "get"}[r.Method]
	switch {
	case verb == "":
		verb = r.Method
	case verb == "get" && len(parts) == 5 && r.URL.Query().Get("watch") != "":
		verb = "watch"
	case verb == "get" && len(parts) == 5:
		verb = "list"
	case verb == "delete" && len(parts) == 5:
		verb = "deletecollection"
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	resource := group + "/" + parts[4]
	if v.used == nil {
		v.used = map[string]map[string]bool{}
	}
	if v.used[resource] == nil {
		v.used[resource] = map[string]bool{}
	}
	v.used[resource][verb] = true
}

// Verbs that requests have had so far, sorted, by "<group>/<resource>".
func (p *Proxy) Verbs() map[string][]string {
	p.verbs.mutex.Lock()
	defer p.verbs.mutex.Unlock()
	result := map[string][]string{}
	for resource, used := range p.verbs.used {
		result[resource] = slices.Sorted(maps.Keys(used))
	}
	return result
}
