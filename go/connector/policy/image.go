// Which images does a pattern mean?

package policy

import (
	"fmt"
	"regexp"
	"strings"
)

// Glob is an image's name with an optional tag or digest, in which "*" stands for any characters of one path segment, "?"
// for one of them, and "**" for any number of segments:
//
//	ghcr.io/acme/*        all repositories directly below, with every tag and digest
//	ghcr.io/acme/**       at any depth
//	ghcr.io/acme/train:v1.*   these tags; not with a digest, because a digest overrules the tag
//	ghcr.io/acme/train@sha256:4f2…  this digest, with or without a tag beside it
//	python                docker.io/library/python, as container runtimes read it
type Glob string

// Matches says whether the pattern means the image.
func (g Glob) Matches(image string) bool {
	pattern, wanted := split(string(g)), split(image)
	if wanted.tag == "" && wanted.digest == "" {
		wanted.tag = "latest" // so container runtimes read it; a pattern that says nothing means all
	}
	switch {
	case !glob(pattern.name).MatchString(wanted.name):
		return false
	case pattern.digest != "":
		return glob(pattern.digest).MatchString(wanted.digest)
	case pattern.tag != "":
		return wanted.digest == "" && glob(pattern.tag).MatchString(wanted.tag)
	}
	return true
}

// reference is an image's full name and what chooses one version of it.
type reference struct{ name, tag, digest string }

// split reads an image as container runtimes do: a name whose first segment is no host is on Docker Hub.
func split(image string) reference {
	var r reference
	r.name, r.digest, _ = strings.Cut(image, "@")
	if slash := strings.LastIndex(r.name, "/"); strings.Contains(r.name[slash+1:], ":") {
		colon := strings.LastIndex(r.name, ":")
		r.name, r.tag = r.name[:colon], r.name[colon+1:]
	}
	host, _, found := strings.Cut(r.name, "/")
	switch {
	case !found:
		r.name = "docker.io/library/" + r.name
	case !strings.ContainsAny(host, ".:*?") && host != "localhost":
		r.name = "docker.io/" + r.name
	}
	return r
}

// checkImage refuses patterns that look as if they meant something, and do not.
func checkImage(pattern string) error {
	switch {
	case pattern == "" || strings.ContainsAny(pattern, " \t,"):
		return fmt.Errorf("%q is no image, such as ghcr.io/acme/* or python:3.12", pattern)
	case strings.Trim(pattern, "*") == "":
		return fmt.Errorf("%q would mean nothing but images of Docker's own library; leave the list empty to allow all images", pattern)
	case strings.HasSuffix(pattern, "/"):
		return fmt.Errorf("%q ends in a slash; write %q for all repositories below it", pattern, pattern+"**")
	}
	return nil
}

// glob matches a whole text.
func glob(pattern string) *regexp.Regexp {
	text := regexp.QuoteMeta(pattern)
	text = strings.ReplaceAll(text, `\*\*`, `.*`)
	text = strings.ReplaceAll(text, `\*`, `[^/]*`)
	text = strings.ReplaceAll(text, `\?`, `[^/]`)
	return regexp.MustCompile(`^` + text + `$`)
}
