package engine

import (
	"slices"
	"strings"

	"jinchu/register"
)

// Capacity says in what capacity somebody answers for an act:
// 谁审核谁负责、谁主办谁负责.
type Capacity string

// The capacities, all of them.
const (
	AsHandled  Capacity = "handled"  // whatever no other capacity says
	AsNamed    Capacity = "named"    // named by the act, not acting: introducers, contacts, talkers, inspectors
	AsTalked   Capacity = "talked"   // held the talk
	AsScreened Capacity = "screened" // at the first level
	AsReviewed Capacity = "reviewed" // at a level above it
	AsOpined   Capacity = "opined"   // for a department that was consulted
	AsVoted    Capacity = "voted"    // for a body that voted: it has totals and no names
	AsApproved Capacity = "approved"
	AsRefused  Capacity = "refused"
	AsReturned Capacity = "returned" // for rectification
	AsExtended Capacity = "extended" // a time limit
	AsObjected Capacity = "objected" // took in an objection
	AsResolved Capacity = "resolved" // found on an objection
	AsChecked  Capacity = "checked"  // on the spot
	AsCalendar Capacity = "calendar" // nobody acted: the day had come
)

var capacityWords = map[Capacity]Words{
	AsHandled: {"经办", "handled"}, AsNamed: {"被确定人", "named"}, AsTalked: {"谈话", "talked"},
	AsScreened: {"初审", "screened"}, AsReviewed: {"审核", "reviewed"}, AsOpined: {"回复意见", "gave an opinion"},
	AsVoted: {"会议表决", "voted as a body"}, AsApproved: {"审批", "approved"}, AsRefused: {"不予通过", "refused"},
	AsReturned: {"退回", "returned"}, AsExtended: {"延长期限", "extended"}, AsObjected: {"受理异议", "took in an objection"},
	AsResolved: {"核查异议", "resolved an objection"}, AsChecked: {"抽查", "checked"}, AsCalendar: {"期限届满", "the calendar"},
}

// Words are the capacity's words.
func (c Capacity) Words() Words { return capacityWords[c] }

// verbs are the capacities of actions by the verb their key begins with: a
// workflow that names its actions as the others do need not say more.
var verbs = map[string]Capacity{
	"talk": AsTalked, "screen": AsScreened,
	"review": AsReviewed, "pass": AsReviewed, "qualify": AsReviewed, "reconfirm": AsReviewed, "deliberate": AsReviewed,
	"answer": AsOpined, "approve": AsApproved, "consent": AsApproved,
	"refuse": AsRefused, "reject": AsRefused, "decline": AsRefused, "return": AsReturned,
	"extend": AsExtended, "postpone": AsExtended, "object": AsObjected, "resolve": AsResolved,
	"check": AsChecked, "inspect": AsChecked, "recheck": AsChecked,
}

// As says in what capacity whoever does the action answers for it, where the
// verb of its key and its rules do not say it already; see
// [Workflow.Capacity].
func (a Action) As(c Capacity) Action { a.Capacity = c; return a }

// Capacity is the capacity in which whoever does an action answers for it:
// the one the action was given ([Action.As]); or what its rules make it, the
// vote of a body, a department's opinion, an inspector's check, the calendar's
// own act; or what the verb of its key says; [AsHandled] if none does. It
// depends on the action only, so that an act under a rule that is no longer
// there has one too.
func (w *Workflow) Capacity(action string) Capacity {
	rules := w.byAction[action]
	every := func(holds func(*Rule) bool) bool {
		return len(rules) > 0 && !slices.ContainsFunc(rules, func(r *Rule) bool { return !holds(r) })
	}
	by := func(p register.Post) bool {
		return every(func(r *Rule) bool { return len(r.Role.Posts) == 1 && r.Role.holds(p) })
	}
	switch {
	case len(rules) > 0 && rules[0].Action.Capacity != "":
		return rules[0].Action.Capacity
	case slices.ContainsFunc(rules, (*Rule).counts):
		return AsVoted
	case every(func(r *Rule) bool { return r.Role.Scope == Consulted }):
		return AsOpined
	case by(register.Inspector):
		return AsChecked
	case by(register.Clock):
		return AsCalendar
	}
	verb, _, _ := strings.Cut(action, "-")
	if c, ok := verbs[verb]; ok {
		return c
	}
	return AsHandled
}

// counts reports whether the act counts those who should attend, as only the
// vote of a body does.
func (r *Rule) counts() bool {
	excludes := func(f *Field) bool { return f.Kind == KindExclusions }
	return slices.ContainsFunc(r.Required, excludes) || slices.ContainsFunc(r.Optional, excludes)
}

// ofBody reports whether the field lists the members of a body that votes.
// Those who answer for an act are not among them: nobody is told who voted.
func (w *Workflow) ofBody(f *Field) bool {
	switch f.Kind {
	case KindRoster, KindExclusions:
		return true
	case KindPerson, KindPeople:
		return slices.ContainsFunc(w.Rules, func(r Rule) bool { return r.counts() && r.gives(f.Key) != nil })
	}
	return false
}
