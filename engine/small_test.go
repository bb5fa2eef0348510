package engine

import (
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// A small workflow that uses every part of the sentence: the admission of a
// member in a few steps.

var (
	branchRole    = NewRole("branch", "党支部", "the branch", OwnCase, register.BranchSecretary, register.OrgCommissioner)
	committeeRole = NewRole("committee", "基层党委", "the committee", Above, register.CommitteeReviewer)
	kinTo         = []Option{{"agree", Words{"同意", "agree"}}, {"object", Words{"不同意", "object"}}}

	stApplied   = NewStage("applied", "已申请", "applied")
	stTalked    = NewStage("talked", "已谈话", "talked to")
	stFiled     = NewStage("filed", "已备案", "filed")
	stAdopted   = NewStage("adopted", "已通过", "adopted")
	stRejected  = NewStage("rejected", "未通过", "not adopted")
	stApproved  = EndStage("approved", "已批准", "approved")
	stWithdrawn = EndStage("withdrawn", "已撤回", "withdrawn")
	stLapsed    = EndStage("lapsed", "已失效", "lapsed")

	acOpen     = NewAction("open", "递交申请", "apply").At(1)
	acTalk     = NewAction("talk", "谈话", "talk")
	acOpinion  = NewAction("opinion", "征求意见", "collect an opinion")
	acFile     = NewAction("file", "会前备案", "file the meeting")
	acVote     = NewAction("vote", "支部大会", "hold the meeting")
	acAgain    = NewAction("again", "重新提请", "submit again")
	acApprove  = NewAction("approve", "审批", "approve")
	acWithdraw = NewAction("withdraw", "撤回", "withdraw")
	acLapse    = NewAction("lapse", "逾期失效", "let it lapse")

	fReceived = DateField("received", "收到申请书日期", "received on")
	fTalker   = PersonField("talker", "谈话人", "talker")
	fOpinion  = ChoiceField("opinion", "意见", "opinion", kinTo...).Many().EachRound()
	fMeeting  = MomentField("meeting", "会议时间", "time of the meeting").EachRound()
	fEligible = NumberField("eligible", "应到人数", "eligible").EachRound()
	fYes      = NumberField("yes", "赞成票", "votes in favour").EachRound()
	fRemark   = TextField("remark", "备注", "remark")
	fWhy      = TextField("why", "理由", "reason")

	pEdition  = &Param{Key: "edition", Words: Words{"新版施行日", "first day of the new edition"}, Kind: DateParam, Default: 20260511, Bound: Fixed, Cite: "细则 44"}
	pOpinions = &Param{Key: "opinions", Words: Words{"意见份数", "opinions needed"}, Default: 2, Bound: AtLeast, Limit: 2, Cite: "细则 8"}
	pVoteDays = &Param{Key: "vote-days", Words: Words{"备案后开会期限", "working days to the meeting"}, Default: 15, Bound: AtMost, Limit: 15, Cite: "细则 19", Unverified: true}

	talkerIsMember = Cond("talker-is-member", "谈话人是党员", "the talker is a member").Cite("细则 7").Reading(fTalker).OnInput().
			Holds(func(s *Situation) bool {
			id, _ := fTalker.Given(s)
			p, ok := s.View.Person(id)
			return ok && p.Member()
		})
	opinionsIn = Cond("opinions-in", "意见已收齐", "the opinions are in").Cite("细则 8", "2014细则 8").Reading(fOpinion).After(acOpinion).
			Test(func(s *Situation) []Words {
			if n := len(fOpinion.All(s.Case)); n < pOpinions.At(s) {
				return Missing("意见不足", "too few opinions")
			}
			return nil
		})
	waited = Cond("waited", "谈话后满一个月", "a month after the talk").Cite("细则 8").After(acTalk).
		Test(func(s *Situation) []Words {
			if t := s.Case.Last(acTalk.Key); t != nil && s.On.Before(t.On.AddMonths(1)) {
				return Missing("须自 "+t.On.AddMonths(1).String()+" 起", "not before "+t.On.AddMonths(1).String())
			}
			return nil
		})
	leadTime = Cond("lead-time", "提前三个工作日备案", "filed three working days ahead").Cite("细则 19").Reading(fMeeting).OnInput().
			Holds(func(s *Situation) bool {
			m, ok := fMeeting.Given(s)
			if !ok {
				return false
			}
			n, err := s.Cal.Workdays(s.On, m.Date())
			if err != nil {
				s.Fail(err)
			}
			return n >= 3
		})
	adopts = Cond("adopts", "赞成票过半数", "more than half in favour").Cite("细则 20").Reading(fEligible, fYes).
		Holds(func(s *Situation) bool {
			all, _ := fEligible.Of(s)
			yes, _ := fYes.Of(s)
			return 2*yes > all
		})
	countsFit = Cond("counts-fit", "票数不超过应到人数", "no more votes than eligible").Cite("细则 20").Reading(fEligible, fYes).
			Holds(func(s *Situation) bool {
			all, _ := fEligible.Of(s)
			yes, _ := fYes.Of(s)
			return yes <= all
		})
	freshEyes = Cond("fresh-eyes", "审批人未在下级经办", "the approver did not act below").Cite("细则 23").
			Holds(func(s *Situation) bool {
			for t := s.Case.Trail(); t != nil; t = t.Prev {
				if t.Person == s.Office.Person && t.Org != s.Office.Org {
					return false
				}
			}
			return true
		})
	talkOverdue = Cond("talk-overdue", "谈话已逾期", "the talk is overdue").Cite("细则 7").
			Holds(func(s *Situation) bool { _, late := s.overdue(acTalk.Key); return late })
	filedInTime = Cond("with-remark", "附有备注", "with a remark").Cite("细则 8").Reading(fRemark).
			Holds(func(s *Situation) bool { _, ok := fRemark.Given(s); return ok })

	slot = &Claim{Kind: "slot", Words: Words{"年度计划有名额", "the annual plan has room"}, Pick: func(s *Situation) (string, []Words) {
		if len(s.View.Held("slot", "")) >= 1 {
			return "", Missing("名额已用完", "no slot is left")
		}
		return "slot-1", nil
	}}
	admit = Effect{Key: "admit", Words: Words{"成为预备党员", "becomes a probationary member"}, Make: func(s *Situation) []register.Entity {
		return []register.Entity{s.Subject().With(register.Probationary, s.On)}
	}}
)

// smallRules are fresh on every call: tests plant faults in them.
func smallRules() []Rule {
	return []Rule{
		Art("细则 5", branchRole.May(acOpen).In(New).To(stApplied).Giving(fReceived)),
		Art("细则 7", branchRole.May(acTalk).In(stApplied).To(stTalked).Giving(fTalker).If(talkerIsMember)),
		Art("细则 8", committeeRole.May(acOpinion).In(stTalked).Stays().Giving(fOpinion)),
		Art("细则 19", branchRole.May(acFile).In(stTalked).To(stFiled).Giving(fMeeting).Taking(fRemark).
			If(opinionsIn, waited, leadTime).Noting(filedInTime).Claiming(slot.Do(Take))),
		Art("细则 20", branchRole.May(acVote).In(stFiled).To(stAdopted).Giving(fEligible, fYes).When(adopts).If(countsFit)),
		Art("细则 20", branchRole.May(acVote).In(stFiled).To(stRejected).Giving(fEligible, fYes).Taking(fWhy).When(Not(adopts)).
			Claiming(slot.Do(Release))),
		Art("细则 21", branchRole.May(acAgain).In(stRejected).To(stTalked).AnewRound()),
		Art("2014细则 23", committeeRole.May(acApprove).In(stAdopted).To(stApproved).Claiming(slot.Do(Use)).Making(admit)).UntilParam(pEdition),
		Art("细则 23", committeeRole.May(acApprove).In(stAdopted).To(stApproved).If(freshEyes).Claiming(slot.Do(Use)).Making(admit)).SinceParam(pEdition),
		Art("细则 5", branchRole.May(acWithdraw).In(stApplied, stTalked, stFiled, stRejected).To(stWithdrawn).Giving(fWhy).Claiming(slot.Do(Release))),
		Art("细则 7", Clock.May(acLapse).In(stApplied).To(stLapsed).If(talkOverdue)),
	}
}

func smallDues() []DueRule {
	return []DueRule{
		Due(acTalk).Within(Months(1)).Of(fReceived).In(stApplied).Cite("细则 7"),
		Due(acFile).Within(Months(3)).Of(Done(acTalk)).In(stTalked).Cite("细则 8"),
		Due(acVote).Within(WorkdaysOf(pVoteDays)).Of(Entry).In(stFiled).Cite("细则 19").LateNeedsReason(),
		Due(acApprove).Within(Months(3)).Of(Latest(Done(acVote), Entry)).In(stAdopted).Cite("细则 23"),
		Due(acAgain).Within(Months(12)).Of(Entry).In(stRejected).Cite("细则 21"),
	}
}

// small is the workflow, changed as a test needs it and not yet compiled.
func small(changes ...func(*Workflow)) *Workflow {
	w := &Workflow{Key: "small", Words: Words{"小流程", "a small workflow"}, Rules: smallRules(), Dues: smallDues(),
		Params: []*Param{pEdition, pOpinions, pVoteDays}, Edition: pEdition,
		Invariants: []Invariant{{Key: "all-steps", Words: Words{"不经谈话、备案、表决、审批不得成为预备党员", "no admission without talk, filing, ballot and approval"},
			Target: stApproved, Needs: []Action{acTalk, acFile, acVote, acApprove}}}}
	for _, change := range changes {
		change(w)
	}
	if w.Statute == nil {
		w.Statute = map[Article]Words{}
		for _, a := range []Article{"细则 5", "细则 7", "细则 8", "细则 19", "细则 20", "细则 21", "细则 23", "细则 44", "2014细则 8", "2014细则 23"} {
			w.Statute[a] = Words{string(a) + "条文", "text of " + string(a)}
		}
	}
	return w
}

// compiled is the small workflow, ready; a test that plants what cannot
// compile calls Compile itself.
func compiled(changes ...func(*Workflow)) *Workflow {
	w := small(changes...)
	if err := w.Compile(nil); err != nil {
		panic(err)
	}
	return w
}

// town is a county of one committee and two branches, as a View. What the
// small workflow never asks is left to the nil View and panics.
type town struct {
	View
	people map[register.PersonID]*register.Person
	orgs   map[register.OrgID]*register.Org
	slots  []string
	err    error
}

func newTown() *town {
	t := &town{people: map[register.PersonID]*register.Person{}, orgs: map[register.OrgID]*register.Org{}}
	for _, p := range []*register.Person{
		{ID: "lin", Name: "林示例", Org: "dongyuan", Standing: register.Applicant},
		{ID: "wu", Name: "吴示例", Org: "dongyuan", Standing: register.Full},
		{ID: "qian", Name: "钱示例", Org: "dongyuan", Standing: register.Outside},
		{ID: "chen", Name: "陈示例", Org: "beicheng", Standing: register.Full},
	} {
		t.people[p.ID] = p
	}
	for _, o := range []*register.Org{
		{ID: "420683", Kind: register.County, Name: "示例县", Path: "420683"},
		{ID: "beicheng", Kind: register.Committee, Name: "北城示例党委", Parent: "420683", Path: "420683/beicheng"},
		{ID: "dongyuan", Kind: register.Branch, Name: "东园示例支部", Parent: "beicheng", Path: "420683/beicheng/dongyuan"},
		{ID: "xiyuan", Kind: register.Branch, Name: "西园示例支部", Parent: "beicheng", Path: "420683/beicheng/xiyuan"},
	} {
		t.orgs[o.ID] = o
	}
	return t
}

func (t *town) Org(id register.OrgID) (*register.Org, bool) { o, ok := t.orgs[id]; return o, ok }
func (t *town) Person(id register.PersonID) (*register.Person, bool) {
	p, ok := t.people[id]
	return p, ok
}
func (t *town) Err() error                   { return t.err }
func (t *town) Held(string, string) []string { return t.slots }

func office(person register.PersonID, post register.Post, org register.OrgID) *register.Office {
	return &register.Office{ID: register.OfficeID("o-" + string(person)), Person: person, Post: post, Org: org}
}

var (
	secretary = office("wu", register.BranchSecretary, "dongyuan")
	elsewhere = office("zhou", register.BranchSecretary, "xiyuan")
	reviewer  = office("chen", register.CommitteeReviewer, "beicheng")
	county    = office("han", register.CountyReviewer, "420683")
	clock     = &register.Office{ID: ClockOffice, Post: register.Clock, Org: "420683"}
)

func day(s string) calendar.Date { return calendar.MustParse(s) }

// at is the situation of an office before a case on a day.
func at(w *Workflow, v *town, c *Case, who *register.Office, on string, action Action, given map[string]any) *Situation {
	if given == nil {
		given = map[string]any{}
	}
	d := day(on)
	return &Situation{Case: c, Action: action.Key, On: d, Today: d, Now: d.Start().Add(9 * time.Hour).UTC(), Given: given,
		Office: who, Org: v.orgs[who.Org], View: v, Cal: calendar.National(), Workflow: w, Profile: w.profile}
}

func blankCase(w *Workflow) *Case {
	return Blank(&Event{County: "420683", Case: "c1", Workflow: w.Key, Person: "lin", Org: "dongyuan",
		Path: "420683/beicheng/dongyuan", On: day("2026-03-02")})
}
