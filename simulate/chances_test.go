package simulate

import (
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/workflows"
)

// Under the national floor, where some mistakes are allowed, and in years
// enough for a second extension, nobody is stuck either.
func TestNobodyIsStuck(t *testing.T) {
	for _, c := range []struct {
		profile string
		years   int
		seed    uint64
	}{{"national", 3, 5}, {"zaoyang", 6, 6}, {"zaoyang", 6, 7}} {
		cfg := config(t, 200, c.seed)
		cfg.Years = c.years
		r := playIn(t, c.profile, cfg).report
		for _, e := range r.Events {
			if e.Key == "given-up" && e.Count != 0 || e.Key == "admitted" && e.Count == 0 {
				t.Errorf("%+v: %s: %d", c, e.Key, e.Count)
			}
		}
		for _, m := range r.Mistakes {
			if m.Count == 0 && m.Key == secondExtension.key && c.years > 3 {
				t.Errorf("%+v: nobody played %s", c, m.Key)
			}
		}
	}
}

// Whoever lapses, or fails in the vote, is taken up again and may be admitted.
func TestSecondChance(t *testing.T) {
	cfg := config(t, 500, 2)
	cfg.Years = 6
	p := playIn(t, "zaoyang", cfg)
	after := map[string]int{}
	for _, row := range p.rows(t) {
		c, err := p.engine.Refold(t.Context(), zaoyang, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		admitted := c.Last(workflows.Approve.Key)
		for a := c.Trail(); a != nil && admitted != nil; a = a.Prev {
			if a.Seq < admitted.Seq {
				after[a.Action]++
			}
		}
	}
	for _, a := range []engine.Action{workflows.LapseApproval, workflows.Resubmit, workflows.RestartCultivation, workflows.DeclineTarget,
		workflows.TransferActivist, workflows.Return} {
		if after[a.Key] == 0 {
			t.Errorf("nobody was admitted after %s", a.Key)
		}
	}
}

// A refusal cites the articles by the numbers they had on the day of the act.
func TestRefusalsCiteTheirEdition(t *testing.T) {
	p := large(t)
	edition, cited := calendar.On(2026, 5, 11), map[bool]int{}
	for _, r := range p.store.Refusals(zaoyang) {
		for _, a := range r.Articles {
			if !strings.HasPrefix(string(a), "细则 ") {
				continue
			}
			if cited[r.On.Before(edition)]++; r.On.Before(edition) {
				t.Errorf("%s was refused on %s citing %s", r.Action, r.On, a)
			}
		}
	}
	if cited[false] == 0 {
		t.Error("nothing was refused citing the edition of 2026")
	}
}
