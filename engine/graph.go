package engine

import (
	"slices"

	"jinchu/calendar"
)

// edition is a span of days on which the same sentences are in force. Its
// name is the parameter or the day that begins it, "start" for the first.
type edition struct {
	from  calendar.Date // the zero day for the first
	name  string
	rules []*Rule
	dues  []*DueRule
}

// Since says in words when the edition begins.
func (ed *edition) Since() Words {
	if ed.from.IsZero() {
		return Words{"最初条文", "the first edition"}
	}
	return Words{ed.from.String() + " 起", "from " + ed.from.String()}
}

// editions are the spans between the days on which some sentence comes into
// or goes out of force, in order. A span with no rule in force is left out.
func (w *Workflow) editions() []edition {
	out := []edition{{name: "start"}}
	edge := func(e edge, day calendar.Date) {
		if day.IsZero() || slices.ContainsFunc(out, func(ed edition) bool { return ed.from == day }) {
			return
		}
		name := day.String()
		if e.param != nil {
			name = e.param.Key
		}
		out = append(out, edition{from: day, name: name})
	}
	for i := range w.Rules {
		edge(w.Rules[i].since, w.Rules[i].Since)
		edge(w.Rules[i].until, w.Rules[i].Until)
	}
	for i := range w.Dues {
		edge(w.Dues[i].since, w.Dues[i].Since)
		edge(w.Dues[i].until, w.Dues[i].Until)
	}
	slices.SortFunc(out, func(a, b edition) int { return a.from.Compare(b.from) })
	for i := range out {
		w.fill(&out[i])
	}
	return slices.DeleteFunc(out, func(ed edition) bool { return len(ed.rules) == 0 })
}

func (w *Workflow) fill(ed *edition) {
	for i := range w.Rules {
		if w.Rules[i].InForce(ed.from) {
			ed.rules = append(ed.rules, &w.Rules[i])
		}
	}
	for i := range w.Dues {
		if w.Dues[i].inForce(ed.from) {
			ed.dues = append(ed.dues, &w.Dues[i])
		}
	}
}

// reach is the set of stages to which the rules lead from some stages, these
// included, without the rules that skip tells; a nil skip tells none.
func reach(rules []*Rule, from map[string]bool, skip func(*Rule) bool) map[string]bool {
	seen := make(map[string]bool, len(from))
	for key := range from {
		seen[key] = true
	}
	for grown := true; grown; {
		grown = false
		for _, r := range rules {
			if r.Stay || seen[r.To.Key] || skip != nil && skip(r) {
				continue
			}
			if slices.ContainsFunc(r.From, func(s Stage) bool { return seen[s.Key] }) {
				seen[r.To.Key], grown = true, true
			}
		}
	}
	return seen
}

// exitsOf are the rules that lead out of a stage.
func exitsOf(rules []*Rule, stage string) []*Rule {
	var out []*Rule
	for _, r := range rules {
		if r.in(stage) && r.target(stage) != stage {
			out = append(out, r)
		}
	}
	return out
}

func mentions(rules []*Rule, stage string) bool {
	return slices.ContainsFunc(rules, func(r *Rule) bool { return r.in(stage) || !r.Stay && r.To.Key == stage })
}

// bounded reports whether one of the acts that leave the stage falls due in it.
func bounded(dues []*DueRule, stage string, exits []*Rule) bool {
	return slices.ContainsFunc(dues, func(d *DueRule) bool {
		return d.in(stage) && slices.ContainsFunc(exits, func(r *Rule) bool { return r.Action.Key == d.Action.Key })
	})
}

// loops are the sets of stages that can all be reached from each other, in
// the order of the stages.
func loops(stages []Stage, rules []*Rule) [][]Stage {
	after := map[string]map[string]bool{} // what follows a stage after one step or more
	for _, st := range stages {
		next := map[string]bool{}
		for _, r := range rules {
			if r.in(st.Key) {
				next[r.target(st.Key)] = true
			}
		}
		after[st.Key] = reach(rules, next, nil)
	}
	var out [][]Stage
	done := map[string]bool{}
	for _, st := range stages {
		if done[st.Key] || !after[st.Key][st.Key] {
			continue
		}
		var loop []Stage
		for _, other := range stages {
			if after[st.Key][other.Key] && after[other.Key][st.Key] {
				loop, done[other.Key] = append(loop, other), true
			}
		}
		out = append(out, loop)
	}
	return out
}
