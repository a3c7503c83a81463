package podenv

// What does $(NAME) become in a command, an argument or a value?

import "strings"

// Expand follows Kubernetes: $(NAME) becomes the value of NAME, an unknown name stays as it is written, and $$ is one
// dollar, so that $$(NAME) is the text "$(NAME)".
func Expand(text string, values map[string]string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 || at+1 == len(text) {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(text[:at])
		text = text[at:]
		switch end := strings.IndexByte(text, ')'); {
		case text[1] == '$':
			out.WriteByte('$')
			text = text[2:]
		case text[1] == '(' && end > 0:
			if value, known := values[text[2:end]]; known {
				out.WriteString(value)
			} else {
				out.WriteString(text[:end+1])
			}
			text = text[end+1:]
		default:
			out.WriteByte('$')
			text = text[1:]
		}
	}
}
