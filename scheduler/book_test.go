package scheduler

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

const county = register.CountyID("990001")

// memory is a book in memory, of one county.
type memory struct {
	mu      sync.Mutex
	cursors map[string]time.Time
	rows    map[slotKey]*row
	broken  error // what every call is answered with, nil for none
}

type slotKey struct {
	job  string
	slot int64
}

type row struct {
	tries, acts         int
	outcome             string
	begun, lease, ended time.Time
}

func newMemory() *memory {
	return &memory{cursors: map[string]time.Time{}, rows: map[slotKey]*row{}}
}

var _ Book = (*memory)(nil)

func key(job string, slot time.Time) slotKey { return slotKey{job, slot.UnixMicro()} }

func (m *memory) JobCursors(context.Context, register.CountyID) (map[string]time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]time.Time{}
	for k, v := range m.cursors {
		out[k] = v
	}
	return out, m.broken
}

func (m *memory) MoveJobCursor(_ context.Context, _ register.CountyID, job string, from, to time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil || !m.cursors[job].Equal(from) {
		return false, m.broken
	}
	m.cursors[job] = to
	return true, nil
}

func (m *memory) JobSlot(_ context.Context, _ register.CountyID, job string, slot time.Time) (int, string, int, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.rows[key(job, slot)]; r != nil {
		return r.tries, r.outcome, r.acts, r.lease, m.broken
	}
	return 0, "", 0, time.Time{}, m.broken
}

func (m *memory) BeginJob(_ context.Context, _ register.CountyID, job string, slot time.Time, tries int, outcome, _ string, now, lease time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rows {
		if r.ended.IsZero() && r.lease.After(now) && !r.lease.After(now.Add(24*time.Hour)) {
			return false, m.broken
		}
	}
	r := m.rows[key(job, slot)]
	if r == nil {
		r = &row{}
	}
	if m.broken != nil || r.tries != tries || r.outcome != outcome {
		return false, m.broken
	}
	m.rows[key(job, slot)] = &row{tries: tries + 1, begun: now, lease: lease}
	return true, nil
}

func (m *memory) RenewJob(_ context.Context, _ register.CountyID, job string, slot time.Time, try int, lease time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rows[key(job, slot)]
	if m.broken != nil || r == nil || r.tries != try || !r.ended.IsZero() {
		return false, m.broken
	}
	r.lease = lease
	return true, nil
}

func (m *memory) EndJob(ctx context.Context, _ register.CountyID, job string, slot time.Time, try int, outcome string, acts int, now, again time.Time) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.rows[key(job, slot)]
	if err := errors.Join(m.broken, ctx.Err()); err != nil || r == nil || r.tries != try {
		return false, err
	}
	r.outcome, r.acts, r.ended, r.lease = outcome, acts, now, again
	return true, nil
}

// row is a copy of a slot's row; the zero value for none.
func (m *memory) row(job string, slot time.Time) row {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.rows[key(job, slot)]; r != nil {
		return *r
	}
	return row{}
}

// runs notes what a job was run for.
type runs struct {
	mu    sync.Mutex
	slots []time.Time
	nows  []time.Time
	fail  func(ctx context.Context, slot time.Time) error // nil for success
}

func (r *runs) run(ctx context.Context, slot, now time.Time) (int, error) {
	r.mu.Lock()
	r.slots, r.nows = append(r.slots, slot), append(r.nows, now)
	r.mu.Unlock()
	if r.fail != nil {
		return 0, r.fail(ctx, slot)
	}
	return 3, nil
}

func (r *runs) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.slots)
}

// is fails the test where the job was not run for these slots, in this order.
func (r *runs) is(t testing.TB, want ...time.Time) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.slots) != len(want) {
		t.Fatalf("run for %d slots %v, not for %d %v", len(r.slots), r.slots, len(want), want)
	}
	for i := range want {
		if !r.slots[i].Equal(want[i]) {
			t.Fatalf("run %d was for %v, not %v", i, r.slots[i], want[i])
		}
	}
}

func (r *runs) job(name, spec string, p Policy) Job {
	return Job{Name: name, Words: engine.Words{Zh: "试验", En: "trial"}, Spec: spec, Policy: p, Run: r.run}
}

func schedule(t testing.TB, book Book, jobs ...Job) *Scheduler {
	t.Helper()
	s, err := New(book, county, "one", jobs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at is an instant of the days of the tests: a day of June 2026, from which
// July is reached by counting on, in Asia/Shanghai.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, time.June, day, hour, minute, 0, 0, calendar.Shanghai)
}

// wake wakes and wants no failure.
func wake(t testing.TB, s *Scheduler, now time.Time) {
	t.Helper()
	if err := s.Wake(context.Background(), now); err != nil {
		t.Fatalf("at %v: %v", now, err)
	}
}

// fails wakes and wants one failure.
func fails(t testing.TB, s *Scheduler, now time.Time) *Failure {
	t.Helper()
	err := s.Wake(context.Background(), now)
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatalf("at %v: got %v, want a failure", now, err)
	}
	return f
}

var background = context.Background()
