package simulate

import (
	"cmp"
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

// course is the course of one matter: somebody's admission, an order, an
// assessment. It runs as a coroutine that is asleep but for the moment it
// decides what comes next, so that its steps read in the order in which they
// happen.
type course struct {
	// key says what it is about, and is nobody else's. Courses are woken in the
	// order of their keys.
	key    string
	minute int // of ten, at which it acts
	play   *play
	rand   *rand.Rand
	caseID engine.CaseID
	open   *opening      // what the first act begins; nil once it has
	on     calendar.Date // of the next act, or of the last one

	step    step
	answer  *engine.Answer  // to the step, nil where it was refused
	refusal *engine.Refused // of the step
	count   func()          // counts what came of the step
	next    func() bool     // sleeps until the next step is known; false at the end
	stop    func()
	yield   func() bool
	gone    bool
}

// opening is a case that an act begins.
type opening struct {
	workflow string
	id       engine.CaseID
	parent   engine.CaseID
	person   register.PersonID
	org      register.OrgID
	wrong    bool // it has to be refused
}

// step is one act to be done.
type step struct {
	who    register.OfficeID
	action string
	fields map[string]any
	on     calendar.Date // when it happened; the zero day is the day it is recorded
	reason string
	other  *opening // begins another case than the course's own
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

// begin makes the course ready to be woken for the first time.
func (c *course) begin(live func()) {
	next, stop := iter.Pull(func(yield func(struct{}) bool) {
		c.yield = func() bool { return yield(struct{}{}) }
		live()
	})
	c.next = func() bool { _, ok := next(); return ok }
	c.stop = stop
}

// try does one step on the day c.on.
func (c *course) try(s step) outcome {
	if c.gone {
		return over
	}
	c.step = s
	if !c.yield() {
		c.gone = true
		return over
	}
	switch {
	case c.refusal != nil:
		return refused
	case c.answer == nil: // the working days ahead are not published
		c.gone = true
		return over
	}
	return done
}

// sleep lets the day c.on come without doing anything. It reports whether life
// goes on.
func (c *course) sleep() bool {
	c.step = step{}
	c.gone = c.gone || !c.yield()
	return !c.gone
}

// act does the step. It runs beside others and touches nothing but c.
func (c *course) act(ctx context.Context, now time.Time) error {
	c.answer, c.refusal = nil, nil
	s := c.step
	if s.action == "" {
		return nil // it slept
	}
	m := engine.Move{Case: c.caseID, Action: s.action, On: s.on, Fields: s.fields, Reason: s.reason}
	o := cmp.Or(s.other, c.open)
	if o != nil {
		m.Case, m.Workflow, m.Parent, m.Person, m.Org = o.id, o.workflow, o.parent, o.person, o.org
	}
	answer, err := c.play.engine.Act(ctx, c.play.actor(s.who), m, now)
	var notLoaded *calendar.NotLoaded
	switch {
	case errors.As(err, &c.refusal), errors.As(err, &notLoaded):
		return nil
	case err != nil:
		return &playError{c, err}
	case o != nil && o.wrong:
		return &playError{c, errors.New("a case was opened that has to be refused")}
	case o != nil && s.other == nil:
		c.open = nil
	}
	c.answer = answer
	return nil
}

// playError is a failure that is no refusal, with the act it answers.
type playError struct {
	course *course
	err    error
}

func (e *playError) Error() string {
	return e.course.key + ", case " + string(e.course.caseID) + ", " + e.course.step.action + " by " + string(e.course.step.who) +
		" on " + e.course.on.String() + ": " + e.err.Error()
}

func (e *playError) Unwrap() error { return e.err }

// refusedFor reports whether the last step was refused on this ground.
func (c *course) refusedFor(code string) bool {
	return !c.gone && c.refusal != nil && slices.ContainsFunc(c.refusal.Grounds, func(g engine.Ground) bool { return g.Code == code })
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
func (c *course) do(who register.OfficeID, a engine.Action, right []value, slips ...wrong) bool {
	for _, w := range slips {
		if w.unless || !c.slips(w.slip) {
			continue
		}
		s := step{who: who, action: a.Key, fields: merged(right, w.values)}
		if w.who != "" {
			s.who = w.who
		}
		switch c.try(s) {
		case done: // the county's rules allow it
			return true
		case over:
			return false
		}
		c.wait(1, 5)
	}
	return c.must(step{who: who, action: a.Key, fields: merged(right, nil)})
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
func (c *course) must(s step, final ...string) bool {
	for range mostTries {
		switch c.try(s) {
		case done:
			return true
		case over:
			return false
		}
		if c.refusedFor("no-kin") || c.refusedFor("fresh-reviewer") {
			s.who = c.play.county.another(s.who, c.rand)
			c.wait(1, 2)
			continue
		}
		if slices.ContainsFunc(final, c.refusedFor) {
			return false
		}
		if c.refusedFor("point-passed") {
			c.waitUntil(calendar.On(c.on.Year(), c.on.Month(), 1).AddMonths(1).AddDays(c.rand.IntN(8)))
			continue
		}
		if s.reason == "" && (c.refusedFor("late") || c.refusedFor("within-conversion-time")) {
			s.reason = "工作衔接不及时,逾期办理"
			continue
		}
		c.wait(15, 35)
	}
	c.play.tally.givenUp++
	return false
}

// slips rolls the dice.
func (c *course) slips(s *slip) bool { return !c.gone && c.play.dice.roll(s) }

// wait lets so many days pass, at least and at most, up to a working day.
func (c *course) wait(least, most int) {
	c.waitUntil(c.on.AddDays(least + c.rand.IntN(most-least+1)))
}

// waitUntil waits for a working day on or after a day; for none that is past.
func (c *course) waitUntil(day calendar.Date) {
	c.on = c.play.workday(calendar.Max(c.on, day))
}

// param is a number of the regulation as the county has it.
func (c *course) param(p *engine.Param) int { return c.play.engine.Profile().Value(p, c.on) }
