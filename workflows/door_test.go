package workflows

import (
	"context"
	"errors"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

var (
	ctx = context.Background()
	on  = calendar.MustParse
)

func actor(office register.OfficeID) engine.Actor {
	return engine.Actor{County: testCounty, Office: office}
}

// A consulted department that comes too late learns that the case has moved,
// and nothing of what others wrote.
func TestAConflictShowsADepartmentOnlyItsOwn(t *testing.T) {
	w := newTown(t, 9)
	w.toFiled(t)
	_, err := w.engine.Act(ctx, actor("police"), engine.Move{Case: w.id, Action: "answer-opinion", Seen: 1,
		Fields: fields{"result": "none"}}, on("2025-06-06").Start())
	var conflict *engine.Conflict
	if !errors.As(err, &conflict) || len(conflict.Since) == 0 {
		t.Fatalf("got %v, want a conflict with what happened since", err)
	}
	own := 0
	for _, e := range conflict.Since {
		switch {
		case e.By.Office == "police":
			own++
		case len(e.Fields) > 0 || e.Reason != "":
			t.Errorf("event %d (%s) of another office shows %v", e.Seq, e.Action, e.Fields)
		}
	}
	if own != 1 {
		t.Errorf("%d events of its own, want 1", own)
	}
}

func TestACaseDependsOnlyOnOneThatExists(t *testing.T) {
	w := newTown(t, 9)
	_, err := w.engine.Act(ctx, actor("wu"), engine.Move{Workflow: "admission", Action: "submit-application", Person: "lin",
		Org: "990001001", Parent: "nocase"}, on("2025-06-06").Start())
	var missing *engine.NotFound
	if !errors.As(err, &missing) {
		t.Errorf("got %v, want not found", err)
	}
}

func TestNobodyRegistersWhatConcernsHimself(t *testing.T) {
	w := newTown(t, 9)
	day := on("2025-06-06")
	err := w.engine.Change(ctx, actor("chen"), []register.Entity{register.NewKin("chen-p", "lin", register.Spouse)}, day, "", day.Start())
	var refused *engine.Refused
	if !errors.As(err, &refused) || refused.Grounds[0].Code != "not-permitted" {
		t.Errorf("got %v, want a refusal", err)
	}
	if err := w.engine.Change(ctx, actor("chen"), []register.Entity{register.NewKin("m01", "lin", register.Spouse)}, day, "", day.Start()); err != nil {
		t.Errorf("kin of others: %v", err)
	}
}

// A key answers once, and its repetition is no refusal in the statistics.
func TestARepeatedOpeningLeavesNoRefusal(t *testing.T) {
	w := newTown(t, 9)
	open := func() *engine.Answer {
		a, err := w.engine.Act(ctx, actor("wu"), engine.Move{Workflow: "admission", Action: "submit-application", Person: "lin",
			Org: "990001001", Key: "k", Digest: "d"}, on("2025-06-06").Start())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first, again := open(), open()
	if first.Case != again.Case || !again.Repeat {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if kept := w.store.Refusals(testCounty); len(kept) > 0 {
		t.Errorf("refusals kept: %+v", kept)
	}
}

func TestAStepIsNotDatedBeforeWhatItBuildsOn(t *testing.T) {
	w := newTown(t, 37)
	w.toFiled(t)
	w.act(t, "2025-06-20", "wu", "record-meeting", fields{"present": int64(19), "yes": int64(19)})
	w.act(t, "2025-06-25", "wu", "submit-dossier", nil)
	w.act(t, "2025-07-01", "chen", "committee-talk", fields{"talk_opinion": "同意"})
	_, err := w.engine.Act(ctx, actor("chen"), engine.Move{Case: w.id, Action: "approve", On: on("2025-06-28"), Reason: "补录",
		Fields: fields{"committee_members": int64(9), "committee_yes": int64(9)}}, on("2025-07-10").Start())
	var bad *engine.Invalid
	if !errors.As(err, &bad) || bad.Code != "before-last-act" {
		t.Errorf("got %v, want bad input", err)
	}
}
