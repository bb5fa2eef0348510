package spotcheck_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/workflows"
)

const thrownFaces = "3-6-1-4-2-5-6-3-1-1-2-4-6-5-3-2-1-6-4-5"

// thrown is a county of n meetings with a campaign of count of them, whose
// dice were thrown on 10 July.
func thrown(t *testing.T, n, count int) (*county, engine.CaseID) {
	t.Helper()
	c := countyOf(t, strings.Replace(cases(n), "staff song", "staff han county-head\nstaff ji discipline-officer\nstaff yan county-reviewer\nstaff song", 1))
	do(t, c.keeper(c.engine).Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	c.holdAll("2026-07-06T10:00")
	var list []engine.Item
	for _, f := range c.filings("2026Q3") {
		list = append(list, engine.Item{Key: string(f.ID)})
	}
	view := c.engine.View(t.Context(), c.id)
	witnesses := []register.PersonID{c.officer(view, register.CountyReviewer).Person, c.officer(view, register.DepartmentOfficer).Person}
	a := c.lead(engine.Move{Workflow: workflows.CampaignKey, Org: register.OrgID(c.id), Action: workflows.PublishCampaign.Key, Fields: map[string]any{
		"campaign": "students-2026", "candidates": list, "count": int64(count), "method": "visit", "throw_on": calendar.MustParse("2026-07-10"),
		"throw_place": "县委会议室", "witnesses": witnesses}}, "2026-07-08T09:00")
	published, err := c.engine.Refold(t.Context(), c.id, a.Case)
	if err != nil {
		t.Fatal(err)
	}
	digest, _ := workflows.CampaignDigest.Held(published)
	c.lead(engine.Move{Case: a.Case, Action: workflows.RecordThrow.Key, Fields: map[string]any{
		"list_digest": digest, "faces": thrownFaces, "witnesses": witnesses}}, "2026-07-10T09:00")
	return c, a.Case
}

// officer is whoever holds a post of the county or of one of its departments.
func (c *county) officer(view engine.View, post register.Post) *register.Office {
	c.t.Helper()
	orgs := []register.OrgID{register.OrgID(c.id)}
	for _, o := range view.Below(orgs[0]) {
		orgs = append(orgs, o.ID)
	}
	for _, id := range orgs {
		for _, o := range view.Officers(id) {
			if o.Post == post {
				return o
			}
		}
	}
	c.t.Fatalf("nobody is %s", post)
	return nil
}

// lead does an act as the county's head.
func (c *county) lead(m engine.Move, moment string) *engine.Answer {
	c.t.Helper()
	head := c.officer(c.engine.View(c.t.Context(), c.id), register.CountyHead)
	a, err := c.engine.Act(c.t.Context(), engine.Actor{County: c.id, Office: head.ID}, m, at(moment))
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

// A server that dies anywhere between the throw and the last check leaves the
// rest to the next one: what is checked is what list and faces draw, once.
func TestDeathInACampaign(t *testing.T) {
	c, id := thrown(t, 7, 3)
	for commits := 0; ; commits++ {
		if commits > 20 {
			t.Fatal("the campaign never came to its checks")
		}
		mortal := &dying{Store: c.store, left: 1}
		if _, err := c.keeper(c.door(mortal)).Campaigns(t.Context(), at("2026-07-10T10:00")); err == nil && mortal.left == 1 {
			break // nothing was left to do
		}
	}
	if n := do(t, c.keeper(c.engine).Campaigns, "2026-07-11T00:30"); n != 0 {
		t.Errorf("%d acts on a campaign whose checks are open", n)
	}
	published := sampling.Campaign{ID: string(c.id) + "/students-2026", Count: 3}
	byCase := map[engine.CaseID]string{}
	for _, f := range c.filings("2026Q3") {
		published.Candidates = append(published.Candidates, string(f.ID))
		byCase[engine.CaseID(f.Cases[0])] = string(f.ID)
	}
	want, err := published.Draw(thrownFaces)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range c.rows(workflows.SpotCheck) {
		got = append(got, byCase[row.Parent])
	}
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("checked are %v, not %v", got, want)
	}
	if k, err := c.engine.Refold(t.Context(), c.id, id); err != nil || k.Stage != workflows.CampaignChecking.Key {
		t.Errorf("the campaign is %v (%v)", k.Stage, err)
	}
}

// What is published of a campaign can be repeated by anybody, before the throw
// and after it.
func TestCampaignBundle(t *testing.T) {
	c, _ := thrown(t, 4, 2)
	k := c.keeper(c.engine)
	b, err := k.CampaignBundle(t.Context(), "students-2026")
	if err != nil {
		t.Fatal(err)
	}
	if faults := b.Verify(); sampling.Judge(faults) != sampling.Unknown {
		t.Errorf("before the draw: %v", faults)
	}
	do(t, k.Campaigns, "2026-07-10T10:00")
	if b, err = k.CampaignBundle(t.Context(), "students-2026"); err != nil {
		t.Fatal(err)
	}
	if faults := b.Verify(); len(faults) > 0 || len(b.Drawn) != 2 {
		t.Errorf("after it: %v, drawn %v", faults, b.Drawn)
	}
	var missing *engine.NotFound
	if _, err := k.CampaignBundle(t.Context(), "nobodys"); !errors.As(err, &missing) {
		t.Errorf("of no campaign: %v", err)
	}
}
