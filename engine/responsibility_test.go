package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// in short says who answers, in what capacity, for which act.
func inShort(r *engine.Responsibility) []string {
	var out []string
	for _, e := range r.Entries {
		who := string(e.Office)
		if e.Field != nil {
			who = e.Field.Key + " " + string(e.Person)
		}
		out = append(out, fmt.Sprintf("%s%d %s %s %s", map[bool]string{true: "", false: "check "}[e.Case == r.Row.ID], e.Seq, e.Action, e.Capacity, who))
	}
	return out
}

func TestEverybodyWhoAnswers(t *testing.T) {
	p := newPlay(t)
	want := []string{
		"1 begin handled b1-secretary",
		"2 assign-introducers handled b1-secretary",
		"2 assign-introducers named introducers p2",
		"2 assign-introducers named introducers head",
		"3 ask handled t1-reviewer",
		"4 answer-opinion opined officer",
		"5 visit talked t1-reviewer",
		"6 record-meeting voted b1-secretary",
		"7 return returned t1-reviewer",
		"check 1 begin handled reviewer",
		"check 1 begin named inspector inspector",
		"check 2 look checked inspector",
		"8 mend handled b1-secretary",
		"9 record-meeting voted b1-secretary",
		"10 approve approved t1-reviewer",
	}
	if got := inShort(p.responsibility("auditor", p.whole())); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What somebody saw is the fold of the events before their act, and the head
// of the chain is that of the last of them.
func TestWhatTheySawIsTheFold(t *testing.T) {
	p := newPlay(t)
	id := p.whole()
	w, _ := p.engine.Workflow("main")
	for _, e := range p.responsibility("auditor", id).Entries {
		if e.Case != id || e.Field != nil {
			continue
		}
		before := p.foldedTo(id, e.Seq-1)
		if e.Saw == nil || e.Saw.Seq != e.Seq-1 || e.Saw.Seq > 0 && e.Saw.Head != before.Head || e.Saw.Seq > 0 && e.Saw.Stage != before.Stage ||
			e.Saw.Round != before.Round || e.From != e.Saw.Stage {
			t.Errorf("%d %s saw %+v, the fold is at %d in %s", e.Seq, e.Action, e.Saw, before.Seq, before.Stage)
			continue
		}
		for _, f := range []*engine.Field{introducers.Field, yes.Field, secret.Field, attended.Field, opinion.Field} {
			if got, want := e.Saw.Facts[f.Key], factOf(before, f); !reflect.DeepEqual(got, want) {
				t.Errorf("%d %s saw %s as %v, the fold has %v", e.Seq, e.Action, f.Key, got, want)
			}
		}
		if r, ok := w.Rule(e.Rule); !ok || !e.Known || e.Article != r.Article {
			t.Errorf("%d %s under rule %s of %s, known %v", e.Seq, e.Action, e.Rule, e.Article, e.Known)
		}
	}
}

// foldedTo folds the first events of a case from the log.
func (p *play) foldedTo(id engine.CaseID, seq int64) *engine.Case {
	p.t.Helper()
	entries, err := p.store.Log(context.Background(), zaoyang, string(id), 0)
	if err != nil {
		p.t.Fatal(err)
	}
	c := &engine.Case{Round: 1}
	for i, entry := range entries[:seq] {
		from := c
		if i == 0 {
			from = nil
		}
		if c, err = p.engine.Fold(from, zaoyang, id, entry); err != nil {
			p.t.Fatal(err)
		}
	}
	return c
}

// factOf is what counts now, by the case's own methods: a number for a list
// of voters.
func factOf(c *engine.Case, f *engine.Field) any {
	if f.Repeated {
		var out []any
		for _, fact := range c.All(f) {
			out = append(out, fact.Value)
		}
		if out == nil {
			return nil
		}
		return out
	}
	fact, ok := c.Fact(f)
	switch {
	case !ok:
		return nil
	case f == attended.Field:
		return len(fact.Value.([]register.PersonID))
	}
	return fact.Value
}

// The vote of a body has totals; who attended, and so voted, stands nowhere.
func TestNobodyIsToldWhoVoted(t *testing.T) {
	p := newPlay(t)
	r := p.responsibility("auditor", p.whole())
	totals := 0
	for _, e := range r.Entries {
		if e.Capacity == engine.AsVoted && len(e.Said) == 1 && e.Said[0].Field == yes.Field {
			totals++
		}
		for _, voter := range []register.PersonID{"t1-secretary", "t1-organizer"} {
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), string(voter)) {
				t.Errorf("%d %s names the voter %s: %s", e.Seq, e.Action, voter, text)
			}
		}
	}
	if totals != 2 {
		t.Errorf("%d votes with their totals, not 2", totals)
	}
}

// A department sees who did what and when, and of its own acts the content;
// never what the others saw, nor the cases it was not asked about.
func TestDepartmentAnswersForItsOwn(t *testing.T) {
	p := newPlay(t)
	r := p.responsibility("officer", p.whole())
	said := 0
	for _, e := range r.Entries {
		if e.Case != r.Row.ID || e.Capacity == engine.AsNamed || e.Saw.Facts != nil || e.Reason != "" || len(e.Said) > 0 && e.Org != "police" {
			t.Errorf("%d %s: %+v", e.Seq, e.Action, e)
		}
		said += len(e.Said)
	}
	if len(r.Entries) != 10 || said != 1 {
		t.Errorf("%d entries, %d values", len(r.Entries), said)
	}
}

// Whoever may know of the case learns of the cases below it only those they
// may know of, and the names only of those they may know.
func TestReachOfResponsibility(t *testing.T) {
	p := newPlay(t)
	id := p.whole()
	for who, want := range map[string]int{"b1-secretary": 12, "t1-organizer": 12, "inspector": 15} {
		r := p.responsibility(who, id)
		if len(r.Entries) != want {
			t.Errorf("%s finds %d entries, not %d", who, len(r.Entries), want)
		}
		for _, e := range r.Entries {
			if named := e.PersonName != ""; named != (who == "inspector" && e.Office != engine.ClockOffice) {
				t.Errorf("%s: %d %s names %q", who, e.Seq, e.Action, e.PersonName)
			}
		}
	}
	for who, which := range map[string]engine.CaseID{"b2-secretary": id, "admin": id, "auditor": "no-such-case"} {
		_, err := p.engine.Responsibility(context.Background(), actor(who), which, p.now)
		var none *engine.NotFound
		if !errors.As(err, &none) {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func TestCalendarAnswersForNobody(t *testing.T) {
	p := newPlay(t)
	id := p.act("b1-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1"})
	p.in(id, "b1-secretary", meet, map[string]any{"yes": int64(3)})
	p.in(id, "t1-reviewer", send, map[string]any{"secret": "另有内情"})
	p.in(id, string(engine.ClockOffice), mend) // which people may do as well
	p.in(id, "b1-secretary", meet, map[string]any{"yes": int64(3)})
	p.in(id, string(engine.ClockOffice), lapse)
	entries := p.responsibility("auditor", id).Entries
	for i, article := range map[int]engine.Article{3: "7", 5: "9"} {
		if e := entries[i]; e.Capacity != engine.AsCalendar || e.Person != "" || e.Saw != nil || e.Article != article {
			t.Errorf("%+v", e)
		}
	}
}

// A rule that changed since leaves the entry as it was: with its hash, and the
// word that it is not known any more.
func TestRuleChangedSince(t *testing.T) {
	p := newPlay(t)
	id := p.whole()
	changed := procedures()
	changed[0].Rules[1] = changed[0].Rules[1].Taking(opinion)
	before := p.responsibility("auditor", id)
	p.engine = engineOver(t, p.store, changed...)
	after := p.responsibility("auditor", id)
	for i, e := range after.Entries {
		old := before.Entries[i]
		if changed := e.Action == introduce.Key; e.Known == changed || (e.Article == "") != changed || e.Rule != old.Rule || len(e.Rule) != 16 || e.Capacity != old.Capacity {
			t.Errorf("%d %s: known %v, article %q, rule %s", e.Seq, e.Action, e.Known, e.Article, e.Rule)
		}
	}
}

// The capacities of admission come of its sentences as they are.
func TestCapacitiesOfAdmission(t *testing.T) {
	w := workflows.Admission()
	if err := w.Compile(nil); err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]engine.Capacity{
		"screen": engine.AsScreened, "screen-conversion": engine.AsScreened, "pass-review": engine.AsReviewed, "qualify": engine.AsReviewed,
		"answer-opinion": engine.AsOpined, "record-meeting": engine.AsVoted, "approve": engine.AsApproved, "approve-conversion": engine.AsApproved,
		"consent-target": engine.AsApproved, "refuse-approval": engine.AsRefused, "reject": engine.AsRefused, "return": engine.AsReturned,
		"return-conversion": engine.AsReturned, "extend-approval": engine.AsExtended, "resolve-objection": engine.AsResolved,
		"lapse-approval": engine.AsCalendar, "record-oath": engine.AsHandled, "submit-application": engine.AsHandled,
	} {
		if _, ok := w.Action(action); !ok {
			t.Errorf("%s is no action of admission", action)
		}
		if got := w.Capacity(action); got != want || got.Words().Zh == "" || got.Words().En == "" {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
}
