package scheduler

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jinchu/engine"
)

func TestDo(t *testing.T) {
	r := &runs{}
	book := newMemory()
	s := schedule(t, book, r.job("daily", daily, Backfill))
	now := at(10, 12, 0)
	if _, err := s.Do(background, "dayly", at(2, 0, 20), now); err == nil || !strings.Contains(err.Error(), "daily") {
		t.Errorf("an unknown job: %v", err)
	}
	for _, slot := range []time.Time{now.Add(time.Second), {}} {
		if _, err := s.Do(background, "daily", slot, now); err == nil || r.count() > 0 {
			t.Errorf("the slot %v was run: %v", slot, err)
		}
	}
	for range 2 { // outside the timetable, before its beginning
		acts, err := s.Do(background, "daily", at(2, 7, 7), now)
		if acts != 3 || err != nil && !errors.Is(err, ErrDone) {
			t.Errorf("%d acts, %v", acts, err)
		}
	}
	r.is(t, at(2, 7, 7))
	if !r.nows[0].Equal(now) || len(book.cursors) > 0 {
		t.Errorf("recorded at %v; cursors %v", r.nows[0], book.cursors)
	}

	wake(t, s, now)
	if _, err := s.Do(background, "daily", at(11, 0, 20), at(11, 0, 20)); err != nil {
		t.Error(err)
	}
	wake(t, s, at(11, 0, 21)) // finds it done
	r.is(t, at(2, 7, 7), at(11, 0, 20))

	r.fail = func(context.Context, time.Time) error { return errors.New("no") }
	for now = at(12, 0, 20); !book.cursors["daily"].Equal(at(12, 0, 20)); now = now.Add(30 * time.Minute) {
		_ = s.Wake(background, now) // until the slot is given up
	}
	r.fail = nil
	if _, err := s.Do(background, "daily", at(12, 0, 20), now); err != nil {
		t.Errorf("a slot given up is run on demand: %v", err)
	}
	if got := book.row("daily", at(12, 0, 20)); got.outcome != Done || got.tries != MaxTries+1 {
		t.Errorf("recorded as %+v", got)
	}
}

func TestABrokenBook(t *testing.T) {
	r := &runs{}
	book := newMemory()
	s := schedule(t, book, r.job("daily", daily, Once))
	wake(t, s, at(1, 12, 0))
	broken := errors.New("no book")
	r.fail = func(context.Context, time.Time) error { book.breakWith(broken); return nil }
	if err := s.Wake(background, at(2, 0, 20)); !errors.Is(err, broken) {
		t.Errorf("the end was not recorded, and told as %v", err)
	}
	if err := s.Wake(background, at(2, 0, 21)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Do(background, "daily", at(2, 0, 20), at(2, 0, 21)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	book.breakWith(nil)
	r.fail = nil
	wake(t, s, at(2, 0, 22)) // nobody knows whether it was done: the lease decides
	if r.count() != 1 {
		t.Fatalf("%d runs", r.count())
	}
	wake(t, s, at(2, 0, 25))
	r.is(t, at(2, 0, 20), at(2, 0, 20))
}

func (m *memory) breakWith(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

// Whatever the wake-ups of two servers, their clocks apart by less than a term,
// and whatever fails: a backfilled slot is done once, in order, and none is
// left out; no two runs overlap.
func TestEverySlotOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		book := newMemory()
		var mu sync.Mutex
		var underWay atomic.Int32
		done := map[string][]time.Time{}
		faults := rapid.SliceOfN(rapid.Bool(), 40, 40).Draw(rt, "faults")
		job := func(name, spec string, p Policy) Job {
			return Job{Name: name, Words: engine.Words{Zh: "试验", En: "trial"}, Spec: spec, Policy: p,
				Run: func(_ context.Context, slot, _ time.Time) (int, error) {
					if underWay.Add(1) != 1 {
						t.Error("two runs at once")
					}
					runtime.Gosched()
					defer underWay.Add(-1)
					mu.Lock()
					defer mu.Unlock()
					if len(faults) > 0 && name != "once" {
						f := faults[0]
						if faults = faults[1:]; f {
							return 0, errors.New("no")
						}
					}
					done[name] = append(done[name], slot)
					return 1, nil
				}}
		}
		jobs := []Job{job("all", "0 */6 * * *", Backfill), job("once", "30 0 * * *", Once), job("also", "15 3 * * *", Backfill)}
		servers := []*Scheduler{schedule(t, book, jobs...), schedule(t, book, jobs...)}
		now := at(1, 0, 0)
		wake(t, servers[0], now)
		highest := now
		for _, minutes := range rapid.SliceOfN(rapid.IntRange(-200, 2000), 1, 20).Draw(rt, "minutes") {
			now = now.Add(time.Duration(minutes) * time.Minute)
			if highest = later(highest, now); now.Before(highest.Add(-Term + time.Second)) {
				now = highest.Add(-Term + time.Second)
			}
			var both sync.WaitGroup
			for _, s := range servers {
				both.Go(func() { _ = s.Wake(background, now) })
			}
			both.Wait()
		}
		mu.Lock()
		faults = nil
		mu.Unlock()
		for end := max(now.Unix(), at(20, 0, 0).Unix()); now.Unix() <= end+86400; now = now.Add(7 * time.Hour) {
			_ = servers[0].Wake(background, now)
		}
		wanted := map[string][]time.Time{}
		for _, j := range servers[0].jobs {
			last := done[j.Name][len(done[j.Name])-1]
			for slot := j.timetable.next(at(1, 0, 0)); !slot.After(last); slot = j.timetable.next(slot) {
				if book.row(j.Name, slot).outcome == Done || j.Policy == Backfill && book.row(j.Name, slot).tries < MaxTries {
					wanted[j.Name] = append(wanted[j.Name], slot)
				}
			}
			if !slices.EqualFunc(done[j.Name], wanted[j.Name], time.Time.Equal) {
				rt.Fatalf("%s was run for\n%v\nnot\n%v", j.Name, done[j.Name], wanted[j.Name])
			}
			if now.Sub(last) > 38*time.Hour {
				rt.Fatalf("%s: the last slot is %v at %v", j.Name, last, now)
			}
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
