//go:build apitest

package gcs

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/flyteconnector/store"
)

func TestWhatGoogleAnswers(t *testing.T) {
	missing := func(w http.ResponseWriter, code string) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<?xml version='1.0'?><Error><Code>" + code + "</Code></Error>"))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/bucket/a/outputs.pb"):
			_, _ = w.Write([]byte("0123456789"))
		case strings.HasSuffix(r.URL.Path, "/b/bucket/o"): // a list
			_, _ = w.Write([]byte(`{"kind": "storage#objects"}`))
		case strings.HasSuffix(r.URL.Path, "/b/gone/o"):
			missing(w, "NoSuchBucket")
		case strings.HasSuffix(r.URL.Path, "/bucket/none"):
			missing(w, "NoSuchKey")
		case strings.HasSuffix(r.URL.Path, "/gone/none"):
			missing(w, "NoSuchBucket")
		default:
			http.Error(w, "AccessDenied", http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
	r := &reader{}
	raw, err := r.read(t.Context(), store.Object{Scheme: "gs", Bucket: "bucket", Key: "a/outputs.pb"}, 4)
	if err != nil || string(raw) != "0123" {
		t.Errorf("want the first four bytes, got %q, %v", raw, err)
	}
	for place, want := range map[store.Object]bool{
		{Scheme: "gs", Bucket: "bucket", Key: "none"}:   true,
		{Scheme: "gs", Bucket: "gone", Key: "none"}:     false,
		{Scheme: "gs", Bucket: "bucket", Key: "secret"}: false,
	} {
		if _, err := r.read(t.Context(), place, 4); err == nil || errors.Is(err, store.ErrMissing) != want {
			t.Errorf("%+v: want missing: %v, got %v", place, want, err)
		}
	}
}
