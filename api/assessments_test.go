package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"jinchu/register"
)

// assess opens the assessment of an organization and does the acts on it.
func (tw *town) assess(org, year, more string, acts ...string) {
	tw.t.Helper()
	figures := `[{"key":"` + org + `","text":"filed=11 checked=4 passed=3 failed=1 overdue=0 returned=2 rectified=1 open=0"}]`
	r := tw.post("county-head", "/api/v1/cases", `{"workflow":"assessment","action":"open-assessment","org":"`+org+`","fields":{"year":`+year+`,"figures":`+figures+more+`}}`).want(http.StatusCreated)
	for _, act := range acts {
		tw.act("county-head", r.header.Get("Location"), act).want(http.StatusOK)
	}
}

func assessedTown(t *testing.T) *town {
	tw := supervised(t)
	tw.assess("beicheng", "2025", "", `{"action":"veto","fields":{"ground":"fraud","veto_reason":"会议记录系补造"}}`)
	tw.assess("dongyuan", "2025", `,"office_figures":[{"key":"secretary","text":"acts=12 returned=2 failed=1"}]`,
		`{"action":"grade-duty","fields":{"duty_grade":"good","office_grades":[{"key":"secretary","text":"fair"}]}}`,
		`{"action":"grade-year","fields":{"year_grade":"fair"}}`,
		`{"action":"name-problems","fields":{"named":[{"key":"1","text":"谈话不及时"},{"key":"2","text":"台账不全"},{"key":"3","text":"备案迟"}]}}`,
		`{"action":"close-assessment"}`)
	tw.assess("xiyuan", "2025", "")
	tw.assess("dongyuan", "2023", "")
	return tw
}

func TestAssessmentsByReach(t *testing.T) {
	tw := assessedTown(t)
	for as, want := range map[string][]string{
		"auditor": {"beicheng 2025", "dongyuan 2025", "xiyuan 2025", "dongyuan 2023"}, "inspector": {"beicheng 2025", "dongyuan 2025", "xiyuan 2025", "dongyuan 2023"},
		"committee-reviewer": {"beicheng 2025", "dongyuan 2025", "dongyuan 2023"}, "secretary": {"dongyuan 2025", "dongyuan 2023"},
		"west": {"xiyuan 2025"}, "laojie": nil, "above": nil,
	} {
		var got []AssessmentView
		tw.get(as, "/api/v1/assessments").want(http.StatusOK).decode(&got)
		var names []string
		for _, a := range got {
			names = append(names, fmt.Sprint(a.Org, " ", a.Year))
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s sees %v, not %v", as, names, want)
		}
	}
	for _, as := range []string{"department-officer", "admin"} {
		tw.get(as, "/api/v1/assessments").problem(403, "post-not-allowed")
	}
	tw.get("auditor", "/api/v1/assessments?year=last").problem(400, "wrong-type")
	if r := tw.get("auditor", "/api/v1/assessments?year=2024").want(http.StatusOK); strings.TrimSpace(string(r.body)) != "[]" {
		t.Errorf("2024: %s", r.body)
	}
}

func TestAssessmentInEveryForm(t *testing.T) {
	tw := assessedTown(t)
	var got []AssessmentView
	tw.get("auditor", "/api/v1/assessments?year=2025").want(http.StatusOK).decode(&got)
	if v := got[0].Veto; v == nil || v.Ground.Zh != "弄虚作假发展党员" || v.Reason != "会议记录系补造" || v.On.String() != "2026-06-10" || got[0].Stage.Key != "vetoed" || got[0].DutyGrade != nil {
		t.Errorf("vetoed: %+v", got[0])
	}
	a := got[1]
	if a.Kind != "branch" || a.OrgName != "dongyuan组织" || a.DutyGrade.Zh != "较好" || a.YearGrade.Key != "fair" || a.Result.Key != "fair" || a.Veto != nil || len(a.Problems) != 3 || a.Carried == nil {
		t.Errorf("graded: %+v", a)
	}
	if o := a.Offices[0]; o.Office != "secretary" || o.Post != register.BranchSecretary || o.Grade.Zh != "一般" || o.Figures != "acts=12 returned=2 failed=1" {
		t.Errorf("office: %+v", a.Offices)
	}
	for _, form := range []string{"csv", "xlsx"} {
		rows := tw.get("committee-secretary", "/api/v1/assessments?year=2025&format="+form).rowsOf(form)
		if len(rows) != 4 {
			t.Fatalf("%s: %q", form, rows)
		}
		if got := strings.Join(rows[1][:18], "|"); got != "2025|beicheng|beicheng组织|||已一票否决||||2026-06-10 弄虚作假发展党员\n会议记录系补造|11|4|3|1|0|2|1|0" {
			t.Errorf("%s: vetoed %q", form, got)
		}
		if got := strings.Join(rows[2][:10], "|"); got != "2025|dongyuan|dongyuan组织|||考评已办结|较好|一般|一般|" || rows[2][21] != "1 谈话不及时\n2 台账不全\n3 备案迟" {
			t.Errorf("%s: graded %q", form, rows[2])
		}
		if got := strings.Join(rows[3][3:21], "|"); got != "secretary|支部书记||一般||||||||||||12|2|1" {
			t.Errorf("%s: office %q", form, got)
		}
	}
}
