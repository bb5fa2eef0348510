package supervise

import (
	"fmt"
	"slices"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// outcome is how the check of a meeting came out so far.
type outcome int

const (
	unchecked outcome = iota
	passed
	rectified // failed, and put right since
	failed
)

var outcomes = map[string]outcome{workflows.CheckPassed.Key: passed, workflows.CheckRectified.Key: rectified, workflows.CheckCleared.Key: rectified,
	workflows.CheckFailed.Key: failed, workflows.CheckRejected.Key: failed}

// add counts a meeting.
func (o outcome) add(n *workflows.Figures) {
	n.Filed++
	switch o {
	case unchecked:
		return
	case passed:
		n.Passed++
	case rectified:
		n.Failed++
		n.Rectified++
	case failed:
		n.Failed++
	}
	n.Checked++
}

// checkOf is how the check of a filed meeting came out: of several cases on
// its agenda, the worst.
func (g *gathering) checkOf(f *register.Filing) (outcome, error) {
	worst := unchecked
	for _, id := range f.Cases {
		for _, child := range g.view.Children(engine.CaseID(id)) {
			if child.Workflow != workflows.SpotCheck || outcomes[child.Stage] <= worst {
				continue
			}
			c, err := g.engine.Refold(g.ctx, g.county, child.ID)
			if err != nil {
				return unchecked, err
			}
			// A case may have been checked for an earlier meeting as well.
			if filing, _ := workflows.CheckFiling.Held(c); filing == string(f.ID) {
				worst = outcomes[child.Stage]
			}
		}
	}
	return worst, g.view.Err()
}

// shortfalls are the strata of a quarter below their quota (抽查监督), as the
// report of its close has them: by the same count as the bundle that auditors
// verify. They are none where the quarter was not drawn.
func (g *gathering) shortfalls(q register.QuarterID) ([]engine.Item, error) {
	out := []engine.Item{}
	record, known := g.view.Quarter(q)
	if !known || record.Undrawn {
		return out, g.view.Err()
	}
	c, err := g.engine.Refold(g.ctx, g.county, engine.CaseID(record.Case))
	if err != nil {
		return nil, err
	}
	figures, _ := workflows.QuarterFigures.Held(c)
	below, _ := workflows.BelowQuota.Held(c)
	for _, it := range figures {
		if !slices.ContainsFunc(below, func(b engine.Item) bool { return b.Key == it.Key }) {
			continue
		}
		f, ok := workflows.ParseStratumFigures(it.Text)
		if !ok {
			return nil, fmt.Errorf("quarter %s: the figures of %s in its report cannot be read", q, it.Key)
		}
		out = append(out, engine.Item{Key: it.Key, Text: f.Shortfall().String()})
	}
	return out, g.view.Err()
}
