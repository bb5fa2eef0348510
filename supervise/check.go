package supervise

import (
	"cmp"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// The workflows of the checks and of the supervision orders, and the stages of
// a check that tell how the inspection came out.
const (
	checksKey = "spot-check"
	ordersKey = "supervision"
)

// outcome is how the check of a meeting came out so far.
type outcome int

const (
	unchecked outcome = iota
	passed
	rectified // failed, and put right since
	failed
)

var outcomes = map[string]outcome{"passed": passed, "rectified": rectified, "cleared": rectified, "failed": failed, "rejected": failed}

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
			if child.Workflow != checksKey || outcomes[child.Stage] <= worst {
				continue
			}
			c, err := g.engine.Refold(g.ctx, g.county, child.ID)
			if err != nil {
				return unchecked, err
			}
			if g.belongs(f, id, c.OpenedOn) {
				worst = outcomes[child.Stage]
			}
		}
	}
	return worst, g.view.Err()
}

// belongs reports whether a check of a case that was opened on a day is of
// this filing: the last one with the case by that day. One that was withdrawn
// was not inspected.
func (g *gathering) belongs(f *register.Filing, id string, opened calendar.Date) bool {
	if f.FiledOn.After(opened) {
		return false
	}
	return !slices.ContainsFunc(g.view.Filings(f.Branch), func(other *register.Filing) bool {
		later := other.FiledOn.After(f.FiledOn) || other.FiledOn == f.FiledOn && other.ID > f.ID
		return other.Withdrawn == 0 && other.Has(id) && later && !other.FiledOn.After(opened)
	})
}

// StratumShortfall is a stratum of a quarter below its quota.
type StratumShortfall struct {
	Stratum string `json:"stratum"`
	workflows.Shortfall
}

// shortfalls are the strata of a quarter that were checked less than the
// quota of its opening demands (抽查监督), in the order of their names. Meetings
// that were checked besides the quota count for neither side. They are none
// where the quarter was not drawn.
func (g *gathering) shortfalls(q register.QuarterID) ([]StratumShortfall, error) {
	record, known := g.view.Quarter(q)
	if !known || record.Undrawn {
		return nil, g.view.Err()
	}
	strata := map[string]workflows.Shortfall{}
	for _, f := range g.view.FilingsOf(q) {
		if !f.Held() || f.Forced != "" {
			continue
		}
		check, err := g.checkOf(f)
		if err != nil {
			return nil, err
		}
		s := strata[f.Stratum]
		s.Filed++
		if check != unchecked {
			s.Checked++
		}
		s.Need = (s.Filed*record.Quota.Num + record.Quota.Den - 1) / record.Quota.Den
		strata[f.Stratum] = s
	}
	var out []StratumShortfall
	for name, s := range strata {
		if s.Checked < s.Need {
			out = append(out, StratumShortfall{name, s})
		}
	}
	slices.SortFunc(out, func(a, b StratumShortfall) int { return cmp.Compare(a.Stratum, b.Stratum) })
	return out, g.view.Err()
}
