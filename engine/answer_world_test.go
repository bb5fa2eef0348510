package engine_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
)

// A short procedure with everybody in it who can answer for something, and a
// check that depends on it.
var (
	ofBranch    = engine.NewRole("branch", "党支部", "the branch", engine.OwnCase, register.BranchSecretary)
	ofCommittee = engine.NewRole("committee", "基层党委", "the committee", engine.Above, register.CommitteeReviewer)
	asked       = engine.NewRole("department", "部门", "the department", engine.Consulted, register.DepartmentOfficer)
	ofCounty    = engine.NewRole("county", "组织部", "the county", engine.WholeCounty, register.CountyReviewer)
	inspecting  = engine.NewRole("inspectors", "督查专班", "the inspectors", engine.WholeCounty, register.Inspector)

	begun    = engine.NewStage("begun", "已开始", "begun")
	adopted  = engine.NewStage("adopted", "已通过", "adopted")
	back     = engine.NewStage("back", "已退回", "returned")
	approved = engine.EndStage("approved", "已批准", "approved")
	lapsed   = engine.EndStage("lapsed", "已失效", "lapsed")

	begin     = engine.NewAction("begin", "开始", "begin")
	introduce = engine.NewAction("assign-introducers", "确定介绍人", "assign introducers")
	askAll    = engine.NewAction("ask", "征求意见", "ask")
	reply     = engine.NewAction("answer-opinion", "回复", "answer")
	meet      = engine.NewAction("record-meeting", "大会", "hold the meeting")
	send      = engine.NewAction("return", "退回", "return")
	mend      = engine.NewAction("mend", "整改", "mend")
	approve   = engine.NewAction("approve", "审批", "approve")
	lapse     = engine.NewAction("lapse", "失效", "lapse")
	visit     = engine.NewAction("visit", "走访", "visit").As(engine.AsTalked)
	look      = engine.NewAction("look", "检查", "look")

	introducers = engine.PeopleField("introducers", "介绍人", "introducers")
	attended    = engine.PeopleField("attended", "到会", "attended").EachRound()
	leftOut     = engine.ExclusionsField("left_out", "不计入", "left out", engine.Option{Key: "ill"}).EachRound()
	yes         = engine.NumberField("yes", "赞成", "yes").EachRound()
	opinion     = engine.ChoiceField("opinion", "意见", "opinion", engine.Option{Key: "none"}).Many()
	secret      = engine.TextField("secret", "内情", "what is not for all")
	finding     = engine.ChoiceField("finding", "结论", "finding", engine.Option{Key: "failed"})
	inspector   = engine.PersonField("inspector", "检查人", "inspector")
)

func procedures() []*engine.Workflow {
	return []*engine.Workflow{
		{Key: "main", Words: engine.Words{Zh: "程序", En: "main"}, Rules: []engine.Rule{
			engine.Art("1", ofBranch.May(begin).In(engine.New).To(begun)),
			engine.Art("2", ofBranch.May(introduce).In(begun).Stays().Giving(introducers).Taking(secret)),
			engine.Art("3", ofCommittee.May(askAll).In(begun).Stays()),
			engine.Art("4", asked.May(reply).In(begun).Stays().Giving(opinion)),
			engine.Art("5", ofBranch.May(meet).In(begun).To(adopted).Giving(yes).Taking(attended, leftOut)),
			engine.Art("6", ofCommittee.May(send).In(adopted).To(back).Giving(secret).AnewRound()),
			engine.Art("7", ofBranch.May(mend).In(back).To(begun)),
			engine.Art("7", engine.Clock.May(mend).In(back).To(begun)),
			engine.Art("8", ofCommittee.May(approve).In(adopted).To(approved)),
			engine.Art("9", engine.Clock.May(lapse).In(adopted).To(lapsed)),
			engine.Art("10", ofCommittee.May(visit).In(begun).Stays()),
		}, Consults: func(c *engine.Case, o *register.Org) bool { return c.Last(askAll.Key) != nil }},
		{Key: "check", Words: engine.Words{Zh: "检查", En: "check"}, Rules: []engine.Rule{
			engine.Art("20", ofCounty.May(begin).In(engine.New).To(begun).Giving(inspector)),
			engine.Art("21", inspecting.May(look).In(begun).To(approved).Giving(finding)),
		}},
	}
}

// play is the small county with an engine that has the procedures.
type play struct {
	t      *testing.T
	store  *inmem.Store
	engine *engine.Engine
	now    time.Time
}

func newPlay(t *testing.T) *play {
	d := open(t)
	before := office("b1-secretary-before", register.BranchSecretary, "b1")
	before.Person, before.Until = "b1-secretary", today
	if err := d.change(string(engine.ClockOffice), person("b2-secretary", "b2", register.Full),
		office("b2-secretary", register.BranchSecretary, "b2"), before,
		person("both", "b1", register.Full), heldByBoth("b1"), heldByBoth("b2")); err != nil {
		t.Fatal(err)
	}
	return &play{t: t, store: d.store, engine: engineOver(t, d.store, procedures()...), now: registerNow}
}

func engineOver(t *testing.T, s engine.Store, ws ...*engine.Workflow) *engine.Engine {
	t.Helper()
	e, err := engine.NewEngine(s, nil, calendar.National(), rand.Reader, ws...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// act does one act, a minute after the last.
func (p *play) act(who string, m engine.Move) engine.CaseID {
	p.t.Helper()
	p.now = p.now.Add(time.Minute)
	a, err := p.engine.Act(context.Background(), actor(who), m, p.now)
	if err != nil {
		p.t.Fatalf("%s by %s: %v", m.Action, who, err)
	}
	return a.Case
}

func (p *play) in(id engine.CaseID, who string, a engine.Action, fields ...map[string]any) {
	p.t.Helper()
	m := engine.Move{Case: id, Action: a.Key}
	if len(fields) > 0 {
		m.Fields = fields[0]
	}
	p.act(who, m)
}

func people(ids ...register.PersonID) []register.PersonID { return ids }

// whole plays a case through a return and a second round to its approval,
// with a check that fails.
func (p *play) whole() engine.CaseID {
	p.t.Helper()
	id := p.act("b1-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1"})
	p.in(id, "b1-secretary", introduce, map[string]any{"introducers": people("p2", "head"), "secret": "只给本支部看"})
	p.in(id, "t1-reviewer", askAll)
	p.in(id, "officer", reply, map[string]any{"opinion": "none"})
	p.in(id, "t1-reviewer", visit)
	p.in(id, "b1-secretary", meet, map[string]any{"yes": int64(3), "attended": people("t1-secretary", "t1-organizer", "inspector")})
	p.in(id, "t1-reviewer", send, map[string]any{"secret": "另有内情"})
	check := p.act("reviewer", engine.Move{Workflow: "check", Action: begin.Key, Person: "p1", Org: "420683", Parent: id,
		Fields: map[string]any{"inspector": register.PersonID("inspector")}})
	p.in(check, "inspector", look, map[string]any{"finding": "failed"})
	p.in(id, "b1-secretary", mend)
	p.in(id, "b1-secretary", meet, map[string]any{"yes": int64(2)})
	p.in(id, "t1-reviewer", approve)
	return id
}

func (p *play) responsibility(who string, id engine.CaseID) *engine.Responsibility {
	p.t.Helper()
	r, err := p.engine.Responsibility(context.Background(), actor(who), id, p.now)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// heldByBoth is an office of one who serves two branches.
func heldByBoth(org register.OrgID) *register.Office {
	o := office("both-"+string(org), register.BranchSecretary, org)
	o.Person = "both"
	return o
}
