package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"jinchu/calendar"
	"jinchu/register"
)

// Rule is one sentence of the regulation: who may do what in which stage,
// leading where, giving what, on which conditions. Build it as
//
//	Art("细则 7", Branch.May(RecordTalk).In(Applied).To(Talked).Giving(Talker))
//
// An unfinished sentence does not compile.
type Rule struct {
	Article Article
	Role    Role
	Action  Action
	From    []Stage
	To      Stage // the stage itself where Stay is set
	Stay    bool

	Required []*Field
	Optional []*Field
	Selects  []Condition // choose among the rules of one action
	Needs    []Condition // must hold, or the act is refused
	Warns    []Condition // where one does not hold, the act carries its key as a flag
	Claims   []ClaimOp
	Effects  []Effect
	Derived  []Derived // what the act computes and records besides
	// Moves names the field whose organization keeps the case from then on.
	Moves *Field
	// NewRound starts a new round of votes and evidence.
	NewRound bool
	// WhoCites is the article behind the role, where it is not the rule's own.
	WhoCites Article
	Papers   []Words // documents the act produces or receives
	Kind     string  // coarse kind of the event in the ledger, "" for a step

	since, until edge
	// ID is the hash of the rule's canonical sentence, 16 hexadecimal digits.
	// It is recorded in every event the rule allowed.
	ID string
	// event is the rule's name as an event of the stage machine.
	event string
	// In force from Since on and before Until; zero dates are open ends.
	Since, Until calendar.Date
}

// edge is a date in force: a literal or a parameter of the profile.
type edge struct {
	date  calendar.Date
	param *Param
}

func (e edge) resolve(p *Profile) calendar.Date {
	if e.param != nil {
		return e.param.Date(p)
	}
	return e.date
}

// A sentence that lacks its stage.
type clauseMay struct{ rule Rule }

// A sentence that lacks where it leads.
type clauseIn struct{ rule Rule }

// May begins a sentence: this role may do the action ...
func (r Role) May(a Action) clauseMay { return clauseMay{Rule{Role: r, Action: a}} }

// In names the stages in which it may be done ...
func (m clauseMay) In(stages ...Stage) clauseIn {
	m.rule.From = stages
	return clauseIn(m)
}

// To names the stage it leads to, which completes the sentence.
func (i clauseIn) To(s Stage) Rule { i.rule.To = s; return i.rule }

// Stays completes a sentence whose act leaves the case where it stands: it
// only adds facts.
func (i clauseIn) Stays() Rule { i.rule.Stay = true; return i.rule }

// Art puts the sentence under its article.
func Art(a Article, r Rule) Rule { r.Article = a; return r }

// Giving names what the act must give.
func (r Rule) Giving(fields ...AnyField) Rule {
	for _, f := range fields {
		r.Required = append(r.Required, f.field())
	}
	return r
}

// Taking names what the act may give besides.
func (r Rule) Taking(fields ...AnyField) Rule {
	for _, f := range fields {
		r.Optional = append(r.Optional, f.field())
	}
	return r
}

// If names what must hold; every condition that does not is a ground of the
// refusal.
func (r Rule) If(cs ...Condition) Rule { r.Needs = append(r.Needs, cs...); return r }

// Noting names what should hold; where it does not, the act is allowed and
// carries the condition's key as a flag.
func (r Rule) Noting(cs ...Condition) Rule { r.Warns = append(r.Warns, cs...); return r }

// Recording names what the act computes and records.
func (r Rule) Recording(ds ...Derived) Rule { r.Derived = append(r.Derived, ds...); return r }

// MovingTo makes the organization in the field keep the case from then on.
func (r Rule) MovingTo(f F[register.OrgID]) Rule { r.Moves = f.Field; return r }

// When names what selects this rule among those of the same action.
func (r Rule) When(cs ...Condition) Rule { r.Selects = append(r.Selects, cs...); return r }

// Claiming takes, uses, releases or voids something scarce in the same
// transaction.
func (r Rule) Claiming(ops ...ClaimOp) Rule { r.Claims = append(r.Claims, ops...); return r }

// Making changes the register in the same transaction.
func (r Rule) Making(effects ...Effect) Rule { r.Effects = append(r.Effects, effects...); return r }

// AnewRound starts a new round: votes, opinions and evidence kept per round
// have to be given again, and the earlier ones stay as they were.
func (r Rule) AnewRound() Rule { r.NewRound = true; return r }

// ByLaw gives the article behind the role.
func (r Rule) ByLaw(a Article) Rule { r.WhoCites = a; return r }

// With names the documents of the act.
func (r Rule) With(papers ...Words) Rule { r.Papers = append(r.Papers, papers...); return r }

// Logged gives the event another coarse kind in the ledger.
func (r Rule) Logged(kind string) Rule { r.Kind = kind; return r }

// From the day on (as "2026-05-11") the rule is in force.
func (r Rule) SinceDay(day string) Rule { r.since = edge{date: calendar.MustParse(day)}; return r }

// From the day that a parameter of the profile holds, the rule is in force.
func (r Rule) SinceParam(p *Param) Rule { r.since = edge{param: p}; return r }

// Before the day that a parameter of the profile holds, the rule is in force.
func (r Rule) UntilParam(p *Param) Rule { r.until = edge{param: p}; return r }

// InForce reports whether the rule judges acts of that day.
func (r *Rule) InForce(on calendar.Date) bool {
	return !on.Before(r.Since) && (r.Until.IsZero() || on.Before(r.Until))
}

// in reports whether the rule starts from the stage.
func (r *Rule) in(stage string) bool {
	for i := range r.From {
		if r.From[i].Key == stage {
			return true
		}
	}
	return false
}

// target is the stage the rule leads to from a stage.
func (r *Rule) target(from string) string {
	if r.Stay {
		return from
	}
	return r.To.Key
}

// gives reports whether the rule takes the field.
func (r *Rule) gives(key string) *Field {
	for _, f := range r.Required {
		if f.Key == key {
			return f
		}
	}
	for _, f := range r.Optional {
		if f.Key == key {
			return f
		}
	}
	return nil
}

// Sentence is the rule in canonical form: identifiers in a fixed order. Its
// hash identifies the rule in every event.
func (r *Rule) Sentence() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s may %s in", r.Article, r.Role.Key, r.Action.Key)
	for _, s := range r.From {
		b.WriteByte(' ')
		b.WriteString(s.Key)
	}
	if r.Stay {
		b.WriteString("|stays")
	} else {
		b.WriteString("|to " + r.To.Key)
	}
	keys := func(label string, n int, key func(int) string) {
		for i := range n {
			b.WriteString("|" + label + " " + key(i))
		}
	}
	keys("giving", len(r.Required), func(i int) string { return r.Required[i].Key })
	keys("taking", len(r.Optional), func(i int) string { return r.Optional[i].Key })
	keys("when", len(r.Selects), func(i int) string { return r.Selects[i].Key })
	keys("if", len(r.Needs), func(i int) string { return r.Needs[i].Key })
	keys("noting", len(r.Warns), func(i int) string { return r.Warns[i].Key })
	keys("recording", len(r.Derived), func(i int) string { return r.Derived[i].Field.Key })
	keys("claim", len(r.Claims), func(i int) string { return string(r.Claims[i].Op) + " " + r.Claims[i].Claim.Kind })
	keys("making", len(r.Effects), func(i int) string { return r.Effects[i].Key })
	if r.NewRound {
		b.WriteString("|new round")
	}
	if r.Moves != nil {
		b.WriteString("|moves to " + r.Moves.Key)
	}
	fmt.Fprintf(&b, "|since %s|until %s", r.Since, r.Until)
	return b.String()
}

func (r *Rule) hash() string {
	sum := sha256.Sum256([]byte(r.Sentence()))
	return hex.EncodeToString(sum[:8])
}

// Op is what happens to something scarce.
type Op string

// The operations on a claim.
const (
	Take    Op = "take"    // hold it; fails where somebody else does
	Use     Op = "use"     // consume what the case holds
	Release Op = "release" // give back what the case holds
	Void    Op = "void"    // destroy what the case holds: it is never given out again
)

// Claim is something scarce that a case can hold. Pick chooses the key to
// take; it returns what is missing where there is none.
type Claim struct {
	Kind  string
	Words Words   // what it is
	Cite  Article // the article behind it, where it is not the rule's own
	// Fields are what Pick looks at in the move, none for most.
	Fields []*Field
	Pick   func(*Situation) (key string, missing []Words)
	// Stale reports whether what the case holds has to be exchanged for another
	// when it is used; nil for never.
	Stale func(s *Situation, held string) bool
}

// ClaimOp is one operation on a claim.
type ClaimOp struct {
	Op    Op
	Claim *Claim
}

// Do makes an operation on the claim.
func (c *Claim) Do(op Op) ClaimOp { return ClaimOp{op, c} }

// Effect is a change of the register that goes with an act.
type Effect struct {
	Key   string
	Words Words
	Make  func(*Situation) []register.Entity // none for no change
}

// Derived is a value that an act computes: it is recorded with the act, so
// that the inputs and the outcome of a rule stand together.
type Derived struct {
	Field *Field
	// Make computes the value; ok is false where there is nothing to record.
	Make func(*Situation) (v any, ok bool)
}

// Computing names a value that an act records.
func Computing[T any](f F[T], compute func(*Situation) (T, bool)) Derived {
	return Derived{f.Field, func(s *Situation) (any, bool) { v, ok := compute(s); return v, ok }}
}
