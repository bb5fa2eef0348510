package supervise

import (
	"context"
	"errors"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// RaiseFailedChecks puts every spot check that had failed by the slot, and is
// not under an order yet, under one: the branch has to rectify. What is serious
// begins at the level of a circular. The order is of the day after the failure,
// however late it is recorded; it names the findings by their keys and repeats
// nothing of what the inspectors wrote. It can be repeated, and by several
// servers; what is wrong with one check keeps no other from being raised.
func RaiseFailedChecks(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time) (acts int, err error) {
	// The claims of the checks that are not concluded lead to them: what is
	// looked at are open checks, not open cases.
	view := e.View(ctx, county)
	var faults []error
	for _, key := range view.Held(workflows.CheckOpen.Kind, "") {
		check, _ := view.Holder(workflows.CheckOpen.Kind, key)
		_, raised := view.Holder(workflows.OneOrder.Kind, workflows.OrderKey(check, "", calendar.Date{}, &register.Org{}))
		if err := view.Err(); err != nil {
			return acts, err
		}
		if raised {
			continue
		}
		n, err := raiseFailed(ctx, e, county, check, calendar.DateOf(slot), now)
		acts += n
		var down *engine.Unavailable
		switch {
		case errors.As(err, &down):
			return acts, err
		case err != nil:
			faults = append(faults, &engine.CaseFault{Case: check, Err: err})
		}
	}
	return acts, errors.Join(append(faults, view.Err())...)
}

// raiseFailed raises the order about one check, if it is due by a day.
func raiseFailed(ctx context.Context, e *engine.Engine, county register.CountyID, check engine.CaseID, day calendar.Date, now time.Time) (acts int, err error) {
	c, err := e.Refold(ctx, county, check)
	if err != nil || c.Stage != workflows.CheckFailed.Key {
		return 0, err
	}
	o, due := orderOf(c), false
	if o.On, due = raisedOn(c, calendar.Min(c.StageOn.AddDays(1), day), day); !due {
		return 0, nil
	}
	_, err = Raise(ctx, e, county, o, now)
	var refused *engine.Refused
	switch {
	case errors.As(err, &refused): // somebody was first
		return 0, nil
	case err != nil:
		return 0, err
	}
	return 1, nil
}

// orderOf is the order about a check that failed.
func orderOf(c *engine.Case) Order {
	o := Order{About: c.ID, Org: c.Org, Level: "hint", Basis: "抽查监督"}
	if severity, _ := workflows.CheckSeverity.Held(c); severity == "serious" {
		o.Level = "circular"
	}
	findings, _ := workflows.CheckFindings.Held(c)
	for _, f := range findings {
		o.Problems = append(o.Problems, engine.Item{Key: f.Key, Text: "抽查不合格,请整改并申请复查"})
	}
	return o
}
