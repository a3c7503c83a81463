// Can Flyte show what a plugin says?

package core

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"example.com/flyteconnector/meta"
	"example.com/flyteconnector/plugin"
)

// What Flyte stores with every event of a task has to be small: so many bytes of text, and of JSON.
const (
	MaxReason = 4096
	maxInfo   = 16 << 10
)

// tidy cuts texts and leaves out what would break a page: one bad link must not cost the task.
func (c *Core) tidy(object *unstructured.Unstructured, info plugin.PhaseInfo) plugin.PhaseInfo {
	info.Reason = meta.ShortenMiddle(info.Reason, MaxReason)
	var links []plugin.Link
	for _, link := range info.Links {
		if problem := unusable(link); problem != "" {
			c.sayOnce(object, "link left out", "link", link.Name, "problem", problem) // a password may be in the URI
			continue
		}
		links = append(links, link)
	}
	info.Links = links
	if len(info.Info) > 0 {
		if err := storable(info.Info); err != nil {
			c.sayOnce(object, "PhaseInfo.Info left out", "error", err)
			info.Info = nil
		}
	}
	return info
}

// storable refuses what has no JSON form, as NaN and infinity, and what is too long. The values are the plugin's, and may
// have a MarshalJSON of their own.
func storable(info map[string]any) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("it crashed while it was written as JSON: %v", problem)
		}
	}()
	raw, err := json.Marshal(info)
	if err == nil && len(raw) > maxInfo {
		err = fmt.Errorf("%d bytes; Flyte stores it with every event, so it must have at most %d", len(raw), maxInfo)
	}
	return err
}

// unusable says what is wrong with a link; "" if nothing is.
func unusable(link plugin.Link) string {
	address, err := url.Parse(link.URI)
	switch {
	case link.Name == "":
		return "it has no name"
	case strings.ContainsFunc(link.URI, unicode.IsControl):
		return "it has a line break or another control character"
	case strings.Contains(link.URI, "{{"):
		return "it has a template variable that nobody has filled in"
	case err != nil:
		return "it is no URL" // the error quotes it
	case address.Scheme == "file" && path.IsAbs(address.Path): // a local cluster's logs are files
		return ""
	case (address.Scheme != "http" && address.Scheme != "https") || address.Host == "":
		return "it is not absolute: want http://… or https://…"
	case address.User != nil:
		return "it has a user or a password, which everybody would see"
	}
	return ""
}

// sayOnce logs what every GetTask would find again once for each resource and text. An error does not make it another
// text: that of an object store has the number of the request.
func (c *Core) sayOnce(object *unstructured.Unstructured, text string, details ...any) {
	lasting := slices.DeleteFunc(slices.Clone(details), func(detail any) bool {
		_, is := detail.(error)
		return is
	})
	key := fmt.Sprint(object.GetUID(), text, lasting)
	if _, said := c.said.Get(key); said {
		return
	}
	c.said.Add(key, nil, 24*time.Hour)
	about := []any{"kind", object.GetKind(), "namespace", object.GetNamespace(), "name", object.GetName()}
	c.config.Log.Warn(text, append(about, details...)...)
}
