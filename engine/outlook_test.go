package engine

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jinchu/calendar"
	"jinchu/ledger"
	"jinchu/register"
)

var (
	acNote  = NewAction("note", "批注", "note")
	acSpare = NewAction("reserve", "预留名额", "reserve a slot")
	acHold  = NewAction("hold", "占用名额", "hold a slot")
	fNote   = TextField("note", "批注内容", "text of the note")
	fKeep   = FlagField("keep", "预留", "keep a slot")
)

// wide adds to the small workflow what makes an outlook hard: ways selected
// by what the case holds, ways selected by a field that only a later way
// takes, roles that share an action, and claims with and without input.
func wide(w *Workflow) {
	noted := Cond("noted", "写明批注", "a note is given").Cite("细则 8").Reading(fNote).
		Holds(func(s *Situation) bool { _, ok := fNote.Given(s); return ok })
	keptSlot := &Claim{Kind: "slot", Words: slot.Words, Fields: []*Field{fKeep.Field}, Pick: func(s *Situation) (string, []Words) {
		if keep, ok := fKeep.Given(s); ok && !keep {
			return "spare", nil
		}
		return slot.Pick(s)
	}}
	w.Rules = append(w.Rules,
		Art("细则 8", branchRole.May(acNote).In(stTalked).Stays().When(opinionsIn, Not(noted)).If(waited)),
		Art("细则 8", branchRole.May(acNote).In(stTalked).Stays().When(opinionsIn).Taking(fNote)),
		Art("细则 8", branchRole.May(acNote).In(stTalked).Stays().When(Not(opinionsIn)).Giving(fNote).If(freshEyes, waited)),
		// The talker is none of this act's fields: the condition never speaks.
		Art("细则 8", committeeRole.May(acNote).In(stTalked, stFiled).Stays().If(opinionsIn, talkerIsMember)),
		Art("细则 8", branchRole.May(acSpare).In(stTalked).Stays().Taking(fKeep).Claiming(keptSlot.Do(Take))),
		Art("细则 8", committeeRole.May(acHold).In(stTalked, stFiled).Stays().Claiming(slot.Do(Take))),
	)
}

// someGiven draws a value for some of the fields that the action's rules take.
func someGiven(t *rapid.T, w *Workflow, a Action) map[string]any {
	values := map[string]*rapid.Generator[any]{
		"received": rapid.Just[any](day("2026-01-31")),
		"talker":   rapid.SampledFrom([]any{register.PersonID("wu"), register.PersonID("qian")}),
		"opinion":  rapid.SampledFrom([]any{"agree", "object"}),
		"meeting":  rapid.SampledFrom([]any{Moment("2026-12-01T09:00"), Moment("2026-06-01T09:00")}),
		"eligible": rapid.SampledFrom([]any{int64(5), int64(9)}),
		"yes":      rapid.SampledFrom([]any{int64(4), int64(7)}),
		"remark":   rapid.Just[any]("备注"),
		"why":      rapid.Just[any]("本人意愿"),
		"note":     rapid.Just[any]("批注"),
		"keep":     rapid.SampledFrom([]any{true, false}),
	}
	given := map[string]any{}
	for _, r := range w.RulesOf(a.Key) {
		for _, f := range slices.Concat(r.Required, r.Optional) {
			if _, drawn := given[f.Key]; !drawn && rapid.IntRange(0, 3).Draw(t, "give "+f.Key) > 0 {
				given[f.Key] = values[f.Key].Draw(t, f.Key)
			}
		}
	}
	return given
}

// someStart draws how far the case is on the plain way, or past a ballot lost.
func someStart(t *rapid.T, w *Workflow, v *town) *Case {
	acts := plainWay[:rapid.SampledFrom([]int{4, 1, 6, 5, 0, 2, 3, 7}).Draw(t, "start")]
	if rapid.IntRange(0, 5).Draw(t, "lost") == 0 {
		acts = append(slices.Clone(plainWay[:5]), do(secretary, "2026-06-15", acVote, fEligible, int64(9), fYes, int64(2)))
	}
	c := blankCase(w)
	for _, a := range acts {
		next, _, err := step(w, v, c, a)
		if err != nil {
			t.Fatal(err)
		}
		c = next
	}
	return c
}

var everybody = []*register.Office{secretary, reviewer, elsewhere, county, clock}

// TestOutlookAgreesWithDecide walks cases at random and holds every decision
// against what the outlook said about it.
func TestOutlookAgreesWithDecide(t *testing.T) {
	w := compiled(wide)
	accepted := map[string]int{}
	walk := func(t *rapid.T) {
		v := newTown()
		c := someStart(t, w, v)
		if rapid.IntRange(0, 3).Draw(t, "no slot") == 3 {
			v.slots = []string{"slot-1"}
		}
		on := calendar.Max(c.LastOn, day("2026-03-02"))
		for range rapid.IntRange(1, 8).Draw(t, "acts") {
			on = on.AddDays(rapid.SampledFrom([]int{0, 1, 30, 5, 30}).Draw(t, "days"))
			after := c
			for _, a := range w.Actions() {
				given := someGiven(t, w, a)
				for _, who := range everybody {
					o := Look(at(w, v, c, who, on.String(), Action{}, nil))
					next, _, err := step(w, v, c, act{who, on.String(), a, maps.Clone(given), "汛期"})
					agrees(t, o, a, err)
					offeredWithoutForm(t, w, v, c, who, on.String(), a)
					if err == nil {
						accepted[a.Key]++
						if rapid.Bool().Draw(t, "go on with "+a.Key) {
							after = next
						}
					}
				}
			}
			c = after
		}
	}
	for range 4 { // enough for every action to be accepted by some walk
		rapid.Check(t, walk)
	}
	for _, a := range w.Actions() {
		if accepted[a.Key] == 0 {
			t.Errorf("the walks never did %s: they prove nothing about it", a.Key)
		}
	}
}

// agrees compares one decision with the outlook of the same moment.
func agrees(t *rapid.T, o *Outlook, a Action, err error) {
	offered := slices.ContainsFunc(o.Can, func(f Offer) bool { return f.Action.Key == a.Key })
	i := slices.IndexFunc(o.Blocked, func(b Blocked) bool { return b.Action.Key == a.Key })
	if offered && i >= 0 {
		t.Fatalf("%s is offered and blocked", a.Key)
	}
	if err == nil && !offered {
		t.Fatalf("%s was accepted but not offered: %+v", a.Key, o)
	}
	if i < 0 {
		return
	}
	var answer *Refused
	if !errors.As(err, &answer) {
		return // bad input, or a day the calendar does not know: not accepted either
	}
	refused := codes(err)
	if slices.Contains(refused, "choice") {
		return // refused before any way was chosen
	}
	for _, g := range o.Blocked[i].Grounds {
		if !slices.Contains(refused, g.Code) {
			t.Fatalf("%s is blocked on %v, but decided: %v", a.Key, o.Blocked[i].Grounds, err)
		}
	}
}

// offeredWithoutForm wants an action without a form to be offered exactly
// when it is accepted.
func offeredWithoutForm(t *rapid.T, w *Workflow, v *town, c *Case, who *register.Office, on string, a Action) {
	for _, r := range w.RulesOf(a.Key) {
		if len(r.Required)+len(r.Optional) > 0 {
			return
		}
	}
	_, _, err := step(w, v, c, act{who, on, a, nil, "汛期"})
	o := Look(at(w, v, c, who, on, Action{}, nil))
	if offered := slices.ContainsFunc(o.Can, func(f Offer) bool { return f.Action.Key == a.Key }); offered != (err == nil) {
		t.Fatalf("%s: offered %v, decided %v", a.Key, offered, err)
	}
}

// TestRowIsTheFoldOfTheLog walks cases at random and folds them anew from the
// sealed entries, through JSON.
func TestRowIsTheFoldOfTheLog(t *testing.T) {
	w := compiled(wide)
	rapid.Check(t, func(t *rapid.T) {
		v, on := newTown(), day("2026-03-02")
		c := blankCase(w)
		var entries []ledger.Entry
		for _, a := range plainWay[:rapid.IntRange(0, len(plainWay)).Draw(t, "start")] {
			next, d, err := step(w, v, c, a)
			if err != nil {
				t.Fatal(err)
			}
			entry, _ := d.Event.Seal(c.Head, [32]byte{1})
			entries, c, on = append(entries, entry), next, d.Event.On
		}
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			on = on.AddDays(rapid.IntRange(0, 20).Draw(t, "days"))
			who, a := rapid.SampledFrom(everybody).Draw(t, "who"), rapid.SampledFrom(w.Actions()).Draw(t, "action")
			next, d, err := step(w, v, c, act{who, on.String(), a, someGiven(t, w, a), "补录"})
			if err != nil {
				continue
			}
			if c.Ended {
				t.Fatalf("%s was accepted after the end", a.Key)
			}
			entry, err := d.Event.Seal(c.Head, [32]byte{1})
			if err != nil {
				t.Fatal(err)
			}
			entries, c = append(entries, entry), next
		}
		if len(entries) == 0 {
			return
		}
		again, err := refold(w, entries)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, c) {
			t.Fatalf("the fold differs:\n row %+v\nfold %+v", c, again)
		}
	})
}

func TestOutlookOfOnePerson(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:3]...)
	o := Look(at(w, v, c, secretary, "2026-04-03", Action{}, nil))
	if o.Stage.Zh != "已谈话" {
		t.Errorf("stage %v", o.Stage)
	}
	if len(o.Can) != 1 || o.Can[0].Action.Key != "withdraw" || o.Can[0].Required[0].Key != "why" || o.Can[0].To[0].Key != "withdrawn" {
		t.Errorf("the secretary can: %+v", o.Can)
	}
	if len(o.Blocked) != 1 || !o.Blocked[0].Mine || o.Blocked[0].Action.Key != "file" {
		t.Fatalf("blocked: %+v", o.Blocked)
	}
	var grounds []string
	for _, g := range o.Blocked[0].Grounds {
		grounds = append(grounds, g.Code)
	}
	if want := []string{"opinions-in", "waited"}; !slices.Equal(grounds, want) {
		t.Errorf("grounds %v, want %v: the meeting's time is not known before the form", grounds, want)
	}
	if len(o.Waiting) != 1 || o.Waiting[0].Key != "branch" {
		t.Errorf("waiting for %v", o.Waiting)
	}
	if len(o.Due) != 1 || o.Due[0].Action.Key != "file" || o.Due[0].Overdue || o.Due[0].Article != "细则 8" {
		t.Errorf("due %+v", o.Due)
	}
}

func TestOutlookShowsOthersWhoIsToAct(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:3]...)
	o := Look(at(w, v, c, reviewer, "2026-04-03", Action{}, nil))
	if len(o.Can) != 1 || o.Can[0].Action.Key != "opinion" {
		t.Errorf("the reviewer can: %+v", o.Can)
	}
	for _, b := range o.Blocked {
		if b.Mine || len(b.Grounds) != 1 || b.Grounds[0].Code != "role" {
			t.Errorf("blocked for the reviewer: %+v", b)
		}
	}
	if len(o.Blocked) != 2 {
		t.Errorf("%d acts of others move the case on, want filing and withdrawal", len(o.Blocked))
	}
}

func TestOutlookTellsLateAndOverdue(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:5]...)
	o := Look(at(w, v, c, secretary, "2026-07-02", Action{}, nil))
	i := slices.IndexFunc(o.Can, func(f Offer) bool { return f.Action.Key == "vote" })
	if i < 0 || !o.Can[i].Late || !o.Can[i].Reason {
		t.Fatalf("the late ballot: %+v", o.Can)
	}
	f := o.Can[i]
	if len(f.Rules) != 2 || len(f.Required) != 2 || len(f.Optional) != 1 || len(f.To) != 2 {
		t.Errorf("two ways make one form: %+v", f)
	}
	if d := o.Due[0]; !d.Overdue || *d.Left != -2 {
		t.Errorf("due %+v left %d", d, *d.Left)
	}
}

func TestOutlookChangesNothing(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:4]...)
	s := at(w, v, c, secretary, "2026-06-08", acFile, fields(fMeeting, Moment("2026-06-15T09:00")))
	before := *s
	Look(s)
	if !reflect.DeepEqual(*s, before) {
		t.Error("looking changed the situation")
	}
	raw, err := json.Marshal(Look(s))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"action":{"key":"file"`, `"rules":["`, `"required":[{"key":"meeting"`, `"waiting":[{"key":"branch"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the JSON lacks %s:\n%s", want, raw)
		}
	}
}

func TestOutlookOffersOnlyTheWaysThatCanBeSelected(t *testing.T) {
	w, v := compiled(wide), newTown()
	c := play(t, w, v, plainWay[:3]...)
	for _, tc := range []struct {
		name               string
		acts               []act
		ways               int
		required, optional int
	}{
		{"opinions out", nil, 1, 1, 0},
		{"opinions in", []act{plainWay[3]}, 2, 0, 1},
	} {
		c := c
		for _, a := range tc.acts {
			var err error
			if c, _, err = step(w, v, c, a); err != nil {
				t.Fatal(err)
			}
		}
		o := Look(at(w, v, c, secretary, "2026-05-04", Action{}, nil))
		i := slices.IndexFunc(o.Can, func(f Offer) bool { return f.Action.Key == acNote.Key })
		if i < 0 || len(o.Can[i].Rules) != tc.ways || len(o.Can[i].Required) != tc.required || len(o.Can[i].Optional) != tc.optional {
			t.Errorf("%s: %+v", tc.name, o.Can)
		}
	}
}
