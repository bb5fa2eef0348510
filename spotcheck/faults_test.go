package spotcheck_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
	"jinchu/workflows"
)

// fails wants an error that tells the quarter and what is wrong, and nothing
// about any other quarter.
func fails(t *testing.T, job func(context.Context) (int, error), quarter string, words ...string) {
	t.Helper()
	_, err := job(t.Context())
	if err == nil {
		t.Fatalf("no error about %s", quarter)
	}
	for _, word := range append(words, "quarter "+quarter) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v; it does not tell %q", err, word)
		}
	}
	if n := strings.Count(err.Error(), "quarter 20"); n != 1 {
		t.Errorf("%d quarters are in %v", n, err)
	}
}

func closedOn(c *county, q register.QuarterID) calendar.Date {
	return must(c.engine.View(c.t.Context(), c.id).Quarter(q)).ClosedOn
}

// A quarter whose party nobody stands for any more is not closed; the one
// after it is.
func TestAPartyWithoutAHolder(t *testing.T) {
	c := newCounty(t, 1)
	do(t, c.keeper(c.engine).Open, "2026-05-20T00:30")
	c.holders = c.holders[1:]
	k := c.keeper(c.engine)
	k.FewerParties = true
	do(t, k.Open, "2026-06-26T00:30")
	do(t, k.Points, "2026-10-08T00:30")
	fails(t, func(ctx context.Context) (int, error) { return k.Close(ctx, at("2026-10-27T00:30")) }, "2026Q2", "key of dic")
	if !closedOn(c, "2026Q2").IsZero() || closedOn(c, "2026Q3").IsZero() {
		t.Error("the third quarter is to be closed, and the second is not")
	}
}

// A server that was started without its second holder opens no quarter with
// one key, unless it is told so; not either after a quarter in which no server
// ran.
func TestFewerPartiesThanBefore(t *testing.T) {
	for _, moment := range []string{"2026-06-26T00:30", "2026-12-01T00:30"} {
		c := newCounty(t, 1)
		do(t, c.keeper(c.engine).Open, "2026-05-20T00:30") // as it should be
		k := c.keeper(c.engine)
		k.Holders = c.holders[1:]
		_, err := k.Open(t.Context(), at(moment))
		if err == nil || !strings.Contains(err.Error(), "2026Q2 was opened by 2 parties") {
			t.Errorf("%s: %v", moment, err)
		}
		if rows := c.rows(workflows.QuarterlyDraw); len(rows) != 1 {
			t.Errorf("%s: %d quarters are open", moment, len(rows))
		}
		k.FewerParties = true
		do(t, k.Open, moment)
		k.FewerParties = false // as many as the last quarter had are enough
		do(t, k.Open, "2026-12-01T00:40")
	}
}

// A commitment that no holder made shows at the reveal, every day anew.
func TestACommitmentOfNobody(t *testing.T) {
	c := newCounty(t, 1)
	m := engine.Move{Case: "by-somebody", Workflow: workflows.QuarterlyDraw, Org: register.OrgID(c.id), Action: workflows.OpenQuarter.Key, Fields: map[string]any{
		workflows.QuarterName.Key: "2026Q2", workflows.Commitments.Key: []engine.Item{{Key: "org", Text: strings.Repeat("0a", 32)}}}}
	if _, err := c.engine.Act(t.Context(), engine.Actor{County: c.id, Office: engine.ClockOffice}, m, at("2026-05-20T00:30")); err != nil {
		t.Fatal(err)
	}
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	do(t, k.Points, "2026-10-08T00:30")
	for _, day := range []string{"2026-10-27T00:30", "2026-10-28T00:30"} {
		fails(t, func(ctx context.Context) (int, error) { return k.Close(ctx, at(day)) }, "2026Q2", "close-quarter is refused", "org的密钥与承诺不符")
	}
	if closedOn(c, "2026Q3").IsZero() {
		t.Error("the third quarter is not closed")
	}
}

// A quarter that cannot be opened is told.
func TestARefusedOpening(t *testing.T) {
	c := newCounty(t, 1)
	c.holders = []spotcheck.Holder{party{name: "ORG"}}
	k := c.keeper(c.engine)
	fails(t, func(ctx context.Context) (int, error) { return k.Open(ctx, at("2026-05-20T00:30")) }, "2026Q2", "open-quarter is refused", "密钥方名称有误")
}

// The last point waits for no filing in silence: Tick lets lapse what nobody
// recorded, and where it has not, that is told.
func TestTheLastPointTellsOfStandingFilings(t *testing.T) {
	c := newCounty(t, 2)
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	fails(t, func(ctx context.Context) (int, error) { return k.Points(ctx, at("2026-10-08T00:30")) }, "2026Q3", "还有 2 件备案未登记")
	if q := must(c.engine.View(t.Context(), c.id).Quarter("2026Q2")); len(q.Drawn) != len(q.Points) {
		t.Errorf("%d of %d points of the quarter before are drawn", len(q.Drawn), len(q.Points))
	}
	if _, err := c.engine.Tick(t.Context(), c.id, at("2026-10-08T01:00")); err != nil {
		t.Fatal(err)
	}
	if n := do(t, k.Points, "2026-10-08T01:30"); n != 2 {
		t.Errorf("%d acts, want the last point and that its checks are open", n)
	}
}

// Filings that were changed after their point are told, at the next point or
// at the closing, and keep no other quarter from its own.
func TestAChangedFrameIsToldAlone(t *testing.T) {
	for drawn, closing := range map[string]bool{"2026-08-01T00:30": false, "2026-10-08T00:30": true} {
		c := newCounty(t, 2)
		k := c.keeper(c.engine)
		do(t, k.Open, "2026-06-26T00:30")
		c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
		c.holdAll("2026-07-06T10:00")
		do(t, k.Points, drawn)
		changed := *c.filings("2026Q3")[0]
		changed.Forced = "late"
		err := c.engine.Change(t.Context(), engine.Actor{County: c.id, Office: engine.ClockOffice}, []register.Entity{&changed}, calendar.DateOf(at(drawn)), "", at(drawn))
		if err != nil {
			t.Fatal(err)
		}
		fails(t, func(ctx context.Context) (int, error) { return k.Points(ctx, at("2026-10-08T01:00")) }, "2026Q3", "not those on record")
		if closing {
			fails(t, func(ctx context.Context) (int, error) { return k.Close(ctx, at("2026-10-27T00:30")) }, "2026Q3", "not those on record")
		} else {
			do(t, k.Close, "2026-10-27T00:30") // what is not drawn is not closed
		}
		if !closedOn(c, "2026Q3").IsZero() || closedOn(c, "2026Q2").IsZero() {
			t.Error("the second quarter is to be closed, and the third is not")
		}
	}
}

// What was changed after the closing is not handed out as what was published.
func TestAChangedBundleIsNotHandedOut(t *testing.T) {
	c := newCounty(t, 2)
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	do(t, k.Points, "2026-10-08T00:30")
	do(t, k.Close, "2026-10-27T00:30")
	if b, err := k.Bundle(t.Context(), "2026Q3"); err != nil || len(b.Lines) == 0 {
		t.Fatalf("before the change: %v, %v", b, err)
	}
	changed := *c.filings("2026Q3")[0]
	changed.Forced = "late"
	err := c.engine.Change(t.Context(), engine.Actor{County: c.id, Office: engine.ClockOffice}, []register.Entity{&changed}, calendar.MustParse("2026-10-28"), "", at("2026-10-28T09:00"))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := k.Bundle(t.Context(), "2026Q3"); err == nil || b != nil || !strings.Contains(err.Error(), "not those on record") {
		t.Errorf("after it: %v, %v", b, err)
	}
	if figures, err := k.Report(t.Context(), "2026Q3"); err == nil || figures != nil {
		t.Errorf("after it: %v, %v", figures, err)
	}
}

// Enough meetings of too few branches are not enough.
func TestFiguresCountBranches(t *testing.T) {
	b := &sampling.Bundle{Opening: sampling.Opening{Quota: sampling.Ratio{Num: 3, Den: 10}, Strata: []string{"a"}}}
	for n := 1; n <= 10; n++ {
		f := sampling.Filing{N: n, Stratum: "a", Branch: "b1", Cases: []string{"c"}, Point: 1}
		if n > 3 {
			f.Branch = "b" + string(rune('0'+n-2)) // b2 to b8
		}
		if n == 10 {
			f.Forced = sampling.Late // counts for nothing
		}
		b.Filings = append(b.Filings, f)
	}
	check := func(outcome sampling.Outcome, checked ...int) spotcheck.Figures {
		b.Lines, b.Results = nil, nil
		for _, n := range checked {
			b.Lines = append(b.Lines, sampling.Line{N: n, Stratum: "a"})
			b.Results = append(b.Results, sampling.Result{N: n, Case: "c", Outcome: outcome})
		}
		return spotcheck.FiguresOf(b)[0]
	}
	one := check(sampling.Passed, 1, 2, 3, 10)
	if one.Met() || one.Checked != 3 || one.Need != 3 || one.Branches != 7 || one.NeedBranch != 3 || one.Covered != 1 {
		t.Errorf("one branch: %+v", one)
	}
	if three := check(sampling.Failed, 1, 4, 5); !three.Met() || three.Covered != 3 {
		t.Errorf("three branches: %+v", three)
	}
	if open := check(sampling.Pending, 1, 4, 5); open.Met() || open.Covered != 0 {
		t.Errorf("open checks: %+v", open)
	}
}

// An inspector who has moved into the town since the assignment records
// nothing about it.
func TestAnInspectorWhoMovedIntoTheTown(t *testing.T) {
	c := countyOf(t, `# an inspector about to record
profile zaoyang
set spotcheck.online_percent=100
set spotcheck.attend_weight=0
quarters drawn
org committee beicheng 北城街道党工委
org branch dongyuan 东园党支部 in beicheng
org committee nancheng 南城街道党工委
org branch nanyuan 南园党支部 in nancheng
person lin 1999-03-02 in dongyuan
member wu secretary of dongyuan
members 9 in dongyuan
member gao in nanyuan
member luo in nanyuan
staff gao inspector
staff luo inspector
staff han county-head
2025-04-15 open admission a1 for lin by wu
fast-forward a1 to qualified on 2026-05-20
2026-05-21 clock
2026-05-21 wu file-meeting a1 time=2026-06-01T09:00 place=村部
2026-05-30T10:00 clock
find k1 spot-check part-of a1
2026-05-30 han assign-inspectors k1 inspectors=gao,luo
`)
	view := c.engine.View(t.Context(), c.id)
	var inspectors []*register.Office
	for _, o := range view.Officers(register.OrgID(c.id)) {
		if o.Post == register.Inspector {
			inspectors = append(inspectors, o)
		}
	}
	moved := *must(view.Person(inspectors[0].Person))
	moved.Org = c.filings("2026Q2")[0].Branch
	err := c.engine.Change(t.Context(), engine.Actor{County: c.id, Office: engine.ClockOffice}, []register.Entity{&moved}, calendar.MustParse("2026-06-01"), "", at("2026-06-01T09:00"))
	if err != nil {
		t.Fatal(err)
	}
	check := c.rows(workflows.SpotCheck)[0].ID
	for i, want := range []bool{false, true} {
		_, err := c.engine.Act(t.Context(), engine.Actor{County: c.id, Office: inspectors[i].ID}, engine.Move{Case: check, Action: workflows.RecordCheck.Key,
			Fields: map[string]any{"conclusion": "passed", "severity": "none", "record": "走访"}}, at("2026-06-02T09:00"))
		refused, _ := err.(*engine.Refused)
		if (err == nil) != want || !want && !slices.ContainsFunc(refused.Grounds, func(g engine.Ground) bool { return g.Code == workflows.ActorFromElsewhere.Key }) {
			t.Errorf("inspector %d: %v", i, err)
		}
	}
}

// Who finds at a point that another server was faster has nothing to tell.
func TestAnotherServerWasFirst(t *testing.T) {
	c := newCounty(t, 2)
	first := c.keeper(c.door(c.store))
	do(t, first.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	raced := false
	c.holders = []spotcheck.Holder{party{name: "dic", silent: func() bool {
		if !raced {
			raced = true
			do(t, first.Points, "2026-08-01T00:30")
		}
		return false
	}}, c.holders[1]}
	do(t, c.keeper(c.engine).Points, "2026-08-01T00:30")
	if q := must(c.engine.View(t.Context(), c.id).Quarter("2026Q3")); !raced || len(q.Drawn) != 1 || len(c.rows(workflows.SpotCheck)) == 0 {
		t.Errorf("raced %v, %d points, %d checks", raced, len(q.Drawn), len(c.rows(workflows.SpotCheck)))
	}
}
