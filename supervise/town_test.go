package supervise

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/store"
	"jinchu/workflows"
)

const county register.CountyID = "990000"

var (
	ctx = context.Background()
	day = calendar.MustParse
)

// The draw, the checks and the orders as far as the figures look at them: cases with the
// stages they look for.
func checks() *engine.Workflow {
	w := &engine.Workflow{Key: workflows.SpotCheck}
	selected := engine.NewStage("selected", "已抽中", "selected")
	w.Rules = append(w.Rules, engine.Art("抽查监督", engine.Clock.May(engine.NewAction("select", "抽中", "select")).In(engine.New).To(selected)).Giving(workflows.CheckFiling))
	for _, stage := range []string{"passed", "failed", "rectified", "cleared", "rejected", "not-held"} {
		w.Rules = append(w.Rules, engine.Art("抽查监督", engine.Clock.May(engine.NewAction(stage, stage, stage)).In(selected).To(engine.EndStage(stage, stage, stage))))
	}
	return w
}

func draws() *engine.Workflow {
	open := engine.NewStage("drawn", "已封闭", "drawn")
	return &engine.Workflow{Key: workflows.QuarterlyDraw, Impersonal: true, Rules: []engine.Rule{
		engine.Art("抽查监督", engine.Clock.May(engine.NewAction("open", "开启", "open")).In(engine.New).To(open)),
		engine.Art("抽查监督", engine.Clock.May(workflows.CloseQuarter).In(open).To(workflows.QuarterClosed)).Giving(workflows.QuarterFigures, workflows.BelowQuota),
	}}
}

func orders() *engine.Workflow {
	open := engine.NewStage("issued", "已下达", "issued")
	level := engine.ChoiceField("level", "级别", "level", engine.Option{Key: "hint"}, engine.Option{Key: "urge"})
	answer := engine.NewAction("answer", "反馈", "answer")
	raise := engine.NewAction("raise", "升级", "raise")
	return &engine.Workflow{Key: workflows.SupervisionOrder, Impersonal: true, Rules: []engine.Rule{
		engine.Art("督办", engine.Clock.May(engine.NewAction("issue-order", "下达", "issue")).In(engine.New).To(open).Giving(level)),
		engine.Art("督办", engine.Clock.May(raise).In(open).Stays().Giving(level)),
		engine.Art("督办", engine.Clock.May(answer).In(open).To(engine.EndStage("closed", "已销号", "closed"))),
	}, Dues: []engine.DueRule{engine.Due(answer).Within(engine.Days(5)).Of(engine.Entry).In(open).Cite("督办")}}
}

// short is the admission as far as the figures look at it, with few conditions.
func short() *engine.Workflow {
	w := &engine.Workflow{Key: "admission"}
	step := func(who engine.Role, a engine.Action, from, to engine.Stage) {
		w.Rules = append(w.Rules, engine.Art("三级预审", who.May(a).In(from).To(to)))
	}
	step(workflows.Branch, workflows.SubmitApplication, engine.New, workflows.DevelopmentTarget)
	step(workflows.Branch, workflows.Screen, workflows.DevelopmentTarget, workflows.Screened)
	step(workflows.Committee, workflows.PassReview, workflows.Screened, workflows.Reviewed)
	step(workflows.Committee, workflows.Return, workflows.Screened, workflows.Returned)
	step(workflows.CountyDepartment, workflows.Return, workflows.Reviewed, workflows.Returned)
	step(workflows.Branch, workflows.Rectify, workflows.Returned, workflows.DevelopmentTarget)
	step(workflows.Branch, workflows.RecordMeeting, workflows.DevelopmentTarget, workflows.Adopted)
	return w
}

// town is a small county with two committees.
type town struct {
	t      *testing.T
	engine *engine.Engine
}

func newTown(t *testing.T) *town { t.Helper(); return newTownWith(t, workflows.Admission()) }

func newTownWith(t *testing.T, admission *engine.Workflow) *town {
	t.Helper()
	db, err := store.Open(ctx, store.Config{SQLite: filepath.Join(t.TempDir(), "town.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	e, err := engine.NewEngine(db, nil, calendar.National(), rand.Reader,
		admission, workflows.Circular(), workflows.Assessment(), checks(), draws(), orders())
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t, e}
	w.keep("2015-01-01",
		&register.Org{ID: register.OrgID(county), Kind: register.County, Name: "示例县委组织部", Path: string(county)},
		&register.Org{ID: "north", Kind: register.Committee, Name: "北镇党委", Parent: register.OrgID(county), Path: "990000/north", Approves: true},
		&register.Org{ID: "south", Kind: register.Committee, Name: "南镇党委", Parent: register.OrgID(county), Path: "990000/south", Approves: true},
		&register.Org{ID: "n1", Kind: register.Branch, Name: "一支部", Parent: "north", Path: "990000/north/n1", Committee: true},
		&register.Org{ID: "s1", Kind: register.Branch, Name: "二支部", Parent: "south", Path: "990000/south/s1", Committee: true},
		&register.Person{ID: "p-wu", Name: "吴示例", Org: "n1", Standing: register.Full}, &register.Person{ID: "p-qian", Name: "钱示例", Org: "n1", Standing: register.Full},
		&register.Person{ID: "p-zhou", Name: "周示例", Org: "s1", Standing: register.Full}, &register.Person{ID: "p-han", Name: "韩示例", Org: register.OrgID(county), Standing: register.Full},
		&register.Office{ID: "wu", Person: "p-wu", Post: register.BranchSecretary, Org: "n1", From: day("2015-01-01")},
		&register.Office{ID: "qian", Person: "p-qian", Post: register.CommitteeReviewer, Org: "north", From: day("2015-01-01")},
		&register.Office{ID: "zhou", Person: "p-zhou", Post: register.BranchSecretary, Org: "s1", From: day("2015-01-01")},
		&register.Office{ID: "han", Person: "p-han", Post: register.CountyReviewer, Org: register.OrgID(county), From: day("2015-01-01")},
		&register.Office{ID: "old", Person: "p-han", Post: register.OrgCommissioner, Org: "n1", From: day("2015-01-01"), Until: day("2016-01-01")},
	)
	return w
}

// nine is nine o'clock in the morning of a day.
func nine(on string) time.Time { return day(on).Start().Add(9 * time.Hour) }

func (w *town) keep(on string, entities ...register.Entity) {
	w.t.Helper()
	clock := engine.Actor{County: county, Office: engine.ClockOffice}
	if err := w.engine.Change(ctx, clock, entities, day(on), "", nine(on)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) act(on string, office register.OfficeID, m engine.Move) engine.CaseID {
	w.t.Helper()
	a, err := w.engine.Act(ctx, engine.Actor{County: county, Office: office}, m, nine(on))
	if err != nil {
		w.t.Fatalf("%s %s: %v", on, m.Action, err)
	}
	return a.Case
}

// apply opens a case of admission for somebody new.
func (w *town) apply(on string, person register.PersonID, branch register.OrgID, secretary register.OfficeID) engine.CaseID {
	w.t.Helper()
	w.keep(on, &register.Person{ID: person, Name: "林示例", Org: branch, Standing: register.Outside, Birth: day("1990-01-01")})
	return w.act(on, secretary, engine.Move{Workflow: "admission", Action: "submit-application", Person: person, Org: branch})
}

// quarter opens the quarter's spot checks.
func (w *town) quarter(on string, id register.QuarterID) *register.Quarter {
	w.t.Helper()
	c := w.act(on, engine.ClockOffice, engine.Move{Workflow: workflows.QuarterlyDraw, Action: "open", Org: register.OrgID(county)})
	q := &register.Quarter{ID: id, Case: string(c), Parties: []register.Party{{Name: "org", Commitment: (&workflows.CircularText{}).Digest()}},
		Quota: register.Ratio{Num: 3, Den: 10}, Online: register.Ratio{Num: 3, Den: 10}, Points: []calendar.Date{id.Last()}}
	w.keep(on, q)
	return q
}

// closes ends the quarter's spot checks with its report.
func (w *town) closes(on string, q *register.Quarter, figures, below []engine.Item) {
	w.t.Helper()
	w.act(on, engine.ClockOffice, engine.Move{Case: engine.CaseID(q.Case), Action: workflows.CloseQuarter.Key,
		Fields: map[string]any{workflows.QuarterFigures.Key: figures, workflows.BelowQuota.Key: below}})
	closed := *q
	closed.ClosedOn = day(on)
	w.keep(on, &closed)
}

// file files a meeting about cases, held as it was filed.
func (w *town) file(on string, n int, at string, branch, committee register.OrgID, cases ...engine.CaseID) *register.Filing {
	w.t.Helper()
	q := register.QuarterOf(day(at))
	f := &register.Filing{ID: register.NewFilingID(q, n), Quarter: q, N: n, Branch: branch, Committee: committee, Stratum: string(committee),
		At: at + "T09:00", FiledOn: day(on), Point: 1}
	for _, id := range cases {
		f.Cases = append(f.Cases, string(id))
	}
	w.keep(on, f)
	return f
}

// check draws a case for a filing and lets its check come out.
func (w *town) check(on string, f *register.Filing, person register.PersonID, stages ...string) {
	w.t.Helper()
	id := w.act(on, engine.ClockOffice, engine.Move{Workflow: workflows.SpotCheck, Action: "select", Parent: engine.CaseID(f.Cases[0]), Person: person,
		Org: register.OrgID(county), Fields: map[string]any{workflows.CheckFiling.Key: string(f.ID)}})
	for _, stage := range stages {
		w.act(on, engine.ClockOffice, engine.Move{Case: id, Action: stage})
	}
}

func (w *town) order(on string, org register.OrgID, level string) engine.CaseID {
	w.t.Helper()
	return w.act(on, engine.ClockOffice, engine.Move{Workflow: workflows.SupervisionOrder, Action: "issue-order", Org: org, Fields: map[string]any{"level": level}})
}
