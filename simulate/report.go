package simulate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// Report says what was played and how the county stands afterwards.
type Report struct {
	County   register.CountyID `json:"county"`
	From     calendar.Date     `json:"from"`
	Until    calendar.Date     `json:"until"`
	Seed     uint64            `json:"seed"`
	Orgs     int               `json:"orgs"`
	Offices  int               `json:"offices"`
	Members  int               `json:"members"` // of the Party, as the play begins
	Cases    int               `json:"cases"`
	Acts     int               `json:"acts"`    // accepted
	Refused  int               `json:"refused"` // acts refused; each on one ground or several
	Stages   []Count           `json:"stages"`  // cases by where they stand
	Articles []Count           `json:"refusals_by_article"`
	Grounds  []Count           `json:"refusals_by_ground"`
	Waits    []Wait            `json:"days_per_stage"`
	Events   []Count           `json:"events"`   // what is worth telling
	Mistakes []Count           `json:"mistakes"` // what was played wrong or otherwise than usual
	Overdue  []Count           `json:"overdue"`  // open cases by the act that is due first and late
	Standing []Count           `json:"people_by_standing"`
	Plans    []PlanUse         `json:"plans"` // by year, all committees together
	Accounts []Account         `json:"accounts"`
}

// Count is how often something is there.
type Count struct {
	Key   string       `json:"key"`
	Words engine.Words `json:"words,omitzero"`
	Count int          `json:"count"`
}

// Wait is the time cases spent in a stage before they left it, in days from
// entry to entry.
type Wait struct {
	Key    string       `json:"key"`
	Words  engine.Words `json:"words"`
	Count  int          `json:"count"`
	Median int          `json:"median"`
	P90    int          `json:"p90"` // nine in ten took no longer
}

// PlanUse is what became of a year's plans.
type PlanUse struct {
	Year      int `json:"year"`
	Quota     int `json:"quota"`
	Used      int `json:"used"`
	Reserved  int `json:"reserved"`
	Exhausted int `json:"exhausted"` // committees without a free place
}

// Account is an office to look at the county with.
type Account struct {
	Office register.OfficeID `json:"office"`
	Post   register.Post     `json:"post"`
	Words  engine.Words      `json:"words"`
	Org    string            `json:"org"`
}

func (p *play) report(ctx context.Context) (*Report, error) {
	c, t := p.county, p.tally
	r := &Report{County: p.config.County, From: p.from, Until: p.config.Until, Seed: p.config.Seed,
		Orgs: len(c.orgs), Offices: len(c.offices), Members: len(c.people),
		Refused: t.refused, Articles: t.byArticle(), Grounds: t.grounds(), Waits: t.waits(p.workflow),
		Stages: p.stages(), Events: p.events(), Plans: p.planUse(), Accounts: p.accounts()}
	for _, l := range p.lives {
		if l.stage != "" {
			r.Cases++
		}
	}
	for _, n := range t.acts {
		r.Acts += n
	}
	for _, s := range slips {
		r.Mistakes = append(r.Mistakes, Count{s.key, s.words, p.dice[s].happened})
	}
	var err error
	if r.Overdue, err = p.overdue(ctx); err != nil {
		return nil, fmt.Errorf("what is overdue: %w", err)
	}
	if r.Standing, err = p.standings(ctx); err != nil {
		return nil, fmt.Errorf("people by standing: %w", err)
	}
	return r, nil
}

// stages counts the cases by stage, in the order of the procedure.
func (p *play) stages() []Count {
	n := map[string]int{}
	for _, l := range p.lives {
		n[l.stage]++
	}
	var out []Count
	for _, s := range inOrder(p.workflow) {
		if n[s.Key] > 0 {
			out = append(out, Count{s.Key, s.Words, n[s.Key]})
		}
	}
	return out
}

// inOrder are the stages as a case goes through them, ends last.
func inOrder(w *engine.Workflow) []engine.Stage {
	order := []engine.Stage{Applied, Talked, ActivistProposed, ActivistDecided, Activist, Cultivating, TargetProposed, TargetConsented,
		NoticeRunning, DevelopmentTarget, Screened, Returned, Reviewed, Qualified, Filed, NotAdopted, Adopted, Submitted, Lapsed, Probationary,
		CancellationProposed, CancellationFiled,
		ConversionApplied, OpinionsCollected, ConversionNotice, ConversionNoticed, ConversionScreened, ConversionFiled, ConversionNotAdopted,
		VotedConvert, VotedExtend, VotedCancel, ConversionReturned, FullMember, Archived}
	for _, s := range w.Stages() {
		if !slices.ContainsFunc(order, func(o engine.Stage) bool { return o.Key == s.Key }) {
			order = append(order, s)
		}
	}
	return order
}

// events are what is worth telling beside the stages.
func (p *play) events() []Count {
	t := p.tally
	led := func(a engine.Action, s engine.Stage) int { return t.ends[a.Key+" "+s.Key] }
	count := func(key, zh, en string, n int) Count { return Count{key, engine.Words{Zh: zh, En: en}, n} }
	return []Count{
		count("listed-2014", "按2014细则备案的发展对象", "targets recorded under the 2014 rules", t.acts[FileTarget.Key]),
		count("listed-2026", "按2026细则公示的发展对象", "targets announced under the 2026 rules", t.acts[CloseNotice.Key]),
		count("declined", "不同意列为发展对象", "listings declined", t.acts[DeclineTarget.Key]),
		count("transferred-activists", "转接入党积极分子", "activists transferred", t.acts[TransferActivist.Key]),
		count("returns", "预审退回整改", "returns in pre-review", t.acts[Return.Key]),
		count("conversion-returns", "转正材料退回", "returns of conversions", t.acts[ReturnConversion.Key]),
		count("rejected", "预审不合格", "rejected in pre-review", t.acts[Reject.Key]),
		count("frauds", "查实弄虚作假", "fraud found", t.frauds),
		count("filings-lapsed", "会前备案失效", "filings lapsed", t.acts[LapseFiling.Key]),
		count("checks", "办结抽查", "checks carried out", t.acts[RecordCheck.Key]),
		count("checks-overridden", "变更抽查方式", "checks overridden", t.acts[OverrideCheck.Key]),
		count("checks-rectified", "抽查整改", "checks rectified", t.acts[RectifyCheck.Key]),
		count("failed-ballots", "票决未通过", "failed ballots", led(RecordMeeting, NotAdopted)+led(RecordMeeting, ConversionNotAdopted)),
		count("objections", "受理异议", "objections received", t.acts[ReceiveObjection.Key]),
		count("objections-upheld", "异议属实", "objections upheld", t.upheld),
		count("extended-approvals", "延长审批", "approvals extended", t.acts[ExtendApproval.Key]),
		count("lapsed", "审批逾期失效", "approvals lapsed", t.acts[LapseApproval.Key]),
		count("refused-approvals", "不予批准", "not approved", t.acts[RefuseApproval.Key]),
		count("admitted", "批准为预备党员", "admitted to probation", t.acts[Approve.Key]),
		count("transferred", "预备期转接", "transferred in probation", t.acts[TransferProbationary.Key]),
		count("not-recognised", "不予承认预备党员身份", "admissions not recognised", t.acts[RefuseRecognition.Key]),
		count("extended-probations", "延长预备期", "probation extended", t.acts[ApproveExtension.Key]),
		count("cancellations-proposed", "提出取消预备党员资格", "cancellations proposed", t.acts[ProposeCancellation.Key]),
		count("cancelled", "取消预备党员资格", "probation cancelled", t.acts[ApproveCancellation.Key]),
		count("converted", "转为正式党员", "converted", t.acts[ApproveConversion.Key]),
		count("withdrawn", "撤回申请", "withdrawn", t.acts[WithdrawApplication.Key]),
		count("stopped", "终止培养", "cultivation ended", t.acts[StopCultivation.Key]),
		count("given-up", "屡次被拒而搁置", "given up after refusals", t.givenUp),
		count("late", "逾期办理", "done late", t.flags[engine.FlagLate]),
		count("back-dated", "补录", "recorded afterwards", t.flags[engine.FlagBackDated]),
	}
}

func (p *play) planUse() []PlanUse {
	held := map[string]int{}
	for _, l := range p.lives {
		if slot := l.held[PlanSlot.Kind]; slot != "" {
			plan, _, _ := strings.Cut(slot, "/")
			held[plan]++
		}
	}
	used := map[string]int{}
	for slot, n := range p.tally.used {
		plan, _, _ := strings.Cut(slot, "/")
		used[plan] += n
	}
	byYear := map[int]*PlanUse{}
	for _, plan := range p.tally.plans {
		u := byYear[plan.Year]
		if u == nil {
			u = &PlanUse{Year: plan.Year}
			byYear[plan.Year] = u
		}
		id := register.PlanID(plan.Org, plan.Year)
		u.Quota += plan.Quota
		u.Used += used[id]
		u.Reserved += held[id] - used[id]
		if held[id] >= plan.Quota {
			u.Exhausted++
		}
	}
	var out []PlanUse
	for _, year := range slices.Sorted(maps.Keys(byYear)) {
		out = append(out, *byYear[year])
	}
	return out
}

// overdue counts through the engine's own list.
func (p *play) overdue(ctx context.Context) ([]Count, error) {
	n := map[string]int{}
	q := engine.WorklistQuery{Limit: 200}
	for {
		page, err := p.engine.Overdue(ctx, p.actor(p.county.heads[0]), q, morning(p.config.Until))
		if err != nil {
			return nil, err
		}
		for _, line := range page.Lines {
			n[line.DueAction]++
		}
		if page.Next == nil {
			break
		}
		q.After = *page.Next
	}
	var out []Count
	for key, count := range n {
		for _, w := range p.engine.Workflows() {
			if a, ok := w.Action(key); ok {
				out = append(out, Count{key, a.Words, count})
				break
			}
		}
	}
	return most(out), nil
}

var standings = map[register.Standing]engine.Words{
	register.Outside: {Zh: "群众", En: "outside"}, register.Applicant: {Zh: "入党申请人", En: "applicant"},
	register.Activist: {Zh: "入党积极分子", En: "activist"}, register.DevelopmentTarget: {Zh: "发展对象", En: "development target"},
	register.Probationary: {Zh: "预备党员", En: "probationary member"}, register.Full: {Zh: "正式党员", En: "full member"},
}

// standings counts the people of the branches as the register has them.
func (p *play) standings(ctx context.Context) ([]Count, error) {
	n := map[register.Standing]int{}
	for _, b := range p.county.branches {
		people, err := p.engine.People(ctx, p.actor(p.county.heads[0]), b.org.ID, morning(p.config.Until))
		if err != nil {
			return nil, err
		}
		for _, person := range people {
			n[person.Standing]++
		}
	}
	var out []Count
	for _, s := range register.Standings {
		if n[s] > 0 {
			out = append(out, Count{string(s), standings[s], n[s]})
		}
	}
	return out, nil
}

// accounts are an office of every kind, in the busiest branch and above it.
func (p *play) accounts() []Account {
	c := p.county
	open := map[*branch]int{}
	busiest := c.branches[0]
	for _, l := range p.lives {
		if l.stage == "" || l.ended {
			continue
		}
		if open[l.branch]++; open[l.branch] > open[busiest] {
			busiest = l.branch
		}
	}
	var out []Account
	add := func(zh, en string, offices ...register.OfficeID) {
		for _, id := range offices {
			i := slices.IndexFunc(c.offices, func(o *register.Office) bool { return o.ID == id })
			j := slices.IndexFunc(c.orgs, func(o *register.Org) bool { return o.ID == c.offices[i].Org })
			out = append(out, Account{id, c.offices[i].Post, engine.Words{Zh: zh, En: en}, c.orgs[j].Name})
		}
	}
	add("支部书记", "branch secretary", busiest.secretary)
	add("支部组织委员", "branch commissioner", busiest.second)
	add("党委组织干事", "committee reviewer", busiest.above.officers[0])
	add("党委书记", "committee secretary", busiest.above.officers[1])
	add("组织员", "organizer", busiest.above.officers[2])
	for _, d := range register.Duties {
		add("协审部门", "department", c.officers[d])
	}
	add("县级审核员", "county reviewer", c.reviewers...)
	add("组织部负责人", "county head", c.heads...)
	add("督查专班", "inspector", c.inspectors[0])
	add("审计", "auditor", c.auditor)
	add("管理员", "administrator", c.admin)
	return out
}
