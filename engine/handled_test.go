package engine_test

import (
	"slices"
	"testing"

	"jinchu/engine"
	"jinchu/register"
)

// tracing is a procedure that puts on record who handled what it traces back.
func tracing() *engine.Workflow {
	handlers := engine.PeopleField("handlers", "经办人", "handlers")
	record := engine.Computing(handlers, func(s *engine.Situation) ([]register.PersonID, bool) { return s.Handled, true })
	return &engine.Workflow{Key: "tracing", Impersonal: true, Traces: true, Rules: []engine.Rule{
		engine.Art("30", ofCounty.May(begin).In(engine.New).To(begun)).Recording(record),
	}}
}

// TestWhoHandledIsFoundInTheLog wants those who acted and those who were named,
// by the case and by a check of it, and neither a body that voted nor those who
// sent the inspectors or traced it back.
func TestWhoHandledIsFoundInTheLog(t *testing.T) {
	p := newPlay(t)
	id := p.whole()
	p.engine = engineOver(t, p.store, append(procedures(), tracing())...)
	check := p.engine.View(t.Context(), "420683").Children(id)[0].ID
	traced := func(parent engine.CaseID) []register.PersonID {
		t.Helper()
		c, err := p.engine.Refold(t.Context(), "420683", p.act("reviewer", engine.Move{Workflow: "tracing", Action: begin.Key, Org: "420683", Parent: parent}))
		if err != nil {
			t.Fatal(err)
		}
		ids, _ := engine.PeopleField("handlers", "", "").Held(c)
		return ids
	}
	want := people("b1-secretary", "head", "officer", "p2", "t1-reviewer")
	for range 2 { // another tracing changes nothing
		if got := traced(id); !slices.Equal(got, want) {
			t.Errorf("of the case: %v, want %v", got, want)
		}
	}
	if got := traced(check); !slices.Equal(got, people("b1-secretary", "head", "inspector", "officer", "p2", "t1-reviewer")) {
		t.Errorf("of the check: %v", got)
	}
	if got := traced(""); got == nil || len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
