package story

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// which are cases of a workflow: those that depend on a case, or those kept in
// an organization.
type which struct {
	workflow string
	at       Pos
	partOf   string
	org      string
}

// find is a line that gives a name to a case which the calendar opened: the
// newest of its kind.
type find struct {
	which
	name string
}

// expectCases is a line that counts cases.
type expectCases struct {
	which
	count int
}

// find reads: find NAME WORKFLOW [part-of CASE] [in ORG].
func (p *parser) find() (statement, error) {
	name, err := p.declare(aCase)
	if err != nil {
		return nil, err
	}
	t, err := p.next("a workflow, as spot-check")
	f := find{which{workflow: t.text, at: t.pos}, name}
	if err == nil && p.take("part-of") {
		f.partOf, err = p.refer(aCase)
	}
	if err == nil && p.take("in") {
		f.org, err = p.refer(anOrg)
	}
	return f, err
}

// expectCases reads: WORKFLOW of CASE|ORG NUMBER.
func (p *parser) expectCases(workflow token) (statement, error) {
	e := expectCases{which: which{workflow: workflow.text, at: workflow.pos}}
	t, err := p.next("a case or an organization")
	if err != nil {
		return nil, err
	}
	switch p.names[t.text] {
	case aCase:
		e.partOf = t.text
	case anOrg:
		e.org = t.text
	default:
		return nil, &Error{t.pos, fmt.Sprintf("no case or organization is named %q so far", t.text)}
	}
	if t, err = p.next("a number"); err != nil {
		return nil, err
	}
	if e.count, err = strconv.Atoi(t.text); err != nil {
		err = &Error{t.pos, fmt.Sprintf("%q is not a number", t.text)}
	}
	return e, err
}

// cases are the cases meant, oldest first.
func (w which) cases(r *runner) ([]engine.Row, error) {
	if _, ok := r.driver.Workflow(w.workflow); !ok {
		return nil, &Error{w.at, fmt.Sprintf("there is no workflow %q", w.workflow)}
	}
	var parent engine.CaseID
	var org register.OrgID
	if w.partOf != "" {
		c, err := r.caseOf(w.partOf)
		if err != nil {
			return nil, err
		}
		parent = c.id
	}
	if w.org != "" {
		org = r.names.orgs[w.org].ID
	}
	return r.driver.Cases(r.ctx, w.workflow, parent, org)
}

func (f find) run(r *runner, _ *Line) error {
	rows, err := f.cases(r)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return &mismatch{want: "a case of " + f.workflow, got: "none", fatal: true}
	}
	newest := rows[len(rows)-1]
	r.names.cases[f.name] = &caseName{id: newest.ID, workflow: f.workflow, person: newest.Person, org: newest.Org}
	return nil
}

func (e expectCases) run(r *runner, _ *Line) error {
	rows, err := e.cases(r)
	if err != nil || len(rows) == e.count {
		return err
	}
	return &mismatch{want: fmt.Sprintf("%d of %s", e.count, e.workflow), got: fmt.Sprint(len(rows))}
}

// Cases implements [Driver].
func (d *EngineDriver) Cases(ctx context.Context, workflow string, parent engine.CaseID, org register.OrgID) ([]engine.Row, error) {
	rows, err := d.rows(ctx)
	if err != nil {
		return nil, err
	}
	type dated struct {
		row engine.Row
		at  string
	}
	var found []dated
	for _, row := range rows {
		if row.Workflow != workflow || parent != "" && row.Parent != parent || org != "" && row.Org != org {
			continue
		}
		entries, err := d.store.Log(ctx, d.county, string(row.ID), 0)
		if err != nil {
			return nil, err
		}
		leaf, err := ledger.ParseLeaf(entries[0].Leaf)
		if err != nil {
			return nil, err
		}
		found = append(found, dated{row, leaf.At.Format("2006-01-02T15:04:05.000000")})
	}
	slices.SortFunc(found, func(a, b dated) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.row.ID, b.row.ID)) })
	out := make([]engine.Row, len(found))
	for i, f := range found {
		out[i] = f.row
	}
	return out, nil
}
