package spotcheck

import (
	"fmt"

	"jinchu/engine"
	"jinchu/sampling"
	"jinchu/workflows"
)

// Figures are what came of a quarter in one stratum.
type Figures = workflows.StratumFigures

// FiguresOf counts a bundle by its strata, in the order of the opening.
func FiguresOf(b *sampling.Bundle) []Figures {
	at := map[string]int{}
	var out []Figures
	for _, s := range b.Opening.Strata {
		at[s] = len(out)
		out = append(out, Figures{Stratum: s})
	}
	filings := map[int]*sampling.Filing{}
	held, covered := map[branchOf]bool{}, map[branchOf]bool{}
	for i := range b.Filings {
		f := &b.Filings[i]
		filings[f.N] = f
		s := &out[at[f.Stratum]]
		s.Filed++
		if f.Withdrawn > 0 {
			s.Withdrawn++
		}
		if f.Held() && f.Forced == "" {
			s.Held++
			held[branchOf{f.Stratum, f.Branch}] = true
		}
	}
	concluded := map[int]bool{} // filings none of whose checks is open
	for _, l := range b.Lines {
		concluded[l.N] = true
		s := &out[at[l.Stratum]]
		if filings[l.N].Forced == "" {
			s.Drawn++
		} else {
			s.Forced++
		}
	}
	for _, r := range b.Results {
		count(&out[at[filings[r.N].Stratum]], r)
		if r.Outcome == sampling.Pending {
			concluded[r.N] = false
		}
	}
	for n, done := range concluded {
		if f := filings[n]; done && f.Forced == "" {
			out[at[f.Stratum]].Checked++
			covered[branchOf{f.Stratum, f.Branch}] = true
		}
	}
	for b := range held {
		out[at[b.stratum]].Branches++
	}
	for b := range covered {
		out[at[b.stratum]].Covered++
	}
	for i := range out {
		out[i].Need = b.Opening.Quota.Need(out[i].Held)
		out[i].NeedBranch = b.Opening.Quota.Need(out[i].Branches)
	}
	return out
}

// branchOf is a branch in a stratum.
type branchOf struct{ stratum, branch string }

func count(s *Figures, r sampling.Result) {
	switch r.Outcome {
	case sampling.Passed, sampling.Cleared:
		s.Passed++
	case sampling.Failed, sampling.Rejected:
		s.Failed++
	}
	switch r.Method {
	case "attend":
		s.Attend++
	case "visit":
		s.Visit++
	case "phone":
		s.Phone++
	}
	if r.Overridden {
		s.Overridden++
	}
}

// figuresOf are the figures of a quarter as items of the report, and the
// strata that stay below the quota.
func figuresOf(b *sampling.Bundle) (figures, below []engine.Item) {
	figures, below = []engine.Item{}, []engine.Item{}
	for _, f := range FiguresOf(b) {
		if f.Filed == 0 {
			continue
		}
		figures = append(figures, engine.Item{Key: f.Stratum, Text: f.String()})
		if !f.Met() {
			below = append(below, engine.Item{Key: f.Stratum, Text: fmt.Sprintf("%d of %d filings, %d of %d branches checked", f.Checked, f.Held, f.Covered, f.Branches)})
		}
	}
	return figures, below
}
