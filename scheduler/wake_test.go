package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
)

const daily = "20 0 * * *"

func TestFirstWakeHasNoPast(t *testing.T) {
	r := &runs{}
	s := schedule(t, newMemory(), r.job("daily", daily, Backfill))
	wake(t, s, at(1, 0, 20)) // the slot of this very instant is past
	wake(t, s, at(2, 0, 19))
	r.is(t)
	wake(t, s, at(2, 0, 20))
	wake(t, s, at(2, 0, 20))
	r.is(t, at(2, 0, 20))
	if now := r.nows[0]; !now.Equal(at(2, 0, 20)) || r.slots[0].Location() != calendar.Shanghai {
		t.Errorf("the run was at %v, for %v", now, r.slots[0])
	}
}

func TestPoliciesAfterAWeekDown(t *testing.T) {
	var skip, once, backfill runs
	book := newMemory()
	s := schedule(t, book, skip.job("skip", daily, Skip), once.job("once", daily, Once), backfill.job("backfill", daily, Backfill))
	wake(t, s, at(1, 12, 0))
	wake(t, s, at(2, 0, 20))
	for range 3 {
		wake(t, s, at(9, 8, 0))
	}
	skip.is(t, at(2, 0, 20))
	once.is(t, at(2, 0, 20), at(9, 0, 20))
	var all []time.Time
	for day := 2; day <= 9; day++ {
		all = append(all, at(day, 0, 20))
	}
	backfill.is(t, all...)
	if got := book.row("skip", at(9, 0, 20)); got.outcome != Skipped || got.acts != 0 {
		t.Errorf("the late slot is recorded as %+v", got)
	}
	if got := book.row("once", at(9, 0, 20)); got.outcome != Done || got.acts != 3 || !got.begun.Equal(at(9, 8, 0)) {
		t.Errorf("the run is recorded as %+v", got)
	}
	if len(book.rows) != 2+2+8 {
		t.Errorf("there are %d rows", len(book.rows))
	}
}

func TestSkipRunsWhatIsNotLate(t *testing.T) {
	r := &runs{}
	s := schedule(t, newMemory(), r.job("skip", "*/30 * * * *", Skip))
	wake(t, s, at(1, 12, 0))
	wake(t, s, at(1, 14, 15)) // 12:30 to 13:30 are late, 14:00 is not quite
	wake(t, s, at(1, 14, 46)) // now 14:30 is
	r.is(t, at(1, 14, 0))
}

func TestCatchUpIsBounded(t *testing.T) {
	var many, other runs
	s := schedule(t, newMemory(), many.job("many", "0 * * * *", Backfill), other.job("other", daily, Once))
	wake(t, s, at(1, 0, 0))
	now := at(4, 0, 30) // 72 slots
	for _, want := range []int{31, 62, 72, 72} {
		wake(t, s, now)
		if many.count() != want || other.count() != 1 {
			t.Fatalf("%d slots were run, and %d of the other job; want %d and 1", many.count(), other.count(), want)
		}
	}
	for i, slot := range many.slots {
		if want := at(1, i+1, 0); !slot.Equal(want) {
			t.Fatalf("slot %d was %v, not %v", i, slot, want)
		}
	}
}

func TestCatchUpEndsWithTheServer(t *testing.T) {
	r := &runs{}
	book := newMemory()
	s := schedule(t, book, r.job("many", "0 * * * *", Backfill))
	wake(t, s, at(1, 0, 0))
	ctx, cancel := context.WithCancel(background)
	r.fail = func(_ context.Context, slot time.Time) error {
		if slot.Equal(at(1, 3, 0)) {
			cancel()
		}
		return nil
	}
	if err := s.Wake(ctx, at(1, 9, 0)); err != nil {
		t.Error(err)
	}
	r.is(t, at(1, 1, 0), at(1, 2, 0), at(1, 3, 0))
	if !book.cursors["many"].Equal(at(1, 3, 0)) {
		t.Errorf("the cursor stands at %v", book.cursors["many"])
	}
}

func TestFailuresAreTriedAgain(t *testing.T) {
	var bad, good runs
	bad.fail = func(context.Context, time.Time) error {
		return &engine.Unavailable{Err: errors.New("张示例 broke it")}
	}
	book := newMemory()
	s := schedule(t, book, bad.job("bad", daily, Backfill), good.job("good", daily, Once))
	wake(t, s, at(1, 12, 0))
	now := at(2, 0, 20)
	for try, minutes := range []int{0, 1, 4, 16, 64, 256} {
		if try > 0 {
			wake(t, s, now.Add(time.Duration(minutes)*time.Minute-time.Second)) // it waits
		}
		now = now.Add(time.Duration(minutes) * time.Minute)
		f := fails(t, s, now)
		if f.Try != try+1 || f.Code != "unavailable" || f.Last != (try == 5) || strings.Contains(f.Error(), "张") {
			t.Fatalf("try %d: %+v: %v", try+1, f, f)
		}
		if moved := book.cursors["bad"].Equal(at(2, 0, 20)); moved != f.Last {
			t.Fatalf("after try %d the cursor stands at %v", f.Try, book.cursors["bad"])
		}
	}
	if good.count() != 1 || bad.count() != 6 {
		t.Fatalf("%d good runs and %d bad ones", good.count(), bad.count())
	}
	book.cursors["bad"] = at(1, 12, 0) // as where the server died before it moved the cursor
	wake(t, s, at(2, 23, 0))
	bad.fail = nil
	wake(t, s, at(3, 0, 20)) // the next slot does not wait for the one given up
	if got := book.row("bad", at(2, 0, 20)); got.outcome != "unavailable" || got.tries != 6 {
		t.Errorf("the slot given up is recorded as %+v", got)
	}
	if bad.count() != 7 || !bad.slots[6].Equal(at(3, 0, 20)) {
		t.Errorf("the job ran for %v", bad.slots)
	}
}

// A failed slot of a job that needs the latest one only is not tried any more
// when a later one is due.
func TestALaterSlotStandsForAFailedOne(t *testing.T) {
	r := &runs{fail: func(context.Context, time.Time) error { return errors.New("no") }}
	book := newMemory()
	s := schedule(t, book, r.job("hourly", "0 * * * *", Once))
	wake(t, s, at(1, 11, 30))
	fails(t, s, at(1, 12, 0))
	r.fail = nil
	wake(t, s, at(1, 13, 0))
	wake(t, s, at(1, 13, 10))
	r.is(t, at(1, 12, 0), at(1, 13, 0))
	if !book.cursors["hourly"].Equal(at(1, 13, 0)) {
		t.Errorf("the cursor stands at %v", book.cursors["hourly"])
	}
}

func TestPanicsAreContained(t *testing.T) {
	var bad, good runs
	bad.fail = func(context.Context, time.Time) error { panic("张示例") }
	book := newMemory()
	s := schedule(t, book, bad.job("bad", daily, Once), good.job("good", daily, Once))
	wake(t, s, at(1, 12, 0))
	f := fails(t, s, at(2, 0, 20))
	if f.Code != Panicked || !strings.Contains(string(f.Stack), "wake_test.go") || strings.Contains(f.Error()+string(f.Stack), "张") {
		t.Errorf("%v\n%s", f, f.Stack)
	}
	if got := book.row("bad", at(2, 0, 20)); got.outcome != Panicked || good.count() != 1 {
		t.Errorf("recorded as %+v; the other job ran %d times", got, good.count())
	}
}

func TestCodes(t *testing.T) {
	for want, err := range map[string]error{
		"unavailable":         &engine.Unavailable{Err: errors.New("x")},
		"refused":             &engine.Refused{},
		"invalid":             &engine.Invalid{},
		"not-found":           &engine.NotFound{},
		"conflict":            &engine.Conflict{},
		"calendar-not-loaded": &calendar.NotLoaded{Year: 2031},
		Failed:                errors.New("李示例"),
	} {
		if got := code(fmt.Errorf("case: %w", err)); got != want {
			t.Errorf("%T is %q, not %q", err, got, want)
		}
	}
}

// halted is a run that goes on until it is released, as on a server that was
// cut off: what it does then comes too late.
type halted struct {
	begun, release chan struct{}
	ended          chan error
}

// halt begins a wake-up whose run halts.
func halt(s *Scheduler, r *runs, now time.Time) *halted {
	h := &halted{make(chan struct{}), make(chan struct{}), make(chan error, 1)}
	r.fail = func(context.Context, time.Time) error { close(h.begun); <-h.release; return nil }
	go func() { h.ended <- s.Wake(background, now) }()
	<-h.begun
	return h
}

func TestADeadServersSlotIsTakenOverOnce(t *testing.T) {
	var one, two, later runs
	book := newMemory()
	a := schedule(t, book, one.job("sweep", daily, Once), later.job("later", daily, Once))
	b := schedule(t, book, two.job("sweep", daily, Once), later.job("later", daily, Once))
	wake(t, a, at(1, 12, 0))
	dead := halt(a, &one, at(2, 0, 20))
	wake(t, b, at(2, 0, 20))
	wake(t, b, at(2, 0, 20).Add(Term-time.Second))
	if _, err := b.Do(background, "later", at(2, 0, 20), at(2, 0, 21)); !errors.Is(err, ErrBusy) {
		t.Errorf("while another server is at work: %v", err)
	}
	two.is(t)
	later.is(t) // it may depend on the one before
	for range 3 {
		wake(t, b, at(2, 0, 20).Add(Term))
	}
	two.is(t, at(2, 0, 20))
	close(dead.release)
	if err := <-dead.ended; !errors.Is(err, ErrLost) {
		t.Errorf("the halted run was told %v", err)
	}
	later.is(t, at(2, 0, 20))
	if got := book.row("sweep", at(2, 0, 20)); got.tries != 2 || got.outcome != Done || !got.begun.Equal(at(2, 0, 25)) {
		t.Errorf("recorded as %+v", got)
	}
}

func TestARunThatKillsItsServerIsGivenUp(t *testing.T) {
	r := &runs{}
	book := newMemory()
	s := schedule(t, book, r.job("deadly", daily, Backfill))
	wake(t, s, at(1, 12, 0))
	now := at(2, 0, 20)
	for try := range MaxTries {
		dead := halt(schedule(t, book, r.job("deadly", daily, Backfill)), r, now)
		defer func() { close(dead.release); <-dead.ended }()
		if got := book.row("deadly", at(2, 0, 20)); got.tries != try+1 {
			t.Fatalf("recorded as %+v", got)
		}
		now = now.Add(Term)
	}
	if f := fails(t, s, now); f.Code != Abandoned || !f.Last {
		t.Errorf("got %v", f)
	}
	wake(t, s, now.Add(time.Minute))
	if got := book.row("deadly", at(2, 0, 20)); got.outcome != Abandoned || r.count() != MaxTries {
		t.Errorf("recorded as %+v after %d runs", got, r.count())
	}
}

func TestClockSetBack(t *testing.T) {
	r := &runs{}
	s := schedule(t, newMemory(), r.job("hourly", "0 * * * *", Backfill))
	wake(t, s, at(1, 9, 30))
	wake(t, s, at(1, 10, 0))
	wake(t, s, at(1, 11, 0))
	for _, now := range []time.Time{at(1, 9, 1), at(1, 9, 59), at(1, 10, 0), at(1, 10, 30), at(1, 11, 0), at(1, 11, 59)} {
		wake(t, s, now)
	}
	r.is(t, at(1, 10, 0), at(1, 11, 0))
	wake(t, s, at(1, 12, 0))
	r.is(t, at(1, 10, 0), at(1, 11, 0), at(1, 12, 0))
}

// A clock that was years ahead leaves a cursor, a dead run and a failure in
// the future. None of them holds up the present.
func TestClockThatWasAstray(t *testing.T) {
	var once, failing, dead runs
	book := newMemory()
	failing.fail = func(context.Context, time.Time) error { return errors.New("no") }
	jobs := func(dead *runs) []Job {
		return []Job{once.job("once", daily, Once), failing.job("failing", daily, Backfill), dead.job("dead", daily, Once)}
	}
	s := schedule(t, book, jobs(&dead)...)
	wake(t, s, at(1, 12, 0))
	ahead := time.Date(2051, time.March, 1, 12, 0, 0, 0, calendar.Shanghai)
	h := halt(s, &dead, ahead)
	once.is(t, ahead.Add(-11*time.Hour-40*time.Minute))

	failing.fail = nil
	var alive runs
	b := schedule(t, book, jobs(&alive)...)
	for day := 2; day <= 3; day++ {
		wake(t, b, at(day, 0, 19)) // the cursor comes back
		wake(t, b, at(day, 0, 20))
	}
	once.is(t, ahead.Add(-11*time.Hour-40*time.Minute), at(2, 0, 20), at(3, 0, 20))
	failing.is(t, at(2, 0, 20), at(2, 0, 20), at(3, 0, 20))
	alive.is(t, at(2, 0, 20), at(3, 0, 20))
	close(h.release)
	<-h.ended
}

// What a clock that was ten days ahead settled is settled again when its time
// comes: nothing had happened yet. By then the slots between are not missing
// either.
func TestSlotsDoneInTheFutureDoNotCount(t *testing.T) {
	var once, skip, backfill, failing runs
	failing.fail = func(context.Context, time.Time) error { return errors.New("no") }
	book := newMemory()
	s := schedule(t, book, once.job("once", daily, Once), skip.job("skip", daily, Skip), backfill.job("backfill", daily, Backfill), failing.job("failing", daily, Once))
	wake(t, s, at(1, 12, 0))
	for try, minutes := range []int{0, 1, 5, 21, 85, 341} {
		if f := fails(t, s, at(11, 12, 0).Add(time.Duration(minutes)*time.Minute)); f.Last != (try == 5) {
			t.Fatalf("try %d: %v", try, f)
		}
	}
	failing.fail = nil
	var ahead []time.Time
	for day := 2; day <= 11; day++ {
		ahead = append(ahead, at(day, 0, 20))
	}
	backfill.is(t, ahead...)
	if row := book.row("skip", at(11, 0, 20)); row.outcome != Skipped {
		t.Fatalf("the late slot is recorded as %+v", row)
	}
	wake(t, s, at(1, 12, 10)) // the clock is set right
	if _, err := s.Do(background, "backfill", at(2, 0, 20), at(2, 0, 20)); err != nil {
		t.Errorf("on demand: %v", err)
	}
	for day := 2; day <= 12; day++ {
		for range 3 {
			wake(t, s, at(day, 0, 20))
		}
	}
	backfill.is(t, append(ahead, append(ahead, at(12, 0, 20))...)...)
	days := append(slices.Clone(ahead), at(12, 0, 20))
	once.is(t, append([]time.Time{at(11, 0, 20)}, days...)...)
	skip.is(t, days...)
	failing.is(t, append(slices.Repeat([]time.Time{at(11, 0, 20)}, 6), days...)...)
}

func TestQuarterEnd(t *testing.T) {
	r := &runs{}
	s := schedule(t, newMemory(), r.job("close", "30 0 1 1,4,7,10 *", Backfill))
	for _, now := range []string{"2026-03-20T00:00:00Z", "2026-03-31T15:59:59Z", "2026-03-31T16:00:00Z", "2026-03-31T16:29:59Z"} {
		wake(t, s, instant(t, now))
	}
	r.is(t)
	wake(t, s, instant(t, "2026-03-31T16:30:00Z")) // 00:30 of 1 April in Beijing, and March still in UTC
	r.is(t, time.Date(2026, time.April, 1, 0, 30, 0, 0, calendar.Shanghai))
	if day := calendar.DateOf(r.slots[0]); day != calendar.On(2026, time.April, 1) || r.slots[0].Day() != 1 {
		t.Errorf("the slot is of %v", day)
	}
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
