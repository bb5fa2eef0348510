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

// RaiseFailedChecks puts every spot check that failed, and is not under an
// order yet, under one: the branch has to rectify. What is serious begins at
// the level of a circular. The order names the findings by their keys and
// repeats nothing of what the inspectors wrote. It can be repeated, and by
// several servers.
func RaiseFailedChecks(ctx context.Context, e *engine.Engine, county register.CountyID, _, now time.Time) (acts int, err error) {
	// The claims of the checks that are not concluded lead to them: what is
	// looked at are open checks, not open cases.
	view := e.View(ctx, county)
	for _, key := range view.Held(workflows.CheckOpen.Kind, "") {
		check, _ := view.Holder(workflows.CheckOpen.Kind, key)
		_, raised := view.Holder(workflows.OneOrder.Kind, workflows.OrderKey(check, "", calendar.Date{}, &register.Org{}))
		if err := view.Err(); err != nil {
			return acts, err
		}
		if raised {
			continue
		}
		c, err := e.Refold(ctx, county, check)
		if err != nil {
			return acts, err
		}
		if c.Stage != workflows.CheckFailed.Key {
			continue
		}
		_, err = Raise(ctx, e, county, orderOf(c), now)
		var refused *engine.Refused
		switch {
		case err == nil:
			acts++
		case !errors.As(err, &refused): // a refusal: somebody was first
			return acts, err
		}
	}
	return acts, view.Err()
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
