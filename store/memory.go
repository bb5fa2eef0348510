package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"jinchu/register"
)

const (
	maxEntries = 200_000 // of a county, in memory
	maxChanged = 100_000 // changes of a county that are remembered
	maxLearned = 10_000  // changes read at once; beyond, memory starts afresh
	// keptVersions of register_changes stay in the database. Who is further
	// behind starts afresh.
	keptVersions = 1000
)

// Lists of the register that a view answers from, named like entities so that
// one list of changes serves both. Their id is what the list belongs to.
const (
	orgsBelow  register.Kind = "orgs-below"
	lookedUp   register.Kind = "looked-up"
	membersOf  register.Kind = "members-of"
	officersOf register.Kind = "officers-of"
	kinOf      register.Kind = "kin-of"
	poolsOf    register.Kind = "pools-of"
	filingsOf  register.Kind = "filings-of"
)

// county is what memory holds of a county's register. Entities are shared by
// all views and never changed in place.
type county struct {
	id register.CountyID

	mu      sync.RWMutex
	version int64 // of the register that everything here is valid for
	floor   int64 // changes up to this version are forgotten
	changed map[register.Subject]int64
	entries map[register.Subject]any // an entity, a list, or nil for a known absence

	learning sync.Mutex // one refresh at a time
}

// county is the memory of a county; it begins with the version in the database.
func (s *Store) county(ctx context.Context, id register.CountyID) (*county, error) {
	s.mu.Lock()
	c := s.counties[id]
	s.mu.Unlock()
	if c != nil {
		return c, nil
	}
	version, err := s.registerVersion(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counties[id] == nil {
		s.counties[id] = &county{id: id, version: version, floor: version,
			changed: map[register.Subject]int64{}, entries: map[register.Subject]any{}}
	}
	return s.counties[id], nil
}

// registerVersion is the version in the database; 0 for a county without one.
func (s *Store) registerVersion(ctx context.Context, id register.CountyID) (version int64, err error) {
	st, err := s.reads.get(ctx, `SELECT version FROM register_version WHERE county = ?`)
	if err == nil {
		err = st.QueryRowContext(context.WithoutCancel(ctx), string(id)).Scan(&version)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return version, unavailable(err)
}

// refresh learns what has changed in the database since memory last looked.
func (s *Store) refresh(ctx context.Context, c *county) error {
	c.learning.Lock()
	defer c.learning.Unlock()
	version, err := s.registerVersion(ctx, c.id)
	if err != nil {
		return err
	}
	from := c.at()
	if version <= from {
		return nil
	}
	changes, complete, err := s.changesSince(ctx, c.id, from, version)
	if err != nil {
		return err
	}
	if !complete {
		c.startAfresh(version)
		return nil
	}
	c.learn(changes, version)
	return nil
}

// changesSince reads what changed after one version and up to another. It is
// not complete where the database keeps, or memory wants, no such long list.
func (s *Store) changesSince(ctx context.Context, id register.CountyID, from, to int64) ([]register.Subject, bool, error) {
	if to-from >= keptVersions {
		return nil, false, nil
	}
	rows, err := s.reads.query(ctx, `SELECT kind, id FROM register_changes
		WHERE county = ? AND version > ? AND version <= ? LIMIT ?`, string(id), from, to, maxLearned)
	if err != nil {
		return nil, false, unavailable(err)
	}
	defer rows.Close()
	var out []register.Subject
	for rows.Next() {
		var subject register.Subject
		if err := rows.Scan(&subject.Kind, &subject.ID); err != nil {
			return nil, false, unavailable(err)
		}
		out = append(out, subject)
	}
	return out, len(out) < maxLearned, unavailable(rows.Err())
}

// at is the version memory stands at.
func (c *county) at() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.version
}

// learn forgets what has changed and notes that it has.
func (c *county) learn(changes []register.Subject, version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version <= c.version {
		return
	}
	c.version = version
	for _, subject := range changes {
		delete(c.entries, subject)
		c.changed[subject] = version
	}
	if len(c.changed) > maxChanged {
		clear(c.changed)
		c.floor = version
	}
}

// startAfresh forgets everything: views that began before are stale.
func (c *county) startAfresh(version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
	clear(c.changed)
	c.version, c.floor = version, version
}

// find is what memory holds under a subject, and the version it stands at.
func (c *county) find(subject register.Subject) (value any, found bool, version int64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	value, found = c.entries[subject]
	return value, found, c.version
}

// keep puts what was read from the database into memory, unless it changed
// after the version at which the reading began.
func (c *county) keep(subject register.Subject, value any, began int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.floor > began || c.changed[subject] > began {
		return
	}
	if len(c.entries) >= maxEntries {
		for other := range c.entries { // any: what is asked for again comes back
			delete(c.entries, other)
			break
		}
	}
	c.entries[subject] = value
}

// changedSince reports whether any of the subjects has changed after a version.
func (c *county) changedSince(subjects []register.Subject, version int64) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.version == version {
		return false
	}
	if c.floor > version {
		return true
	}
	for _, subject := range subjects {
		if c.changed[subject] > version {
			return true
		}
	}
	return false
}
