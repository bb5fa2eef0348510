package engine

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"jinchu/calendar"
	"jinchu/ledger"
	"jinchu/register"
)

func TestRoundsKeepWhatTheyGathered(t *testing.T) {
	w, v := compiled(), newTown()
	acts := append(slices.Clone(plainWay[:5]),
		do(secretary, "2026-06-15", acVote, fEligible, int64(9), fYes, int64(2)),
		do(secretary, "2026-06-16", acAgain))
	c := play(t, w, v, acts...)
	if c.Round != 2 || c.Stage != "talked" {
		t.Fatalf("round %d stage %s", c.Round, c.Stage)
	}
	if n := len(fOpinion.All(c)); n != 0 {
		t.Errorf("%d opinions count in the new round, want 0", n)
	}
	if _, ok := fYes.Held(c); ok {
		t.Error("the tally of the first round counts in the second")
	}
	if talker, _ := fTalker.Held(c); talker != "wu" {
		t.Error("what is not kept per round was lost")
	}
	if c.LastIn(acFile.Key) != nil || c.Last(acFile.Key) == nil {
		t.Error("an act of the first round counts as one of the second, or was lost")
	}
	c, _, err := step(w, v, c, do(reviewer, "2026-06-17", acOpinion, fOpinion, "agree"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fOpinion.All(c); len(got) != 1 || got[0].Round != 2 {
		t.Errorf("opinions of the second round: %v", got)
	}
	if got := c.facts["opinion"]; len(got) != 3 {
		t.Errorf("the log's opinions: %v, want all three", got)
	}
}

func TestRepeatedFieldsAddUp(t *testing.T) {
	w, v := compiled(), newTown()
	before := play(t, w, v, plainWay[:3]...)
	after, _, err := step(w, v, before, plainWay[3])
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, f := range fOpinion.All(after) {
		got = append(got, f.Value)
	}
	if !slices.Equal(got, []any{"agree", "object"}) {
		t.Errorf("opinions %v", got)
	}
	if len(fOpinion.All(before)) != 1 {
		t.Error("applying an event changed the case before it")
	}
}

// Two futures of one case must not write into each other's facts.
func TestBranchesOfACaseDoNotShare(t *testing.T) {
	w, v := compiled(), newTown()
	third := do(reviewer, "2026-04-02", acOpinion, fOpinion, "agree")
	base := play(t, w, v, append(slices.Clone(plainWay[:4]), third)...)
	a, _, errA := step(w, v, base, do(reviewer, "2026-04-03", acOpinion, fOpinion, "agree"))
	b, _, errB := step(w, v, base, do(reviewer, "2026-04-03", acOpinion, fOpinion, "object"))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if fOpinion.All(a)[3].Value != "agree" || fOpinion.All(b)[3].Value != "object" {
		t.Errorf("a %v, b %v", fOpinion.All(a), fOpinion.All(b))
	}
}

func TestApplyRefusesWhatDoesNotFollow(t *testing.T) {
	w := compiled()
	c := play(t, w, newTown(), plainWay[:2]...)
	for _, e := range []*Event{
		{Seq: 2, From: "talked", To: "talked", Action: "opinion"},
		{Seq: 4, From: "talked", To: "talked", Action: "opinion"},
		{Seq: 3, From: "applied", To: "talked", Action: "talk"},
		{Seq: 3, From: "talked", To: "talked", Action: "opinion", Fields: map[string]json.RawMessage{"unheard": json.RawMessage(`1`)}},
		{Seq: 3, From: "talked", To: "talked", Action: "opinion", Fields: map[string]json.RawMessage{"opinion": json.RawMessage(`"perhaps"`)}},
	} {
		if _, err := Apply(w, c, e, ledger.Hash{}); err == nil {
			t.Errorf("event %d from %s with %v was applied to 2 in talked", e.Seq, e.From, e.Fields)
		}
	}
}

func TestDeadlines(t *testing.T) {
	w, v := compiled(), newTown()
	due := func(acts ...act) []Deadline { return play(t, w, v, acts...).Due }
	received := func(d string) act { return do(secretary, "2026-03-02", acOpen, fReceived, day(d)) }
	for _, tc := range []struct {
		name string
		got  []Deadline
		want []Deadline
	}{
		{"a month of a field", due(received("2026-03-01")), []Deadline{{"talk", day("2026-04-01")}}},
		{"clamped to the month's end", due(received("2026-01-31")), []Deadline{{"talk", day("2026-02-28")}}},
		{"months of an act", due(plainWay[:2]...), []Deadline{{"file", day("2026-06-20")}}},
		// 15 working days after Monday 8 June 2026, over the Dragon Boat holiday of 19 June.
		{"working days of the stage", due(plainWay[:5]...), []Deadline{{"vote", day("2026-06-30")}}},
		{"months of the later of two", due(plainWay[:6]...), []Deadline{{"approve", day("2026-09-15")}}},
		{"none after the end", due(plainWay...), nil},
	} {
		if !slices.Equal(tc.got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

func TestDeadlineIsGoneOnceMetAndAtTheEarliest(t *testing.T) {
	w := compiled(func(w *Workflow) {
		w.Dues = append(w.Dues,
			Due(acOpinion).Within(Days(10)).Of(Entry).In(stTalked).Cite("细则 8"),
			Due(acOpinion).Within(Days(5)).Of(Entry).In(stTalked).Cite("细则 21").While(
				Cond("wu-talked", "", "").Holds(func(s *Situation) bool { id, _ := fTalker.Held(s.Case); return id == "wu" })))
	})
	v := newTown()
	c := play(t, w, v, plainWay[:2]...)
	want := []Deadline{{"opinion", day("2026-03-25")}, {"file", day("2026-06-20")}}
	if !slices.Equal(c.Due, want) {
		t.Fatalf("due %v, want %v", c.Due, want)
	}
	o := Look(at(w, v, c, reviewer, "2026-03-23", Action{}, nil))
	if d := o.Due[0]; d.Article != "细则 21" || d.Overdue || d.Left == nil || *d.Left != 2 || d.Who[0].Key != "committee" {
		t.Errorf("the outlook shows %+v", d)
	}
	c, _, err := step(w, v, c, plainWay[2])
	if err != nil || !slices.Equal(c.Due, want[1:]) {
		t.Errorf("after the act: %v %v", c.Due, err)
	}
	chenTalked := slices.Clone(plainWay[:2])
	chenTalked[1].given = fields(fTalker, register.PersonID("chen"))
	if c := play(t, w, v, chenTalked...); !slices.Contains(c.Due, Deadline{"opinion", day("2026-03-30")}) {
		t.Errorf("where the shorter deadline does not run: %v", c.Due)
	}
}

// A deadline that stands as long as a condition holds is not met by one act.
func TestDeadlineStandsAsLongAsItsCondition(t *testing.T) {
	owed := Cond("owed", "", "").Holds(func(s *Situation) bool { return s.Case.Last(acFile.Key) == nil })
	w := compiled(func(w *Workflow) {
		w.Dues = append(w.Dues, Due(acOpinion).Within(Days(10)).Of(Entry).In(stTalked).Cite("细则 8").AsLongAs(owed))
	})
	if c := play(t, w, newTown(), plainWay[:3]...); !slices.ContainsFunc(c.Due, func(d Deadline) bool { return d.Action == acOpinion.Key }) {
		t.Errorf("one opinion met it: %v", c.Due)
	}
}

func TestMachineLeadsWhereTheRuleSays(t *testing.T) {
	w := compiled()
	for i := range w.Rules {
		r := &w.Rules[i]
		for _, st := range w.Stages() {
			to, err := w.next(st.Key, r)
			switch {
			case !r.in(st.Key) && err == nil:
				t.Errorf("%s from %s was let through to %s", r.Action.Key, st.Key, to)
			case r.in(st.Key) && (err != nil || to != r.target(st.Key)):
				t.Errorf("%s from %s: %s %v", r.Action.Key, st.Key, to, err)
			}
		}
	}
}

func TestMachineStaysOnASelfTransition(t *testing.T) {
	w := compiled(func(w *Workflow) {
		w.Rules = append(w.Rules, Art("细则 7", branchRole.May(NewAction("redo", "重办", "redo")).In(stApplied).To(stApplied)))
	})
	if to, err := w.next("applied", &w.Rules[len(w.Rules)-1]); to != "applied" || err != nil {
		t.Errorf("a rule from a stage to itself: %q %v", to, err)
	}
}

func TestEventSealsAndUnseals(t *testing.T) {
	w, v := compiled(), newTown()
	c := blankCase(w)
	for _, a := range plainWay {
		next, d, err := step(w, v, c, a)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := d.Event.Seal(c.Head, [32]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		if entry.Hash != next.Head {
			t.Errorf("event %d: sealing is not deterministic", d.Event.Seq)
		}
		leaf, err := ledger.ParseLeaf(entry.Leaf)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Unseal("420683", "c1", leaf, entry.Payload)
		if err != nil {
			t.Fatal(err)
		}
		want := *d.Event
		want.values = nil
		if !reflect.DeepEqual(back, &want) {
			t.Errorf("event %d:\n got %+v\nwant %+v", want.Seq, back, &want)
		}
		if bytes.Contains(entry.Leaf, []byte("wu-")) || bytes.Contains(entry.Leaf, []byte("示例")) {
			t.Errorf("the leaf says too much: %s", entry.Leaf)
		}
		c = next
	}
}

func TestDecodeOfEveryKind(t *testing.T) {
	options := []Option{{Key: "a"}, {Key: "b"}}
	digest := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, tc := range []struct {
		field AnyField
		good  string
		want  any
		bad   []string
	}{
		{TextField("f", "", ""), `"说明"`, "说明", []string{`""`, `" "`, `1`, `null`, `"a\u0000b"`}},
		{DateField("f", "", ""), `"2026-05-11"`, day("2026-05-11"), []string{`"2026-02-30"`, `""`, `20260511`}},
		{MomentField("f", "", ""), `"2026-06-20T09:00"`, Moment("2026-06-20T09:00"), []string{`"2026-06-20"`, `"2026-06-20T25:00"`}},
		{NumberField("f", "", ""), `12`, int64(12), []string{`-1`, `1.5`, `"12"`, `1099511627776`}},
		{FlagField("f", "", ""), `true`, true, []string{`"true"`, `1`}},
		{ChoiceField("f", "", "", options...), `"a"`, "a", []string{`"c"`, `["a"]`}},
		{ChecklistField("f", "", "", options...), `["a","b"]`, []string{"a", "b"}, []string{`["a","a"]`, `["c"]`, `"a"`}},
		{PersonField("f", "", ""), `"p1"`, register.PersonID("p1"), []string{`""`, `1`}},
		{PeopleField("f", "", ""), `["p1","p2"]`, []register.PersonID{"p1", "p2"}, []string{`["p1","p1"]`, `[""]`}},
		{OrgField("f", "", ""), `"o1"`, register.OrgID("o1"), []string{`""`}},
		{RosterField("f", "", ""), `["p1"]`, Roster{{Person: "p1"}}, []string{`["p1","p1"]`, `[1]`}},
		{ExclusionsField("f", "", "", options...), `[{"person":"p1","basis":"a"}]`, []Exclusion{{"p1", "a"}}, []string{`[{"person":"p1","basis":"c"}]`, `[{"person":"p1","basis":"a","x":1}]`}},
		{ItemsField("f", "", ""), `[{"key":"k","text":"t"}]`, []Item{{"k", "t"}}, []string{`[{"text":"t"}]`}},
		{DocumentsField("f", "", ""), `[{"name":"n","digest":"` + digest + `"}]`, []Document{{"n", digest}}, []string{`[{"name":"n","digest":"00"}]`, `[{"digest":"` + digest + `"}]`}},
	} {
		f := tc.field.field()
		got, err := f.decode(json.RawMessage(tc.good))
		if err != nil || !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s %s: %v %v", f.Kind, tc.good, got, err)
		}
		if raw, err := json.Marshal(got); err != nil {
			t.Errorf("%s: %v", f.Kind, err)
		} else if back, err := f.decodeJSON(raw); err != nil || !reflect.DeepEqual(back, got) {
			t.Errorf("%s does not survive its own JSON %s: %v %v", f.Kind, raw, back, err)
		}
		for _, bad := range tc.bad {
			if v, err := f.decode(json.RawMessage(bad)); err == nil {
				t.Errorf("%s accepts %s as %v", f.Kind, bad, v)
			}
		}
	}
}

func TestProfileTightensByPeriod(t *testing.T) {
	p := &Profile{Name: "x", Periods: []Period{
		{From: day("2026-01-01"), Values: map[string]int{"opinions": 3}},
		{From: day("2027-01-01"), Values: map[string]int{"opinions": 4, "vote-days": 10}},
	}}
	for _, tc := range []struct {
		param *Param
		on    calendar.Date
		want  int
	}{
		{pOpinions, day("2025-12-31"), 2}, {pOpinions, day("2026-01-01"), 3}, {pOpinions, day("2027-06-01"), 4},
		{pVoteDays, day("2026-12-31"), 15}, {pVoteDays, day("2027-01-01"), 10}, {pOpinions, calendar.Date{}, 3},
	} {
		if got := p.Value(tc.param, tc.on); got != tc.want {
			t.Errorf("%s on %s: %d, want %d", tc.param.Key, tc.on, got, tc.want)
		}
	}
	if pOpinions.Allows(1) == nil || pOpinions.Allows(2) != nil || pVoteDays.Allows(16) == nil || pEdition.Allows(20260101) == nil {
		t.Error("a profile weaker than the national value is allowed, or a stricter one is not")
	}
}
