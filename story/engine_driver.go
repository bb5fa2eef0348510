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
func (d *EngineDriver) Begin(_ context.Context, story, profile string, set []Setting) (register.CountyID, string, error) {
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
	sum := sha256.Sum256([]byte(d.run + "/" + story))
	if d.engine, err = engine.NewEngine(d.store, p, calendar.National(), rand.NewChaCha8(sum), regulation...); err != nil {
		return "", "", err
	}
	// Codes that begin with 99 belong to no area. Stories of one run differ in
	// the code; runs that share it differ in every identifier.
	first := sha256.Sum256([]byte(d.run))
	d.county = register.CountyID(fmt.Sprintf("99%04d", (int(first[0])<<8+int(first[1])+d.stories)%10000))
	d.stories++
	d.chains, d.cases = map[string]bool{}, map[engine.CaseID]bool{}
	return d.county, d.run, nil
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
	if p := paramOf(paramsOf(d), key); p != nil {
		return d.engine.Profile().Value(p, on)
	}
	return 0
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
