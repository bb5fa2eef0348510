package store

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/register"
)

// Commit implements [engine.Store].
func (s *Store) Commit(ctx context.Context, c *engine.Commit) error {
	v, err := s.viewOf(c.View)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	moves := c.Event.Org != "" // to another organization; the list of a batch has no room for it
	if c.Case.Seq == 1 || moves || len(c.Event.Claims) > 0 || len(c.Effects) > 0 || len(v.asked) > 0 {
		return s.keepAlone(ctx, c, v)
	}
	a := &act{commit: c, view: v, row: engine.RowOf(c.Case), done: make(chan error, 1)}
	if s.queue.alone(a) {
		// A caller with the store to itself waits for nobody.
		s.keepBatch(ctx, []*act{a})
		s.queue.finish([]*act{a})
	} else if err := s.queue.add(a); err != nil {
		return err
	}
	return <-a.done
}

// commitQueued is a committer: it writes what waits, for as long as the store
// is open.
func (s *Store) commitQueued() {
	ctx := context.Background()
	for {
		batch := s.queue.take()
		if batch == nil {
			return
		}
		slices.SortFunc(batch, func(a, b *act) int { return strings.Compare(string(a.row.ID), string(b.row.ID)) })
		s.keepBatch(ctx, slices.Clone(batch))
		s.queue.finish(batch)
	}
}

// keepBatch writes acts on different cases of one county together and tells
// each its outcome.
func (s *Store) keepBatch(ctx context.Context, batch []*act) {
	if len(batch) == 1 && !s.dialect.chained {
		s.keepOneByOne(ctx, batch) // statements over a list of one cost more
		return
	}
	c, err := s.county(ctx, batch[0].commit.County)
	if err != nil {
		tell(batch, unavailable(err))
		return
	}
	for range maxTries {
		version := c.at()
		batch = fresh(batch)
		if len(batch) == 0 {
			return
		}
		kept, err := s.writeBatch(ctx, c.id, version, batch)
		switch {
		case err == nil:
		case s.dialect.again(err):
			continue
		case s.dialect.duplicate(err) || s.dialect.answered(err):
			// One of them is at fault; the others must not fail for it.
			s.keepOneByOne(ctx, batch)
			return
		default:
			tell(batch, unavailable(err))
			return
		}
		batch = slices.DeleteFunc(batch, func(a *act) bool {
			if kept[a.row.ID] {
				a.done <- nil
			}
			return kept[a.row.ID]
		})
		if len(batch) == 0 {
			return
		}
		now, err := s.registerVersion(ctx, c.id)
		if err != nil {
			tell(batch, err)
			return
		}
		if now == version {
			s.tellStale(ctx, batch)
			return
		}
		if err := s.refresh(ctx, c); err != nil {
			tell(batch, err)
			return
		}
	}
	tell(batch, engine.ErrStale)
}

func tell(batch []*act, err error) {
	for _, a := range batch {
		a.done <- err
	}
}

// fresh are the acts whose views still hold; the others are told.
func fresh(batch []*act) []*act {
	return slices.DeleteFunc(batch, func(a *act) bool {
		stale := a.view.stale()
		if stale {
			a.done <- engine.ErrStale
		}
		return stale
	})
}

// tellStale tells acts that were not kept, though the register stood still,
// whether their key was used or their case moved.
func (s *Store) tellStale(ctx context.Context, batch []*act) {
	for _, a := range batch {
		kept, failed := s.keptBefore(ctx, a)
		if failed != nil || kept {
			a.done <- failed
			continue
		}
		err := engine.ErrStale
		if a.commit.Key != "" {
			_, _, used, failed := s.Answer(ctx, a.commit.County, a.commit.Office, a.commit.Key)
			switch {
			case failed != nil:
				err = failed
			case used:
				err = engine.ErrKeyUsed
			}
		}
		a.done <- err
	}
}

// keptBefore reports whether this very event is in the log: the driver repeats
// a statement whose answer got lost with the connection.
func (s *Store) keptBefore(ctx context.Context, a *act) (bool, error) {
	rows, err := s.reads.query(ctx, `SELECT hash FROM events WHERE county = ? AND chain = ? AND seq = ?`,
		string(a.commit.County), string(a.row.ID), a.row.Seq)
	if err != nil {
		return false, unavailable(err)
	}
	defer rows.Close()
	var hash []byte
	for rows.Next() {
		if err := rows.Scan(&hash); err != nil {
			return false, unavailable(err)
		}
	}
	return bytes.Equal(hash, a.commit.Entry.Hash[:]), unavailable(rows.Err())
}

// keepOneByOne gives every act its own transaction. It is also for the batch
// in which two acts collide on a key.
func (s *Store) keepOneByOne(ctx context.Context, batch []*act) {
	for _, a := range batch {
		a.done <- s.keepAlone(ctx, a.commit, a.view)
	}
}

// writeBatch writes acts of one county if its register stands at the version.
// It returns the cases that moved; the others were not at the seq before, or
// their key was used.
func (s *Store) writeBatch(ctx context.Context, county register.CountyID, version int64, batch []*act) (map[engine.CaseID]bool, error) {
	if s.dialect.chained {
		return s.writeChained(ctx, county, version, batch)
	}
	return s.writeInSteps(ctx, county, version, batch)
}
