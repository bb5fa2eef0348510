package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jinchu/engine"
	"jinchu/register"
)

func (p *play) deeds(who string, q engine.DeedsQuery) *engine.Deeds {
	p.t.Helper()
	d, err := p.engine.Deeds(context.Background(), actor(who), q, p.now)
	if err != nil {
		p.t.Fatalf("%s asks for %+v: %v", who, q, err)
	}
	return d
}

func acts(d *engine.Deeds) string {
	var out []string
	for _, l := range d.Lines {
		out = append(out, fmt.Sprintf("%d %s", l.Seq, l.Action))
	}
	return strings.Join(out, ", ")
}

func TestDeedsAndHowTheyTurnedOut(t *testing.T) {
	p := newPlay(t)
	id := p.whole()
	d := p.deeds("auditor", engine.DeedsQuery{Office: "t1-reviewer"})
	if got := acts(d); got != "3 ask, 5 visit, 7 return, 10 approve" || d.Next != nil {
		t.Fatalf("deeds %s, next %v", got, d.Next)
	}
	for i, l := range d.Lines {
		o := l.Outcome
		if o == nil || o.ID != id || o.Stage != "approved" || !o.Ended || l.Article == "" || len(o.Checks) != 1 || o.Checks[0].Stage != "approved" {
			t.Fatalf("%+v %+v", l, o)
		}
		if later := len(o.Later); (later == 1) != (i < 2) || later == 1 && (o.Later[0].Action != "return" || o.Later[0].To != "back" || o.Later[0].Seq != 7) {
			t.Errorf("after %s came %+v", l.Action, o.Later)
		}
	}
	// The committee knows of its branch's deeds, not of the check.
	d = p.deeds("t1-secretary", engine.DeedsQuery{Office: "b1-secretary"})
	if got := acts(d); got != "1 begin, 2 assign-introducers, 6 record-meeting, 8 mend, 9 record-meeting" || len(d.Lines[0].Outcome.Checks) != 0 {
		t.Errorf("deeds %s, checks %v", got, d.Lines[0].Outcome.Checks)
	}
	if got := acts(p.deeds("auditor", engine.DeedsQuery{Office: "inspector"})); got != "2 look" {
		t.Errorf("of the inspector: %s", got)
	}
}

func TestLapseIsAnOutcome(t *testing.T) {
	p := newPlay(t)
	id := p.act("b1-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1"})
	p.in(id, "b1-secretary", meet, map[string]any{"yes": int64(3)})
	p.in(id, string(engine.ClockOffice), lapse)
	for _, l := range p.deeds("b1-secretary", engine.DeedsQuery{Office: "b1-secretary"}).Lines {
		if later := l.Outcome.Later; len(later) != 1 || later[0].Capacity != engine.AsCalendar || later[0].To != "lapsed" {
			t.Errorf("after %s came %+v", l.Action, later)
		}
	}
}

// A person's deeds are those of all their offices, ended ones too.
func TestDeedsOfAPerson(t *testing.T) {
	p := newPlay(t)
	earlier := p.now.AddDate(0, 0, -3)
	if _, err := p.engine.Act(context.Background(), actor("b1-secretary-before"),
		engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1", Case: "first"}, earlier); err != nil {
		t.Fatal(err)
	}
	p.act("b1-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1", Case: "second"})
	p.act("b2-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: "p2", Org: "b2", Case: "third"})
	p.act("both-b1", engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1", Case: "fourth"})
	p.act("both-b2", engine.Move{Workflow: "main", Action: begin.Key, Person: "p2", Org: "b2", Case: "fifth"})
	for _, c := range []struct {
		who   string
		about register.PersonID
		want  string
	}{
		{"auditor", "b1-secretary", "first second"}, {"b1-secretary", "b1-secretary", "first second"},
		{"auditor", "both", "fifth fourth"}, {"both-b1", "both", "fourth"}, {"t1-reviewer", "both", "fourth"},
	} {
		var cases []string
		for _, l := range p.deeds(c.who, engine.DeedsQuery{Person: c.about}).Lines {
			cases = append(cases, string(l.Case))
		}
		if got := strings.Join(cases, " "); got != c.want {
			t.Errorf("%s about %s: %s, want %s", c.who, c.about, got, c.want)
		}
	}
}

func TestPagesOfDeeds(t *testing.T) {
	p := newPlay(t)
	for i := range 5 {
		p.act("b1-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1", Case: engine.CaseID(fmt.Sprint("c", i))})
	}
	var got []string
	q := engine.DeedsQuery{Office: "b1-secretary", Limit: 2}
	for pages := 1; ; pages++ {
		d := p.deeds("auditor", q)
		for _, l := range d.Lines {
			got = append(got, string(l.Case))
		}
		if d.Next == nil {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		q.After = *d.Next
	}
	if strings.Join(got, " ") != "c0 c1 c2 c3 c4" {
		t.Errorf("pages %v", got)
	}
}

// Who may ask about whom. Everybody else is answered as for nobody.
func TestWhoMayAsk(t *testing.T) {
	p := newPlay(t)
	offices := []register.OfficeID{"b1-secretary", "b2-secretary", "t1-reviewer", "t1-secretary", "officer", "inspector", "reviewer", "no-such"}
	everybody := offices[:7]
	may := map[string][]register.OfficeID{
		"auditor": everybody, "reviewer": everybody, "head": everybody, "inspector": everybody,
		"t1-reviewer": {"b1-secretary", "t1-reviewer"}, "t1-secretary": {"b1-secretary", "t1-secretary"}, "t1-organizer": {"b1-secretary"},
		"b1-secretary": {"b1-secretary"}, "b1-commissioner": nil, "b2-secretary": {"b2-secretary"}, "officer": {"officer"}, "admin": nil,
	}
	for who, allowed := range may {
		for _, about := range offices {
			want := slices.Contains(allowed, about)
			_, err := p.engine.Deeds(context.Background(), actor(who), engine.DeedsQuery{Office: about}, p.now)
			var none *engine.NotFound
			if (err == nil) != want || err != nil && !errors.As(err, &none) {
				t.Errorf("%s about %s: %v, allowed %v", who, about, err, want)
			}
		}
	}
	// By the person: the committee may ask about those kept below it.
	for who, want := range map[string]bool{"auditor": true, "t1-reviewer": true, "b1-secretary": false} {
		_, err := p.engine.Deeds(context.Background(), actor(who), engine.DeedsQuery{Person: "p1"}, p.now)
		if (err == nil) != want {
			t.Errorf("%s about the person: %v", who, err)
		}
	}
	if _, err := p.engine.Deeds(context.Background(), actor("auditor"), engine.DeedsQuery{Person: "no-such"}, p.now); err == nil {
		t.Error("a person who is not there has deeds")
	}
}

// A deed in a case that left the reader's reach stays a deed: without what was
// said, and without how the case stands.
func TestDeedOutOfReach(t *testing.T) {
	p := newPlay(t)
	id := p.act("b1-secretary", engine.Move{Workflow: "main", Action: begin.Key, Person: "p1", Org: "b1"})
	p.in(id, "t1-reviewer", askAll)
	p.in(id, "officer", reply, map[string]any{"opinion": "none"})
	unasked := procedures()
	unasked[0].Consults = func(*engine.Case, *register.Org) bool { return false }
	p.engine = engineOver(t, p.store, unasked...)
	lines := p.deeds("officer", engine.DeedsQuery{Office: "officer"}).Lines
	if len(lines) != 1 || lines[0].Outcome != nil || lines[0].Said != nil || lines[0].Action != "answer-opinion" {
		t.Errorf("%+v", lines)
	}
}
