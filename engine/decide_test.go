package engine

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"jinchu/calendar"
	"jinchu/ledger"
	"jinchu/register"
)

// act is one act of somebody on a day.
type act struct {
	who    *register.Office
	on     string
	action Action
	given  map[string]any
	reason string
}

func do(who *register.Office, on string, action Action, given ...any) act {
	return act{who: who, on: on, action: action, given: fields(given...)}
}

func fields(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(AnyField).field().Key] = pairs[i+1]
	}
	return m
}

// step decides and applies one act through the ledger, as the door does.
func step(w *Workflow, v *town, c *Case, a act) (*Case, *Decision, error) {
	s := at(w, v, c, a.who, a.on, a.action, a.given)
	s.Reason = a.reason
	d, err := Decide(s)
	if err != nil {
		return c, nil, err
	}
	entry, err := d.Event.Seal(c.Head, [32]byte{1})
	if err != nil {
		return c, nil, err
	}
	next, err := Apply(w, c, d.Event, entry.Hash)
	return next, d, err
}

// play plays acts on a new case and returns the case after the last one.
func play(t testing.TB, w *Workflow, v *town, acts ...act) *Case {
	t.Helper()
	c := blankCase(w)
	for _, a := range acts {
		next, _, err := step(w, v, c, a)
		if err != nil {
			t.Fatalf("%s %s: %v", a.on, a.action.Key, err)
		}
		c = next
	}
	return c
}

// The plain way through the small workflow, act by act.
var plainWay = []act{
	do(secretary, "2026-03-02", acOpen, fReceived, day("2026-03-01")),
	do(secretary, "2026-03-20", acTalk, fTalker, register.PersonID("wu")),
	do(reviewer, "2026-04-01", acOpinion, fOpinion, "agree"),
	do(reviewer, "2026-04-02", acOpinion, fOpinion, "object"),
	do(secretary, "2026-06-08", acFile, fMeeting, Moment("2026-06-15T09:00")),
	do(secretary, "2026-06-15", acVote, fEligible, int64(9), fYes, int64(7)),
	do(reviewer, "2026-06-20", acApprove),
}

func codes(err error) []string {
	var r *Refused
	if !errors.As(err, &r) {
		return nil
	}
	out := make([]string, len(r.Grounds))
	for i, g := range r.Grounds {
		out[i] = g.Code
	}
	return out
}

func TestDecideAcceptsThePlainWay(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay...)
	if c.Stage != "approved" || !c.Ended || c.Seq != 7 || c.Round != 1 || len(c.Due) != 0 {
		t.Errorf("after the plain way: stage %s ended %v seq %d round %d due %v", c.Stage, c.Ended, c.Seq, c.Round, c.Due)
	}
	if c.Held["slot"] != "slot-1" {
		t.Errorf("a used slot stays held, got %v", c.Held)
	}
}

func TestDecideRefusesWithAllGroundsAndArticles(t *testing.T) {
	w, v := compiled(), newTown()
	v.slots = []string{"slot-1"}
	c := play(t, w, v, plainWay[:3]...)
	// One opinion of two, before the month is over, too short a notice, no slot.
	_, _, err := step(w, v, c, do(secretary, "2026-04-03", acFile, fMeeting, Moment("2026-04-03T15:00")))
	if got, want := codes(err), []string{"opinions-in", "waited", "lead-time", "claim-slot"}; !slices.Equal(got, want) {
		t.Fatalf("grounds %v, want %v", got, want)
	}
	var r *Refused
	errors.As(err, &r)
	if got := r.Grounds[0].Article; got != "2014细则 8" {
		t.Errorf("before the new edition the ground cites %q, want the number of the old one", got)
	}
	if got := r.Grounds[1].Missing; len(got) != 1 || got[0].Zh != "须自 2026-04-20 起" {
		t.Errorf("what is missing: %v", got)
	}
	// Without the meeting time the condition on it waits, and the field is the ground.
	_, _, err = step(w, v, c, do(secretary, "2026-05-12", acFile))
	if got, want := codes(err), []string{"missing-meeting", "opinions-in", "claim-slot"}; !slices.Equal(got, want) {
		t.Fatalf("grounds %v, want %v", got, want)
	}
	errors.As(err, &r)
	if got := r.Grounds[1].Article; got != "细则 8" {
		t.Errorf("in the new edition the ground cites %q", got)
	}
}

func TestDecideSaysWhoAndWhere(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:1]...)
	for _, tc := range []struct {
		name string
		act  act
		code string
	}{
		{"wrong stage", do(secretary, "2026-03-03", acVote), "stage"},
		{"wrong post", do(reviewer, "2026-03-03", acTalk), "role"},
		{"another branch", do(elsewhere, "2026-03-03", acTalk), "role"},
		{"a person for the clock", do(county, "2026-05-03", acLapse), "role"},
		{"clock too early", do(clock, "2026-04-01", acLapse), "talk-overdue"},
	} {
		if _, _, err := step(w, v, c, tc.act); !slices.Equal(codes(err), []string{tc.code}) {
			t.Errorf("%s: %v, want ground %q", tc.name, err, tc.code)
		}
	}
	if c, _, err := step(w, v, c, do(clock, "2026-04-02", acLapse)); err != nil || c.Stage != "lapsed" {
		t.Errorf("the clock after the deadline: %v, stage %s", err, c.Stage)
	}
}

func TestDecideNamesEverybodyWhoMayAct(t *testing.T) {
	w := compiled(func(w *Workflow) {
		w.Rules = append(w.Rules, Art("细则 7", committeeRole.May(acTalk).In(stApplied).To(stTalked).Giving(fTalker)))
	})
	c := play(t, w, newTown(), plainWay[:1]...)
	_, _, err := step(w, newTown(), c, do(county, "2026-03-03", acTalk))
	var r *Refused
	if !errors.As(err, &r) || r.Grounds[0].Words.Zh != "只能由党支部或基层党委办理" {
		t.Errorf("the refusal names %v", err)
	}
}

func TestDecideRejectsBadInput(t *testing.T) {
	w, v := compiled(), newTown()
	applied, filed := play(t, w, v, plainWay[:1]...), play(t, w, v, plainWay[:5]...)
	adoptedWithReason := do(secretary, "2026-06-15", acVote, fEligible, int64(9), fYes, int64(7), fWhy, "因故")
	for _, tc := range []struct {
		name  string
		c     *Case
		act   act
		today string
		code  string
		where string
	}{
		{"unknown action", applied, act{who: secretary, on: "2026-03-03", action: Action{Key: "fly"}}, "", "unknown-action", "action"},
		{"unknown field", applied, do(secretary, "2026-03-03", acTalk, fYes, int64(1)), "", "unknown-field", "yes"},
		{"field of the other way", filed, adoptedWithReason, "", "unknown-field", "why"},
		{"wrong Go type", applied, do(secretary, "2026-03-03", acTalk, fTalker, "wu"), "", "wrong-type", "talker"},
		{"wrong JSON type", applied, do(secretary, "2026-03-03", acTalk, fTalker, json.RawMessage(`7`)), "", "wrong-type", "talker"},
		{"nobody of that name", applied, do(secretary, "2026-03-03", acTalk, fTalker, register.PersonID("nobody")), "", "unknown-person", "talker"},
		{"future", applied, do(secretary, "2026-03-03", acTalk), "2026-03-02", "future-date", "on"},
		{"back-dated without a reason", applied, do(secretary, "2026-03-03", acTalk), "2026-03-05", "back-dated", "reason"},
		{"before the stage", applied, do(secretary, "2026-03-01", acTalk), "2026-03-05", "before-stage", "on"},
	} {
		s := at(w, v, tc.c, tc.act.who, tc.act.on, tc.act.action, tc.act.given)
		if tc.today != "" {
			s.Today = day(tc.today)
		}
		_, err := Decide(s)
		var bad *Invalid
		if !errors.As(err, &bad) || bad.Code != tc.code || bad.Where != tc.where {
			t.Errorf("%s: %v, want %s at %s", tc.name, err, tc.code, tc.where)
		}
	}
}

func TestBackDatedActIsFlaggedAndJudgedByItsDay(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:1]...)
	s := at(w, v, c, secretary, "2026-03-20", acTalk, fields(fTalker, register.PersonID("wu")))
	s.Today, s.Reason = day("2026-04-10"), "补录"
	d, err := Decide(s)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Event.Flags, []string{FlagBackDated}) || d.Event.On != day("2026-03-20") {
		t.Errorf("flags %v on %s: in time on its day, so back-dated only", d.Event.Flags, d.Event.On)
	}
}

func TestLateActNeedsReasonWhereTheDeadlineSaysSo(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:5]...)
	ballot := do(secretary, "2026-07-01", acVote, fEligible, int64(9), fYes, int64(7))
	if _, _, err := step(w, v, c, ballot); !slices.Equal(codes(err), []string{"late"}) {
		t.Fatalf("late without a reason: %v", err)
	}
	ballot.reason = "汛期"
	_, d, err := step(w, v, c, ballot)
	if err != nil || !slices.Contains(d.Event.Flags, FlagLate) {
		t.Errorf("late with a reason: %v", err)
	}
}

func TestWarningDoesNotRefuse(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:4]...)
	filing := plainWay[4]
	_, d, err := step(w, v, c, act{who: filing.who, on: filing.on, action: acFile, given: fields(fMeeting, Moment("2026-06-15T09:00"))})
	if err != nil || !slices.Equal(d.Event.Flags, []string{"with-remark"}) {
		t.Errorf("an unmet warning: %v, flags %v", err, d.Event.Flags)
	}
}

func TestSelectionChoosesTheWay(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:5]...)
	for _, tc := range []struct {
		yes   int64
		stage string
	}{{5, "adopted"}, {4, "rejected"}, {0, "rejected"}} {
		next, _, err := step(w, v, c, do(secretary, "2026-06-15", acVote, fEligible, int64(9), fYes, tc.yes))
		if err != nil || next.Stage != tc.stage {
			t.Errorf("%d of 9: %v, stage %s, want %s", tc.yes, err, next.Stage, tc.stage)
		}
	}
}

func TestDatedRulesJudgeByTheDayOfTheAct(t *testing.T) {
	w, v := compiled(), newTown()
	w.Edition = nil
	old := []act{
		do(secretary, "2026-01-05", acOpen, fReceived, day("2026-01-05")),
		do(secretary, "2026-01-06", acTalk, fTalker, register.PersonID("wu")),
		do(reviewer, "2026-01-07", acOpinion, fOpinion, "agree"),
		do(reviewer, "2026-01-08", acOpinion, fOpinion, "agree"),
		do(secretary, "2026-03-02", acFile, fMeeting, Moment("2026-03-09T09:00")),
		do(secretary, "2026-03-09", acVote, fEligible, int64(3), fYes, int64(3)),
	}
	c := play(t, w, v, old...)
	chenBelow := office("wu", register.CommitteeReviewer, "beicheng") // acted below as secretary
	for _, tc := range []struct {
		on      string
		article Article
		codes   []string
	}{
		{"2026-05-10", "2014细则 23", nil},
		{"2026-05-11", "细则 23", []string{"fresh-eyes"}},
	} {
		_, d, err := step(w, v, c, do(chenBelow, tc.on, acApprove))
		if !slices.Equal(codes(err), tc.codes) || err == nil && d.Rule.Article != tc.article {
			t.Errorf("on %s: %v, want grounds %v", tc.on, err, tc.codes)
		}
	}
}

func TestDecideDoesNotGuessBeyondTheCalendar(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:4]...)
	_, _, err := step(w, v, c, do(secretary, "2026-06-08", acFile, fMeeting, Moment("2099-06-15T09:00")))
	var unknown *calendar.NotLoaded
	if !errors.As(err, &unknown) {
		t.Errorf("a working day of an unpublished year: %v, want NotLoaded", err)
	}
	v.err = errors.New("the register cannot be read")
	if _, _, err := step(w, v, c, plainWay[4]); !errors.Is(err, v.err) {
		t.Errorf("a failing view: %v", err)
	}
}

func TestClaimsFollowTheCase(t *testing.T) {
	w, v := compiled(), newTown()
	filed := play(t, w, v, plainWay[:5]...)
	if filed.Held["slot"] != "slot-1" {
		t.Fatalf("filing takes a slot, held %v", filed.Held)
	}
	for _, tc := range []struct {
		name string
		act  act
		want []ClaimChange
		held int
	}{
		{"not adopted", do(secretary, "2026-06-15", acVote, fEligible, int64(9), fYes, int64(1)), []ClaimChange{{Release, "slot", "slot-1"}}, 0},
		{"withdrawn", do(secretary, "2026-06-15", acWithdraw, fWhy, "本人意愿"), []ClaimChange{{Release, "slot", "slot-1"}}, 0},
		{"adopted", do(secretary, "2026-06-15", acVote, fEligible, int64(9), fYes, int64(9)), nil, 1},
	} {
		next, d, err := step(w, v, filed, tc.act)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if !reflect.DeepEqual(d.Event.Claims, tc.want) || len(next.Held) != tc.held {
			t.Errorf("%s: claims %v held %v", tc.name, d.Event.Claims, next.Held)
		}
	}
	if filed.Held["slot"] != "slot-1" {
		t.Error("a decision changed the case it was made on")
	}
}

func TestEffectsNameTheirChains(t *testing.T) {
	w, v := compiled(), newTown()
	c := play(t, w, v, plainWay[:6]...)
	_, d, err := step(w, v, c, plainWay[6])
	if err != nil {
		t.Fatal(err)
	}
	p, ok := d.Effects[0].(*register.Person)
	if !ok || p.Standing != register.Probationary || !slices.Equal(d.Event.Register, []string{"person:lin"}) {
		t.Errorf("effects %v, chains %v", d.Effects, d.Event.Register)
	}
	if v.people["lin"].Standing != register.Applicant {
		t.Error("deciding changed the register")
	}
}

func BenchmarkDecide(b *testing.B) {
	w, v := compiled(), newTown()
	c := play(b, w, v, plainWay[:4]...)
	b.ReportAllocs()
	for b.Loop() {
		s := at(w, v, c, secretary, "2026-06-08", acFile, fields(fMeeting, Moment("2026-06-15T09:00")))
		if _, err := Decide(s); err != nil {
			b.Fatal(err)
		}
	}
}

// refold folds a case anew from sealed entries.
func refold(w *Workflow, entries []ledger.Entry) (*Case, error) {
	var c *Case
	for _, e := range entries {
		leaf, err := ledger.ParseLeaf(e.Leaf)
		if err != nil {
			return nil, err
		}
		event, err := Unseal("420683", "c1", leaf, e.Payload)
		if err != nil {
			return nil, err
		}
		if c, err = Apply(w, c, event, e.Hash); err != nil {
			return nil, err
		}
	}
	return c, nil
}
