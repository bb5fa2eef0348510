package api

import (
	"cmp"
	"context"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/papers"
	"jinchu/register"
)

// AssessmentView is the annual assessment (年考评) of one organization and of
// those who held an office in it. But for what the assessors wrote it names no
// person.
type AssessmentView struct {
	ID           engine.CaseID      `json:"id"`
	Year         int64              `json:"year"`
	Org          register.OrgID     `json:"org"`
	OrgName      string             `json:"org_name"`
	Kind         register.OrgKind   `json:"kind"`
	Stage        StageView          `json:"stage"`
	OpenedOn     calendar.Date      `json:"opened_on" format:"date"`
	DutyGrade    *Named             `json:"duty_grade,omitempty" doc:"absent until graded, as those that follow"`
	YearGrade    *Named             `json:"year_grade,omitempty"`
	Result       *Named             `json:"result,omitempty" doc:"once it is closed"`
	Veto         *VetoView          `json:"veto,omitempty" doc:"一票否决"`
	Figures      string             `json:"figures" doc:"filed=10 checked=3 passed=2 failed=1 overdue=4 returned=1 rectified=1 open=2"`
	Offices      []OfficeAssessment `json:"offices"`
	Problems     []engine.Item      `json:"problems" doc:"named in this assessment"`
	Carried      []engine.Item      `json:"carried" doc:"problems of last year, to be followed up"`
	Rectified    []engine.Item      `json:"rectified" doc:"of these, with the evidence"`
	NotRectified []engine.Item      `json:"not_rectified" doc:"of these, with what is lacking"`
}

// VetoView is a recorded veto.
type VetoView struct {
	Ground Named         `json:"ground"`
	Reason string        `json:"reason"`
	On     calendar.Date `json:"on" format:"date"`
}

// OfficeAssessment is the assessment of whoever holds an office.
type OfficeAssessment struct {
	Office  register.OfficeID `json:"office"`
	Post    register.Post     `json:"post,omitempty"`
	Figures string            `json:"figures,omitempty" doc:"acts=12 returned=1 failed=0"`
	Grade   *Named            `json:"grade,omitempty" doc:"absent until graded"`
}

type assessmentsInput struct {
	Year int64 `query:"year" minimum:"1921" maximum:"9999" doc:"all years if absent"`
	Formatted
}

// assessmentKey is the workflow of the annual assessment.
const assessmentKey = "assessment"

// readAssessments gives those of the caller's own organization and of all
// below it; to the posts of the county, all. The latest year comes first, and
// in a year superiors before those below them.
func readAssessments(ctx context.Context, s *server, c *call, in *assessmentsInput) (*sheet[[]AssessmentView], error) {
	query := engine.Query{County: s.County, Workflow: assessmentKey}
	if !slices.Contains(overseers, c.office.Post) {
		query.Path = c.org.Path
	}
	view := s.Engine.View(ctx, s.County)
	type placed struct {
		path string
		AssessmentView
	}
	var found []placed
	err := s.Engine.Each(ctx, query, func(one *engine.Case) error {
		if v := s.assessmentView(view, one); in.Year == 0 || in.Year == v.Year {
			found = append(found, placed{one.Path, v})
		}
		return view.Err()
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b placed) int { return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.path, b.path)) })
	all := each(found, func(p placed) AssessmentView { return p.AssessmentView })
	return &sheet[[]AssessmentView]{view: all, file: "assessments",
		table: func(en bool) *papers.Table { return assessmentsTable(all, en) }}, nil
}

func (s *server) assessmentView(view engine.View, c *engine.Case) AssessmentView {
	h := s.holding(c)
	list := func(key string) []engine.Item { return append([]engine.Item{}, h.items(key)...) }
	v := AssessmentView{ID: c.ID, Year: h.number("year"), Org: c.Org, Stage: s.stageOf(c.Workflow, c.Stage), OpenedOn: c.OpenedOn,
		DutyGrade: h.choice("duty_grade"), YearGrade: h.choice("year_grade"), Result: h.choice("result"), Offices: h.offices(view),
		Problems: list("named"), Carried: list("carried"), Rectified: list("rectified"), NotRectified: list("not_rectified")}
	if o, ok := view.Org(c.Org); ok {
		v.OrgName, v.Kind = o.Name, o.Kind
	}
	for _, it := range h.items("figures") {
		if it.Key == string(c.Org) {
			v.Figures = it.Text
		}
	}
	if t := c.Last("veto"); t != nil {
		v.Veto = &VetoView{Reason: h.text("veto_reason"), On: t.On}
		if ground := h.choice("ground"); ground != nil {
			v.Veto.Ground = *ground
		}
	}
	return v
}

// offices joins the figures and the grades of the office holders.
func (h holding) offices(view engine.View) []OfficeAssessment {
	out := []OfficeAssessment{}
	at := func(id string) *OfficeAssessment {
		for i := range out {
			if string(out[i].Office) == id {
				return &out[i]
			}
		}
		one := OfficeAssessment{Office: register.OfficeID(id)}
		if o, ok := view.Office(one.Office); ok {
			one.Post = o.Post
		}
		out = append(out, one)
		return &out[len(out)-1]
	}
	for _, it := range h.items("office_figures") {
		at(it.Key).Figures = it.Text
	}
	for _, it := range h.items("office_grades") {
		grade := optionOf(h.workflow, "duty_grade", it.Text)
		at(it.Key).Grade = &grade
	}
	return out
}
