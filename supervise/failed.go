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
	view := e.View(ctx, county)
	q := engine.Query{County: county, Workflow: workflows.SpotCheck, Stages: []string{workflows.CheckFailed.Key}, Open: true}
	err = e.Each(ctx, q, func(c *engine.Case) error {
		if _, raised := view.Holder(workflows.OneOrder.Kind, workflows.OrderKey(c.ID, "", calendar.Date{}, &register.Org{})); raised || view.Err() != nil {
			return view.Err()
		}
		order := Order{About: c.ID, Org: c.Org, Level: "hint", Basis: "抽查监督"}
		if severity, _ := workflows.CheckSeverity.Held(c); severity == "serious" {
			order.Level = "circular"
		}
		findings, _ := workflows.CheckFindings.Held(c)
		for _, f := range findings {
			order.Problems = append(order.Problems, engine.Item{Key: f.Key, Text: "抽查不合格,请整改并申请复查"})
		}
		_, err := Raise(ctx, e, county, order, now)
		var refused *engine.Refused
		switch {
		case err == nil:
			acts++
		case !errors.As(err, &refused): // a refusal: somebody was first
			return err
		}
		return nil
	})
	return acts, err
}
