package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/scheduler"
	"jinchu/store"
)

var _ scheduler.Book = (*store.Store)(nil)

// book are the calls of a scheduler about one slot, with failures ended.
type book struct {
	t    testing.TB
	s    *store.Store
	job  string
	slot time.Time
}

func must[V any](t testing.TB) func(V, error) V {
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (b book) begin(tries int, outcome string, now time.Time) bool {
	b.t.Helper()
	return must[bool](b.t)(b.s.BeginJob(context.Background(), County, b.job, b.slot, tries, outcome, "server", now, now.Add(5*time.Minute)))
}

func (b book) renew(try int, lease time.Time) bool {
	b.t.Helper()
	return must[bool](b.t)(b.s.RenewJob(context.Background(), County, b.job, b.slot, try, lease))
}

func (b book) end(try int, outcome string, now time.Time) bool {
	b.t.Helper()
	return must[bool](b.t)(b.s.EndJob(context.Background(), County, b.job, b.slot, try, outcome, 7, now, now.Add(time.Minute)))
}

func (b book) is(tries int, outcome string, acts int, lease time.Time) {
	b.t.Helper()
	gotTries, gotOutcome, gotActs, gotLease, err := b.s.JobSlot(context.Background(), County, b.job, b.slot)
	if err != nil || gotTries != tries || gotOutcome != outcome || gotActs != acts || !gotLease.Equal(lease) {
		b.t.Errorf("%s: %d %q %d %v %v, want %d %q %d %v", b.job, gotTries, gotOutcome, gotActs, gotLease, err, tries, outcome, acts, lease)
	}
}

// jobSlots is the life of slots: begun, renewed, ended, lost and begun again.
func jobSlots(t *testing.T, d *Database) {
	one, two := d.Open(), d.Open()
	a, b := book{t, one, "sweep", Now}, book{t, two, "sweep", Now}
	other := book{t, two, "other", Now}
	a.is(0, "", 0, time.Time{})
	if a.renew(1, Now) || a.end(1, "done", Now) || a.begin(1, "", Now) {
		t.Error("a slot nobody has begun was renewed, ended or begun a second time")
	}
	if !a.begin(0, "", Now) || b.begin(0, "", Now) || other.begin(0, "", Now.Add(5*time.Minute-time.Microsecond)) {
		t.Error("want one run of the county under way")
	}
	b.is(1, "", 0, Now.Add(5*time.Minute))
	if !a.renew(1, Now.Add(7*time.Minute)) || b.begin(1, "", Now.Add(6*time.Minute)) {
		t.Error("a renewed lease does not bind")
	}
	if b.begin(2, "", Now.Add(7*time.Minute)) || b.begin(1, "done", Now.Add(7*time.Minute)) || !b.begin(1, "", Now.Add(7*time.Minute)) {
		t.Error("a slot is taken over as it was seen, when its lease is over")
	}
	if a.renew(1, Now.Add(time.Hour)) || a.end(1, "done", Now) {
		t.Error("who has lost a slot still has a say")
	}
	if !b.end(2, "failed", Now.Add(8*time.Minute)) || b.renew(2, Now) {
		t.Error("a run does not end, or goes on")
	}
	a.is(2, "failed", 7, Now.Add(9*time.Minute))
	if !other.begin(0, "", Now.Add(8*time.Minute)) || !other.end(1, "done", Now.Add(8*time.Minute)) {
		t.Error("a failed run holds up others")
	}
	if !b.end(2, "failed", Now.Add(8*time.Minute)) { // a driver may repeat it
		t.Error("a repeated end is not the run's own")
	}
	if !a.begin(2, "failed", Now.Add(9*time.Minute)) || !other.begin(1, "done", Now.Add(-48*time.Hour)) {
		t.Error("a lease given by a clock gone astray binds")
	}
}

// jobCursors move only from where they were seen.
func jobCursors(t *testing.T, d *Database) {
	one, two := d.Open(), d.Open()
	move := func(s *store.Store, job string, from, to time.Time) bool {
		t.Helper()
		return must[bool](t)(s.MoveJobCursor(context.Background(), County, job, from, to))
	}
	later := Now.Add(time.Hour)
	if move(one, "a", Now, later) || !move(one, "a", time.Time{}, Now) || move(two, "a", time.Time{}, later) ||
		!move(two, "a", Now, later) || move(one, "a", Now, later) || !move(one, "b", time.Time{}, Now) || !move(one, "a", later, Now) {
		t.Error("a cursor moved, or did not")
	}
	got := must[map[string]time.Time](t)(two.JobCursors(context.Background(), County))
	if len(got) != 2 || !got["a"].Equal(Now) || !got["b"].Equal(Now) {
		t.Errorf("the cursors are %v", got)
	}
	const other = register.CountyID("990002")
	if got := must[map[string]time.Time](t)(two.JobCursors(context.Background(), other)); len(got) > 0 {
		t.Errorf("another county has the cursors %v", got)
	}
}

// jobRace lets many begin one slot, and two slots, at once.
func jobRace(t *testing.T, d *Database) {
	handles := []*store.Store{d.Open(), d.Open()}
	for round := range 5 {
		now := Now.Add(time.Duration(round) * time.Hour)
		var begun atomic.Int64
		var acts []func() error
		for i := range 12 {
			b := book{t, handles[i%2], []string{"a", "b"}[i/2%2], now}
			acts = append(acts, func() error {
				ok, err := b.s.BeginJob(context.Background(), County, b.job, b.slot, 0, "", "server", now, now.Add(time.Minute))
				if ok {
					begun.Add(1)
				}
				return err
			})
		}
		for _, err := range together(acts...) {
			expect(t, err, nil)
		}
		if begun.Load() != 1 {
			t.Fatalf("%d runs of a county were begun at once", begun.Load())
		}
	}
}

// jobList is what an operations page shows.
func jobList(t *testing.T, d *Database) {
	s := d.Open()
	for i, job := range []string{"a", "b", "c"} {
		at := Now.Add(time.Duration(i) * time.Hour)
		b := book{t, s, job, at.Add(-24 * time.Hour)}
		b.begin(0, "", at)
		if i < 2 {
			b.end(1, "done", at.Add(time.Second))
		}
	}
	got := must[[]store.JobRun](t)(s.JobRuns(context.Background(), County, 2))
	utc := func(d time.Duration) time.Time { return Now.Add(d).UTC() }
	want := []store.JobRun{
		{Job: "c", Slot: utc(-22 * time.Hour), Tries: 1, Holder: "server", Begun: utc(2 * time.Hour), Lease: utc(2*time.Hour + 5*time.Minute)},
		{Job: "b", Slot: utc(-23 * time.Hour), Tries: 1, Holder: "server", Begun: utc(time.Hour), Lease: utc(time.Hour + 61*time.Second),
			Ended: utc(time.Hour + time.Second), Acts: 7, Outcome: "done"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("the runs are\n%+v\nnot\n%+v", got, want)
	}
	if got := must[[]store.JobRun](t)(s.JobRuns(context.Background(), "990002", 9)); len(got) > 0 {
		t.Errorf("another county has the runs %+v", got)
	}
}

// counted is a list of jobs that count their runs.
type counted struct {
	mu       sync.Mutex
	runs     map[string]map[int64]int // job -> slot -> runs
	underWay atomic.Int64
	overlaps atomic.Int64
}

func (c *counted) run(name string) func(context.Context, time.Time, time.Time) (int, error) {
	return func(_ context.Context, slot, _ time.Time) (int, error) {
		if c.underWay.Add(1) > 1 {
			c.overlaps.Add(1)
		}
		defer c.underWay.Add(-1)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.runs[name] == nil {
			c.runs[name] = map[int64]int{}
		}
		c.runs[name][slot.Unix()]++
		return 1, nil
	}
}

func (c *counted) jobs() []scheduler.Job {
	words := engine.Words{Zh: "计数", En: "count"}
	return []scheduler.Job{
		{Name: "nightly", Words: words, Spec: "30 0 * * *", Policy: scheduler.Once, Run: c.run("nightly")},
		{Name: "quarter", Words: words, Spec: "30 0 1 1,4,7,10 *", Policy: scheduler.Backfill, Run: c.run("quarter")},
		{Name: "shift", Words: words, Spec: "15 */6 * * *", Policy: scheduler.Backfill, Run: c.run("shift")},
		{Name: "notice", Words: words, Spec: "0 8 * * *", Policy: scheduler.Skip, Run: c.run("notice")},
	}
}

// jobsOfTwoServers is ten days of two servers on one database, the end of a
// quarter among them.
func jobsOfTwoServers(t *testing.T, d *Database) {
	c := &counted{runs: map[string]map[int64]int{}}
	servers := []*scheduler.Scheduler{timetable(t, d, "one", c.jobs()), timetable(t, d, "two", c.jobs())}
	begin := Day.AddDays(24).Start() // 25 June
	for step := range 10 * 24 * 4 {
		now := begin.Add(time.Duration(step) * 15 * time.Minute)
		acts := make([]func() error, len(servers))
		for i, s := range servers {
			acts[i] = func() error { return s.Wake(context.Background(), now.Add(time.Duration(i)*time.Second)) }
		}
		for _, err := range together(acts...) {
			expect(t, err, nil)
		}
	}
	for job, want := range map[string]int{"nightly": 10, "quarter": 1, "shift": 40, "notice": 10} {
		if got := len(c.runs[job]); got != want {
			t.Errorf("%s was run for %d slots, not %d", job, got, want)
		}
		for slot, n := range c.runs[job] {
			if n != 1 {
				t.Errorf("%s was run %d times for %v", job, n, time.Unix(slot, 0))
			}
		}
	}
	if c.overlaps.Load() > 0 {
		t.Errorf("runs overlapped %d times", c.overlaps.Load())
	}
}

func timetable(t testing.TB, d *Database, holder string, jobs []scheduler.Job) *scheduler.Scheduler {
	t.Helper()
	s, err := scheduler.New(d.Open(), County, holder, jobs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jobTakenOver abandons a server in the middle of a slot: another one takes it
// over, once, when the term is over; what the first one says later is not
// heard.
func jobTakenOver(t *testing.T, d *Database) {
	words := engine.Words{Zh: "计数", En: "count"}
	var runs atomic.Int64
	begun, release := make(chan struct{}), make(chan struct{})
	job := func(run func(context.Context, time.Time, time.Time) (int, error)) []scheduler.Job {
		return []scheduler.Job{{Name: "sweep", Words: words, Spec: "30 0 * * *", Policy: scheduler.Backfill, Run: run}}
	}
	dead := timetable(t, d, "dead", job(func(context.Context, time.Time, time.Time) (int, error) {
		close(begun)
		<-release
		return 1, nil
	}))
	alive := timetable(t, d, "alive", job(func(context.Context, time.Time, time.Time) (int, error) { runs.Add(1); return 2, nil }))
	slot := Day.AddDays(1).Start().Add(30 * time.Minute)
	expect(t, dead.Wake(context.Background(), Now), nil)
	ended := make(chan error, 1)
	go func() { ended <- dead.Wake(context.Background(), slot) }()
	<-begun
	for _, after := range []time.Duration{0, scheduler.Term - time.Second, scheduler.Term, scheduler.Term + time.Minute} {
		expect(t, alive.Wake(context.Background(), slot.Add(after)), nil)
		want := int64(0)
		if after >= scheduler.Term {
			want = 1
		}
		if runs.Load() != want {
			t.Errorf("%v after the slot there were %d runs, not %d", after, runs.Load(), want)
		}
	}
	close(release)
	if err := <-ended; !errors.Is(err, scheduler.ErrLost) {
		t.Errorf("the abandoned run was told %v", err)
	}
	got := must[[]store.JobRun](t)(d.Open().JobRuns(context.Background(), County, 9))
	if len(got) != 1 || got[0].Holder != "alive" || got[0].Tries != 2 || got[0].Acts != 2 || got[0].Outcome != scheduler.Done {
		t.Errorf("the runs are %+v", got)
	}
}
