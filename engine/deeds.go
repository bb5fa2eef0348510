package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// DeedsQuery asks what an office, or a person in all their offices, has
// signed. One of the two is set.
type DeedsQuery struct {
	Office register.OfficeID
	Person register.PersonID
	After  DeedCursor // exclusive
	Limit  int        // 1 to 200; 0 is 50
}

// Deeds is a part of what was signed, by (case, seq), so that the acts in one
// case stand together. Next is where the next part begins, nil at the end; a
// part may hold fewer than asked for, even none, and still have a next.
type Deeds struct {
	Lines []DeedLine
	Next  *DeedCursor
}

// DeedLine is one act and how it turned out.
type DeedLine struct {
	Answerable
	// Outcome is nil where a department is not asked about the case any more.
	Outcome *Outcome
}

// Outcome is how a case stands now, after an act in it.
type Outcome struct {
	Line
	Checks []Child // the cases that depend on it, as far as the reader may know of them
	Later  []After // what undid or stopped it since: returns, refusals, lapses
}

// After is an act that came after another.
type After struct {
	Seq      int64
	On       calendar.Date
	Action   string
	Capacity Capacity
	To       string
}

// Deeds are what an office or a person has signed in cases, and how it turned
// out. Whoever may know of every case asks about anybody, a committee about
// those who hold the offices of the organizations below it, and everybody
// about themselves; anybody else is [NotFound], as one who does not exist. A
// case that is kept where the reader's reach ends, a spot check or one that
// was transferred, is passed over, deeds and all.
// What a person was named for is no deed of theirs: it stands in the
// [Responsibility] of the case.
func (e *Engine) Deeds(ctx context.Context, actor Actor, q DeedsQuery, now time.Time) (*Deeds, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	if err := r.mayAsk(q); err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit < 1 {
		limit = pageDefault
	}
	path, err := r.path("")
	if err != nil {
		return nil, err
	}
	query := &DeedQuery{County: actor.County, Path: path, Office: q.Office, Person: q.Person, After: q.After, Limit: min(limit, pageMost)}
	out, err := e.signed(ctx, r, query)
	return out, cmp.Or(err, r.view.Err())
}

// signed gathers deeds into a part. What is passed over leaves no gap in it and
// no cursor behind, within a bounded number of deeds that are looked at.
func (e *Engine) signed(ctx context.Context, r *reader, q *DeedQuery) (*Deeds, error) {
	out, cases := &Deeds{}, map[CaseID]*told{}
	var last DeedCursor
	for scanned := 0; ; scanned += q.Limit {
		found, next, err := e.store.Deeds(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			line, err := e.deed(ctx, r, cases, d)
			switch {
			case err != nil:
				return nil, err
			case line == nil:
				continue
			case len(out.Lines) == q.Limit:
				out.Next = &last
				return out, nil
			}
			out.Lines, last = append(out.Lines, *line), d.DeedCursor
		}
		if next == nil || scanned >= scanMost {
			out.Next = next
			return out, nil
		}
		q.After = *next
	}
}

// deed is one deed as the reader may know of it; nil where it is passed over.
func (e *Engine) deed(ctx context.Context, r *reader, cases map[CaseID]*told, d Deed) (*DeedLine, error) {
	ev, err := unsealed(r.county, d.Case, d.Entry)
	if err != nil || !r.hears(ev.By) {
		return nil, err
	}
	if cases[d.Case] == nil {
		if cases[d.Case], err = e.tell(ctx, r, d.Case); err != nil {
			return nil, err
		}
	}
	if cases[d.Case].veiled {
		return nil, nil
	}
	line, err := cases[d.Case].deed(r, ev)
	return &line, err
}

// told is a case as it stands, for the deeds in it.
type told struct {
	s      *Situation
	reach  bool
	veiled bool // from the reader, though in reach: passed over
	checks []Child
}

func (e *Engine) tell(ctx context.Context, r *reader, id CaseID) (*told, error) {
	if _, err := e.catchUp(ctx, r.county, id); err != nil {
		return nil, err
	}
	c, err := e.load(ctx, r.county, id)
	if err != nil {
		return nil, err
	}
	t := &told{s: e.before(r, c)}
	if t.reach = t.s.Reaches(); !t.reach {
		return t, r.view.Err()
	}
	known, err := e.known(ctx, t.s)
	if t.veiled = !known; err != nil || t.veiled {
		return t, err
	}
	if t.s, err = e.witness(ctx, t.s); err != nil {
		return nil, err
	}
	below, _, err := e.dependents(ctx, t.s)
	for _, b := range below {
		t.checks = append(t.checks, Child{ID: b.Case.ID, Workflow: b.Case.Workflow, Stage: b.Case.Stage, Ended: b.Case.Ended})
	}
	return t, err
}

// deed is one act in the case. What it said is for those in reach of the case.
func (t *told) deed(r *reader, ev *Event) (DeedLine, error) {
	if err := ev.decodeValues(t.s.Workflow); err != nil {
		return DeedLine{}, err
	}
	d := DeedLine{Answerable: t.s.act(r, ev)}
	if !t.reach {
		d.Said, d.Reason = nil, ""
		return d, nil
	}
	d.Outcome = &Outcome{Line: r.line(RowOf(t.s.Case)), Checks: t.checks, Later: t.s.laterThan(ev.Seq)}
	return d, nil
}

// laterThan are the acts after a seq that undid or stopped what was done:
// returns, refusals, and what the calendar moved; oldest first.
func (s *Situation) laterThan(seq int64) []After {
	var out []After
	to := s.Case.Stage
	for t := s.Case.Trail(); t != nil && t.Seq > seq; t = t.Prev {
		capacity := s.Workflow.Capacity(t.Action)
		if t.Office == ClockOffice {
			capacity = AsCalendar
		}
		switch {
		case capacity == AsReturned, capacity == AsRefused, capacity == AsCalendar && to != t.From:
			out = append(out, After{Seq: t.Seq, On: t.On, Action: t.Action, Capacity: capacity, To: to})
		}
		to = t.From
	}
	slices.Reverse(out)
	return out
}

// mayAsk wants the office or the person to be known, and the actor to be one
// who may ask about them.
func (r *reader) mayAsk(q DeedsQuery) error {
	org, person := register.OrgID(""), q.Person
	if q.Person == "" {
		office, ok := r.view.Office(q.Office)
		if !ok {
			return cmp.Or(r.view.Err(), error(&NotFound{"office " + string(q.Office)}))
		}
		org, person = office.Org, office.Person
	} else {
		p, ok := r.view.Person(q.Person)
		if !ok {
			return cmp.Or(r.view.Err(), error(&NotFound{"person " + string(q.Person)}))
		}
		org = p.Org
	}
	if countyWide(r.office.Post) || r.self(q.Office, person) || r.supervises(org) {
		return r.view.Err()
	}
	return &NotFound{"office or person"}
}

// hears reports whether the actor may know what was signed so.
func (r *reader) hears(by Signer) bool {
	return countyWide(r.office.Post) || r.self(by.Office, by.Person) || r.supervises(by.Org)
}

// self reports whether an office or its holder is the actor.
func (r *reader) self(office register.OfficeID, person register.PersonID) bool {
	return office == r.office.ID || person != "" && person == r.office.Person
}

// supervises reports whether the actor is of the committee above an
// organization.
func (r *reader) supervises(org register.OrgID) bool {
	o, ok := r.view.Org(org)
	return ok && o.ID != r.org.ID && slices.Contains(register.CommitteePosts, r.office.Post) && r.org.Over(o)
}
