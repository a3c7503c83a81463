// How does a long text fit?

package meta

import (
	"strings"
	"unicode/utf8"
)

// cutMark stands where something was left out.
const cutMark = " …"

// Shorten cuts the end of a text, to at most limit bytes of valid UTF-8: protobuf refuses anything else.
func Shorten(text string, limit int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= limit {
		return text
	}
	cut := max(limit-len(cutMark), 0)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + cutMark
}

// ShortenStart cuts the start of a text instead: the last lines of a traceback say what is wrong.
func ShortenStart(text string, limit int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= limit {
		return text
	}
	cut := min(len(text)-limit+len(cutMark), len(text))
	for cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut++
	}
	return cutMark + text[cut:]
}

// ShortenMiddle keeps what a failure begins with, which is who failed, and its end, which is why.
func ShortenMiddle(text string, limit int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= limit {
		return text
	}
	line, _, _ := strings.Cut(text, "\n")
	head := strings.TrimSuffix(Shorten(line, limit/4), cutMark)
	return head + ShortenStart(text[len(head):], limit-len(head))
}
