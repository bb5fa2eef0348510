package story

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/register"
)

// Vocabulary writes what a story can name of a workflow, as Markdown: its
// stages, its actions with who does them and what they give, its fields with
// how their values are written, and the parameters that set can change. The
// workflow is compiled.
func Vocabulary(out io.Writer, w *engine.Workflow) error {
	b := bufio.NewWriter(out)
	fmt.Fprintf(b, "### %s (%s)\n\nStages:", w.Key, w.Words.Zh)
	for i, s := range w.Stages() {
		fmt.Fprintf(b, "%s `%s` %s", separator(i), s.Key, s.Words.Zh)
	}
	fmt.Fprint(b, ".\n\n| action | 动作 | by | gives (* must be given) |\n| --- | --- | --- | --- |\n")
	var fields []*engine.Field
	for _, a := range w.Actions() {
		posts, gives := whoGives(w, a.Key)
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", a.Key, a.Words.Zh, posts, gives)
		for _, r := range w.RulesOf(a.Key) {
			for _, f := range slices.Concat(r.Required, r.Optional) {
				if !slices.Contains(fields, f) {
					fields = append(fields, f)
				}
			}
		}
	}
	fmt.Fprint(b, "\n| field | 栏目 | kind | options |\n| --- | --- | --- | --- |\n")
	for _, f := range fields {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Key, f.Words.Zh, f.Kind, optionsOf(f))
	}
	if len(w.Params) > 0 {
		fmt.Fprint(b, "\n| parameter | 参数 | national value | a story may set |\n| --- | --- | --- | --- |\n")
	}
	for _, p := range w.Params {
		fmt.Fprintf(b, "| `%s` | %s | %d | %s |\n", p.Key, p.Words.Zh, p.Default, boundOf(p))
	}
	return b.Flush()
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// whoGives lists the posts that may do an action, and the fields it takes:
// with a star where every rule wants them.
func whoGives(w *engine.Workflow, action string) (posts, gives string) {
	var who []register.Post
	var fields []*engine.Field
	must := map[*engine.Field]int{}
	rules := w.RulesOf(action)
	for _, r := range rules {
		for _, p := range r.Role.Posts {
			if !slices.Contains(who, p) {
				who = append(who, p)
			}
		}
		for _, f := range slices.Concat(r.Required, r.Optional) {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
		for _, f := range r.Required {
			must[f]++
		}
	}
	for i, f := range fields {
		star := ""
		if must[f] == len(rules) {
			star = "*"
		}
		gives += fmt.Sprintf("%s `%s`%s", separator(i), f.Key, star)
	}
	return joined(who), strings.TrimSpace(gives)
}

func optionsOf(f *engine.Field) string {
	text := ""
	for i, o := range f.Options {
		text += fmt.Sprintf("%s `%s` %s", separator(i), o.Key, o.Words.Zh)
	}
	return strings.TrimSpace(text)
}

func boundOf(p *engine.Param) string {
	switch p.Bound {
	case engine.Fixed:
		return "nothing else"
	case engine.AtLeast:
		return fmt.Sprintf("%d or more", p.Limit)
	case engine.AtMost:
		return fmt.Sprintf("%d or less", p.Limit)
	}
	return "any value"
}
