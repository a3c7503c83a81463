// What does --help say?

package flyteconnector

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const (
	textIndent = "        "
	textWidth  = 100
)

// usage shows everything to those who ask for help, and one line to those who made a mistake: the flag package has just
// said which.
func usage(flags *flag.FlagSet, groups []group) {
	asked := func(word string) bool { return slices.Contains([]string{"-h", "-help", "--h", "--help"}, word) }
	if !slices.ContainsFunc(os.Args[1:], asked) {
		fmt.Fprintln(flags.Output(), "--help lists the flags")
		return
	}
	out := flags.Output()
	if out == io.Writer(os.Stderr) {
		out = os.Stdout // it was asked for
	}
	help(out, flags, groups)
}

// help writes the flags by group; those that the program itself has defined come last.
func help(out io.Writer, flags *flag.FlagSet, groups []group) {
	own := section(func(rest *flag.FlagSet) {
		flags.VisitAll(func(f *flag.Flag) {
			if !slices.ContainsFunc(groups, func(g group) bool { return g.flags.Lookup(f.Name) != nil }) {
				rest.Var(f.Value, f.Name, f.Usage)
			}
		})
	})
	for _, g := range append(slices.Clone(groups), group{"This program", own}) {
		title := g.title + ":\n"
		g.flags.VisitAll(func(f *flag.Flag) {
			fmt.Fprint(out, title, describe(flags.Lookup(f.Name)))
			title = ""
		})
		fmt.Fprintln(out)
	}
}

func describe(f *flag.Flag) string {
	kind, text := flag.UnquoteUsage(f)
	heading := "  --" + f.Name
	if kind != "" {
		heading += " " + kind
	}
	if !slices.Contains([]string{"", "0", "0s", "false"}, f.DefValue) {
		text += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	return heading + "\n" + wrapped(text)
}

func wrapped(text string) string {
	var result strings.Builder
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(textIndent)+len(line)+1+len(word) > textWidth {
			result.WriteString(textIndent + line + "\n")
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return result.String() + textIndent + line + "\n"
}
