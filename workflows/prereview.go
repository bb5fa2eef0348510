package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	. "jinchu/engine"
	"jinchu/register"
)

// Conditions of the three-level pre-review.
var (
	HasIntroducers = Cond("has-introducers", "已确定入党介绍人", "introducers are assigned").Cite("细则 14", "2014细则 14").
			Reading(Introducers).After(AssignIntroducers).Holds(func(s *Situation) bool { _, ok := Introducers.Held(s.Case); return ok })

	IntroducersStillGood = Cond("introducers-still-good", "入党介绍人仍是未受处分的正式党员", "the introducers are still full members under no sanction").Cite("细则 14", "2014细则 14").
				Reading(Introducers).Test(func(s *Situation) []Words {
		ids, _ := Introducers.Held(s.Case)
		return append(notFull(s, ids), sanctioned(s, ids)...)
	})

	// What the branch's review failed, only the committee's can pass.
	NotFailedBefore = Cond("not-failed-before", "政治审查不合格后,只能由上级党委重新审查", "after a failed review only the committee reviews again").Cite("细则 16", "2014细则 16").
			Reading(PoliticalConclusion).Holds(func(s *Situation) bool {
		v, reviewed := freshPoliticalReview(s)
		return !reviewed || v != "fail" || s.Office.Org != s.Case.Org
	})

	VisitDaySound = Cond("visit-day", "走访在初审之后、登记之前", "the visit is after the screening and not after this day").Cite("三级预审").
			Reading(VisitOn).OnInput().Holds(func(s *Situation) bool {
		d, _ := VisitOn.Given(s)
		return !d.After(s.On) && !d.Before(s.Case.StageOn)
	})

	PoliticalReviewPassed = Cond("political-review-passed", "政治审查合格", "the political review is passed").Cite("细则 16", "2014细则 16").
				Reading(PoliticalConclusion).After(RecordPoliticalReview).Test(func(s *Situation) []Words {
		switch v, ok := freshPoliticalReview(s); {
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
			Reading(Defects, Rectified).Test(func(s *Situation) []Words {
		defects, _ := Defects.Held(s.Case)
		fixed, _ := Rectified.Given(s)
		return unfixed(defects, fixed)
	})

	DefectsNamed = Cond("defects-named", "缺陷已逐项列明,编号不重复", "the defects are itemised").Cite("三级预审").Reading(Defects).OnInput().
			Holds(func(s *Situation) bool {
			d, _ := Defects.Given(s)
			for i := range d {
				if slices.ContainsFunc(d[:i], func(e Item) bool { return e.Key == d[i].Key }) {
					return false
				}
			}
			return len(d) > 0
		})

	ReturnsLeft           = returnsLeft("returns-left", ReturnRound)
	ConversionReturnsLeft = returnsLeft("conversion-returns-left", ConversionReturnRound)

	FraudFound = Is(RejectGround, "fraud").Cite("预审办法")

	StructureOnTarget = Cond("structure-off-target", "结构比例达到计划目标", "the structure meets the plan's targets").Cite("控制总量").
				Holds(structureMet)
)

func trained(s *Situation) []Words {
	if _, ok := WaiverReason.Held(s.Case); ok {
		return nil
	}
	// Days, hours and assessment count together, of one training.
	last, trained := s.Case.Fact(TrainingAssessed.Field)
	if !trained {
		return Missing("没有培训记录", "no training on record")
	}
	days, hours := sameAct(s.Case, TrainingDays, last.Seq), sameAct(s.Case, TrainingHours, last.Seq)
	var out []Words
	if int(days) < TrainingMinDays.At(s) && int(hours) < TrainingMinHours.At(s) {
		out = append(out, Words{Zh: fmt.Sprintf("现为 %d 天、%d 学时", days, hours), En: fmt.Sprintf("%d days and %d hours so far", days, hours)})
	}
	if last.Value != "pass" {
		out = append(out, Words{Zh: "考核不合格", En: "the assessment was not passed"})
	}
	return out
}

// sameAct is the number a field was given by one act, 0 for none.
func sameAct(c *Case, f F[int64], seq int64) int64 {
	if fact, ok := c.Fact(f.Field); ok && fact.Seq == seq {
		n, _ := fact.Value.(int64)
		return n
	}
	return 0
}

// freshPoliticalReview is the conclusion since the person was last proposed.
func freshPoliticalReview(s *Situation) (string, bool) {
	fact, ok := s.Case.Fact(PoliticalConclusion.Field)
	if t := s.Case.Last(ProposeTarget.Key); !ok || t != nil && t.Seq > fact.Seq {
		return "", false
	}
	v, _ := fact.Value.(string)
	return v, true
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

// unfixed are the items for which nothing was done.
func unfixed(defects, fixed []Item) []Words {
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

// returnsLeft is the condition that a counter of returns has not run out.
func returnsLeft(key string, round F[int64]) Condition {
	return Cond(key, "退回轮次未超过上限", "rounds of return are left").Cite("三级预审").Reading(round).Bounding().
		Test(func(s *Situation) []Words {
			if n, _ := round.Held(s.Case); int(n) >= MaxReturns.At(s) {
				return Missing(fmt.Sprintf("已退回 %d 次", n), fmt.Sprintf("returned %d times", n))
			}
			return nil
		})
}

// The rounds of return are numbered, those of the pre-review and those of the
// conversion apart.
var (
	countReturns           = countRound(ReturnRound)
	countConversionReturns = countRound(ConversionReturnRound)
)

func countRound(round F[int64]) Derived {
	return Computing(round, func(s *Situation) (int64, bool) {
		n, _ := round.Held(s.Case)
		return n + 1, true
	})
}

// The kinds of the claims whose keys are chosen here.
const (
	planSlots     = "plan-slot"
	noticeSerials = "notice-number"
)

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
	PlanSlot = &Claim{Kind: planSlots, Cite: "控制总量", Words: Words{Zh: "年度计划名额", En: "a place of the annual plan"}, Pick: pickSlot,
		Stale: func(s *Situation, held string) bool {
			return PlanByApproval.On(s) && !strings.Contains(held, fmt.Sprintf("-%d/", s.On.Year()))
		}}

	// NoticeSerial is the number of the qualification notice, by the year.
	NoticeSerial = &Claim{Kind: noticeSerials, Cite: "三级预审", Words: Words{Zh: "预审合格通知书编号", En: "a number of the qualification notice"}, Pick: nextNotice}

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
	for n := 1; n <= plan.Quota && len(held) < plan.Quota; n++ {
		if key := fmt.Sprintf("%s%d", prefix, n); !contains(held, key) {
			return key, nil
		}
	}
	return "", Missing(fmt.Sprintf("PLAN_EXHAUSTED:%d 年计划 %d 名已用完", s.On.Year(), plan.Quota), fmt.Sprintf("PLAN_EXHAUSTED: all %d places of %d are reserved or used", plan.Quota, s.On.Year()))
}

// nextNotice is the number after the highest of the year: a number once given
// is never given again.
func nextNotice(s *Situation) (string, []Words) {
	prefix, last := fmt.Sprintf("%d-", s.On.Year()), 0
	for _, key := range s.View.Held(noticeSerials, prefix) {
		if n, err := strconv.Atoi(strings.TrimPrefix(key, prefix)); err == nil {
			last = max(last, n)
		}
	}
	return fmt.Sprintf("%s%04d", prefix, last+1), nil
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
