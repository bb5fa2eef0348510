// Package inmem is an [engine.Store] that lives in memory: the engine alone,
// for stories, property tests and quick trials.
//
// Purpose: to give the engine a store with the semantics of the databases and
// nothing to install. Data held: everything the databases hold, per county,
// and the traces of refusals; all of it is forgotten with the process.
//
// Guarantees: an act is kept whole or not at all; a case moves only from the
// seq that was expected; a claim is held by one case; a form serial is given
// out once, whatever became of it, and a person has one live serial; an
// idempotency key answers once; what a view answered has not changed when an
// act decided on it is kept. It is safe for concurrent use.
package inmem

import (
	"context"
	"slices"
	"sync"

	"jinchu/engine"
	"jinchu/ledger"
	"jinchu/register"
)

// Store is the store. The zero value is not usable; see [New].
type Store struct {
	mu       sync.Mutex
	counties map[register.CountyID]*county
}

// New returns an empty store.
func New() *Store { return &Store{counties: map[register.CountyID]*county{}} }

var _ engine.Store = (*Store)(nil)

// county is everything of one county. Nothing in it crosses to another.
type county struct {
	id       register.CountyID
	version  int64            // grows with every change
	changed  map[string]int64 // what a view can answer -> version of its last change
	chains   map[string][]ledger.Entry
	rows     map[engine.CaseID]engine.Row
	entities map[register.Subject]register.Entity
	links    map[string][]register.Subject // link -> subjects, ordered by identifier
	claims   map[claimKey]*claim
	serials  map[register.PersonID]map[claimKey]bool // every serial a person was given
	next     map[register.Pool]int                   // of a pool: no lower number is left
	answers  map[answerKey]answer
	refusals []engine.Refusal
}

type answerKey struct {
	office register.OfficeID
	key    string
}

type answer struct {
	digest string
	bytes  []byte
}

// of is the county, made on first use. The caller holds the lock.
func (s *Store) of(id register.CountyID) *county {
	c := s.counties[id]
	if c == nil {
		c = &county{
			id: id, changed: map[string]int64{}, chains: map[string][]ledger.Entry{},
			rows: map[engine.CaseID]engine.Row{}, entities: map[register.Subject]register.Entity{},
			links: map[string][]register.Subject{}, claims: map[claimKey]*claim{}, serials: map[register.PersonID]map[claimKey]bool{}, next: map[register.Pool]int{}, answers: map[answerKey]answer{},
		}
		s.counties[id] = c
	}
	return c
}

// View implements [engine.Store].
func (s *Store) View(_ context.Context, id register.CountyID) engine.View {
	return &view{store: s, county: id, read: map[string]int64{}}
}

// Log implements [engine.Store].
func (s *Store) Log(_ context.Context, id register.CountyID, chain string, after int64) ([]ledger.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := s.of(id).chains[chain]
	after = max(after, 0)
	if after >= int64(len(entries)) {
		return nil, nil
	}
	return slices.Clone(entries[after:]), nil
}

// Commit implements [engine.Store].
func (s *Store) Commit(_ context.Context, m *engine.Commit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.of(m.County)
	key := answerKey{m.Office, m.Key}
	if _, used := c.answers[key]; used && m.Key != "" {
		return engine.ErrKeyUsed
	}
	if c.rows[m.Case.ID].Seq != m.Case.Seq-1 || c.changedSince(m.View) {
		return engine.ErrStale
	}
	claims, err := c.planClaims(m)
	if err != nil {
		return err
	}
	event := engine.RegisterEvent{On: m.Event.On, By: m.Event.By, Case: m.Case.ID}
	changes, err := c.sealAll(m.Effects, m.Salts, m.Event.At, event)
	if err != nil {
		return err
	}
	// The commit point: nothing below can fail.
	c.version++
	c.append(string(m.Case.ID), m.Entry)
	c.rows[m.Case.ID] = engine.RowOf(m.Case)
	c.touch("children:" + string(m.Case.Parent))
	c.keepClaims(claims)
	c.keepChanges(changes)
	if m.Key != "" {
		c.answers[key] = answer{m.Digest, slices.Clone(m.Answer)}
	}
	return nil
}

// Record implements [engine.Store].
func (s *Store) Record(_ context.Context, r *engine.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.of(r.County)
	if c.changedSince(r.View) {
		return engine.ErrStale
	}
	changes, err := c.sealAll(r.Entities, r.Salts, r.At, engine.RegisterEvent{On: r.On, By: r.By, Reason: r.Reason})
	if err != nil {
		return err
	}
	// The commit point: nothing below can fail.
	c.version++
	c.keepChanges(changes)
	return nil
}

// Answer implements [engine.Store].
func (s *Store) Answer(_ context.Context, id register.CountyID, office register.OfficeID, key string) (string, []byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.of(id).answers[answerKey{office, key}]
	return a.digest, slices.Clone(a.bytes), ok && key != "", nil
}

// Refusal implements [engine.Store].
func (s *Store) Refusal(_ context.Context, r *engine.Refusal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.of(r.County)
	if c.rows[r.Case].Seq != r.Seq || c.changedSince(r.View) {
		return engine.ErrStale
	}
	kept := *r
	kept.View, kept.Codes, kept.Articles = nil, slices.Clone(r.Codes), slices.Clone(r.Articles)
	c.refusals = append(c.refusals, kept)
	return nil
}

// touch notes that an answer about what has changed.
func (c *county) touch(what string) { c.changed[what] = c.version }

// changedSince reports whether anything a view answered has changed since. A
// view of another store, or none, is not checked.
func (c *county) changedSince(v engine.View) bool {
	mine, ok := v.(*view)
	if !ok || mine == nil {
		return false
	}
	mine.mu.Lock()
	defer mine.mu.Unlock()
	for what, version := range mine.read {
		if c.changed[what] > version {
			return true
		}
	}
	return false
}
