package draw

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"jinchu/engine"
)

// Roles is the matrix of who may do what, as Markdown: an action a row, a
// role a column, the articles in the cell.
func Roles(w *engine.Workflow) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s · 职责表\n\n%s: who may do what\n\n| 步 | 动作 Action |", w.Words.Zh, upper(w.Words.En))
	rule := "|---|---|"
	for _, r := range roles(w) {
		fmt.Fprintf(&b, " %s<br>%s |", cell(r.Words.Zh), cell(r.Words.En))
		rule += "---|"
	}
	b.WriteString("\n" + rule + "\n")
	for _, a := range w.Actions() {
		step := ""
		if a.Step > 0 {
			step = fmt.Sprint(a.Step)
		}
		fmt.Fprintf(&b, "| %s | %s<br>`%s` |", step, cell(a.Words.Zh), a.Key)
		for _, role := range roles(w) {
			fmt.Fprintf(&b, " %s |", cell(articlesOf(w, a, role)))
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}

// articlesOf are the articles under which a role may do an action.
func articlesOf(w *engine.Workflow, a engine.Action, role engine.Role) string {
	var out []string
	for _, r := range w.RulesOf(a.Key) {
		article := string(r.Article)
		if article == "" {
			article = "●"
		}
		if r.Role.Key == role.Key && !slices.Contains(out, article) {
			out = append(out, article)
		}
	}
	return strings.Join(out, "、")
}

// Actions lists, as Markdown, every action with who may do it, where it
// leads, and its fields with their kinds and options: the vocabulary of the
// stories and of the API.
func Actions(w *engine.Workflow) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s · actions of `%s`\n", upper(w.Words.En), w.Key)
	for _, a := range w.Actions() {
		fmt.Fprintf(&b, "\n## `%s`\n\n%s · %s\n\n", a.Key, a.Words.Zh, a.Words.En)
		for _, r := range w.RulesOf(a.Key) {
			from := make([]string, len(r.From))
			for i, s := range r.From {
				from[i] = "`" + s.Key + "`"
			}
			to := "stays"
			if !r.Stay {
				to = "`" + r.To.Key + "`"
			}
			fmt.Fprintf(&b, "- %s: %s → %s (%s)", r.Role.Words.En, strings.Join(from, ", "), to, r.Article)
			for _, c := range r.Selects {
				fmt.Fprintf(&b, ", where %s", c.Words.En)
			}
			if f := inForce(r.Since, r.Until); f.En != "" {
				fmt.Fprintf(&b, ", %s", f.En)
			}
			b.WriteString("\n")
		}
		actionFields(&b, w, a)
	}
	return b.Bytes()
}

func actionFields(b *bytes.Buffer, w *engine.Workflow, a engine.Action) {
	rules := w.RulesOf(a.Key)
	var fields []*engine.Field
	for _, r := range rules {
		for _, f := range slices.Concat(r.Required, r.Optional) {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	if len(fields) == 0 {
		return
	}
	b.WriteString("\n| field | title | kind | given | options |\n|---|---|---|---|---|\n")
	for _, f := range fields {
		fmt.Fprintf(b, "| `%s` | %s · %s | %s | %s | %s |\n", f.Key, cell(f.Words.Zh), cell(f.Words.En), kind(f), must(rules, f), options(f))
	}
}

// must says whether the rules of an action demand a field.
func must(rules []*engine.Rule, f *engine.Field) string {
	demanded := 0
	for _, r := range rules {
		if slices.Contains(r.Required, f) {
			demanded++
		}
	}
	switch demanded {
	case 0:
		return "optional"
	case len(rules):
		return "required"
	}
	return "required by some rules"
}

func kind(f *engine.Field) string {
	k := string(f.Kind)
	if f.Repeated {
		k += ", repeated"
	}
	if f.PerRound {
		k += ", per round"
	}
	return k
}

func options(f *engine.Field) string {
	out := make([]string, len(f.Options))
	for i, o := range f.Options {
		out[i] = fmt.Sprintf("`%s` %s", o.Key, cell(o.Words.Zh))
	}
	return strings.Join(out, ", ")
}
