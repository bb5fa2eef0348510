package story

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
	"jinchu/spotcheck"
)

// EngineDriver plays stories through the engine over a store. Every story
// gets a county and an engine of its own. It plays one story at a time.
type EngineDriver struct {
	store     engine.Store
	run       string
	workflows func() []*engine.Workflow
	profile   func(name string) (*engine.Profile, error)
	stories   int
	holders   []spotcheck.Holder // of the keys of the draw

	engine *engine.Engine
	twin   *engine.Engine // of a second server over the store
	county register.CountyID
	plain  map[string]*engine.Workflow // compiled without a profile: the language's words

	mu     sync.Mutex
	chains map[string]bool // of the register, as far as this story made them
	cases  map[engine.CaseID]bool
}

// NewEngineDriver plays stories over a store. The run is any text; two runs
// with different texts share a database without meeting. Workflows and
// profile give the regulation, fresh at each call.
func NewEngineDriver(store engine.Store, run string, workflows func() []*engine.Workflow, profile func(name string) (*engine.Profile, error)) (*EngineDriver, error) {
	d := &EngineDriver{store: store, run: run, workflows: workflows, profile: profile, holders: knownKeys(), plain: map[string]*engine.Workflow{}}
	for _, w := range workflows() {
		if err := w.Compile(nil); err != nil {
			return nil, err
		}
		d.plain[w.Key] = w
	}
	return d, nil
}

// Begin implements [Driver].
func (d *EngineDriver) Begin(ctx context.Context, story, profile string, set []Setting) (register.CountyID, string, error) {
	var p *engine.Profile
	var err error
	if profile != "" {
		if p, err = d.profile(profile); err != nil {
			return "", "", err
		}
	}
	regulation := d.workflows()
	var params []*engine.Param
	for _, w := range regulation {
		params = append(params, w.Params...)
	}
	if p, err = applySettings(p, set, params); err != nil {
		return "", "", err
	}
	if d.engine, err = d.server(story, p, regulation); err != nil {
		return "", "", err
	}
	if d.twin, err = d.server(story+"/twin", p, d.workflows()); err != nil {
		return "", "", err
	}
	if d.county, err = d.free(ctx); err != nil {
		return "", "", err
	}
	d.chains, d.cases = map[string]bool{}, map[engine.CaseID]bool{}
	return d.county, d.run, nil
}

// free is a county of nobody: a code that begins with 99, which belongs to no
// area, and that no story of this run or of an earlier one over the same store
// has taken. A run begins to look where its name points.
func (d *EngineDriver) free(ctx context.Context) (register.CountyID, error) {
	const codes = 10000
	first := sha256.Sum256([]byte(d.run))
	for range codes {
		county := register.CountyID(fmt.Sprintf("99%04d", (int(first[0])<<8+int(first[1])+d.stories)%codes))
		d.stories++
		if _, taken := d.store.View(ctx, county).Org(register.OrgID(county)); !taken {
			return county, nil
		}
	}
	return "", fmt.Errorf("all %d counties of the store were used by stories; play them over an empty one", codes)
}

// server is an engine over the store; its name makes its identifiers.
func (d *EngineDriver) server(name string, p *engine.Profile, regulation []*engine.Workflow) (*engine.Engine, error) {
	return engine.NewEngine(d.store, p, calendar.National(), rand.NewChaCha8(sha256.Sum256([]byte(d.run+"/"+name))), regulation...)
}

// Register implements [Driver].
func (d *EngineDriver) Register(ctx context.Context, entities []register.Entity, on calendar.Date, at time.Time) error {
	clock := engine.Actor{County: d.county, Office: engine.ClockOffice}
	err := d.engine.Change(ctx, clock, entities, on, "", at)
	if err == nil {
		for _, e := range entities {
			d.chains[e.Subject().Chain()] = true
		}
	}
	return err
}

// Act implements [Driver].
func (d *EngineDriver) Act(ctx context.Context, office register.OfficeID, m engine.Move, now time.Time) (*engine.Answer, error) {
	answer, err := d.engine.Act(ctx, engine.Actor{County: d.county, Office: office}, m, now)
	if err == nil {
		d.note(answer.Case)
	}
	return answer, err
}

// note remembers a case for [EngineDriver.Verify].
func (d *EngineDriver) note(id engine.CaseID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cases[id] = true
}

func (d *EngineDriver) dossier(ctx context.Context, office register.OfficeID, id engine.CaseID, now time.Time) (*engine.Dossier, error) {
	return d.engine.Case(ctx, engine.Actor{County: d.county, Office: office}, id, now)
}

// Look implements [Driver].
func (d *EngineDriver) Look(ctx context.Context, id engine.CaseID, now time.Time) (*State, error) {
	c, err := d.dossier(ctx, engine.ClockOffice, id, now)
	if err != nil {
		return nil, err
	}
	s := &State{Stage: c.Row.Stage, Seq: c.Row.Seq, Round: c.Round, Ended: c.Row.Ended, Due: c.Due, Held: c.Held,
		Facts: map[string]json.RawMessage{}, Org: c.Row.Org}
	for _, t := range c.Trail {
		s.Trail = append(s.Trail, Done{t.Action, t.On})
	}
	for key, v := range c.Facts {
		if s.Facts[key], err = json.Marshal(v); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Outlook implements [Driver].
func (d *EngineDriver) Outlook(ctx context.Context, office register.OfficeID, id engine.CaseID, now time.Time) (*View, error) {
	c, err := d.dossier(ctx, office, id, now)
	if err != nil {
		return nil, err
	}
	v := &View{Blocked: map[string][]engine.Ground{}}
	for _, o := range c.Outlook.Can {
		v.Offered = append(v.Offered, o.Action.Key)
	}
	for _, b := range c.Outlook.Blocked {
		v.Blocked[b.Action.Key] = b.Grounds
	}
	return v, nil
}

// Person implements [Driver].
func (d *EngineDriver) Person(ctx context.Context, id register.PersonID, _ time.Time) (*register.Person, error) {
	view := d.store.View(ctx, d.county)
	p, ok := view.Person(id)
	if !ok && view.Err() == nil {
		return nil, &engine.NotFound{What: "person " + string(id)}
	}
	return p, view.Err()
}

// Members implements [Driver].
func (d *EngineDriver) Members(ctx context.Context, org register.OrgID, _ time.Time) ([]*register.Person, error) {
	view := d.store.View(ctx, d.county)
	return view.Members(org), view.Err()
}

// Param implements [Driver].
func (d *EngineDriver) Param(key string, on calendar.Date) int {
	if p := paramOf(d.Params(), key); p != nil {
		return d.engine.Profile().Value(p, on)
	}
	return 0
}

// Params implements [Driver].
func (d *EngineDriver) Params() []*engine.Param {
	var out []*engine.Param
	for _, w := range d.plain {
		out = append(out, w.Params...)
	}
	return out
}

// Workflow implements [Driver].
func (d *EngineDriver) Workflow(key string) (*engine.Workflow, bool) {
	w, ok := d.plain[key]
	return w, ok
}

// Verify implements [Driver]: every chain holds, and every case's row is what
// folding its events gives.
func (d *EngineDriver) Verify(ctx context.Context) error {
	for chain := range d.chains {
		if err := d.verifyChain(ctx, chain); err != nil {
			return err
		}
	}
	rows, err := d.rows(ctx)
	if err != nil {
		return err
	}
	for id := range d.cases {
		if _, ok := rows[id]; !ok {
			return fmt.Errorf("case %s has events but no row", id)
		}
	}
	for id := range rows { // those the calendar opened included
		if err := d.verifyChain(ctx, string(id)); err != nil {
			return err
		}
		c, err := d.engine.Refold(ctx, d.county, id)
		if err != nil {
			return err
		}
		row := rows[id]
		if folded := engine.RowOf(c); folded != row {
			return fmt.Errorf("case %s: its row %+v is not the fold of its events %+v", id, row, folded)
		}
	}
	return nil
}

func (d *EngineDriver) verifyChain(ctx context.Context, chain string) error {
	entries, err := d.store.Log(ctx, d.county, chain, 0)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return errors.New("chain " + chain + " is empty")
	}
	c := ledger.NewChain(string(d.county), chain)
	for _, e := range entries {
		if _, err := c.Add(e); err != nil {
			return err
		}
	}
	return nil
}

func (d *EngineDriver) rows(ctx context.Context) (map[engine.CaseID]engine.Row, error) {
	out := map[engine.CaseID]engine.Row{}
	q := engine.Query{County: d.county, Limit: 1000}
	for {
		rows, err := d.store.Rows(ctx, &q)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.ID] = r
			q.After = engine.Cursor{DueOn: r.DueOn, ID: r.ID}
		}
		if len(rows) < q.Limit {
			return out, nil
		}
	}
}
