package scheduler

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"jinchu/calendar"
	"jinchu/register"
)

// serve serves until stop is called, which waits for the end.
func serve(s *Scheduler) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Serve(ctx, time.Now); close(ended) }()
	return func() { cancel(); <-ended }
}

// In a bubble time passes when everybody waits for it.

func TestServeTenDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var often, once, bad runs
		bad.fail = func(context.Context, time.Time) error { panic("张示例") }
		var text bytes.Buffer
		book := newMemory()
		jobs := []Job{bad.job("bad", daily, Once), often.job("often", "*/10 * * * *", Backfill), once.job("once", daily, Once)}
		s, err := New(book, county, "one", jobs, slog.New(slog.NewTextHandler(&text, nil)))
		if err != nil {
			t.Fatal(err)
		}
		other := schedule(t, book, jobs[1:]...)
		begun := time.Now()
		stop, stopOther := serve(s), serve(other)
		time.Sleep(10*24*time.Hour + time.Second)
		stop()
		stopOther()
		if often.count() != 10*24*6 || once.count() != 10 || bad.count() < 30 {
			t.Errorf("%d, %d and %d runs", often.count(), once.count(), bad.count())
		}
		for i, slot := range often.slots {
			if want := begun.Add(time.Duration(i+1) * 10 * time.Minute); !slot.Equal(want) || often.nows[i].Sub(slot) > time.Minute {
				t.Fatalf("run %d was at %v for %v, not %v", i, often.nows[i], slot, want)
			}
		}
		if log := text.String(); !strings.Contains(log, `msg="job panicked" job=bad`) || strings.Contains(log, "张") {
			t.Errorf("log: %.2000s", log)
		}
		count := often.count()
		time.Sleep(time.Hour)
		if often.count() != count {
			t.Error("it goes on after it has ended")
		}
	})
}

// A slow run keeps its slot, whoever else looks; what comes due meanwhile waits.
func TestSlowRunsKeepTheirSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow, quick runs
		slow.fail = func(context.Context, time.Time) error { time.Sleep(55 * time.Minute); return nil }
		book := newMemory()
		jobs := []Job{slow.job("slow", daily, Backfill), quick.job("quick", daily, Backfill)}
		var text bytes.Buffer
		a, err := New(book, county, "one", jobs, slog.New(slog.NewTextHandler(&text, nil)))
		if err != nil {
			t.Fatal(err)
		}
		b := schedule(t, book, jobs...)
		stopA, stopB := serve(a), serve(b)
		time.Sleep(5 * 24 * time.Hour)
		stopA()
		stopB()
		if slow.count() != 5 || quick.count() != 5 {
			t.Errorf("%d slow runs and %d quick ones", slow.count(), quick.count())
		}
		for i, at := range quick.nows {
			if at.Sub(slow.nows[i]) < 55*time.Minute {
				t.Errorf("the second job began at %v, the first at %v", at, slow.nows[i])
			}
		}
		if book.row("slow", slow.slots[0]).tries != 1 {
			t.Error("a slow run was begun again")
		}
	})
}

// waits is a run that goes on until it is told to stop.
func waits(ctx context.Context, _ time.Time) error { <-ctx.Done(); return ctx.Err() }

func TestServeEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runs{fail: waits}
		book := newMemory()
		s := schedule(t, book, r.job("long", daily, Backfill))
		stop := serve(s)
		time.Sleep(24 * time.Hour)
		stop()
		slot := r.slots[0]
		if got := book.row("long", slot); got.outcome == "" {
			t.Fatalf("recorded as %+v", got)
		}
		for i := range 2 * MaxTries { // however often the server is stopped in the middle
			now := book.row("long", slot).lease.Add(time.Minute)
			ctx, cancel := context.WithCancel(background)
			ended := make(chan error)
			go func() { ended <- s.Wake(ctx, now) }()
			synctest.Wait()
			cancel()
			var f *Failure
			if err := <-ended; !errors.As(err, &f) || f.Code != Stopped || f.Last {
				t.Fatalf("stop %d: %v", i, err)
			}
		}
		r.fail = nil
		if err := s.Wake(background, slot.Add(23*time.Hour)); err != nil || book.row("long", slot).outcome != Done {
			t.Errorf("after the stops: %v, %+v", err, book.row("long", slot))
		}
	})
}

func TestOverlongRunsAreEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, other := &runs{fail: waits}, &runs{}
		book := newMemory()
		s := schedule(t, book, r.job("hung", daily, Backfill), other.job("other", daily, Backfill))
		stop := serve(s)
		time.Sleep(24 * time.Hour)
		stop()
		if got := book.row("hung", r.slots[0]); got.outcome != Overlong || other.count() != 1 {
			t.Errorf("recorded as %+v; the other job ran %d times", got, other.count())
		}
		if took := r.nows[1].Sub(r.nows[0]); took != Limit+time.Minute {
			t.Errorf("the next try came after %v", took)
		}
	})
}

// A run whose lease cannot be renewed is ended before somebody else begins it,
// and one whose slot has gone is ended at the next renewal.
func TestLostRunsAreEnded(t *testing.T) {
	for name, lose := range map[string]func(*memory, time.Time){
		"the book is broken": func(m *memory, _ time.Time) { m.breakWith(errors.New("no book")) },
		"the slot has gone": func(m *memory, slot time.Time) {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.rows[key("long", slot)].tries++
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &runs{fail: waits}
				book := newMemory()
				s := schedule(t, book, r.job("long", daily, Backfill))
				slot := time.Date(2000, time.January, 2, 0, 20, 0, 0, calendar.Shanghai)
				wake(t, s, slot.Add(-time.Hour))
				ended := make(chan error)
				began := time.Now()
				go func() { ended <- s.Wake(background, slot) }()
				synctest.Wait()
				lose(book, slot)
				if err := <-ended; !errors.Is(err, ErrLost) {
					t.Errorf("told %v", err)
				}
				if took := time.Since(began); took > Term {
					t.Errorf("ended after %v", took)
				}
			})
		})
	}
}

// A panic of the scheduler itself does not stop the wake-ups.
func TestServeOutlivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runs{}
		var text bytes.Buffer
		book := &panicking{memory: newMemory()}
		s, err := New(book, county, "one", []Job{r.job("daily", daily, Backfill)}, slog.New(slog.NewTextHandler(&text, nil)))
		if err != nil {
			t.Fatal(err)
		}
		book.times = 5
		stop := serve(s)
		time.Sleep(48 * time.Hour)
		stop()
		if r.count() != 2 || strings.Count(text.String(), "a wake-up failed") != 5 || strings.Contains(text.String(), "王示例") {
			t.Errorf("%d runs; log: %.1000s", r.count(), text.String())
		}
	})
}

// panicking is a book that panics some times first.
type panicking struct {
	*memory
	times int
}

func (p *panicking) JobCursors(ctx context.Context, id register.CountyID) (map[string]time.Time, error) {
	if p.times > 0 {
		p.times--
		panic("王示例")
	}
	return p.memory.JobCursors(ctx, id)
}

// Cron sleeps by the wall clock. When that is set back, the wake-ups go on.
func TestServeWhenTheClockIsSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &runs{}
		s := schedule(t, newMemory(), r.job("often", "* * * * *", Backfill))
		sleeps := &oversleeping{Schedule: s.beat}
		s.beat = sleeps
		var back atomic.Int64 // by which the clock is set back
		ctx, cancel := context.WithCancel(background)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.Serve(ctx, func() time.Time { return time.Now().Add(-time.Duration(back.Load())) })
		}()
		time.Sleep(90 * time.Second)
		if r.count() > 0 {
			t.Fatal("cron woke where it would sleep")
		}
		back.Store(int64(time.Hour))
		time.Sleep(2 * time.Hour)
		cancel()
		<-ended
		if n := r.count(); n < 117 || n > 120 {
			t.Errorf("%d slots were run in two hours", n)
		}
		for i, slot := range r.slots[1:] {
			if slot.Sub(r.slots[i]) != time.Minute {
				t.Fatalf("after %v came %v", r.slots[i], slot)
			}
		}
	})
}

// After a jump ahead nothing is begun for a while: a clock that is set right
// meanwhile has done nothing that cannot be taken back, not even in a run that
// was under way. One that stays is right.
func TestServeWaitsAfterAJumpAhead(t *testing.T) {
	for name, setRight := range map[string]bool{"set right": true, "stays": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var often, next runs
				var ahead atomic.Int64
				// The clock jumps while the first job of a wake-up is at work.
				often.fail = func(context.Context, time.Time) error { time.Sleep(time.Second); return nil }
				s := schedule(t, newMemory(), often.job("often", "*/10 * * * *", Backfill), next.job("next", daily, Once))
				ctx, cancel := context.WithCancel(background)
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					s.Serve(ctx, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
				}()
				time.Sleep(time.Hour + 500*time.Millisecond)
				ahead.Store(int64(40 * 24 * time.Hour))
				before, jumped := often.count(), time.Now()
				time.Sleep(Calm - time.Minute)
				if often.count() != before || next.count() != 0 {
					t.Errorf("%d and %d runs were begun after the jump", often.count()-before, next.count())
				}
				if setRight {
					ahead.Store(0)
				}
				time.Sleep(time.Hour)
				cancel()
				<-ended
				if often.count() == before || (next.count() == 0) != setRight {
					t.Errorf("%d and %d runs were begun when it was over", often.count()-before, next.count())
				}
				for _, at := range slices.Concat(often.nows, next.nows) {
					if setRight && at.After(time.Now()) || at.After(jumped) && at.Before(jumped.Add(Calm-time.Minute)) {
						t.Errorf("a run was begun at %v", at)
					}
				}
			})
		})
	}
}

// oversleeping is a schedule whose first wake-up is years away, as after a
// clock that was years ahead was set right.
type oversleeping struct {
	cron.Schedule
	asked atomic.Int64
}

// Next implements [cron.Schedule].
func (o *oversleeping) Next(t time.Time) time.Time {
	if o.asked.Add(1) == 1 {
		return t.AddDate(30, 0, 0)
	}
	return o.Schedule.Next(t)
}
