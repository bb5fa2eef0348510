package simulate

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// life is one person's way through the procedure. It runs as a coroutine that
// is asleep but for the moment it decides what comes next, so that its steps
// read in the order in which they happen.
type life struct {
	n        int
	play     *play
	rand     *rand.Rand
	person   *register.Person  // as they enter the register
	kin      []*register.Kin   // of theirs, entered with them
	relative register.PersonID // close kin among the branch's members
	superior register.OfficeID // close kin among the committee's officers
	branch   *branch
	caseID   engine.CaseID

	on    calendar.Date // of the next act, or of the last one
	stage string        // as last answered
	since calendar.Date // in that stage
	ended bool
	held  map[string]string // claims

	watched    calendar.Date   // since when half years count
	observed   []calendar.Date // on which days half years were reviewed
	trained    bool
	adopted    calendar.Date // by the general meeting
	failed     calendar.Date // in the general meeting
	voters     int64         // who should attend the meeting filed
	isUpheld   bool          // an objection, and nothing has come of it yet
	isFraud    bool          // what was upheld
	ends       calendar.Date // probation
	extension  int           // months by which probation is resolved to be extended
	isExtended bool          // probation

	step    step
	answer  *engine.Answer  // to the step, nil where it was refused
	refusal *engine.Refused // of the step
	next    func() bool     // sleeps until the next step is known; false at the end
	stop    func()
	yield   func() bool
	gone    bool
}

// step is one act to be done.
type step struct {
	who       register.OfficeID
	action    string
	fields    map[string]any
	on        calendar.Date // when it happened; the zero day is the day it is recorded
	reason    string
	elsewhere *branch // opens a second case there
}

// value is a field with what is given in it.
type value struct {
	key string
	v   any
}

func is[T any](f engine.F[T], v T) value { return value{f.Key, v} }

// give gathers what an act gives.
func give(values ...value) []value { return values }

// outcome is what came of a step.
type outcome int

const (
	done outcome = iota
	refused
	over // the play or the life is over; nothing more is to be tried
)

func (l *life) begin() {
	next, stop := iter.Pull(func(yield func(struct{}) bool) {
		l.yield = func() bool { return yield(struct{}{}) }
		l.live()
	})
	l.next = func() bool { _, ok := next(); return ok }
	l.stop = stop
}

// try does one step on the day l.on.
func (l *life) try(s step) outcome {
	if l.gone {
		return over
	}
	l.step = s
	if !l.yield() {
		l.gone = true
		return over
	}
	switch {
	case l.refusal != nil:
		return refused
	case l.answer == nil: // the working days ahead are not published
		l.gone = true
		return over
	}
	return done
}

// act does the step. It runs beside others and touches nothing but l.
func (l *life) act(ctx context.Context, now time.Time) error {
	l.answer, l.refusal = nil, nil
	s := l.step
	m := engine.Move{Case: l.caseID, Action: s.action, On: s.on, Fields: s.fields, Reason: s.reason}
	if l.stage == "" || s.elsewhere != nil {
		m.Workflow, m.Person, m.Org = l.play.workflow.Key, l.person.ID, l.branch.org.ID
	}
	if s.elsewhere != nil {
		m.Case, m.Org = caseID(l.rand), s.elsewhere.org.ID
	}
	answer, err := l.play.engine.Act(ctx, l.play.actor(s.who), m, now)
	var notLoaded *calendar.NotLoaded
	switch {
	case errors.As(err, &l.refusal), errors.As(err, &notLoaded):
		return nil
	case err != nil:
		return &playError{l, err}
	case s.elsewhere != nil:
		return &playError{l, errors.New("a second case of the same person was opened")}
	default:
		l.answer = answer
	}
	return nil
}

// playError is a failure that is no refusal, with the act it answers.
type playError struct {
	life *life
	err  error
}

func (e *playError) Error() string {
	return "case " + string(e.life.caseID) + ", " + e.life.step.action + " by " + string(e.life.step.who) +
		" on " + e.life.on.String() + ": " + e.err.Error()
}

func (e *playError) Unwrap() error { return e.err }

// refusedFor reports whether the last step was refused on this ground.
func (l *life) refusedFor(code string) bool {
	return !l.gone && l.refusal != nil && slices.ContainsFunc(l.refusal.Grounds, func(g engine.Ground) bool { return g.Code == code })
}

// wrong is a step as it should not be: the right one with something changed.
type wrong struct {
	slip   *slip
	who    register.OfficeID // "" as in the right one
	values []value
	unless bool
}

func but(s *slip, values ...value) wrong { return wrong{slip: s, values: values} }

func (w wrong) by(who register.OfficeID) wrong { w.who = who; return w }

// only keeps the slip to those it can happen to.
func (w wrong) only(possible bool) wrong { w.unless = !possible; return w }

// do does a step the right way, after the wrong ways that happen to be tried.
// It reports whether life goes on.
func (l *life) do(who register.OfficeID, a engine.Action, right []value, slips ...wrong) bool {
	for _, w := range slips {
		if w.unless || !l.slips(w.slip) {
			continue
		}
		s := step{who: who, action: a.Key, fields: merged(right, w.values)}
		if w.who != "" {
			s.who = w.who
		}
		switch l.try(s) {
		case done: // the county's rules allow it
			return true
		case over:
			return false
		}
		l.wait(1, 5)
	}
	return l.must(step{who: who, action: a.Key, fields: merged(right, nil)})
}

func merged(right, wrong []value) map[string]any {
	fields := map[string]any{}
	for _, v := range slices.Concat(right, wrong) {
		if fields[v.key] = v.v; v.v == nil {
			delete(fields, v.key)
		}
	}
	return fields
}

// none takes a field out of a wrong step.
func none[T any](f engine.F[T]) value { return value{f.Key, nil} }

// mostTries bounds how often a refused step is taken up again before it is
// left lying.
const mostTries = 6

// must does a step until it is allowed: by somebody else where the officer has
// to stand back, with a reason where it is late, or some weeks later. It
// reports whether life goes on. Grounds that are final it leaves to the caller.
func (l *life) must(s step, final ...string) bool {
	for range mostTries {
		switch l.try(s) {
		case done:
			return true
		case over:
			return false
		}
		if l.refusedFor("no-kin") || l.refusedFor("fresh-reviewer") {
			s.who = l.play.county.another(s.who, l.rand)
			l.wait(1, 2)
			continue
		}
		if slices.ContainsFunc(final, l.refusedFor) {
			return false
		}
		if l.refusedFor("point-passed") {
			l.waitUntil(calendar.On(l.on.Year(), l.on.Month(), 1).AddMonths(1).AddDays(l.rand.IntN(8)))
			continue
		}
		if s.reason == "" && (l.refusedFor("late") || l.refusedFor("within-conversion-time")) {
			s.reason = "工作衔接不及时,逾期办理"
			continue
		}
		l.wait(15, 35)
	}
	l.play.tally.givenUp++
	return false
}

// officer is an officer of the committee above, or a colleague where that one
// is kin.
func (l *life) officer(i int) register.OfficeID {
	id := l.branch.above.officers[i]
	if id == l.superior {
		return l.play.county.another(id, l.rand)
	}
	return id
}

// The officers of a committee by what they mostly do.
const (
	reviews = iota
	signs
	organizes
)

// anyOfficer is one of the three.
func (l *life) anyOfficer() register.OfficeID { return l.officer(l.rand.IntN(organizes + 1)) }

// slips rolls the dice.
func (l *life) slips(s *slip) bool { return !l.gone && l.play.dice.roll(s) }

// wait lets so many days pass, at least and at most, up to a working day.
func (l *life) wait(least, most int) {
	l.waitUntil(l.on.AddDays(least + l.rand.IntN(most-least+1)))
}

// waitUntil waits for a working day on or after a day; for none that is past.
func (l *life) waitUntil(day calendar.Date) {
	l.on = l.play.workday(calendar.Max(l.on, day))
}

// param is a number of the regulation as the county has it.
func (l *life) param(p *engine.Param) int { return l.play.engine.Profile().Value(p, l.on) }

// underNewRules tells which edition of the rules is in force.
func (l *life) underNewRules() bool { return !l.on.Before(l.play.edition) }

// one takes one of several at random.
func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

func randomID(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = idAlphabet[r.IntN(len(idAlphabet))]
	}
	return string(b)
}

func caseID(r *rand.Rand) engine.CaseID { return engine.CaseID(randomID(r, 26)) }
