package workflows

import (
	"fmt"
	"slices"
	"strings"

	. "jinchu/engine"
	"jinchu/register"
)

// AssessmentKey is the workflow of the annual assessment 年考评: one case for
// each committee and branch and year.
const AssessmentKey = "assessment"

// The numbers of the assessment. Three or four problems are what the national
// debriefings name; the months were seen nowhere.
var (
	AssessmentMonths = confirm(param("assessment.months", "年度考评办结期限(月)", "time for the annual assessment (months)", 3, Free, 0, "考评"))
	FollowUpMonths   = confirm(param("assessment.follow_up_months", "上年问题核对期限(月)", "time to follow up last year's problems (months)", 2, Free, 0, "考评"))
	ProblemsLeast    = confirm(param("assessment.problems_min", "点名问题最少项数", "problems named at least", 3, Free, 0, "考评"))
	ProblemsMost     = confirm(param("assessment.problems_max", "点名问题最多项数", "problems named at most", 4, Free, 0, "考评"))
)

// The roles of the assessment.
var (
	CountyOrClock = NewRole("county-or-clock", "县(市)委组织部或系统(时限)", "the county organization department, or the clock", WholeCounty,
		register.CountyReviewer, register.CountyHead, register.Clock)
	AssessingBody = NewRole("assessing-body", "上级党委或县(市)委组织部", "the committee above or the county organization department", Above,
		register.CommitteeReviewer, register.CommitteeSecretary, register.Organizer, register.CountyReviewer, register.CountyHead)
)

// The stages of an assessment.
var (
	Assessing = NewStage("assessing", "考评中", "being assessed")
	Vetoed    = NewStage("vetoed", "已一票否决", "vetoed")
	Assessed  = EndStage("assessed", "考评已办结", "assessed")
)

// The actions of an assessment.
var (
	OpenAssessment  = NewAction("open-assessment", "开展年度考评", "open the annual assessment")
	GradeDuty       = NewAction("grade-duty", "责任考核评定等次", "grade the duty assessment")
	GradeYear       = NewAction("grade-year", "年度考核评定等次", "grade the annual assessment")
	NameProblems    = NewAction("name-problems", "点名问题", "name the problems")
	FollowUp        = NewAction("follow-up", "逐项核对上年问题", "follow up last year's problems")
	Veto            = NewAction("veto", "一票否决", "veto")
	CloseAssessment = NewAction("close-assessment", "考评办结", "close the assessment")
)

// grades are the grades of an assessment, the best first.
var grades = []Option{option("excellent", "好", "excellent"), option("good", "较好", "good"), option("fair", "一般", "fair"), option("poor", "差", "poor")}

// ResultVetoed is the result that a veto fixes.
const ResultVetoed = "vetoed"

// What an assessment holds. The organization's own figures stand in
// [FigureItems], as in a circular.
var (
	AssessedYear  = NumberField("year", "考评年度", "year assessed")
	OfficeItems   = ItemsField("office_figures", "责任人履职情况", "figures of the office holders")       // office -> [OfficeFigures]
	Carried       = ItemsField("carried", "上年点名和未整改的问题", "problems named last year or open since") // key -> problem
	DutyGrade     = ChoiceField("duty_grade", "责任考核等次", "grade of the duty assessment", grades...)
	YearGrade     = ChoiceField("year_grade", "年度考核等次", "grade of the annual assessment", grades...)
	OfficeGrades  = ItemsField("office_grades", "责任人考核等次", "grades of the office holders") // office -> grade
	NamedProblems = ItemsField("named", "点名问题", "problems named")
	NowRectified  = ItemsField("rectified", "已整改的上年问题及佐证", "rectified, with evidence")
	NotRectified  = ItemsField("not_rectified", "未整改的上年问题及情况", "not rectified, with what is lacking")
	VetoGround    = ChoiceField("ground", "一票否决事由", "ground of the veto",
		option("fraud", "弄虚作假发展党员", "fraud in admissions"), option("violation", "严重违反发展党员程序", "grave breach of procedure"),
		option("dereliction", "严重失职失责", "grave dereliction"), option("unrectified", "问题拒不整改", "refusal to rectify"), option("other", "其他重大问题", "other grave problem"))
	VetoReason = TextField("veto_reason", "一票否决理由", "reason of the veto")
	Result     = ChoiceField("result", "考评结果", "result", append(slices.Clone(grades), option(ResultVetoed, "一票否决", "vetoed"))...)
)

// Conditions of an assessment.
var (
	Assessable = Cond("assessable", "考评对象是党委、党总支或党支部", "a committee, general branch or branch is assessed").Cite("考评").
			Holds(func(s *Situation) bool {
			return slices.Contains([]register.OrgKind{register.Committee, register.GeneralBranch, register.Branch}, s.Branch().Kind)
		})

	YearIsOver = Cond("year-is-over", "考评年度已经结束", "the year assessed is over").Cite("考评").Reading(AssessedYear).OnInput().
			Holds(func(s *Situation) bool { y, _ := AssessedYear.Given(s); return y >= 1921 && int(y) < s.On.Year() })

	OfficesAreOfTheOrg = Cond("offices-of-the-org", "责任人是该组织的任职人员,情况和等次按规定写法填写", "the office holders are of the organization, and written as they should be").
				Cite("考评").Reading(OfficeItems, OfficeGrades).OnInput().Test(func(s *Situation) []Words {
		figures, _ := OfficeItems.Given(s)
		graded, _ := OfficeGrades.Given(s)
		ours := func(key string) bool {
			return slices.ContainsFunc(s.View.Officers(s.Case.Org), func(o *register.Office) bool { return string(o.ID) == key })
		}
		out := uncanonical(figures, func(it Item) bool { _, ok := ParseOfficeFigures(it.Text); return ok && ours(it.Key) })
		return append(out, uncanonical(graded, func(it Item) bool { return gradeOf(it.Text) >= 0 && ours(it.Key) })...)
	})

	FollowsLastYear = Cond("follows-last-year", "有上年考评的,写明该考评并列出其点名和未整改的问题", "where there is an assessment of the year before, it is named, with its problems").
			Cite("考评").Reading(AssessedYear, Carried).OnInput().Test(func(s *Situation) []Words {
		year, _ := AssessedYear.Given(s)
		_, listed := Carried.Given(s)
		before, assessed := s.View.Holder(AssessmentKey, AssessmentClaim(s.Case.Org, int(year)-1))
		switch {
		case assessed && (s.Case.Parent != before || !listed):
			return Missing("上年考评为 "+string(before), "that of the year before is "+string(before))
		case !assessed && (s.Case.Parent != "" || listed):
			return Missing("没有上年考评", "there is none of the year before")
		}
		return nil
	})

	NotAssessedOneself = Cond("not-assessed-oneself", "考评人不在被考评组织任职", "whoever assesses holds no office in the organization assessed").Cite("考评").
				Holds(func(s *Situation) bool {
			return s.Office.Org != s.Case.Org && !slices.ContainsFunc(s.View.Officers(s.Case.Org), func(o *register.Office) bool {
				return o.Person != "" && o.Person == s.Office.Person && o.Held(s.On)
			})
		})

	ProblemCount = Cond("problem-count", "点名问题项数符合规定,逐项写明、编号不重复", "as many problems as the rules want, itemised").Cite("考评").Reading(NamedProblems).OnInput().
			Test(func(s *Situation) []Words {
			items, _ := NamedProblems.Given(s)
			return append(countWithin(len(items), ProblemsLeast.At(s), ProblemsMost.At(s)), uncanonical(items, written)...)
		})

	EachFollowedUp = Cond("each-followed-up", "上年问题逐项核对:已整改的有佐证,未整改的写明情况", "each problem of last year is followed up, with the evidence or what is lacking").
			Cite("考评").Reading(NowRectified, NotRectified, Carried).OnInput().Test(followedUp)

	BothGraded = Cond("both-graded", "责任考核和年度考核均已评定等次", "both the duty and the annual assessment are graded").Cite("考评").
			Reading(DutyGrade, YearGrade).After(GradeDuty, GradeYear).Test(func(s *Situation) []Words {
		var out []Words
		for _, f := range []F[string]{DutyGrade, YearGrade} {
			if _, graded := f.Held(s.Case); !graded {
				out = append(out, Words{Zh: "未评定:" + f.Words.Zh, En: "lacking: " + f.Words.En})
			}
		}
		return out
	})

	ProblemsWereNamed = Cond("problems-were-named", "已点名问题", "problems were named").Cite("考评").Reading(NamedProblems).After(NameProblems).
				Holds(func(s *Situation) bool { _, named := NamedProblems.Held(s.Case); return named })

	LastYearFollowedUp = Cond("last-year-followed-up", "上年问题已逐项核对", "last year's problems were followed up").Cite("考评").Reading(Carried).After(FollowUp).
				Holds(func(s *Situation) bool { return !carries(s.Case) || s.Case.Last(FollowUp.Key) != nil })

	carriesProblems = Cond("carries-problems", "有上年问题", "there are problems of last year").Reading(Carried).
			Holds(func(s *Situation) bool { return carries(s.Case) })
)

func written(it Item) bool { return strings.TrimSpace(it.Text) != "" }

func carries(c *Case) bool { items, _ := Carried.Held(c); return len(items) > 0 }

// gradeOf is the place of a grade among the grades, 0 for the best, -1 for
// none.
func gradeOf(key string) int {
	return slices.IndexFunc(grades, func(o Option) bool { return o.Key == key })
}

// followedUp names the problems of last year that are followed up not at all
// or twice, and what else stands there.
func followedUp(s *Situation) []Words {
	carried, _ := Carried.Held(s.Case)
	yes, _ := NowRectified.Given(s)
	no, _ := NotRectified.Given(s)
	both := slices.Concat(yes, no)
	has := func(items []Item, key string) bool {
		return slices.ContainsFunc(items, func(it Item) bool { return it.Key == key })
	}
	out := uncanonical(both, func(it Item) bool { return written(it) && has(carried, it.Key) })
	for _, it := range carried {
		if !has(both, it.Key) {
			out = append(out, Words{Zh: "未核对:" + it.Key + " " + it.Text, En: "not followed up: " + it.Key})
		}
	}
	return out
}

// CarriedOver are the problems that the next year's assessment follows up:
// those named in this one, by its year, and those of before that were not
// rectified, as they were.
func CarriedOver(c *Case) []Item {
	out := []Item{}
	year, _ := AssessedYear.Held(c)
	before, _ := Carried.Held(c)
	open, _ := NotRectified.Held(c)
	for _, it := range before {
		if slices.ContainsFunc(open, func(o Item) bool { return o.Key == it.Key }) {
			out = append(out, it)
		}
	}
	named, _ := NamedProblems.Held(c)
	for _, it := range named {
		out = append(out, Item{Key: fmt.Sprintf("%d-%s", year, it.Key), Text: it.Text})
	}
	return out
}

// AssessmentClaim is the key under which the assessment of an organization
// and year is held: one, for ever.
func AssessmentClaim(org register.OrgID, year int) string { return fmt.Sprintf("%s/%d", org, year) }

// OneAssessment is the one assessment of an organization in a year.
var OneAssessment = &Claim{Kind: AssessmentKey, Cite: "考评", Words: Words{Zh: "一年一考评", En: "one assessment for each year"}, Fields: []*Field{AssessedYear.Field},
	Pick: func(s *Situation) (string, []Words) {
		year, _ := AssessedYear.Given(s)
		key := AssessmentClaim(s.Case.Org, int(year))
		if _, taken := s.View.Holder(AssessmentKey, key); taken {
			return "", Missing("该年度已开展考评", "the year is assessed already")
		}
		return key, nil
	}}

// The result is the weaker of the two grades, unless a veto has fixed it.
var (
	recordResult = Computing(Result, func(s *Situation) (string, bool) {
		duty, _ := DutyGrade.Held(s.Case)
		year, _ := YearGrade.Held(s.Case)
		return grades[max(gradeOf(duty), gradeOf(year), 0)].Key, true
	})
	recordVeto = Computing(Result, func(*Situation) (string, bool) { return ResultVetoed, true })
)

// Assessment is the annual assessment of one committee or branch: opened with
// the year's figures and last year's problems, graded twice, its problems
// named, those of last year followed up one by one; or vetoed.
func Assessment() *Workflow {
	w := &Workflow{Key: AssessmentKey, Words: Words{Zh: "年度考评", En: "annual assessment"}, Impersonal: true,
		Params:  []*Param{AssessmentMonths, FollowUpMonths, ProblemsLeast, ProblemsMost},
		Statute: statuteOf("考评", "月督办季通报年考评")}
	ended := func(r Rule) Rule { return r.If(ProblemsWereNamed, LastYearFollowedUp) }
	w.Rules = []Rule{
		CountyOrClock.May(OpenAssessment).In(New).To(Assessing).Giving(AssessedYear, FigureItems).Taking(OfficeItems, Carried).
			If(Assessable, YearIsOver, FiguresAreCanonical, OfficesAreOfTheOrg, FollowsLastYear).Claiming(OneAssessment.Do(Take)).With(paper("年度考评表", "assessment form")),
		AssessingBody.May(GradeDuty).In(Assessing).Stays().Giving(DutyGrade).Taking(OfficeGrades).If(OfficesAreOfTheOrg),
		AssessingBody.May(GradeYear).In(Assessing).Stays().Giving(YearGrade),
		AssessingBody.May(NameProblems).In(Assessing, Vetoed).Stays().Giving(NamedProblems).If(ProblemCount).With(paper("点名问题清单", "problems named")),
		AssessingBody.May(FollowUp).In(Assessing, Vetoed).Stays().Giving(NowRectified, NotRectified).If(EachFollowedUp).With(paper("上年问题核对表", "follow-up")),
		HeadOfCounty.May(Veto).In(Assessing).To(Vetoed).Giving(VetoGround, VetoReason).With(paper("一票否决决定", "decision of the veto")),
		ended(AssessingBody.May(CloseAssessment).In(Assessing).To(Assessed)).If(BothGraded).Recording(recordResult),
		ended(HeadOfCounty.May(CloseAssessment).In(Vetoed).To(Assessed)).Recording(recordVeto),
	}
	for i := range w.Rules {
		w.Rules[i].Article = "考评"
		if i > 0 {
			w.Rules[i] = w.Rules[i].If(NotAssessedOneself)
		}
	}
	w.Dues = []DueRule{
		Due(CloseAssessment).Within(MonthsOf(AssessmentMonths)).Of(Done(OpenAssessment)).In(Assessing, Vetoed).Cite("考评"),
		Due(FollowUp).Within(MonthsOf(FollowUpMonths)).Of(Done(OpenAssessment)).In(Assessing, Vetoed).Cite("考评").While(carriesProblems),
	}
	return w
}
