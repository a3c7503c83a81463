package dialect

import (
	"bytes"
	"log/slog"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
)

type named string

func TestInfoOfAnyJSONTypeIsWhatJSONSays(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		fast  bool
	}{
		"nothing": {nil, true}, "a truth": {true, true}, "a text": {"ü <&>", true}, "a number": {1.5, true},
		"a negative zero": {math.Copysign(0, -1), true}, "an int": {3, true}, "an int32": {int32(-3), true},
		"an int64 that no float64 has": {int64(1<<53 + 1), true},
		"a map":                        {map[string]any{"a": map[string]any{"b": 1}}, true}, "an empty map": {map[string]any{}, true},
		"no map": {map[string]any(nil), false},
		"a list": {[]string{"a"}, false}, "a map of another type": {map[string]int{"x": 1}, false},
		"a type of one's own": {named("a"), false}, "a float32": {float32(0.1), false}, "bytes": {[]byte("a"), false},
		"a text that is no UTF-8": {"\xff", false}, "a key that is no UTF-8": {map[string]any{"\xff": 1}, false},
		"a list in a map": {map[string]any{"a": []int{1}}, false},
	} {
		info := map[string]any{"value": c.value, "other": "x"}
		want, err := throughJSON(info)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := Service{}.CustomInfo(info)
		if _, fast := plain(info); fast != c.fast || !proto.Equal(got, want) {
			t.Errorf("%s: want %v and fast %t, got %v and %t", name, want, c.fast, got, fast)
		}
		if _, err := proto.Marshal(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInfoThatJSONCannotSayIsLeftOutAndLogged(t *testing.T) {
	for name, value := range map[string]any{"NaN": math.NaN(), "+Inf": math.Inf(1), "chan int": make(chan int)} {
		var log bytes.Buffer
		s := Service{Log: slog.New(slog.NewTextHandler(&log, nil))}
		if got := s.CustomInfo(map[string]any{"x": value}); got != nil || !strings.Contains(log.String(), name) {
			t.Errorf("want %s left out, and logged, got %v and %q", name, got, log.String())
		}
	}
	if got := (Service{}).CustomInfo(nil); got != nil {
		t.Errorf("want nothing for nothing, got %v", got)
	}
}
