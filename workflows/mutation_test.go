package workflows_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/story"
	"jinchu/workflows"
)

// A story is worth something only if it fails where its rule is gone. Its head
// therefore names what it guards, in comment lines of the form
//
//	# guards: KIND KEY...
//
// and TestEveryStoryFailsWithoutItsRule takes that out of the regulation, one
// at a time, and wants the story to fail:
//
//	condition KEY         no rule demands the condition
//	selection KEY         no rule is chosen by the condition
//	warning KEY           no act is marked where the condition does not hold
//	claim KIND [OP]       no rule does the operation, any operation, on the claim
//	deadline ACTION       the action is never due
//	effect KEY            no act changes the register in this way
//	record FIELD          no act records the field that it computes
//	stage ACTION STAGE    the action is possible in that stage as well
//	role ACTION           any post may do the action
//	rule ACTION STAGE     nobody may do the action where it leads to the stage, or stays in it
//	edition ACTION        the rules of the action are in force at all times
//	round ACTION          the action starts no new round
//	number KEY VALUE      the parameter has this value, whatever its bounds
//
// A guard that names nothing in the regulation is an error, so that a renamed
// condition is renamed in the stories as well.
const guardMark = "# guards: "

// unguarded are the stories that rest on no sentence of the regulation, with
// what they rest on instead and where that is tested by itself.
var unguarded = map[string]string{
	"S04-wrong-id-number":            "register.ParseID checks the number before there is a case",
	"S115-a-profile-does-not-weaken": "the bounds of the parameters, kept when a profile is loaded: TestProfiles",
	"S19-calendar-not-loaded":        "calendar.Calendar refuses to count days of a year that is not published",
	"S67-no-record-of-who-voted-how": "no field of the regulation could hold a vote with its voter: TestNoFieldHoldsAVoteWithItsVoter",
	"S76-leading-group":              "register.Org.Valid and register.Post.Fits keep such bodies without power to approve",
	"S80-approve-and-refuse-at-once": "the store's compare-and-swap on seq, and its answers kept under keys",
}

// guard is one thing a story guards: what takes it out of the regulation and
// of the profile.
type guard struct {
	text   string
	alter  func(*engine.Workflow) (found bool)
	number func(*engine.Profile)
}

func TestEveryStoryFailsWithoutItsRule(t *testing.T) {
	for _, f := range stories(t) {
		guards := guardsOf(t, f)
		if len(guards) == 0 && unguarded[f.Key()] == "" {
			t.Errorf("%s guards nothing: add a line %q", f.Name, guardMark+"condition KEY")
		}
		for _, g := range guards {
			t.Run(f.Key()+"/"+strings.ReplaceAll(g.text, " ", "_"), func(t *testing.T) { g.mustMatterTo(t, f) })
		}
	}
}

// mustMatterTo plays the story under the regulation without what is guarded.
func (g *guard) mustMatterTo(t *testing.T, f *story.File) {
	if g.alter != nil && !slices.ContainsFunc(workflows.All(), g.alter) {
		t.Fatalf("there is no %s in the regulation", g.text)
	}
	d, err := story.NewEngineDriver(inmem.New(), t.Name(), g.regulation, g.profile)
	if err != nil {
		t.Fatal(err)
	}
	res, err := story.Run(context.Background(), f, d)
	if err != nil {
		t.Fatalf("without %s the story cannot be played: %v", g.text, err)
	}
	if res.OK() {
		t.Fatalf("the story does not notice that %s is gone", g.text)
	}
	t.Log(res.Failures[0])
}

func (g *guard) regulation() []*engine.Workflow {
	all := workflows.All()
	for _, w := range all {
		if g.alter != nil {
			g.alter(w)
		}
	}
	return all
}

func (g *guard) profile(name string) (*engine.Profile, error) {
	p, err := workflows.LoadProfile(name)
	if err == nil && p != nil && g.number != nil {
		g.number(p)
	}
	return p, err
}

func guardsOf(t *testing.T, f *story.File) []*guard {
	t.Helper()
	text, err := os.ReadFile(f.Name)
	if err != nil {
		t.Fatal(err)
	}
	var out []*guard
	for _, line := range strings.Split(string(text), "\n") {
		if what, ok := strings.CutPrefix(line, guardMark); ok {
			g, err := parseGuard(strings.Fields(what))
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			out = append(out, g)
		}
	}
	return out
}

// parseGuard reads KIND KEY...
func parseGuard(words []string) (*guard, error) {
	g := &guard{text: strings.Join(words, " ")}
	if len(words) < 2 || len(words) > 3 {
		return nil, fmt.Errorf("guard %q: write KIND KEY, or KIND KEY VALUE", g.text)
	}
	key, more := words[1], ""
	if len(words) == 3 {
		more = words[2]
	}
	change := changes[words[0]]
	switch {
	case words[0] == "deadline":
		g.alter = func(w *engine.Workflow) bool {
			return dropped(&w.Dues, func(d engine.DueRule) bool { return d.Action.Key == key })
		}
		return g, nil
	case words[0] == "number":
		return g, g.setNumber(key, more)
	case change == nil:
		return nil, fmt.Errorf("guard %q: there is no such kind", g.text)
	}
	g.alter = func(w *engine.Workflow) bool {
		found := false
		for i := range w.Rules {
			found = change(&w.Rules[i], key, more) || found
		}
		return found
	}
	return g, nil
}

// changes are the kinds of guard that change rules one by one. Each reports
// whether the rule held what is guarded.
var changes = map[string]func(r *engine.Rule, key, more string) bool{
	"condition": func(r *engine.Rule, key, _ string) bool {
		return dropped(&r.Needs, func(c engine.Condition) bool { return c.Key == key })
	},
	"selection": func(r *engine.Rule, key, _ string) bool {
		return dropped(&r.Selects, func(c engine.Condition) bool { return c.Key == key })
	},
	"warning": func(r *engine.Rule, key, _ string) bool {
		return dropped(&r.Warns, func(c engine.Condition) bool { return c.Key == key })
	},
	"claim": func(r *engine.Rule, kind, op string) bool {
		return dropped(&r.Claims, func(c engine.ClaimOp) bool { return c.Claim.Kind == kind && (op == "" || string(c.Op) == op) })
	},
	"effect": func(r *engine.Rule, key, _ string) bool {
		return dropped(&r.Effects, func(e engine.Effect) bool { return e.Key == key })
	},
	"record": func(r *engine.Rule, field, _ string) bool {
		i := slices.IndexFunc(r.Derived, func(d engine.Derived) bool { return d.Field.Key == field })
		if i < 0 {
			return false
		}
		r.Derived = slices.Clone(r.Derived)
		r.Derived[i].Make = func(*engine.Situation) (any, bool) { return nil, false }
		return true
	},
	"rule": func(r *engine.Rule, action, stage string) bool {
		if r.Action.Key != action || !leadsTo(r, stage) {
			return false
		}
		r.Role = engine.NewRole("nobody", "无人", "nobody", engine.OwnCase)
		return true
	},
	"stage": func(r *engine.Rule, action, stage string) bool {
		if r.Action.Key != action {
			return false
		}
		r.From = append(slices.Clone(r.From), engine.Stage{Key: stage})
		return true
	},
	"role": func(r *engine.Rule, action, _ string) bool {
		if r.Action.Key != action {
			return false
		}
		r.Role = engine.NewRole("anybody", "任何人", "anybody", engine.WholeCounty, register.Posts...)
		return true
	},
	"edition": func(r *engine.Rule, action, _ string) bool {
		if r.Action.Key != action {
			return false
		}
		*r = r.SinceDay("1921-07-01").UntilParam(&engine.Param{Key: "never", Kind: engine.DateParam, Default: 99991231})
		return true
	},
	"round": func(r *engine.Rule, action, _ string) bool {
		found := r.Action.Key == action && r.NewRound
		if found {
			r.NewRound = false
		}
		return found
	},
}

func leadsTo(r *engine.Rule, stage string) bool {
	if r.Stay {
		return slices.ContainsFunc(r.From, func(s engine.Stage) bool { return s.Key == stage })
	}
	return r.To.Key == stage
}

// dropped takes what is unwanted out of a list, which may be shared, and
// reports whether there was any.
func dropped[T any](list *[]T, unwanted func(T) bool) bool {
	kept := slices.DeleteFunc(slices.Clone(*list), unwanted)
	found := len(kept) < len(*list)
	*list = kept
	return found
}

// setNumber makes the guard give a parameter another value on all days.
func (g *guard) setNumber(key, value string) error {
	n, err := strconv.Atoi(value)
	if _, ok := workflows.ParamByKey(key); !ok || err != nil {
		return fmt.Errorf("guard %q: write the key of a parameter and a whole number", g.text)
	}
	g.number = func(p *engine.Profile) {
		always := engine.Period{From: calendar.MustParse("1921-07-01"), Values: map[string]int{key: n}}
		for _, period := range p.Periods {
			period.Values[key] = n
		}
		p.Periods = append([]engine.Period{always}, p.Periods...)
	}
	return nil
}

// TestEveryConditionIsGuarded wants every condition of the regulation to be
// guarded by some story. Of two selections that exclude each other one is
// enough: with it gone both acts would take the same rule.
func TestEveryConditionIsGuarded(t *testing.T) {
	guarded := map[string]bool{}
	for _, f := range stories(t) {
		for _, g := range guardsOf(t, f) {
			guarded[g.text] = true
		}
	}
	check := func(r *engine.Rule, kind string, cs []engine.Condition) {
		for _, c := range cs {
			text, opposite := kind+" "+c.Key, kind+" "+strings.TrimPrefix("not-"+c.Key, "not-not-")
			switch {
			case !guarded[text] && openlyUnguarded[text] == "" && (kind != "selection" || !guarded[opposite]):
				guarded[text] = true // said once
				t.Errorf("%s (%s): no story guards the %s", r.Action.Key, r.Article, text)
			case guarded[text] && openlyUnguarded[text] != "":
				t.Errorf("%s is guarded: take it off the list", text)
			}
		}
	}
	for _, w := range workflows.All() {
		for i := range w.Rules {
			check(&w.Rules[i], "condition", w.Rules[i].Needs)
			check(&w.Rules[i], "selection", w.Rules[i].Selects)
			check(&w.Rules[i], "warning", w.Rules[i].Warns)
		}
	}
}

// openlyUnguarded are the conditions that no story can miss, and why.
var openlyUnguarded = map[string]string{
	"condition talk-after-receipt": "follows from received-before, and the engine takes no act dated before the case",
	"selection finding=fraud":      "the last of three findings: without it the same rule is left",
	"selection resolution=cancel":  "the last of three resolutions: without it the same rule is left",
	"selection conclusion=failed":  "the last of two conclusions: without it the same rule is left",
	"selection recheck=rejected":   "the last of three conclusions: without it the same rule is left",
}

// TestEveryRuleIsPlayed wants every rule to be the one that judges an act of
// some story, and to allow it.
func TestEveryRuleIsPlayed(t *testing.T) {
	played := map[string]bool{}
	watched := func() []*engine.Workflow {
		all := workflows.All()
		for _, w := range all {
			for i := range w.Rules {
				key := ruleName(w, i)
				note := func(*engine.Situation) (any, bool) { played[key] = true; return nil, false }
				w.Rules[i].Derived = append(slices.Clone(w.Rules[i].Derived), engine.Derived{Field: workflows.StopReason.Field, Make: note})
			}
		}
		return all
	}
	d, err := story.NewEngineDriver(inmem.New(), t.Name(), watched, workflows.LoadProfile)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stories(t) {
		playAsWritten(t, d, f)
	}
	for _, w := range workflows.All() {
		for i := range w.Rules {
			if key := ruleName(w, i); !played[key] {
				t.Errorf("no story is judged by %s", key)
			}
		}
	}
}

// ruleName tells the rules of a workflow apart.
func ruleName(w *engine.Workflow, i int) string {
	r := &w.Rules[i]
	stages := ""
	for _, s := range r.From {
		stages += " " + s.Key
	}
	for _, c := range r.Selects {
		stages += " " + c.Key
	}
	return fmt.Sprintf("%s #%d: %s %s ->%s,%s", w.Key, i, r.Role.Key, r.Action.Key, r.To.Key, stages)
}

// TestNoFieldHoldsAVoteWithItsVoter proves what S67 shows: of the fields of a
// meeting those with people are the attendance, the roster and those who do
// not vote, left out or recused, and those with votes are totals.
func TestNoFieldHoldsAVoteWithItsVoter(t *testing.T) {
	people := map[string]bool{"attended": true, "roster": true, "excluded": true, "recused": true}
	for _, w := range workflows.All() {
		for _, r := range w.Rules {
			if r.Action.Key != workflows.RecordMeeting.Key {
				continue
			}
			for _, f := range slices.Concat(r.Required, r.Optional) {
				switch f.Kind {
				case engine.KindNumber, engine.KindFlag, engine.KindChoice, engine.KindText:
				default:
					if !people[f.Key] {
						t.Errorf("field %s of %s is a %s", f.Key, r.Sentence(), f.Kind)
					}
				}
			}
		}
	}
}
