package supervise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// Sweep raises what is overdue in a county as of the slot, an instant that now
// is not before: it opens an order for every deadline that has passed, or is
// as near as the county's ladder.hint_lead_days say, and raises every order
// whose level has run out. It returns how many acts there were.
//
// The slot says which day it is, now when the acts are recorded. What was due
// earlier is dated as of then and says that it is recorded late. A sweep that
// ends half way, is repeated, or runs on several servers at once raises
// nothing twice. An act that is refused, because somebody acted meanwhile, is
// no fault; what else is wrong with single cases keeps no other from being
// raised, and is told in [engine.CaseFaults].
//
// Owns selects the deadlines, as [Owner] shares them out; nil is all of them.
// Deadlines of the calendar's own acts are [engine.Engine.Tick]'s, but for the
// levels of orders: those are raised here and not there, because whether the
// step is still owed is for the sweep to see. The cost is that of what is due.
func Sweep(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time, owns func(workflow, stage, action string) bool) (acts int, err error) {
	s := newSweep(ctx, e, county, slot, now, owns)
	err = s.run()
	for _, n := range s.acts {
		acts += n
	}
	return acts, err
}

func newSweep(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time, owns func(workflow, stage, action string) bool) *sweep {
	s := &sweep{ctx: ctx, engine: e, county: county, day: calendar.DateOf(slot), now: now, owns: owns, acts: map[string]int{}}
	s.lead = e.Profile().Value(workflows.HintLeadDays, s.day)
	return s
}

// run raises everything; its error is [engine.CaseFaults], of [jobFault]s, or
// what ended it.
func (s *sweep) run() error {
	return s.engine.EachApart(s.ctx, engine.Query{County: s.county, Open: true, DueBy: s.horizon()}, s.raiseIn)
}

// sweep is one run.
type sweep struct {
	ctx    context.Context
	engine *engine.Engine
	county register.CountyID
	day    calendar.Date // of the slot
	lead   int           // days of the hint before the deadline
	now    time.Time
	owns   func(workflow, stage, action string) bool

	acts map[string]int // by the job whose they are
}

// horizon is the last deadline that is to be raised on the day.
func (s *sweep) horizon() calendar.Date {
	if s.lead == 0 {
		return s.day.AddDays(-1)
	}
	return s.day.AddDays(s.lead)
}

// hintOn is the day on which a deadline is first raised.
func (s *sweep) hintOn(due calendar.Date) calendar.Date {
	if s.lead == 0 {
		return due.AddDays(1)
	}
	return due.AddDays(-s.lead)
}

// raiseIn raises what is due in one case.
func (s *sweep) raiseIn(c *engine.Case) error {
	if c.Workflow == workflows.SupervisionOrder {
		return s.climb(c)
	}
	w, ok := s.engine.Workflow(c.Workflow)
	if !ok {
		return &engine.NotFound{What: "workflow " + c.Workflow}
	}
	for _, d := range c.Due {
		if d.On.After(s.horizon()) || !s.mine(c, d.Action) || clocks(w, c.Stage, d.Action) {
			continue
		}
		if err := s.raise(w, c, d); err != nil {
			return &jobFault{Owner(c.Workflow, c.Stage, d.Action), err}
		}
	}
	return nil
}

// jobFault is what went wrong with a deadline of a job.
type jobFault struct {
	job string
	error
}

// Unwrap gives what went wrong.
func (f *jobFault) Unwrap() error { return f.error }

func (s *sweep) mine(c *engine.Case, action string) bool {
	return s.owns == nil || s.owns(c.Workflow, c.Stage, action)
}

// clocks reports whether only the calendar does an action in a stage.
func clocks(w *engine.Workflow, stage, action string) bool {
	roles := rolesOf(w, stage, action)
	return len(roles) > 0 && !slices.ContainsFunc(roles, func(r engine.Role) bool { return r.Key != engine.Clock.Key })
}

// raise opens the orders about a deadline and lets them climb to where they
// stand by the day of the slot. An act that was recorded late can leave a
// deadline that has passed already: where the case was acted on since, the
// order is of the day of the slot.
func (s *sweep) raise(w *engine.Workflow, c *engine.Case, d engine.Deadline) error {
	on, due := raisedOn(c, s.hintOn(d.On), s.day)
	if !due {
		return nil
	}
	view := s.engine.View(s.ctx, s.county)
	for _, org := range responsible(view, w, c, d.Action) {
		key := workflows.OrderKey(c.ID, d.Action, d.On, org)
		if _, raised := view.Holder(workflows.OneOrder.Kind, key); raised {
			continue
		}
		article := s.articleOf(w, c.Stage, d)
		answer, err := Raise(s.ctx, s.engine, s.county, Order{About: c.ID, Org: org.ID, Level: workflows.Ladder[0].Level,
			Step: d.Action, StepDue: d.On, On: on, Basis: article, Problems: []engine.Item{{Key: "1", Text: problem(w, d, article)}}}, s.now)
		if err := s.count(Owner(c.Workflow, c.Stage, d.Action), err); err != nil {
			return err
		}
		if answer == nil || !overdue(answer.Due, s.day) {
			continue
		}
		order, err := s.engine.Refold(s.ctx, s.county, answer.Case)
		if err != nil {
			return err
		}
		if err := s.climb(order); err != nil {
			return err
		}
	}
	return view.Err()
}

// raisedOn is the day of an order that was due on a day, raised for a slot of
// another: what could not be known on that day, since the case was acted on
// later, is of the slot's day, and of a later slot where it was acted on after
// this one.
func raisedOn(c *engine.Case, due, slot calendar.Date) (on calendar.Date, ok bool) {
	switch touched := calendar.DateOf(c.At); {
	case touched.After(slot):
		return on, false
	case due.Before(touched):
		return slot, true
	}
	return due, true
}

// count counts an act of a job that was done; one that the rules refused was
// somebody else's to do.
func (s *sweep) count(job string, err error) error {
	var refused *engine.Refused
	switch {
	case err == nil:
		s.acts[job]++
	case errors.As(err, &refused):
		return nil
	}
	return err
}

// Order is what a job puts under supervision.
type Order struct {
	About    engine.CaseID  // the case concerned
	Org      register.OrgID // who is responsible
	Level    string         // option of workflows.OrderLevel
	Basis    string         // article or finding it rests on
	Problems []engine.Item  // naming no person
	// Step and StepDue are the action that is overdue and the day it was due;
	// "" and the zero day where the order is about the case as a whole, such as
	// a check that was failed.
	Step    string
	StepDue calendar.Date
	On      calendar.Date // the day of the order; the zero day is today
}

// Raise opens an order as the calendar. One about a matter that is under an
// order already is refused ([engine.Refused]).
func Raise(ctx context.Context, e *engine.Engine, county register.CountyID, o Order, now time.Time) (*engine.Answer, error) {
	m := engine.Move{Workflow: workflows.SupervisionOrder, Org: o.Org, Parent: o.About, Action: workflows.IssueOrder.Key,
		On: o.On, Reason: late(o.On, now), Fields: map[string]any{
			workflows.OrderLevel.Key: o.Level, workflows.Basis.Key: o.Basis, workflows.Problems.Key: o.Problems}}
	if o.Step != "" {
		m.Fields[workflows.Step.Key], m.Fields[workflows.StepDue.Key] = o.Step, o.StepDue
	}
	return e.Act(ctx, engine.Actor{County: county, Office: engine.ClockOffice}, m, now)
}

// late is why an act is recorded after its day; "" where it is not.
func late(on calendar.Date, now time.Time) string {
	if on.IsZero() || !on.Before(calendar.DateOf(now)) {
		return ""
	}
	return "系统停机补记 recorded after an outage"
}

// climb raises an order by every level whose time has run out by the day of
// the slot, each dated the day it was due. Once the step is settled, that is
// noted instead and the order rises no more: what is owed then is the feedback.
func (s *sweep) climb(order *engine.Case) error {
	if !s.mine(order, workflows.Escalate.Key) {
		return nil
	}
	due := order.Due
	for {
		d, ok := deadline(due, workflows.Escalate.Key)
		if !ok || !d.Overdue(s.day) {
			return nil
		}
		owed, err := s.stillOwed(order)
		if err != nil {
			return err
		}
		m := engine.Move{Case: order.ID, Action: workflows.Escalate.Key, On: calendar.Max(d.On.AddDays(1), order.StageOn),
			Fields: map[string]any{workflows.Found.Key: "owed"}}
		if !owed {
			m.Action, m.On, m.Fields = workflows.NoteSettled.Key, calendar.DateOf(s.now), map[string]any{workflows.Found.Key: "settled"}
		}
		m.Reason = late(m.On, s.now)
		answer, err := s.engine.Act(s.ctx, engine.Actor{County: s.county, Office: engine.ClockOffice}, m, s.now)
		if err := s.count(Ladder, err); err != nil || answer == nil {
			return err
		}
		due = answer.Due
	}
}

// stillOwed reports whether the deadline an order was issued for stands. One
// that was met, moved or went with its case does not; an order about no step
// is owed until it is answered.
func (s *sweep) stillOwed(order *engine.Case) (bool, error) {
	step, about := workflows.Step.Held(order)
	if !about {
		return true, nil
	}
	c, err := s.engine.Refold(s.ctx, s.county, order.Parent)
	if err != nil {
		return false, err
	}
	on, _ := workflows.StepDue.Held(order)
	return slices.Contains(c.Due, engine.Deadline{Action: step, On: on}), nil
}

func deadline(due []engine.Deadline, action string) (engine.Deadline, bool) {
	i := slices.IndexFunc(due, func(d engine.Deadline) bool { return d.Action == action })
	if i < 0 {
		return engine.Deadline{}, false
	}
	return due[i], true
}

func overdue(due []engine.Deadline, day calendar.Date) bool {
	return slices.ContainsFunc(due, func(d engine.Deadline) bool { return d.Overdue(day) })
}

// articleOf is the article of a deadline, by the number it had on that day.
func (s *sweep) articleOf(w *engine.Workflow, stage string, d engine.Deadline) string {
	for _, due := range w.Dues {
		if due.Action.Key != d.Action || !slices.ContainsFunc(due.Stages, func(st engine.Stage) bool { return st.Key == stage }) {
			continue
		}
		if w.Older != nil && w.Edition != nil && d.On.Before(w.Edition.Date(s.engine.Profile())) {
			if older := w.Older(due.Article); older != "" {
				return string(older)
			}
		}
		return string(due.Article)
	}
	return "督办"
}

// problem says what is overdue and since when, and names nobody.
func problem(w *engine.Workflow, d engine.Deadline, article string) string {
	words := engine.Words{Zh: d.Action, En: d.Action}
	if a, ok := w.Action(d.Action); ok {
		words = a.Words
	}
	return fmt.Sprintf("「%s」期限 %s,尚未办结(%s) %s: due %s, not done", words.Zh, d.On, article, words.En, d.On)
}
