package engine

import (
	"context"
	"maps"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/ledger"
	"jinchu/register"
)

// Responsibility is everybody who answers for a case, 责任倒查: who acted, who
// was named by an act, in what capacity, and what they saw.
type Responsibility struct {
	Row     Row
	Entries []Answerable // of the case and those that depend on it, by the instant of recording
	// Cut tells that the case has more dependent cases than are looked at.
	Cut bool
}

// Answerable is one who answers for an act. Every act has one who did it;
// whom it names, to introduce, to accompany, to talk or to inspect, follow it
// with entries of their own. The vote of a body has the one who recorded it,
// with the totals.
type Answerable struct {
	Case     CaseID // the case itself, or one that depends on it
	Workflow string
	Seq      int64
	Capacity Capacity
	Field    *Field // that names them; nil for who acted

	Office  register.OfficeID // of who acted, as the next ones
	Post    register.Post
	Org     register.OrgID
	OrgName string
	// Person is who held the office at the time, or who is named; "" where the
	// reader may not know.
	Person     register.PersonID
	PersonName string // "" where the reader may not know

	On      calendar.Date // the day of the act
	At      time.Time     // the instant of its recording, UTC
	Action  string
	Rule    string  // hash of the rule that allowed it
	Known   bool    // the rule stands today as it stood then
	Article Article // of the rule, where it is known
	From    string
	To      string
	Said    []Said // what was decided in figures and choices; no free text
	Flags   []string
	Reason  string

	// Saw is what the case was when they acted; nil for those who are named
	// and for the calendar.
	Saw *Sight
}

// Said is one value an act gave.
type Said struct {
	Field *Field
	Value any
}

// Sight is a case as it was right before an act: the fold of its events up to
// there.
type Sight struct {
	Seq   int64 // of the last event, 0 before the case was opened
	Stage string
	Round int
	Head  ledger.Hash // of the chain, zero before the case was opened
	// Facts are the values that counted, as in [Dossier]; where they list the
	// members of a body that votes, their number. Nil for a consulted
	// department.
	Facts map[string]any
}

// dependentsMost bounds the dependent cases that are looked at for one case.
const dependentsMost = 200

// Responsibility is who answers for a case and for those that depend on it, as
// far as the actor may know of them. It is found in the log, so that it cannot
// be other than what was done. [NotFound] is for what is out of reach, as in
// [Engine.Case]; a consulted department learns what [Engine.Events] tells it.
func (e *Engine) Responsibility(ctx context.Context, actor Actor, id CaseID, now time.Time) (*Responsibility, error) {
	s, err := e.behold(ctx, actor, id, now)
	if err != nil {
		return nil, err
	}
	out := &Responsibility{Row: RowOf(s.Case)}
	if err := e.answer(ctx, s, out); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.Entries, func(a, b Answerable) int { return a.At.Compare(b.At) })
	return out, s.View.Err()
}

// answer adds the entries of a case and of those that depend on it.
func (e *Engine) answer(ctx context.Context, s *Situation, out *Responsibility) error {
	turns, err := e.replay(ctx, s.Case.County, s.Case.ID)
	if err != nil {
		return err
	}
	names := &reader{county: s.Case.County, store: e.store, view: s.View, office: s.Office, org: s.Org, today: s.Today, now: s.Now}
	for _, t := range turns {
		out.Entries = append(out.Entries, s.answerable(names, t)...)
	}
	below, cut, err := e.dependents(ctx, s)
	out.Cut = out.Cut || cut
	for _, child := range below {
		if err == nil {
			err = e.answer(ctx, child, out)
		}
	}
	return err
}

// dependents are the cases that depend on the situation's case and that its
// actor may know of, in the order of their identifiers.
func (e *Engine) dependents(ctx context.Context, s *Situation) (out []*Situation, cut bool, err error) {
	children := s.View.Children(s.Case.ID)
	if len(children) > dependentsMost {
		children, cut = children[:dependentsMost], true
	}
	for _, child := range children {
		if _, err := e.catchUp(ctx, s.Case.County, child.ID); err != nil {
			return nil, false, err
		}
		c, err := e.load(ctx, s.Case.County, child.ID)
		if err != nil {
			return nil, false, err
		}
		t := *s
		t.Case, t.Workflow = c, e.workflows[c.Workflow]
		known, err := e.known(ctx, &t)
		if err != nil {
			return nil, false, err
		}
		if !known {
			continue
		}
		seen, err := e.witness(ctx, &t)
		if err != nil {
			return nil, false, err
		}
		out = append(out, seen)
	}
	return out, cut, s.View.Err()
}

// turn is one event with the case right before it.
type turn struct {
	before *Case
	event  *Event
}

// replay folds a case from its events and keeps every state on the way.
func (e *Engine) replay(ctx context.Context, county register.CountyID, id CaseID) ([]turn, error) {
	entries, err := e.store.Log(ctx, county, string(id), 0)
	if err != nil {
		return nil, err
	}
	turns := make([]turn, 0, len(entries))
	var c *Case
	for _, entry := range entries {
		event, err := unsealed(county, id, entry)
		if err != nil {
			return nil, err
		}
		before := c
		if before == nil {
			before = Blank(event)
		}
		if c, err = e.apply(c, event, entry.Hash); err != nil {
			return nil, err
		}
		turns = append(turns, turn{before, event})
	}
	return turns, nil
}

// answerable is who answers for one event: who did it, then whom it names.
func (s *Situation) answerable(names *reader, at turn) []Answerable {
	ev := s.visible([]*Event{at.event})[0]
	act := s.act(names, ev)
	if act.Capacity != AsCalendar {
		act.Saw = s.sight(at.before)
	}
	out := []Answerable{act}
	for _, f := range s.Workflow.given(ev) {
		for _, id := range s.Workflow.named(f, ev.values[f.Key]) {
			n := act
			n.Capacity, n.Field, n.Person, n.PersonName = AsNamed, f, id, names.personName(id)
			n.Office, n.Post, n.Org, n.OrgName = "", "", "", ""
			n.Said, n.Flags, n.Reason, n.Saw = nil, nil, "", nil
			out = append(out, n)
		}
	}
	return out
}

// act is who did one event, but for what they saw.
func (s *Situation) act(names *reader, ev *Event) Answerable {
	a := Answerable{Case: ev.Case, Workflow: s.Workflow.Key, Seq: ev.Seq, Capacity: s.Workflow.Capacity(ev.Action),
		Office: ev.By.Office, Post: ev.By.Post, Org: ev.By.Org, OrgName: names.orgName(ev.By.Org),
		On: ev.On, At: ev.At, Action: ev.Action, Rule: ev.Rule, From: ev.From, To: ev.To,
		Said: s.Workflow.said(ev), Flags: ev.Flags, Reason: ev.Reason}
	if ev.By.Office == ClockOffice {
		a.Capacity = AsCalendar
	}
	if r, ok := s.Workflow.Rule(ev.Rule); ok {
		a.Known, a.Article = true, r.Article
	}
	if name := names.personName(ev.By.Person); name != "" {
		a.Person, a.PersonName = ev.By.Person, name
	}
	return a
}

// given are the fields an event gives, as far as they are seen, by their keys.
func (w *Workflow) given(ev *Event) []*Field {
	var out []*Field
	for _, key := range slices.Sorted(maps.Keys(ev.Fields)) {
		out = append(out, w.fields[key])
	}
	return out
}

// named are the people a field names, none where it lists a body that votes.
func (w *Workflow) named(f *Field, value any) []register.PersonID {
	if w.ofBody(f) {
		return nil
	}
	switch v := value.(type) {
	case register.PersonID:
		return []register.PersonID{v}
	case []register.PersonID:
		return v
	}
	return nil
}

// said are the figures and choices an event gives.
func (w *Workflow) said(ev *Event) []Said {
	var out []Said
	for _, f := range w.given(ev) {
		switch f.Kind {
		case KindNumber, KindChoice, KindFlag, KindChecklist:
			out = append(out, Said{f, ev.values[f.Key]})
		}
	}
	return out
}

// sight is what the actor may know of a case as it was.
func (s *Situation) sight(before *Case) *Sight {
	out := &Sight{Seq: before.Seq, Stage: before.Stage, Round: before.Round, Head: before.Head}
	if s.Office.Post == register.DepartmentOfficer {
		return out
	}
	then := *s
	then.Case = before
	out.Facts = then.facts()
	for key, v := range out.Facts {
		if s.Workflow.ofBody(s.Workflow.fields[key]) {
			out.Facts[key] = members(v)
		}
	}
	return out
}

// members counts a list of people.
func members(v any) int {
	switch v := v.(type) {
	case Roster:
		return len(v)
	case []Exclusion:
		return len(v)
	case []register.PersonID:
		return len(v)
	case []any: // of a repeated field
		n := 0
		for _, one := range v {
			n += members(one)
		}
		return n
	}
	return 1
}

// personName is the name of a person, "" where the actor may not know.
func (r *reader) personName(id register.PersonID) string {
	p, ok := r.view.Person(id)
	if id == "" || !ok {
		return ""
	}
	if r.everywhere() {
		return p.Name
	}
	if o, ok := r.view.Org(p.Org); ok && r.org.Over(o) {
		return p.Name
	}
	return ""
}

// orgName is the name of an organization as it is now.
func (r *reader) orgName(id register.OrgID) string {
	if o, ok := r.view.Org(id); ok {
		return o.Name
	}
	return ""
}
