package main

import (
	"bytes"
	"strings"
	"testing"
)

const good = "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY app/ /app/\nUSER 65532:65532\n"

func TestAFileWithoutFaultsHasNoComplaint(t *testing.T) {
	var out bytes.Buffer
	if found, err := check(t.Context(), "Dockerfile", []byte(good), &out); found != 0 || err != nil {
		t.Errorf("%d complaints, %v: %s", found, err, out.String())
	}
}

func TestAFaultIsNamedWithItsLine(t *testing.T) {
	for want, text := range map[string]string{
		"Dockerfile:5: UndefinedVar":          good + "ENV PATH=$NOWHERE/bin\n",
		"Dockerfile:5: JSONArgsRecommended":   good + "CMD sleep 1\n",
		"Dockerfile:5: SecretsUsedInArgOrEnv": good + "ENV API_TOKEN=x\n",
		"Dockerfile:2: WorkdirRelativePath":   "FROM debian:bookworm-slim\nWORKDIR app\n",
		"Dockerfile:1: FromAsCasing":          "FROM debian:bookworm-slim as one\n",
		"Dockerfile:5: does not build: dockerfile parse error on line 5: unknown instruction: RUNN": good + "RUNN make\n",
	} {
		var out bytes.Buffer
		found, err := check(t.Context(), "Dockerfile", []byte(text), &out)
		if err != nil || found != 1 || !strings.HasPrefix(out.String(), want) {
			t.Errorf("want %s, have %d, %v: %s", want, found, err, out.String())
		}
	}
}
