package engine

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Invariant is something the graph of a workflow proves: no way leads to the
// target without every one of the acts.
type Invariant struct {
	Key    string
	Words  Words
	Target Stage
	Needs  []Action
}

// Waiver accepts a finding of [Workflow.Check] beside the rule, with a reason.
type Waiver struct {
	Finding string // the finding's key
	Reason  string
}

// Finding is something that looks wrong about a workflow, found without
// running it. Its key is stable: it names no dates and no hashes, so that a
// waiver outlives both.
type Finding struct {
	Key    string `json:"key"`
	Words  Words  `json:"words"`
	Waived string `json:"waived,omitempty"` // the reason, "" where it stands
}

// Check reports everything that can be proved about a compiled workflow
// without running it, sorted by key, waived findings included:
//
//	unreachable:STAGE          no way leads there from the opening
//	no-exit:STAGE              a case can get there and no further, and it is no end
//	end-exit:STAGE             an end with a way out
//	end-act:STAGE:ACTION       an act after the end
//	unbounded:STAGE            no deadline for any act that leaves the stage
//	loop:STAGE+STAGE...        stages a case can go round in for ever
//	overlap:ACTION:STAGE:TO+TO two rules that may both judge one move
//	unread:FIELD               looked at by a condition or deadline, given by no rule
//	undone:ACTION              looked for by a condition or deadline, allowed by no rule
//	untested:CONDITION         a condition without a test
//	never:ACTION:TO            a rule that is in force on no day
//	param:KEY                  a parameter that is used and not listed
//	uncited:ARTICLE            text of the statute that nothing cites
//	no-text:ARTICLE            cited, and not in the statute
//	no-article:WHERE           a sentence without an article
//	invariant:KEY:ACTION@DAYS  the target can be reached without the act
//	invariant:KEY@DAYS         the target cannot be reached at all
//	waiver:KEY                 a waiver that waives nothing, or gives no reason
//
// What depends on the day is checked on the first day of every span of days
// with the same sentences in force ("edition"), for every stage a case may
// stand in by then. Invariants are proved for each edition and for all
// sentences at once (DAYS is "ever"), since a case may live through several.
func (w *Workflow) Check() []Finding {
	f := &findings{byKey: map[string]*found{}, editions: w.editions()}
	occupied := map[string]bool{New.Key: true}
	for i := range f.editions {
		ed := &f.editions[i]
		occupied = reach(ed.rules, occupied, nil)
		w.checkStages(f, ed, occupied)
		w.checkOverlaps(f, ed)
		w.checkLoops(f, ed)
		w.checkInvariants(f, ed.rules, ed.name, ed.Since())
	}
	all := make([]*Rule, len(w.Rules))
	for i := range w.Rules {
		all[i] = &w.Rules[i]
	}
	w.checkInvariants(f, all, "ever", Words{"全部条文合并", "all sentences at once"})
	w.checkReads(f)
	w.checkArticles(f)
	return f.waive(w.Waivers)
}

// findings collects findings by key; one that shows in several editions is
// reported once, with the editions it shows in.
type findings struct {
	byKey    map[string]*found
	editions []edition
}

type found struct {
	words Words
	in    []*edition
}

func (f *findings) add(ed *edition, zh, en string, key ...string) {
	k := strings.Join(key, ":")
	old := f.byKey[k]
	if old == nil {
		old = &found{words: Words{zh, en}}
		f.byKey[k] = old
	}
	if ed != nil && !slices.Contains(old.in, ed) {
		old.in = append(old.in, ed)
	}
}

func (f *findings) waive(waivers []Waiver) []Finding {
	var out []Finding
	for key, one := range f.byKey {
		finding := Finding{Key: key, Words: one.words}
		if len(one.in) < len(f.editions) {
			for _, ed := range one.in {
				since := ed.Since()
				finding.Words.Zh += "(" + since.Zh + ")"
				finding.Words.En += " (" + since.En + ")"
			}
		}
		out = append(out, finding)
	}
	for _, wv := range waivers {
		i := slices.IndexFunc(out, func(o Finding) bool { return o.Key == wv.Finding })
		switch {
		case i < 0:
			out = append(out, Finding{Key: "waiver:" + wv.Finding,
				Words: Words{"豁免「" + wv.Finding + "」没有对应的问题", "the waiver of " + wv.Finding + " waives nothing"}})
		case strings.TrimSpace(wv.Reason) == "":
			out = append(out, Finding{Key: "waiver:" + wv.Finding,
				Words: Words{"豁免「" + wv.Finding + "」没有说明理由", "the waiver of " + wv.Finding + " gives no reason"}})
		default:
			out[i].Waived = wv.Reason
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

// checkStages looks at every stage of an edition: whether a case can get in,
// get out, and has to get out in bounded time.
func (w *Workflow) checkStages(f *findings, ed *edition, occupied map[string]bool) {
	for _, st := range w.stages {
		exits := exitsOf(ed.rules, st.Key)
		switch {
		case !occupied[st.Key]:
			if mentions(ed.rules, st.Key) {
				f.add(ed, "阶段「"+st.Words.Zh+"」无法到达", "no way leads to the stage "+st.Words.En, "unreachable", st.Key)
			}
		case st.End:
			w.checkEnd(f, ed, st, exits)
		case len(exits) == 0:
			f.add(ed, "阶段「"+st.Words.Zh+"」没有出口,也不是终点", "the stage "+st.Words.En+" has no exit and is no end", "no-exit", st.Key)
		case st.Key != New.Key && !bounded(ed.dues, st.Key, exits):
			f.add(ed, "阶段「"+st.Words.Zh+"」没有任何离开期限", "no deadline makes anybody leave the stage "+st.Words.En, "unbounded", st.Key)
		}
	}
}

func (w *Workflow) checkEnd(f *findings, ed *edition, st Stage, exits []*Rule) {
	if len(exits) > 0 {
		f.add(ed, "终点「"+st.Words.Zh+"」还有出口", "the end "+st.Words.En+" has a way out", "end-exit", st.Key)
	}
	for _, r := range ed.rules {
		if r.in(st.Key) && r.target(st.Key) == st.Key {
			f.add(ed, "终点「"+st.Words.Zh+"」之后仍可「"+r.Action.Words.Zh+"」", "after the end "+st.Words.En+" one may still: "+r.Action.Words.En,
				"end-act", st.Key, r.Action.Key)
		}
	}
}

// checkOverlaps wants at most one rule to judge a move.
func (w *Workflow) checkOverlaps(f *findings, ed *edition) {
	for i, a := range ed.rules {
		for _, b := range ed.rules[i+1:] {
			if a.Action.Key != b.Action.Key || !a.Role.meets(b.Role) || a.opposes(b) {
				continue
			}
			for _, st := range a.From {
				if b.in(st.Key) {
					f.add(ed, fmt.Sprintf("「%s」在阶段「%s」有两条不能证明互斥的规则", a.Action.Words.Zh, st.Words.Zh),
						fmt.Sprintf("%s in the stage %s: two rules that are not provably disjoint", a.Action.Words.En, st.Words.En),
						"overlap", a.Action.Key, st.Key, a.target(st.Key)+"+"+b.target(st.Key))
				}
			}
		}
	}
}

// meets reports whether some office may hold both roles.
func (r Role) meets(q Role) bool { return slices.ContainsFunc(r.Posts, q.holds) }

// opposes reports whether the selections of two rules can never both hold.
func (r *Rule) opposes(q *Rule) bool {
	for i := range r.Selects {
		if slices.ContainsFunc(q.Selects, r.Selects[i].opposes) {
			return true
		}
	}
	return false
}

// checkLoops looks for stages a case can go round in for ever: what is left
// of the cycles without the rules that begin a new round or hold a bounding
// condition.
func (w *Workflow) checkLoops(f *findings, ed *edition) {
	var free []*Rule
	for _, r := range ed.rules {
		if !r.Stay && !r.NewRound && !slices.ContainsFunc(r.Needs, func(c Condition) bool { return c.Bounds }) {
			free = append(free, r)
		}
	}
	for _, loop := range loops(w.stages, free) {
		var keys, zh, en []string
		for _, st := range loop {
			keys, zh, en = append(keys, st.Key), append(zh, st.Words.Zh), append(en, st.Words.En)
		}
		f.add(ed, "阶段「"+strings.Join(zh, "、")+"」之间可以无限循环", "a case can go round for ever in: "+strings.Join(en, ", "),
			"loop", strings.Join(keys, "+"))
	}
}

// checkInvariants proves each invariant on one graph.
func (w *Workflow) checkInvariants(f *findings, rules []*Rule, name string, days Words) {
	start := map[string]bool{New.Key: true}
	for _, inv := range w.Invariants {
		if !reach(rules, start, nil)[inv.Target.Key] {
			f.add(nil, "「"+inv.Words.Zh+"」无从证明:「"+inv.Target.Words.Zh+"」无法到达("+days.Zh+")",
				inv.Words.En+": not proved, "+inv.Target.Words.En+" cannot be reached ("+days.En+")", "invariant", inv.Key+"@"+name)
			continue
		}
		for _, a := range inv.Needs {
			without := reach(rules, start, func(r *Rule) bool { return r.Action.Key == a.Key })
			if without[inv.Target.Key] {
				f.add(nil, "「"+inv.Words.Zh+"」不成立:不经「"+a.Words.Zh+"」也能到达「"+inv.Target.Words.Zh+"」("+days.Zh+")",
					inv.Words.En+": broken, "+inv.Target.Words.En+" can be reached without: "+a.Words.En+" ("+days.En+")",
					"invariant", inv.Key, a.Key+"@"+name)
			}
		}
	}
}
