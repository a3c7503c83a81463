//go:build apitest

package azure

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/flyteconnector/store"
)

func TestWhatAzureAnswers(t *testing.T) {
	fail := func(w http.ResponseWriter, status int, code string) {
		w.Header().Set("x-ms-error-code", code)
		w.WriteHeader(status)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT") // Azure always does
		switch r.URL.Path {
		case "/account/container/a/outputs.pb", "/other/container/a/outputs.pb":
			_, _ = w.Write([]byte("0123456789"))
		case "/account/container/none":
			fail(w, http.StatusNotFound, "BlobNotFound")
		case "/account/gone/none":
			fail(w, http.StatusNotFound, "ContainerNotFound")
		default:
			fail(w, http.StatusForbidden, "AuthorizationPermissionMismatch")
		}
	}))
	t.Cleanup(server.Close)
	t.Setenv("AZURE_STORAGE_ACCOUNT", "account")
	t.Setenv("AZURE_STORAGE_DOMAIN", strings.TrimPrefix(server.URL, "http://"))
	t.Setenv("AZURE_STORAGE_PROTOCOL", "http")
	t.Setenv("AZURE_STORAGE_SAS_TOKEN", "sig=x")
	for _, bucket := range []string{"container", "container@other.dfs.core.windows.net"} {
		raw, err := read(t.Context(), store.Object{Scheme: "abfs", Bucket: bucket, Key: "a/outputs.pb"}, 4)
		if err != nil || string(raw) != "0123" {
			t.Errorf("%s: want the first four bytes, got %q, %v", bucket, raw, err)
		}
	}
	for place, want := range map[store.Object]bool{
		{Scheme: "abfs", Bucket: "container", Key: "none"}:   true,
		{Scheme: "abfs", Bucket: "gone", Key: "none"}:        false,
		{Scheme: "abfs", Bucket: "container", Key: "secret"}: false,
	} {
		if _, err := read(t.Context(), place, 4); err == nil || errors.Is(err, store.ErrMissing) != want {
			t.Errorf("%+v: want missing: %v, got %v", place, want, err)
		}
	}
}
