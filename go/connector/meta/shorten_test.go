package meta

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestALongFailureKeepsItsFirstLineAndItsEnd(t *testing.T) {
	trace := strings.Repeat("  größer\n", 1000)
	for name, c := range map[string]struct{ text, first, last string }{
		"a traceback":      {"worker 0: Error\n" + trace + "ValueError: ß", "worker 0: Error …", "ValueError: ß"},
		"one long line":    {strings.Repeat("ß", 3000) + "end", "ßßß", "ßßend"},
		"it begins anew":   {"\n" + trace + "ValueError: ß", " …", "ValueError: ß"},
		"not valid at all": {"worker 0\n" + strings.Repeat("\xff\n", 5000) + "end", "worker 0 …", "end"},
	} {
		got := ShortenMiddle(c.text, 400)
		if len(got) > 400 || !utf8.ValidString(got) {
			t.Errorf("%s: %d bytes, valid: %v", name, len(got), utf8.ValidString(got))
		}
		if !strings.HasPrefix(got, c.first) || !strings.HasSuffix(got, c.last) {
			t.Errorf("%s: want %q … %q, got %q", name, c.first, c.last, got)
		}
	}
	if got := ShortenMiddle("short\n\xff", 400); got != "short\n?" {
		t.Errorf("got %q", got)
	}
}
