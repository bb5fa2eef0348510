package workflows

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
)

// town is a small county in memory with one case in it.
type town struct {
	store  *inmem.Store
	engine *engine.Engine
	id     engine.CaseID
}

const testCounty = "990000"

func newTown(t testing.TB, members int) *town {
	t.Helper()
	profile, err := LoadProfile("zaoyang")
	if err != nil {
		t.Fatal(err)
	}
	w := &town{store: inmem.New()}
	if w.engine, err = engine.NewEngine(w.store, profile, calendar.National(), rand.Reader, All()...); err != nil {
		t.Fatal(err)
	}
	day := calendar.MustParse("2015-01-01")
	entities := []register.Entity{
		&register.Org{ID: testCounty, Kind: register.County, Name: "示例县委组织部", Path: testCounty},
		&register.Org{ID: "990001", Kind: register.Committee, Name: "示例镇党委", Parent: testCounty, Path: "990000/990001", Approves: true},
		&register.Org{ID: "990001001", Kind: register.Branch, Name: "示例村党支部", Parent: "990001", Path: "990000/990001/990001001", Committee: true},
		&register.Person{ID: "lin", Name: "林示例", Org: "990001001", Standing: register.Outside, Birth: calendar.MustParse("1999-03-02")},
		&register.Plan{Org: "990001", Year: 2025, Quota: 5},
		&register.Pool{ID: "pool", Digits: 6, First: 1, Last: 100},
		&register.Quarter{ID: "2025Q2", Undrawn: true},
	}
	for i := range members {
		entities = append(entities, &register.Person{ID: register.PersonID(fmt.Sprintf("m%02d", i)), Name: "吴示例", Org: "990001001", Standing: register.Full, Since: day})
	}
	entities = append(entities, &register.Office{ID: "wu", Person: "m00", Post: register.BranchSecretary, Org: "990001001", From: day})
	for id, post := range map[register.OfficeID]register.Post{"chen": register.CommitteeReviewer, "han": register.CountyReviewer} {
		org := register.OrgID("990001")
		if post == register.CountyReviewer {
			org = testCounty
		}
		p := &register.Person{ID: register.PersonID(id + "-p"), Name: "陈示例", Org: org, Standing: register.Full, Since: day}
		entities = append(entities, p, &register.Office{ID: id, Person: p.ID, Post: post, Org: org, From: day})
	}
	for _, d := range register.Duties {
		org := register.OrgID("990000-" + string(d))
		p := &register.Person{ID: register.PersonID(d), Name: "孙示例", Org: org, Standing: register.Full, Since: day}
		entities = append(entities, &register.Org{ID: org, Kind: register.Department, Name: string(d), Duty: d, Parent: testCounty, Path: "990000/" + string(org)},
			p, &register.Office{ID: register.OfficeID(d), Person: p.ID, Post: register.DepartmentOfficer, Org: org, From: day})
	}
	if err := w.engine.Change(context.Background(), engine.Actor{County: testCounty, Office: engine.ClockOffice}, entities, day, "test", day.Start().Add(9*time.Hour)); err != nil {
		t.Fatal(err)
	}
	return w
}

type fields = map[string]any

func (w *town) act(t testing.TB, day string, office register.OfficeID, action string, f fields) *engine.Answer {
	t.Helper()
	m := engine.Move{Case: w.id, Action: action, Fields: f}
	if w.id == "" {
		m.Workflow, m.Person, m.Org = "admission", "lin", "990001001"
	}
	a, err := w.engine.Act(context.Background(), engine.Actor{County: testCounty, Office: office}, m, calendar.MustParse(day).Start().Add(9*time.Hour))
	if err != nil {
		t.Fatalf("%s %s: %v", day, action, err)
	}
	w.id = a.Case
	return a
}

// people are the persons of these identifiers.
func people(ids ...register.PersonID) []register.PersonID { return ids }

// toFiled brings the case to the filed meeting of 2025-06-20, under the 2014
// edition.
func (w *town) toFiled(t testing.TB) {
	t.Helper()
	w.act(t, "2024-01-10", "wu", "submit-application", nil)
	w.act(t, "2024-01-20", "wu", "record-talk", fields{"talker": register.PersonID("m01")})
	w.act(t, "2024-02-01", "wu", "recommend", fields{"way": "members"})
	w.act(t, "2024-02-05", "wu", "decide-activist", fields{"body": "branch-committee"})
	w.act(t, "2024-02-20", "chen", "file-activist", nil)
	w.act(t, "2024-02-25", "wu", "assign-contacts", fields{"contacts": people("m01", "m02")})
	w.act(t, "2024-08-10", "wu", "half-year-review", fields{"opinion": "良好"})
	w.act(t, "2025-02-10", "wu", "half-year-review", fields{"opinion": "良好"})
	w.act(t, "2025-03-01", "wu", "propose-target", fields{"body": "branch-committee", "heard": []string{"group", "contacts", "members", "masses"}})
	w.act(t, "2025-03-10", "chen", "file-target", nil)
	w.act(t, "2025-03-11", "wu", "assign-introducers", fields{"introducers": people("m01", "m02"), "consented": true})
	w.act(t, "2025-03-12", "wu", "record-political-review", fields{"conclusion": "pass"})
	w.act(t, "2025-04-01", "chen", "record-training", fields{"assessed": "pass", "days": int64(3), "hours": int64(24)})
	w.act(t, "2025-04-10", "wu", "screen", fields{"body": "branch-committee"})
	w.act(t, "2025-04-11", "chen", "ask-opinion", fields{"departments": []string{"discipline", "health", "police", "petitions"}})
	for _, d := range register.Duties {
		w.act(t, "2025-04-15", register.OfficeID(d), "answer-opinion", fields{"result": "none"})
	}
	w.act(t, "2025-04-20", "chen", "record-visit", fields{"visit": "走访"})
	w.act(t, "2025-05-01", "chen", "pass-review", nil)
	w.act(t, "2025-06-01", "han", "qualify", nil)
	w.act(t, "2025-06-05", "wu", "file-meeting", fields{"time": engine.Moment("2025-06-20T09:00"), "place": "村部"})
}

// situation is what the engine would decide on.
func (w *town) situation(t testing.TB, day string, office register.OfficeID, action string, f fields) *engine.Situation {
	t.Helper()
	ctx := context.Background()
	c, err := w.engine.Refold(ctx, testCounty, w.id)
	if err != nil {
		t.Fatal(err)
	}
	v := w.store.View(ctx, testCounty)
	o, _ := v.Office(office)
	org, _ := v.Org(o.Org)
	wf, _ := w.engine.Workflow("admission")
	d := calendar.MustParse(day)
	return &engine.Situation{Case: c, Action: action, On: d, Today: d, Now: d.Start(), Given: f, Office: o, Org: org, View: v,
		Cal: w.engine.Calendar(), Profile: w.engine.Profile(), Workflow: wf}
}

func TestOneCaseByTheBook(t *testing.T) {
	w := newTown(t, 37)
	w.toFiled(t)
	w.act(t, "2025-06-20", "wu", "record-meeting", fields{"present": int64(19), "yes": int64(19)})
	w.act(t, "2025-06-25", "wu", "submit-dossier", nil)
	w.act(t, "2025-07-01", "chen", "committee-talk", fields{"talk_opinion": "同意"})
	a := w.act(t, "2025-07-10", "chen", "approve", fields{"committee_members": int64(9), "committee_yes": int64(8)})
	if a.Stage != "probationary" || a.Held["form-serial"] != "000001" {
		t.Errorf("after approval: %+v", a)
	}
	p, _ := w.store.View(context.Background(), testCounty).Person("lin")
	if p.Standing != register.Probationary || p.Since != calendar.MustParse("2025-06-20") {
		t.Errorf("the person is %s since %s; probation counts from the meeting", p.Standing, p.Since)
	}
}

// BenchmarkDecide judges one act of the full admission workflow: goals under
// 20 microseconds and 100 allocations.
func BenchmarkDecide(b *testing.B) {
	w := newTown(b, 37)
	w.toFiled(b)
	for name, bench := range map[string]struct {
		office register.OfficeID
		action string
		given  fields
	}{
		"meeting":   {"wu", "record-meeting", fields{"present": int64(19), "yes": int64(19)}},
		"reconfirm": {"han", "reconfirm", fields{}},
		"filing":    {"wu", "file-meeting", fields{"time": engine.Moment("2025-06-29T09:00"), "place": "村部"}},
	} {
		s := w.situation(b, "2025-06-20", bench.office, bench.action, bench.given)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Given = maps.Clone(bench.given)
				if _, err := engine.Decide(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
