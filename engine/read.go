package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// The read doors. What an actor cannot reach is not found, the same as what
// does not exist. Reading judges nothing and writes nothing, but for the record
// of a look behind a [Veil].

// Dossier is a case as an actor in its reach may see it.
type Dossier struct {
	Row     Row
	Round   int
	Person  *register.Person
	Org     *register.Org
	Due     []Deadline
	Held    map[string]string
	Facts   map[string]any // field -> what counts now; nil for a consulted department
	Trail   []Trace        // oldest first
	Outlook *Outlook
}

// Workflows are the workflows of the county in the order of their keys.
func (e *Engine) Workflows() []*Workflow {
	byKey := func(a, b *Workflow) int { return cmp.Compare(a.Key, b.Key) }
	return slices.SortedFunc(maps.Values(e.workflows), byKey)
}

// Who is the actor as the register knows it now: the office and its
// organization. An office that is not held today is [Invalid] "office-ended".
func (e *Engine) Who(ctx context.Context, actor Actor, now time.Time) (*register.Office, *register.Org, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, nil, err
	}
	return r.office, r.org, nil
}

// Case is a case with what the actor can do in it now.
func (e *Engine) Case(ctx context.Context, actor Actor, id CaseID, now time.Time) (*Dossier, error) {
	s, err := e.behold(ctx, actor, id, now)
	if err != nil {
		return nil, err
	}
	c := s.Case
	d := &Dossier{Row: RowOf(c), Round: c.Round, Person: s.Subject(), Org: s.Branch(), Due: c.Due, Held: c.Held,
		Trail: trailOf(c), Outlook: Look(s)}
	if !s.guest() {
		d.Facts = s.facts()
	}
	return d, s.View.Err()
}

// Events are the events of a case after a seq, oldest first. A consulted
// department sees what was done and when; the content only of its own acts.
func (e *Engine) Events(ctx context.Context, actor Actor, id CaseID, after int64, now time.Time) ([]*Event, error) {
	s, err := e.behold(ctx, actor, id, now)
	if err != nil {
		return nil, err
	}
	events, err := e.events(ctx, actor.County, id, after)
	if err != nil {
		return nil, err
	}
	return s.visible(events), nil
}

// visible are events as the actor may see them: a consulted department sees
// the content only of its own acts.
func (s *Situation) visible(events []*Event) []*Event {
	if !s.guest() {
		return events
	}
	for _, ev := range events {
		if ev.By.Org != s.Org.ID {
			ev.Fields, ev.Reason, ev.Claims, ev.Register = nil, "", nil, nil
		}
	}
	return events
}

// guest reports whether the actor is of a department that was asked about
// somebody else's case. What is addressed to the department is its own.
func (s *Situation) guest() bool {
	return s.Office.Post == register.DepartmentOfficer && s.Office.Org != s.Case.Org
}

// behold puts the actor before a case as the store knows it now.
func (e *Engine) behold(ctx context.Context, actor Actor, id CaseID, now time.Time) (*Situation, error) {
	if _, err := e.catchUp(ctx, actor.County, id); err != nil {
		return nil, err
	}
	s, err := e.situate(ctx, actor, Move{Case: id}, now.UTC())
	if err != nil {
		return nil, err
	}
	return e.witness(ctx, s)
}

// catchUp folds onto a case in memory what another server has added since, and
// reports whether there was anything. An act that is allowed needs none of
// this: its commit notices.
func (e *Engine) catchUp(ctx context.Context, county register.CountyID, id CaseID) (moved bool, err error) {
	c := e.cases.get(county, id)
	if c == nil {
		return false, nil
	}
	entries, err := e.store.Log(ctx, county, string(id), c.Seq)
	if err != nil {
		return false, err
	}
	for _, entry := range entries {
		if c, err = e.Fold(c, county, id, entry); err != nil {
			return false, err
		}
	}
	e.cases.put(c)
	return len(entries) > 0, nil
}

func trailOf(c *Case) []Trace {
	var out []Trace
	for t := c.Trail(); t != nil; t = t.Prev {
		out = append(out, *t)
	}
	slices.Reverse(out)
	return out
}

// facts are the values that count now, a list for a repeated field.
func (s *Situation) facts() map[string]any {
	out := map[string]any{}
	for key := range s.Case.facts {
		f := s.Workflow.fields[key]
		if !f.Repeated {
			if fact, ok := s.Case.Fact(f); ok {
				out[key] = fact.Value
			}
			continue
		}
		var values []any
		for _, fact := range s.Case.All(f) {
			values = append(values, fact.Value)
		}
		if values != nil {
			out[key] = values
		}
	}
	return out
}

// Org is an organization in the actor's reach.
func (e *Engine) Org(ctx context.Context, actor Actor, id register.OrgID, now time.Time) (*register.Org, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	return r.reached(id)
}

// Orgs are an organization in the actor's reach, the actor's own if none is
// named, and those directly below it.
func (e *Engine) Orgs(ctx context.Context, actor Actor, under register.OrgID, now time.Time) ([]*register.Org, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	o, err := r.reached(cmp.Or(under, r.org.ID))
	if err != nil {
		return nil, err
	}
	return append([]*register.Org{o}, r.view.Below(o.ID)...), r.view.Err()
}

// People are the people kept in an organization in the actor's reach.
func (e *Engine) People(ctx context.Context, actor Actor, org register.OrgID, now time.Time) ([]*register.Person, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	o, err := r.reached(org)
	if err != nil {
		return nil, err
	}
	return r.view.Members(o.ID), r.view.Err()
}

// Person is one person kept in an organization in the actor's reach.
func (e *Engine) Person(ctx context.Context, actor Actor, id register.PersonID, now time.Time) (*register.Person, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	p, ok := r.view.Person(id)
	if err := r.view.Err(); err != nil {
		return nil, err
	}
	if ok && r.everywhere() {
		return p, nil
	}
	if !ok || p.Org == "" {
		return nil, &NotFound{"person " + string(id)}
	}
	if _, err := r.reached(p.Org); err != nil {
		return nil, err
	}
	return p, nil
}

// reader is an actor who looks, as known now.
type reader struct {
	county register.CountyID
	store  Store
	view   View
	office *register.Office
	org    *register.Org
	today  calendar.Date
	now    time.Time // UTC
}

func (e *Engine) reader(ctx context.Context, actor Actor, now time.Time) (*reader, error) {
	r := &reader{county: actor.County, store: e.store, view: e.store.View(ctx, actor.County), today: calendar.DateOf(now), now: now.UTC()}
	var err error
	r.office, r.org, err = officeOf(r.view, actor, r.today)
	return r, err
}

// asked reports whether the reader is of a department, which sees what it was
// asked about.
func (r *reader) asked() bool { return r.office.Post == register.DepartmentOfficer }

// countyWide reports whether the post may know of every case of the county.
func countyWide(p register.Post) bool {
	switch p {
	case register.CountyReviewer, register.CountyHead, register.Inspector, register.Auditor, register.Clock:
		return true
	}
	return false
}

// everywhere reports whether the actor may read the whole register.
func (r *reader) everywhere() bool {
	return countyWide(r.office.Post) || r.office.Post == register.Administrator
}

// reached is an organization in the actor's reach.
func (r *reader) reached(id register.OrgID) (*register.Org, error) {
	o, ok := r.view.Org(id)
	if err := r.view.Err(); err != nil {
		return nil, err
	}
	if !ok || !r.everywhere() && !r.org.Over(o) {
		return nil, &NotFound{"organization " + string(id)}
	}
	return o, nil
}

// path limits a list to an organization, or else to the actor's own; "" is
// the whole county. A department is limited by what it was asked about.
func (r *reader) path(org register.OrgID) (string, error) {
	if org != "" {
		o, err := r.reached(org)
		if err != nil {
			return "", err
		}
		return o.Path, nil
	}
	if countyWide(r.office.Post) || r.office.Post == register.DepartmentOfficer {
		return "", nil
	}
	return r.org.Path, nil
}
