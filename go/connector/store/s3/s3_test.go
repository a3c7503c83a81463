package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/flyteconnector/store"
)

const answer = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>double</Message></Error>`

// serve plays S3. It answers by key, and wants the requests signed with the key that the test has set.
func serve(t *testing.T, id string) string {
	t.Helper()
	fail := func(w http.ResponseWriter, status int, code string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, answer, code)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), "Credential="+id+"/") || r.Method != http.MethodGet {
			t.Errorf("not signed as %q, or no GET: %s %q", id, r.Method, r.Header.Get("Authorization"))
		}
		switch r.URL.Path {
		case "/bucket/a b%/outputs.pb":
			_, _ = w.Write([]byte("0123456789"))
		case "/bucket/empty":
		case "/bucket/none":
			fail(w, http.StatusNotFound, "NoSuchKey")
		case "/gone/none":
			fail(w, http.StatusNotFound, "NoSuchBucket")
		case "/bucket/elsewhere":
			fail(w, http.StatusMovedPermanently, "PermanentRedirect")
		case "/bucket/broken":
			fail(w, http.StatusInternalServerError, "InternalError")
		case "/bucket/proxy":
			w.WriteHeader(http.StatusNotFound)
		case "/bucket/slow":
			<-r.Context().Done()
		default:
			fail(w, http.StatusForbidden, "AccessDenied")
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// environment has nothing of the machine's.
func environment(t *testing.T, settings map[string]string) {
	t.Helper()
	none := filepath.Join(t.TempDir(), "none")
	all := map[string]string{
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "",
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "FLYTE_AWS_ENDPOINT": "",
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "", "AWS_MAX_ATTEMPTS": "1",
		"FLYTE_AWS_ACCESS_KEY_ID": "", "FLYTE_AWS_SECRET_ACCESS_KEY": "", "AWS_ROLE_ARN": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
	}
	for name, value := range settings {
		all[name] = value
	}
	for name, value := range all {
		t.Setenv(name, value)
	}
}

func read(t *testing.T, bucket, key string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	return (&reader{}).read(ctx, store.Object{Scheme: "s3", Bucket: bucket, Key: key}, 4)
}

func TestWhatS3Answers(t *testing.T) {
	environment(t, map[string]string{
		"AWS_ENDPOINT_URL_S3": serve(t, "id"), "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
		"FLYTE_AWS_ENDPOINT": "http://127.0.0.1:1", "FLYTE_AWS_ACCESS_KEY_ID": "other", "FLYTE_AWS_SECRET_ACCESS_KEY": "other",
	})
	for key, want := range map[string]string{"a b%/outputs.pb": "0123", "empty": ""} {
		if raw, err := read(t, "bucket", key); err != nil || string(raw) != want {
			t.Errorf("%s: want %q, got %q, %v", key, want, raw, err)
		}
	}
	for name, c := range map[string]struct {
		bucket, key, want string
		missing           bool
	}{
		"an object that does not exist":                {"bucket", "none", "NoSuchKey", true},
		"a bucket that does not exist":                 {"gone", "none", "NoSuchBucket", false},
		"a bucket of another region":                   {"bucket", "elsewhere", "PermanentRedirect", false},
		"an object that may not be read, or not known": {"bucket", "secret", "AccessDenied", false},
		"a store that is broken":                       {"bucket", "broken", "InternalError", false},
		"a proxy that knows no path":                   {"bucket", "proxy", "404", false},
		"a store that does not answer":                 {"bucket", "slow", "deadline exceeded", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, c.bucket, c.key)
			if err == nil || errors.Is(err, store.ErrMissing) != c.missing || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, missing: %v; got %v", c.want, c.missing, err)
			}
		})
	}
}

func TestFlytesOwnSettingsCountWhereAWSHasNone(t *testing.T) {
	environment(t, map[string]string{
		"FLYTE_AWS_ENDPOINT": serve(t, "flyte"), "FLYTE_AWS_ACCESS_KEY_ID": "flyte", "FLYTE_AWS_SECRET_ACCESS_KEY": "secret",
	})
	if raw, err := (store.Linked{}).Read(t.Context(), "s3://bucket/a b%/outputs.pb", 10); err != nil || string(raw) != "0123456789" {
		t.Errorf("got %q, %v", raw, err)
	}
}

func TestATokenFileThatIsMissingIsNoMissingObject(t *testing.T) {
	environment(t, map[string]string{
		"AWS_ENDPOINT_URL_S3": serve(t, "nobody"), "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1", "AWS_REGION": "us-east-1",
		"AWS_ROLE_ARN": "arn:aws:iam::1:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE": filepath.Join(t.TempDir(), "token"),
	})
	_, err := read(t, "bucket", "none")
	if err == nil || errors.Is(err, store.ErrMissing) || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("want an error about the token file, got %v", err)
	}
}
