package api

import (
	"context"
	"errors"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/papers"
	"jinchu/register"
	"jinchu/spotcheck"
)

// SampleView are the checks of a quarter that were opened so far, in the order
// of filings and cases. They name organizations and no person.
type SampleView struct {
	Quarter register.QuarterID `json:"quarter"`
	Checks  []CheckView        `json:"checks"`
}

// CheckView is one check with how it stands.
type CheckView struct {
	Filing        register.FilingID `json:"filing"`
	Meeting       string            `json:"meeting" doc:"planned, by the clock of Asia/Shanghai: 2026-07-10T09:00"`
	Branch        register.OrgID    `json:"branch"`
	BranchName    string            `json:"branch_name"`
	Committee     register.OrgID    `json:"committee" doc:"with power to approve"`
	CommitteeName string            `json:"committee_name"`
	Stratum       string            `json:"stratum"`
	Case          engine.CaseID     `json:"case"`
	Check         engine.CaseID     `json:"check"`
	Reason        Named             `json:"reason" doc:"why it is checked"`
	Method        Named             `json:"method" doc:"as it is now"`
	Stage         StageView         `json:"stage"`
	Overridden    bool              `json:"overridden" doc:"of method or inspectors"`
	On            calendar.Date     `json:"on,omitzero" format:"date" doc:"recorded; absent where it was not yet"`
}

// FilingsView are the filings of a quarter in the order of their numbers.
type FilingsView struct {
	Quarter register.QuarterID `json:"quarter"`
	Filings []FilingView       `json:"filings"`
}

// FilingView is one meeting as it was filed. It names nobody and nothing, and
// tells of no draw.
type FilingView struct {
	ID        register.FilingID `json:"id"`
	N         int               `json:"n" doc:"its number, from 1 without gaps"`
	Branch    register.OrgID    `json:"branch"`
	Committee register.OrgID    `json:"committee" doc:"with power to approve, on the day of filing"`
	Stratum   string            `json:"stratum"`
	Meeting   string            `json:"meeting" doc:"planned, by the clock of Asia/Shanghai: 2026-07-10T09:00"`
	FiledOn   calendar.Date     `json:"filed_on" format:"date"`
	Cases     []string          `json:"cases" doc:"on the agenda"`
	State     string            `json:"state" enum:"standing,held,withdrawn"`
	Point     int               `json:"point,omitempty" doc:"the top-up point by which that was on record, from 1"`
	Withdrawn int               `json:"withdrawn,omitempty" doc:"the last number given out when it was withdrawn"`
}

type quarterSheetInput struct {
	OfQuarter
	Formatted
}

// spotCheckKey is the workflow of a spot check.
const spotCheckKey = "spot-check"

// readSample lists the checks that the caller may know of: of a meeting still
// to come, those that are the caller's to assign or to carry out. The look goes
// on record.
func readSample(ctx context.Context, s *server, c *call, in *quarterSheetInput) (*sheet[SampleView], error) {
	q, err := s.draw(ctx, in.Quarter)
	if err != nil {
		return nil, err
	}
	checks, err := s.Draws.Sample(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	if checks, err = s.unveiled(ctx, c, checks); err != nil {
		return nil, err
	}
	view := s.Engine.View(ctx, s.County)
	w, _ := s.Engine.Workflow(spotCheckKey)
	sample := SampleView{q.ID, each(checks, func(d spotcheck.Drawn) CheckView {
		return CheckView{Filing: d.Filing, Meeting: d.Meeting, Branch: d.Branch, BranchName: orgName(view, d.Branch),
			Committee: d.Committee, CommitteeName: orgName(view, d.Committee), Stratum: d.Stratum, Case: d.Case, Check: d.Check,
			Reason: optionOf(w, "reason", d.Reason), Method: optionOf(w, "method", d.Method), Stage: s.stageOf(spotCheckKey, d.Stage),
			Overridden: d.Overridden, On: d.On}
	})}
	return &sheet[SampleView]{view: sample, file: "sample-" + string(q.ID),
		table: func(en bool) *papers.Table { return sampleTable(&sample, en) }}, view.Err()
}

// unveiled are the checks that the caller may know of.
func (s *server) unveiled(ctx context.Context, c *call, checks []spotcheck.Drawn) ([]spotcheck.Drawn, error) {
	known := checks[:0]
	for _, d := range checks {
		_, err := s.Engine.Case(ctx, c.actor, d.Check, c.now)
		var kept *engine.NotFound
		switch {
		case errors.As(err, &kept):
		case err != nil:
			return nil, err
		default:
			known = append(known, d)
		}
	}
	return known, nil
}

func readFilings(ctx context.Context, s *server, _ *call, in *quarterSheetInput) (*sheet[FilingsView], error) {
	q, err := s.draw(ctx, in.Quarter)
	if err != nil {
		return nil, err
	}
	view := s.Engine.View(ctx, s.County)
	filings := FilingsView{q.ID, each(view.FilingsOf(q.ID), filingView)}
	return &sheet[FilingsView]{view: filings, file: "filings-" + string(q.ID),
		table: func(en bool) *papers.Table { return filingsTable(&filings, en) }}, view.Err()
}

func filingView(f *register.Filing) FilingView {
	v := FilingView{ID: f.ID, N: f.N, Branch: f.Branch, Committee: f.Committee, Stratum: f.Stratum, Meeting: f.At, FiledOn: f.FiledOn,
		Cases: f.Cases, State: "standing", Point: f.Point, Withdrawn: f.Withdrawn}
	switch {
	case f.Held():
		v.State = "held"
	case f.Withdrawn > 0:
		v.State = "withdrawn"
	}
	return v
}

// orgName is the name of an organization, "" where there is none.
func orgName(view engine.View, id register.OrgID) string {
	if o, ok := view.Org(id); ok {
		return o.Name
	}
	return ""
}
