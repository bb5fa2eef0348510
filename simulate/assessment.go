package simulate

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// assessment is the course of an annual assessment.
type assessment struct {
	course
	org     register.OrgID
	carried []engine.Item     // problems of last year
	who     register.OfficeID // assesses
}

// takeUpAssessments hands the assessments that the calendar has opened to
// those who assess.
func (p *play) takeUpAssessments(ctx context.Context, today calendar.Date) error {
	fresh, err := p.takeUp(ctx, engine.Query{Workflow: AssessmentKey}, func(c *engine.Case) string {
		year, _ := AssessedYear.Held(c)
		return fmt.Sprintf("assessment %d/%s", year, c.Org)
	})
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(fresh)) {
		c := fresh[key]
		a := &assessment{course: p.affair(key, today), org: c.Org}
		a.caseID, a.who = c.ID, one(a.rand, p.superiorsOf(c.Org))
		a.carried, _ = Carried.Held(c)
		p.begins(&a.course, a.live)
	}
	return nil
}

// live is the way of an assessment that is open to its end.
func (a *assessment) live() {
	a.wait(3, 45)
	if a.slips(assessedLate) {
		a.wait(50, 90)
	}
	if a.slips(gradedOneself) {
		own := one(a.rand, a.play.officesOf(a.org))
		if a.try(step{who: own, action: GradeDuty.Key, fields: merged(give(is(DutyGrade, "excellent")), nil)}) == over {
			return
		}
	}
	closing := step{who: a.who, action: CloseAssessment.Key}
	if a.slips(closedUngraded) && a.try(closing) == over {
		return
	}
	switch veto := a.slips(vetoed); {
	case veto:
		closing.who = a.play.county.heads[0]
		if !a.do(closing.who, Veto, give(is(VetoGround, "dereliction"), is(VetoReason, "发展党员工作严重失职失责"))) {
			return
		}
	case !a.isGraded():
		return
	}
	if a.namesProblems() && a.isFollowedUp() {
		a.wait(0, 5)
		a.must(closing)
	}
}

// isGraded gives both grades; most are good.
func (a *assessment) isGraded() bool {
	grades := []string{"excellent", "excellent", "good", "good", "good", "good", "good", "fair", "fair", "poor"}
	return a.do(a.who, GradeDuty, give(is(DutyGrade, one(a.rand, grades)))) &&
		a.do(a.who, GradeYear, give(is(YearGrade, one(a.rand, grades))))
}

// named are the problems that assessments name.
var named = []string{"党员队伍年龄偏大,发展力度不够", "入党积极分子培养考察不经常", "发展党员材料不规范", "组织生活制度落实不严", "会前备案不及时"}

func (a *assessment) namesProblems() bool {
	a.wait(0, 3)
	first := a.rand.IntN(2)
	problems := numbered(named[first : first+3+a.rand.IntN(2)]...)
	return a.do(a.who, NameProblems, give(is(NamedProblems, problems)), but(problemsFew, is(NamedProblems, problems[:2])))
}

// isFollowedUp follows up the problems of last year, if there are any.
func (a *assessment) isFollowedUp() bool {
	if len(a.carried) == 0 {
		return true
	}
	fixed, open := []engine.Item{}, []engine.Item{}
	for _, it := range a.carried {
		if a.rand.IntN(4) > 0 {
			fixed = append(fixed, engine.Item{Key: it.Key, Text: "已整改,见台账"})
		} else {
			open = append(open, engine.Item{Key: it.Key, Text: "正在整改"})
		}
	}
	half := but(followedHalf, is(NowRectified, []engine.Item{}), is(NotRectified, open))
	return a.do(a.who, FollowUp, give(is(NowRectified, fixed), is(NotRectified, open)), half.only(len(fixed) > 0))
}
