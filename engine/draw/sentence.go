package draw

import (
	"fmt"
	"slices"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
)

// text builds a text in both languages at once.
type text struct{ zh, en strings.Builder }

func (t *text) add(zh, en string)    { t.zh.WriteString(zh); t.en.WriteString(en) }
func (t *text) words() engine.Words  { return engine.Words{Zh: t.zh.String(), En: t.en.String()} }
func (t *text) clause(zh, en string) { t.add("<br>"+zh, "<br>"+en) }
func quote(w engine.Words) string    { return "「" + w.Zh + "」" }

// list joins words in both languages.
func list(ws []engine.Words) engine.Words {
	zh, en := make([]string, len(ws)), make([]string, len(ws))
	for i, w := range ws {
		zh[i], en[i] = w.Zh, w.En
	}
	return engine.Words{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}
}

// each turns things into their words.
func each[T any](things []T, words func(T) engine.Words) []engine.Words {
	out := make([]engine.Words, len(things))
	for i, x := range things {
		out[i] = words(x)
	}
	return out
}

func fieldWords(f *engine.Field) engine.Words { return f.Words }

// sentence says a rule in words, clause by clause.
func sentence(r *engine.Rule) engine.Words {
	var t text
	from := list(each(r.From, func(s engine.Stage) engine.Words { return engine.Words{Zh: quote(s.Words), En: s.Words.En} }))
	t.add("**"+r.Role.Words.Zh+"**可在"+from.Zh+"阶段**"+r.Action.Words.Zh+"**",
		"**"+upper(r.Role.Words.En)+"** may **"+r.Action.Words.En+"** in the stage "+strings.ReplaceAll(from.En, ", ", " or "))
	switch {
	case r.Stay:
		t.add(",阶段不变。", "; the stage stays.")
	case r.To.End:
		t.add(",案件终结于"+quote(r.To.Words)+"。", "; the case ends: "+r.To.Words.En+".")
	default:
		t.add(",进入"+quote(r.To.Words)+"。", "; it leads to: "+r.To.Words.En+".")
	}
	given(&t, r)
	conditions(&t, r)
	consequences(&t, r)
	if f := inForce(r.Since, r.Until); f.Zh != "" {
		t.clause("施行:"+f.Zh, "In force: "+f.En)
	}
	return t.words()
}

func given(t *text, r *engine.Rule) {
	if len(r.Required) > 0 {
		w := list(each(r.Required, fieldWords))
		t.clause("须填:"+w.Zh, "Must give: "+w.En)
	}
	if len(r.Optional) > 0 {
		w := list(each(r.Optional, fieldWords))
		t.clause("可填:"+w.Zh, "May give: "+w.En)
	}
	if len(r.Derived) > 0 {
		w := list(each(r.Derived, func(d engine.Derived) engine.Words { return d.Field.Words }))
		t.clause("自动记录:"+w.Zh, "Recorded by itself: "+w.En)
	}
}

func conditions(t *text, r *engine.Rule) {
	for _, part := range []struct {
		list   []engine.Condition
		zh, en string
	}{{r.Selects, "适用于:", "Applies where: "}, {r.Needs, "条件:", "On condition: "}, {r.Warns, "提示(不阻止):", "Noted, not refused: "}} {
		for _, c := range part.list {
			by := cites(c)
			t.clause(part.zh+c.Words.Zh+by.Zh, part.en+c.Words.En+by.En)
		}
	}
}

func cites(c engine.Condition) engine.Words {
	switch len(c.Cites) {
	case 0:
		return engine.Words{}
	case 1:
		return engine.Words{Zh: "[" + string(c.Cites[0]) + "]", En: " [" + string(c.Cites[0]) + "]"}
	}
	return engine.Words{Zh: fmt.Sprintf("[%s;此前 %s]", c.Cites[0], c.Cites[1]), En: fmt.Sprintf(" [%s; before: %s]", c.Cites[0], c.Cites[1])}
}

var opWords = map[engine.Op]engine.Words{
	engine.Take: {Zh: "占用", En: "Takes"}, engine.Use: {Zh: "使用", En: "Uses"},
	engine.Release: {Zh: "退还", En: "Gives back"}, engine.Void: {Zh: "作废", En: "Voids"},
}

func consequences(t *text, r *engine.Rule) {
	for _, op := range r.Claims {
		t.clause(opWords[op.Op].Zh+":"+op.Claim.Words.Zh, opWords[op.Op].En+": "+op.Claim.Words.En)
	}
	for _, e := range r.Effects {
		t.clause("效力:"+e.Words.Zh, "Effect: "+e.Words.En)
	}
	if r.Moves != nil {
		t.clause("移交:案件转由「"+r.Moves.Words.Zh+"」保管", "Hands over: the case is kept by then on by: "+r.Moves.Words.En)
	}
	if r.NewRound {
		t.clause("开始新一轮:本轮的表决、意见和证据须重新提供", "Starts a new round: votes, opinions and evidence are given again")
	}
	if r.WhoCites != "" {
		t.clause("主体依据:"+string(r.WhoCites), "By law of: "+string(r.WhoCites))
	}
	if len(r.Papers) > 0 {
		w := list(r.Papers)
		t.clause("文书:"+w.Zh, "Papers: "+w.En)
	}
}

// inForce says the dates in force, nothing where there is no edge.
func inForce(since, until calendar.Date) engine.Words {
	switch {
	case since.IsZero() && until.IsZero():
		return engine.Words{}
	case until.IsZero():
		return engine.Words{Zh: since.String() + " 起", En: "from " + since.String()}
	case since.IsZero():
		return engine.Words{Zh: until.String() + " 前", En: "before " + until.String()}
	}
	return engine.Words{Zh: since.String() + " 起," + until.String() + " 前", En: "from " + since.String() + ", before " + until.String()}
}

var unitWords = map[engine.Unit]engine.Words{
	engine.InMonths: {Zh: "个月", En: "months"}, engine.InDays: {Zh: "日", En: "days"}, engine.InWorkdays: {Zh: "个工作日", En: "working days"},
}

// dueSentence says a deadline in words.
func dueSentence(d *engine.DueRule) engine.Words {
	var t text
	unit, anchor := unitWords[d.Span.Unit], engine.AnchorWords(d.Anchor)
	n := fmt.Sprint(d.Span.N)
	span := engine.Words{Zh: n, En: n}
	if p := d.Span.Param; p != nil {
		n = paramValue(p, p.Default)
		span = engine.Words{Zh: n + "(参数 " + p.Key + ")", En: n + " (parameter " + p.Key + ")"}
	}
	t.add("自"+anchor.Zh+"起 "+span.Zh+" "+unit.Zh+"内「"+d.Action.Words.Zh+"」",
		upper(d.Action.Words.En)+" within "+span.En+" "+unit.En+" of: "+anchor.En)
	if d.Open != nil {
		t.add(";限于:"+d.Open.Words.Zh, "; only where: "+d.Open.Words.En)
	}
	if d.NeedsReason {
		t.add(";逾期须说明理由", "; a late act must give its reason")
	}
	if f := inForce(d.Since, d.Until); f.Zh != "" {
		t.add(";施行:"+f.Zh, "; in force "+f.En)
	}
	return t.words()
}

// paramValue writes a value of a parameter as people read it.
func paramValue(p *engine.Param, v int) string {
	switch p.Kind {
	case engine.DateParam:
		return fmt.Sprintf("%04d-%02d-%02d", v/10000, v/100%100, v%100)
	case engine.FlagParam:
		if v != 0 {
			return "是 yes"
		}
		return "否 no"
	}
	return fmt.Sprint(v)
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// cell makes a text fit into a cell of a Markdown table.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "|", `\|`), "\n", "<br>")
}

// orderedStages are the stages in the order in which the sentences first lead
// to them, those nothing leads to first and the ends last.
func orderedStages(w *engine.Workflow) []engine.Stage {
	rank := func(s engine.Stage) int {
		first := slices.IndexFunc(w.Rules, func(r engine.Rule) bool { return !r.Stay && r.To.Key == s.Key })
		if s.End {
			return len(w.Rules) + first
		}
		return first
	}
	out := slices.Clone(w.Stages())
	slices.SortStableFunc(out, func(a, b engine.Stage) int { return rank(a) - rank(b) })
	return out
}

// roles are the roles of the workflow in the order of the sentences.
func roles(w *engine.Workflow) []engine.Role {
	var out []engine.Role
	for i := range w.Rules {
		r := w.Rules[i].Role
		if !slices.ContainsFunc(out, func(q engine.Role) bool { return q.Key == r.Key }) {
			out = append(out, r)
		}
	}
	return out
}

// number is the place of a rule among the sentences, from 1.
func number(w *engine.Workflow, r *engine.Rule) int {
	for i := range w.Rules {
		if &w.Rules[i] == r {
			return i + 1
		}
	}
	return 0
}
