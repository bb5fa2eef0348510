package main

import (
	"fmt"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// The first page counts what is open and overdue, but no spot check, and no
// order that may be about one.
func TestFirstPageCountsNoChecks(t *testing.T) {
	const county = "420683"
	dir := t.TempDir()
	s, e, err := openEngine(t.Context(), database{Data: dir}, regulation{Profile: "national"}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	since, on := calendar.MustParse("2020-01-01"), calendar.MustParse("2026-03-10").Start().Add(9*time.Hour)
	clock := engine.Actor{County: county, Office: engine.ClockOffice}
	if err := e.Change(t.Context(), clock, []register.Entity{
		&register.Org{ID: county, Kind: register.County, Name: "示例市委组织部", Path: county},
		&register.Org{ID: "beicheng", Kind: register.Committee, Name: "北城街道党工委", Parent: county, Path: county + "/beicheng", Approves: true},
		&register.Org{ID: "dongyuan", Kind: register.Branch, Name: "东园党支部", Parent: "beicheng", Path: county + "/beicheng/dongyuan"},
		&register.Person{ID: "lin", Name: "林示例", Org: "dongyuan", Standing: register.Outside, Birth: calendar.MustParse("1999-03-02")},
		&register.Person{ID: "wu", Name: "吴示例", Org: "dongyuan", Standing: register.Full, Since: since},
		&register.Office{ID: "secretary", Person: "wu", Post: register.BranchSecretary, Org: "dongyuan", From: since},
	}, since, "test", on); err != nil {
		t.Fatal(err)
	}
	act := func(actor engine.Actor, m engine.Move) engine.CaseID {
		t.Helper()
		answer, err := e.Act(t.Context(), actor, m, on)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Case
	}
	day := calendar.DateOf(on)
	about := act(engine.Actor{County: county, Office: "secretary"}, engine.Move{Workflow: "admission", Person: "lin", Org: "dongyuan", Action: workflows.SubmitApplication.Key,
		Fields: map[string]any{"received": day}})
	act(clock, engine.Move{Workflow: workflows.SpotCheck, Parent: about, Person: "lin", Org: county, Action: workflows.DrawCheck.Key, Fields: map[string]any{
		"filing": "2026Q1-000001", "branch": register.OrgID("dongyuan"), "reason": "online", "method": "visit", "meeting_on": day}})
	act(clock, engine.Move{Workflow: workflows.SupervisionOrder, Parent: about, Org: county, Action: workflows.IssueOrder.Key, Fields: map[string]any{
		"level": "hint", "basis": "督办", "problems": []engine.Item{{Key: "1", Text: "未按期指派"}}}})

	site, err := newSite(s, e, county, dir, secondHolder{})
	if err != nil {
		t.Fatal(err)
	}
	site.now = func() time.Time { return on.AddDate(0, 6, 0) }
	page, err := site.front(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Stages) != 1 || len(page.Overdue) != 1 || page.Stages[0].Workflow != workflows.Admission().Words {
		t.Errorf("the page shows %s", fmt.Sprint(page.Stages, page.Overdue))
	}
}
