package spotcheck_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
	"jinchu/story"
	"jinchu/workflows"
)

// party is a holder whose key is its name, and which may be silent.
type party struct {
	name   string
	silent func() bool
}

func (p party) key() (key sampling.Key) { copy(key[:], p.name); return key }
func (p party) Party() string           { return p.name }

func (p party) Commit(_ context.Context, q sampling.Quarter) (sampling.Hash, error) {
	return p.key().Commit(p.name, q), nil
}

func (p party) Share(_ context.Context, q sampling.Quarter, draw int) (sampling.Hash, error) {
	if p.silent != nil && p.silent() {
		return sampling.Hash{}, errors.New("no answer")
	}
	return p.key().Share(q, draw), nil
}

func (p party) Reveal(context.Context, sampling.Quarter) (sampling.Key, error) { return p.key(), nil }

// county is a county over a store with cases about to be filed.
type county struct {
	t       *testing.T
	store   engine.Store
	engine  *engine.Engine
	id      register.CountyID
	holders []spotcheck.Holder
}

// cases is a story that brings n people in as many branches to where their
// meeting is to be filed.
func cases(n int) string {
	var b strings.Builder
	b.WriteString("# cases to be filed\nprofile zaoyang\nquarters drawn\norg committee beicheng 北城街道党工委\nstaff song committee-secretary of beicheng\n")
	for i := range n {
		fmt.Fprintf(&b, "org branch b%d 第%d党支部 in beicheng\nperson p%d 1999-03-02 in b%d\nmember s%d secretary of b%d\nmembers 9 in b%d\n", i, i, i, i, i, i, i)
	}
	for i := range n {
		fmt.Fprintf(&b, "2025-04-15 open admission a%d for p%d by s%d\n", i, i, i)
	}
	for i := range n {
		fmt.Fprintf(&b, "fast-forward a%d to qualified on 2026-06-25\n", i)
	}
	return b.String()
}

func newCounty(t *testing.T, n int) *county {
	t.Helper()
	return countyOf(t, cases(n))
}

// countyOf is the county in which a story was played.
func countyOf(t *testing.T, text string) *county {
	t.Helper()
	s := inmem.New()
	d, err := story.NewEngineDriver(s, t.Name(), workflows.All, workflows.LoadProfile)
	if err != nil {
		t.Fatal(err)
	}
	f, err := story.Parse("cases.txt", text)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := story.Run(t.Context(), f, d); err != nil || !res.OK() {
		t.Fatal(res, err)
	}
	c := &county{t: t, store: s, id: s.Counties()[0], holders: []spotcheck.Holder{party{name: "dic"}, party{name: "org"}}}
	c.engine = c.door(s)
	return c
}

// door is another server over the store.
func (c *county) door(s engine.Store) *engine.Engine {
	c.t.Helper()
	return c.doorOf(s, workflows.All())
}

func (c *county) doorOf(s engine.Store, regulation []*engine.Workflow) *engine.Engine {
	c.t.Helper()
	p, err := workflows.LoadProfile("zaoyang")
	if err != nil {
		c.t.Fatal(err)
	}
	e, err := engine.NewEngine(s, p, calendar.National(), rand.NewChaCha8([32]byte{byte(time.Now().Nanosecond())}), regulation...)
	if err != nil {
		c.t.Fatal(err)
	}
	return e
}

func (c *county) keeper(e *engine.Engine) *spotcheck.Keeper {
	seal, err := spotcheck.NewSeal(make([]byte, register.MasterLen))
	if err != nil {
		c.t.Fatal(err)
	}
	return &spotcheck.Keeper{Engine: e, County: c.id, Holders: c.holders, Seal: seal}
}

func at(moment string) time.Time {
	t, err := time.ParseInLocation("2006-01-02T15:04", moment, time.FixedZone("", 8*60*60))
	if err != nil {
		panic(err)
	}
	return t
}

// do runs something of the keeper's and wants it to work.
func do(t *testing.T, job func(context.Context, time.Time) (int, error), moment string) int {
	t.Helper()
	n, err := job(t.Context(), at(moment))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rows are the cases of a workflow.
func (c *county) rows(workflow string) []engine.Row {
	c.t.Helper()
	rows, err := c.store.Rows(c.t.Context(), &engine.Query{County: c.id, Workflow: workflow, Limit: 1000})
	if err != nil {
		c.t.Fatal(err)
	}
	return rows
}

// act does an act as the first secretary, or the clock, of a case's branch.
func (c *county) act(row engine.Row, action, moment string, fields map[string]any) {
	c.t.Helper()
	var secretary register.OfficeID
	for _, o := range c.engine.View(c.t.Context(), c.id).Officers(row.Org) {
		if o.Post == register.BranchSecretary {
			secretary = o.ID
		}
	}
	_, err := c.engine.Act(c.t.Context(), engine.Actor{County: c.id, Office: secretary}, engine.Move{Case: row.ID, Action: action, Fields: fields}, at(moment))
	if err != nil {
		c.t.Fatal(err)
	}
}

// fileAll files every case for a moment, and holdAll holds the meetings.
func (c *county) fileAll(on, meeting string) {
	for _, row := range c.rows("admission") {
		c.act(row, "file-meeting", on, map[string]any{"time": engine.Moment(meeting), "place": "村部"})
	}
}

func (c *county) holdAll(moment string) {
	for _, row := range c.rows("admission") {
		c.act(row, "record-meeting", moment, map[string]any{"present": int64(8), "yes": int64(8)})
	}
}

func (c *county) filings(q register.QuarterID) []*register.Filing {
	return c.engine.View(c.t.Context(), c.id).FilingsOf(q)
}

// dying is a store that goes down after so many commits.
type dying struct {
	engine.Store
	left int
}

func (d *dying) Commit(ctx context.Context, c *engine.Commit) error {
	if d.left == 0 {
		return &engine.Unavailable{Err: errors.New("the server died")}
	}
	d.left--
	return d.Store.Commit(ctx, c)
}

// A server that dies between the record of a point and the last check it
// draws leaves the rest to the next one: the same selection, once.
func TestDeathAtAPoint(t *testing.T) {
	c := newCounty(t, 11)
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	do(t, k.Ask, "2026-06-26T10:00")
	c.holdAll("2026-07-06T10:00")

	for commits := 0; ; commits++ {
		if commits > 30 {
			t.Fatal("the point never came to its end")
		}
		mortal := &dying{Store: c.store, left: 1}
		_, err := c.keeper(c.door(mortal)).Points(t.Context(), at("2026-08-01T00:30"))
		if err == nil && mortal.left == 1 {
			break // nothing was left to do
		}
	}
	checks := c.rows(workflows.SpotCheck)
	if n := len(checks); n < 4 {
		t.Errorf("%d checks of 11 filings", n)
	}
	if n := do(t, k.Points, "2026-08-02T00:30"); n != 0 {
		t.Errorf("%d acts on a point that was drawn", n)
	}
	// What was drawn is what the recorded digest says, or Points had failed.
	if q, _ := c.engine.View(t.Context(), c.id).Quarter("2026Q3"); len(q.Drawn) != 1 {
		t.Errorf("points on record: %v", q.Drawn)
	}
}

// Two servers at one point: every check once.
func TestTwoServersAtAPoint(t *testing.T) {
	c := newCounty(t, 11)
	do(t, c.keeper(c.engine).Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	var both sync.WaitGroup
	errs := make([]error, 2)
	for i := range 2 {
		k := c.keeper(c.door(c.store))
		both.Go(func() { _, errs[i] = k.Points(context.Background(), at("2026-08-01T00:30")) })
	}
	both.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	seen := map[engine.CaseID]bool{}
	for _, row := range c.rows(workflows.SpotCheck) {
		if seen[row.Parent] {
			t.Errorf("case %s is checked twice", row.Parent)
		}
		seen[row.Parent] = true
	}
	if len(seen) < 4 {
		t.Errorf("%d checks of 11 filings", len(seen))
	}
}

// A party that does not answer in time makes the filing checked for that, and
// its answer is not wanted any more.
func TestASilentPartyIsFailSafe(t *testing.T) {
	c := newCounty(t, 2)
	silent := true
	c.holders[0] = party{name: "dic", silent: func() bool { return silent }}
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	if n := do(t, k.Ask, "2026-06-26T10:00"); n != 0 {
		t.Errorf("%d filings were settled before the time was over", n)
	}
	do(t, k.Ask, "2026-06-28T00:30")
	silent = false
	do(t, k.Ask, "2026-06-28T01:30")
	for _, f := range c.filings("2026Q3") {
		if f.Forced != "failsafe" || f.Shares != nil {
			t.Errorf("%s: forced %q with %d shares", f.ID, f.Forced, len(f.Shares))
		}
	}
	do(t, k.Tell, "2026-07-05T00:30")
	if n := len(c.rows(workflows.SpotCheck)); n != 2 {
		t.Errorf("%d checks, want 2", n)
	}
}

// A meeting that was drawn, put off into the next quarter and never checked is
// checked then, whatever its new ticket says.
func TestCarriedOver(t *testing.T) {
	c := newCounty(t, 12)
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	do(t, k.Ask, "2026-06-26T10:00")
	for _, row := range c.rows("admission") {
		c.act(row, "withdraw-filing", "2026-06-27T09:00", map[string]any{"why": "农忙"})
		// The county confirms a qualification of more than a month.
	}
	do(t, k.Open, "2026-09-01T00:30")
	c.fileAll("2026-09-22T09:00", "2026-10-09T09:00")
	do(t, k.Ask, "2026-09-22T10:00")
	carried := 0
	for _, f := range c.filings("2026Q4") {
		if f.Forced == "carry" {
			carried++
		}
	}
	online := 0
	opening := workflows.DrawOpening(c.id, must(c.engine.View(t.Context(), c.id).Quarter("2026Q3")))
	keys := sampling.Keys{"dic": party{name: "dic"}.key(), "org": party{name: "org"}.key()}
	lots := keys.Lots(opening.Quarter)
	for n := 1; n <= 12; n++ {
		if lot, _ := lots(n); opening.Online.Online(lot.Ticket) {
			online++
		}
	}
	if carried != online || online == 0 {
		t.Errorf("%d are carried over, %d were drawn", carried, online)
	}
}

func must[T any](v T, ok bool) T {
	if !ok {
		panic("missing")
	}
	return v
}

// A quarter from its opening to its bundle, which holds, and does not after a
// change.
func TestAQuarterClosesWithABundleThatHolds(t *testing.T) {
	c := newCounty(t, 11)
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	do(t, k.Points, "2026-10-08T00:30")
	if b, err := k.Bundle(t.Context(), "2026Q3"); err != nil || len(b.Keys) > 0 || len(b.Lines) > 0 {
		t.Fatalf("before the closing: %v, %v", b, err)
	}
	do(t, k.Close, "2026-10-08T01:00") // the quarter before, in which nothing was filed
	if n := do(t, k.Close, "2026-10-09T00:30"); n != 0 {
		t.Error("closed with checks that are open, before the last day")
	}
	do(t, k.Close, "2026-10-27T00:30") // the fifteenth working day
	q := must(c.engine.View(t.Context(), c.id).Quarter("2026Q3"))
	if q.ClosedOn.IsZero() {
		t.Fatal("not closed on the last day")
	}
	b, err := k.Bundle(t.Context(), "2026Q3")
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	if err := b.Encode(&file); err != nil {
		t.Fatal(err)
	}
	read, err := sampling.DecodeBundle(strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	if faults := sampling.Verify(*read); len(faults) > 0 {
		t.Errorf("the bundle does not hold: %v", faults)
	}
	quarter, err := c.engine.Refold(t.Context(), c.id, engine.CaseID(q.Case))
	if err != nil {
		t.Fatal(err)
	}
	if stated, _ := workflows.BundleDigest.Held(quarter); stated != b.Digest().String() {
		t.Errorf("the log says %s, the bundle is %s", stated, b.Digest())
	}
	if below, _ := workflows.BelowQuota.Held(quarter); len(below) != 1 {
		t.Errorf("nothing was checked, and below the quota are %v", below)
	}
	read.Filings = slices.Delete(read.Filings, 3, 4)
	if faults := sampling.Verify(*read); len(faults) == 0 {
		t.Error("a filing is missing and the bundle holds")
	}
}
