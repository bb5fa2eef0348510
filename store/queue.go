package store

import (
	"errors"
	"sync"

	"jinchu/engine"
	"jinchu/register"
)

// maxBatch bounds the acts written together.
const maxBatch = 128

// act waits to be kept.
type act struct {
	commit *engine.Commit
	view   *view
	row    engine.Row
	done   chan error // gets the outcome, once
}

type caseKey struct {
	county register.CountyID
	id     engine.CaseID
}

func (a *act) key() caseKey { return caseKey{a.commit.County, a.commit.Case.ID} }

// queue holds the acts that wait. A case that is being written is not handed
// out again before that is done: its acts would wait for each other in the
// database.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []*act
	writing map[caseKey]bool
	closed  bool
}

func newQueue() *queue {
	q := &queue{writing: map[caseKey]bool{}}
	q.changed = sync.NewCond(&q.mu)
	return q
}

var errClosed = errors.New("the store is closed")

// add puts an act at the end.
func (q *queue) add(a *act) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return unavailable(errClosed)
	}
	q.waiting = append(q.waiting, a)
	q.changed.Signal()
	return nil
}

// alone reports whether nothing waits and nothing is being written; then the
// act counts as being written, and its caller writes it.
func (q *queue) alone(a *act) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || len(q.waiting) > 0 || len(q.writing) > 0 {
		return false
	}
	q.writing[a.key()] = true
	return true
}

// take waits for acts and hands out those that can be written together: one
// county, each case once, the longest waiting first. It returns none once the
// queue is closed and empty.
func (q *queue) take() []*act {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if batch := q.pick(); len(batch) > 0 {
			return batch
		}
		if q.closed && len(q.waiting) == 0 {
			return nil
		}
		q.changed.Wait()
	}
}

func (q *queue) pick() []*act {
	var batch []*act
	kept := q.waiting[:0]
	for _, a := range q.waiting {
		fits := len(batch) < maxBatch && !q.writing[a.key()] && (len(batch) == 0 || batch[0].commit.County == a.commit.County)
		if !fits {
			kept = append(kept, a)
			continue
		}
		q.writing[a.key()] = true
		batch = append(batch, a)
	}
	clear(q.waiting[len(kept):])
	q.waiting = kept
	return batch
}

// finish lets the cases of a batch be handed out again.
func (q *queue) finish(batch []*act) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, a := range batch {
		delete(q.writing, a.key())
	}
	if len(q.waiting) > 0 || q.closed {
		q.changed.Broadcast()
	}
}

// close lets the committers end when nothing waits any more, and waits for
// what is being written.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
	for len(q.writing) > 0 {
		q.changed.Wait()
	}
}
