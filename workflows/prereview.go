package workflows

import (
	"fmt"
	"strings"

	. "jinchu/engine"
	"jinchu/register"
)

// Conditions of the three-level pre-review.
var (
	HasIntroducers = Cond("has-introducers", "已确定入党介绍人", "introducers are assigned").Cite("细则 14", "2014细则 14").
			Reading(Introducers).After(AssignIntroducers).Holds(func(s *Situation) bool { _, ok := Introducers.Held(s.Case); return ok })

	PoliticalReviewPassed = Cond("political-review-passed", "政治审查合格", "the political review is passed").Cite("细则 16", "2014细则 16").
				Reading(PoliticalConclusion).After(RecordPoliticalReview).Test(func(s *Situation) []Words {
		switch v, ok := PoliticalConclusion.Held(s.Case); {
		case !ok:
			return Missing("未进行政治审查", "no political review")
		case v != "pass":
			return Missing("政治审查不合格", "the political review failed")
		}
		return nil
	})

	BothPlacesAsked = Cond("both-places-asked", "流动人员已征求户籍地和居住地基层党组织意见", "of a migrant, both household registration and residence were asked").
			Cite("政治审查").Reading(ReviewPlaces).Test(func(s *Situation) []Words {
		if !s.Subject().Migrant {
			return nil
		}
		places, _ := ReviewPlaces.Given(s)
		return lacking(ReviewPlaces.Field, places)
	})

	Trained = Cond("trained", "短期集中培训不少于三天或二十四学时并考核合格", "trained for 3 days or 24 class hours, and assessed").Cite("细则 17", "2014细则 17").
		Reading(TrainingDays, TrainingHours, TrainingAssessed, WaiverReason).Test(trained)

	AllOpinionsReceived = Cond("all-opinions", "纪检、卫健、公安、信访部门均已回复", "discipline, health, police and petitions have all answered").Cite("三级预审").
				Reading(Departments, OpinionsDone).After(AskOpinion, AnswerOpinion).Test(missingOpinions)

	NoAdverseOpinion = Cond("no-adverse-opinion", "无部门提出不同意见", "no department objects").Cite("三级预审").
				Reading(OpinionsDone, OpinionResult).Test(adverseOpinions)

	DepartmentWasAsked = Cond("was-asked", "本部门已被征求意见且尚未回复", "the department was asked and has not answered").Cite("三级预审").
				Reading(Departments, OpinionsDone).Holds(func(s *Situation) bool {
		return owes(s.Case, s.Org.Duty)
	})

	VisitRecorded = Cond("visit-recorded", "已深入所在支部走访", "the branch was visited").Cite("三级预审").
			Reading(VisitNotes).After(RecordVisit).Holds(func(s *Situation) bool { _, ok := VisitNotes.Held(s.Case); return ok })

	AllDefectsFixed = Cond("all-defects-fixed", "退回的缺陷已逐项整改", "every defect of the return is rectified").Cite("三级预审").
			Reading(Defects, Rectified).Test(unfixed)

	DefectsNamed = Cond("defects-named", "缺陷已逐项列明", "the defects are itemised").Cite("三级预审").Reading(Defects).OnInput().
			Holds(func(s *Situation) bool { d, _ := Defects.Given(s); return len(d) > 0 })

	ReturnsLeft = Cond("returns-left", "退回轮次未超过上限", "rounds of return are left").Cite("三级预审").
			Reading(ReturnRound).Bounding().Test(func(s *Situation) []Words {
		if n, _ := ReturnRound.Held(s.Case); int(n) >= MaxReturns.At(s) {
			return Missing(fmt.Sprintf("已退回 %d 次", n), fmt.Sprintf("returned %d times", n))
		}
		return nil
	})

	FraudFound = Is(RejectGround, "fraud").Cite("预审办法")

	StructureOnTarget = Cond("structure-off-target", "结构比例达到计划目标", "the structure meets the plan's targets").Cite("控制总量").
				Holds(structureMet)
)

func trained(s *Situation) []Words {
	if _, ok := WaiverReason.Held(s.Case); ok {
		return nil
	}
	days, hasDays := TrainingDays.Held(s.Case)
	hours, hasHours := TrainingHours.Held(s.Case)
	if !hasDays && !hasHours {
		return Missing("没有培训记录", "no training on record")
	}
	var out []Words
	if int(days) < TrainingMinDays.At(s) && int(hours) < TrainingMinHours.At(s) {
		out = append(out, Words{Zh: fmt.Sprintf("现为 %d 天、%d 学时", days, hours), En: fmt.Sprintf("%d days and %d hours so far", days, hours)})
	}
	if v, _ := TrainingAssessed.Held(s.Case); v != "pass" {
		out = append(out, Words{Zh: "考核不合格", En: "the assessment was not passed"})
	}
	return out
}

// asked is the event that last asked a department in this round, 0 for none.
func asked(c *Case, d register.Duty) int64 {
	last := int64(0)
	for _, f := range Departments.All(c) {
		if ds, ok := f.Value.([]string); ok && contains(ds, string(d)) {
			last = f.Seq
		}
	}
	return last
}

// answered is the event with a department's last answer in this round, 0 for
// none. A department that is asked again owes an answer again.
func answered(c *Case, d register.Duty) int64 {
	last := int64(0)
	for _, f := range OpinionsDone.All(c) {
		if f.Value == string(d) {
			last = f.Seq
		}
	}
	return last
}

// owes reports whether a department was asked and has not answered since.
func owes(c *Case, d register.Duty) bool { return asked(c, d) > answered(c, d) }

func missingOpinions(s *Situation) []Words {
	var out []Words
	for _, o := range Departments.Options {
		d := register.Duty(o.Key)
		switch {
		case asked(s.Case, d) == 0:
			out = append(out, Words{Zh: o.Words.Zh + "部门未征求意见", En: o.Words.En + " was not asked"})
		case owes(s.Case, d):
			out = append(out, Words{Zh: o.Words.Zh + "部门未回复", En: o.Words.En + " has not answered"})
		}
	}
	return out
}

// adverseOpinions are the departments whose last answer objects.
func adverseOpinions(s *Situation) []Words {
	var out []Words
	for _, o := range Departments.Options {
		last := answered(s.Case, register.Duty(o.Key))
		for _, f := range OpinionResult.All(s.Case) {
			if f.Seq == last && f.Value == "adverse" {
				out = append(out, o.Words)
			}
		}
	}
	return out
}

func unfixed(s *Situation) []Words {
	defects, _ := Defects.Held(s.Case)
	fixed, _ := Rectified.Given(s)
	var out []Words
	for _, d := range defects {
		done := false
		for _, f := range fixed {
			done = done || f.Key == d.Key && strings.TrimSpace(f.Text) != ""
		}
		if !done {
			out = append(out, Words{Zh: "未整改:" + d.Key + " " + d.Text, En: "not rectified: " + d.Key})
		}
	}
	return out
}

// countReturns numbers the rounds of return.
var countReturns = Computing(ReturnRound, func(s *Situation) (int64, bool) {
	n, _ := ReturnRound.Held(s.Case)
	return n + 1, true
})

// planSlots is the kind of the claims on an annual plan.
const planSlots = "plan-slot"

// Something scarce.
var (
	// LiveCase is the one live case a person may have.
	LiveCase = &Claim{Kind: "live", Cite: "细则 6", Words: Words{Zh: "一人一件在办案件", En: "the one live case of the person"},
		Pick: func(s *Situation) (string, []Words) {
			if id, taken := s.View.Holder("live", string(s.Case.Person)); taken && id != s.Case.ID {
				return "", Missing("该人员已有在办案件,请办理转接", "the person has a live case; transfer it")
			}
			return string(s.Case.Person), nil
		}}

	// PlanSlot is one place of the committee's annual plan.
	PlanSlot = &Claim{Kind: planSlots, Cite: "控制总量", Words: Words{Zh: "年度计划名额", En: "a place of the annual plan"}, Pick: pickSlot}

	// FormSerial is the number of the admission form: one person, one number.
	FormSerial = &Claim{Kind: "form-serial", Cite: "志愿书编号", Words: Words{Zh: "入党志愿书编号", En: "an admission form serial"},
		Pick: func(s *Situation) (string, []Words) {
			serial, ok := s.View.NextSerial()
			if !ok {
				return "", Missing("入党志愿书编号已用完,请登记新号段", "the serials are used up: enter a new range")
			}
			return serial, nil
		}}
)

// pickSlot takes the lowest free number of the committee's plan of the year.
func pickSlot(s *Situation) (string, []Words) {
	committee, ok := register.ApprovingCommittee(s.View, s.Case.Org)
	if !ok {
		return "", Missing("没有有审批权限的党委", "no committee with power to approve")
	}
	plan, ok := s.View.Plan(committee.ID, s.On.Year())
	if !ok {
		return "", Missing(fmt.Sprintf("%s %d 年没有发展计划", committee.Name, s.On.Year()), fmt.Sprintf("no plan for %d", s.On.Year()))
	}
	prefix := register.PlanID(committee.ID, s.On.Year()) + "/"
	held := s.View.Held(planSlots, prefix)
	for n := 1; n <= plan.Quota; n++ {
		if key := fmt.Sprintf("%s%d", prefix, n); !contains(held, key) {
			return key, nil
		}
	}
	return "", Missing(fmt.Sprintf("PLAN_EXHAUSTED:%d 年计划 %d 名已用完", s.On.Year(), plan.Quota), fmt.Sprintf("PLAN_EXHAUSTED: all %d places of %d are reserved or used", plan.Quota, s.On.Year()))
}

// structureMet compares the structure of those admitted or qualified in the
// plan's year, this person among them, with the plan's targets.
func structureMet(s *Situation) bool {
	committee, ok := register.ApprovingCommittee(s.View, s.Case.Org)
	if !ok {
		return true
	}
	plan, ok := s.View.Plan(committee.ID, s.On.Year())
	if !ok || len(plan.Targets) == 0 {
		return true
	}
	people := []*register.Person{s.Subject()}
	for _, id := range s.View.HeldBy(planSlots, register.PlanID(committee.ID, s.On.Year())+"/") {
		if p, ok := s.View.Person(id); ok && p.ID != s.Case.Person {
			people = append(people, p)
		}
	}
	for key, percent := range plan.Targets {
		n := 0
		for _, p := range people {
			if structureTests[key] != nil && structureTests[key](p, s) {
				n++
			}
		}
		if n*100 < percent*len(people) {
			return false
		}
	}
	return true
}

// structureTests are the dimensions of structure a plan may set targets for.
var structureTests = map[string]func(*register.Person, *Situation) bool{
	"women": func(p *register.Person, _ *Situation) bool { return p.Sex == "2" },
	"age35": func(p *register.Person, s *Situation) bool {
		return !p.Birth.IsZero() && p.Birth.AddYears(36).After(s.On)
	},
	"farmers": func(p *register.Person, _ *Situation) bool { return p.Work == "farmer" },
	"college": func(p *register.Person, _ *Situation) bool { return p.Education != "" && p.Education < "40" },
}
