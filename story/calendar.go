package story

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/supervise"
)

// Clock implements [Driver]: everything the calendar does, in the order of the
// timetable.
func (d *EngineDriver) Clock(ctx context.Context, now time.Time) error {
	if err := d.calendar(ctx, d.engine, now); err != nil {
		return err
	}
	return d.noteOpened(ctx)
}

// ClockTwice implements [Driver].
func (d *EngineDriver) ClockTwice(ctx context.Context, now time.Time) error {
	var servers sync.WaitGroup
	var errs [2]error
	for i, e := range []*engine.Engine{d.engine, d.twin} {
		servers.Go(func() { errs[i] = d.calendar(ctx, e, now) })
	}
	servers.Wait()
	if err := cmp.Or(errs[0], errs[1]); err != nil {
		return err
	}
	return d.noteOpened(ctx)
}

func (d *EngineDriver) calendar(ctx context.Context, e *engine.Engine, now time.Time) error {
	k, err := d.keeper(e)
	if err != nil {
		return err
	}
	tick := func(ctx context.Context, now time.Time) (int, error) { return e.Tick(ctx, d.county, now) }
	sweep := func(ctx context.Context, now time.Time) (int, error) {
		return supervise.Sweep(ctx, e, d.county, now, now, nil)
	}
	failed := func(ctx context.Context, now time.Time) (int, error) {
		return supervise.RaiseFailedChecks(ctx, e, d.county, now, now)
	}
	for _, job := range []func(context.Context, time.Time) (int, error){k.Open, tick, k.Points, k.Tell, k.Campaigns, k.Close, failed, sweep} {
		if _, err := job(ctx, now); err != nil {
			return err
		}
	}
	return nil
}

// noteOpened remembers the cases that the calendar has opened about
// organizations of this story.
func (d *EngineDriver) noteOpened(ctx context.Context) error {
	rows, err := d.rows(ctx)
	if err != nil {
		return err
	}
	for id, r := range rows {
		subject := register.Subject{Kind: register.KindOrg, ID: string(r.Org)}
		if d.chains[subject.Chain()] {
			d.note(id)
		}
	}
	return nil
}

// Cases implements [Driver]. The API lists open cases only, so it is the store
// that is asked whatever way a story is played.
func (d *EngineDriver) Cases(ctx context.Context, workflow string, parent engine.CaseID, org register.OrgID, now time.Time) ([]Opened, error) {
	var out []Opened
	q := engine.Query{County: d.county, Workflow: workflow, Parent: parent, Limit: 1000}
	rows, err := d.store.Rows(ctx, &q)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if org != "" && r.Org != org {
			continue
		}
		events, err := d.engine.Events(ctx, engine.Actor{County: d.county, Office: engine.ClockOffice}, r.ID, 0, now)
		if err != nil {
			return nil, err
		}
		first, last := events[0], events[len(events)-1]
		out = append(out, Opened{ID: r.ID, Org: r.Org, Person: r.Person, By: first.By.Office, At: first.At, Flags: last.Flags})
	}
	slices.SortFunc(out, func(a, b Opened) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// finding is a line that names the newest case that the calendar opened.
type finding struct {
	name     string
	workflow string
	at       Pos // of the workflow
	parent   string
	org      string
}

// find reads: NAME WORKFLOW [part-of CASE] [in ORG].
func (p *parser) find() (statement, error) {
	name, err := p.declare(aCase)
	if err != nil {
		return nil, err
	}
	t, err := p.next("a workflow, as supervision")
	if err != nil {
		return nil, err
	}
	f := finding{name: name, workflow: t.text, at: t.pos}
	if p.take("part-of") {
		if f.parent, err = p.refer(aCase); err != nil {
			return nil, err
		}
	}
	if p.take("in") {
		if f.org, err = p.refer(anOrg); err != nil {
			return nil, err
		}
	}
	if f.parent == "" && f.org == "" {
		return nil, p.errorf(`expected "part-of" and a case, or "in" and an organization`)
	}
	return f, nil
}

func (s finding) run(r *runner, _ *Line) error {
	found, err := r.opened(s.workflow, s.at, s.parent, s.org)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(c Opened) bool { return c.By != engine.ClockOffice })
	if len(found) == 0 {
		return &mismatch{want: "a case of " + s.workflow + " that the calendar opened", got: "none", fatal: true}
	}
	last := found[len(found)-1]
	r.names.cases[s.name] = &caseName{id: last.ID, workflow: s.workflow, org: last.Org, person: last.Person, last: &engine.Answer{Case: last.ID, Flags: last.Flags}}
	return nil
}

// opened are the cases of a workflow that depend on a case or are kept in an
// organization of the story, the oldest first.
func (r *runner) opened(workflow string, at Pos, parent, org string) ([]Opened, error) {
	if _, ok := r.driver.Workflow(workflow); !ok {
		return nil, &Error{at, fmt.Sprintf("there is no workflow %q", workflow)}
	}
	var about engine.CaseID
	if parent != "" {
		c, err := r.caseOf(parent)
		if err != nil {
			return nil, err
		}
		about = c.id
	}
	var in register.OrgID
	if org != "" {
		in = r.names.orgs[org].ID
	}
	return r.driver.Cases(r.ctx, workflow, about, in, r.now)
}

// expectCases is a line that counts cases.
type expectCases struct {
	workflow    string
	at          Pos
	parent, org string
	value       token
}

// expectCount reads: WORKFLOW of CASE|ORG NUMBER.
func (p *parser) expectCount() (statement, error) {
	t, err := p.next("a workflow")
	if err != nil {
		return nil, err
	}
	e := expectCases{workflow: t.text, at: t.pos}
	p.take("of")
	if t, err = p.next("the name of a case or an organization"); err != nil {
		return nil, err
	}
	switch p.names[t.text] {
	case aCase:
		e.parent = t.text
	case anOrg:
		e.org = t.text
	default:
		return nil, &Error{t.pos, fmt.Sprintf("no case or organization is named %q so far", t.text)}
	}
	e.value, err = p.next("a number")
	return e, err
}

func (e expectCases) run(r *runner, _ *Line) error {
	found, err := r.opened(e.workflow, e.at, e.parent, e.org)
	if err != nil {
		return err
	}
	if got := fmt.Sprint(len(found)); got != e.value.text {
		return &mismatch{want: fmt.Sprintf("%s of %s%s %s", e.workflow, e.parent, e.org, e.value.text), got: got}
	}
	return nil
}
