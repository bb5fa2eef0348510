package story

import (
	"errors"
	"fmt"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// acts is a line that does one deed.
type acts struct {
	deed *deed
	want outcome
}

func (s acts) run(r *runner, _ *Line) error {
	answer, err := r.perform(s.deed, s.want.code == "")
	return s.want.judge(answer, err)
}

// perform does a deed. A strict one must name an action and fields that
// exist; others are left for the engine to judge.
func (r *runner) perform(d *deed, strict bool) (*engine.Answer, error) {
	office, m, c, err := r.move(d, strict)
	if err != nil {
		return nil, err
	}
	answer, err := r.driver.Act(r.ctx, office.ID, m, r.now)
	if err != nil {
		return nil, err
	}
	r.remember(d, c, m, answer)
	return answer, nil
}

func (r *runner) remember(d *deed, c *caseName, m engine.Move, answer *engine.Answer) {
	if d.newCase {
		c.id = answer.Case
		r.names.cases[d.name] = c
	}
	c.last, c.lastDay = answer, m.On
	if m.On.IsZero() {
		c.lastDay = calendar.DateOf(r.now)
	}
}

// move makes the engine's move of a deed, and who does it.
func (r *runner) move(d *deed, strict bool) (*register.Office, engine.Move, *caseName, error) {
	m := engine.Move{Action: d.action, On: d.on, Reason: d.reason, Seen: d.seen, Key: d.key}
	office, err := r.names.office(d.who)
	if err != nil {
		return nil, m, nil, err
	}
	var c *caseName
	if d.newCase {
		c, err = r.opens(d, &m)
	} else if c, err = r.caseOf(d.name); err == nil {
		m.Case = c.id
	}
	if err == nil && d.latest {
		m.Seen, err = r.seq(c)
	}
	if err != nil {
		return nil, m, nil, err
	}
	w, ok := r.driver.Workflow(c.workflow)
	if !ok {
		return nil, m, nil, &Error{d.at, fmt.Sprintf("there is no workflow %q", c.workflow)}
	}
	if _, ok := w.Action(m.Action); !ok && strict {
		return nil, m, nil, &Error{d.at, fmt.Sprintf("%s has no action %q; actions: %s", w.Key, m.Action, actionKeys(w))}
	}
	if m.Fields, err = r.fields(w, d, c, strict); err != nil {
		return nil, m, nil, err
	}
	if d.key != "" {
		m.Digest = fmt.Sprint(m.Action, m.Case, m.Person, m.Org, m.On, m.Reason, m.Fields)
	}
	return office, m, c, nil
}

// seq is the number of the last event of a case.
func (r *runner) seq(c *caseName) (int64, error) {
	s, err := r.driver.Look(r.ctx, c.id, r.now)
	if err != nil {
		return 0, err
	}
	return s.Seq, nil
}

// opens fills in a move that opens a case.
func (r *runner) opens(d *deed, m *engine.Move) (*caseName, error) {
	c := &caseName{workflow: d.open}
	if d.person != "" {
		p := r.names.people[d.person]
		if p == nil {
			return nil, fmt.Errorf("no person is named %q", d.person)
		}
		c.person, c.org = p.ID, p.Org
	}
	if d.org != "" {
		c.org = r.names.orgs[d.org].ID
	}
	m.Workflow, m.Person, m.Org = d.open, c.person, c.org
	if d.partOf != "" {
		parent, err := r.caseOf(d.partOf)
		if err != nil {
			return nil, err
		}
		m.Parent = parent.id
	}
	if w, ok := r.driver.Workflow(d.open); ok && m.Action == "" {
		if rules := w.RulesIn(engine.New.Key); len(rules) > 0 {
			m.Action = rules[0].Action.Key
		}
	}
	return c, nil
}

func (r *runner) fields(w *engine.Workflow, d *deed, c *caseName, strict bool) (map[string]any, error) {
	if len(d.gives) == 0 {
		return nil, nil
	}
	out := map[string]any{}
	for _, t := range d.gives {
		f, ok := w.Field(t.key)
		if !ok && strict {
			return nil, &Error{t.pos, fmt.Sprintf("no act of %s takes a field %q", w.Key, t.key)}
		}
		if _, twice := out[t.key]; twice {
			return nil, &Error{t.pos, fmt.Sprintf("%s= stands twice", t.key)}
		}
		raw, err := r.value(f, t.value, c)
		if err != nil {
			return nil, &Error{t.pos, err.Error()}
		}
		out[t.key] = raw
	}
	return out, nil
}

func actionKeys(w *engine.Workflow) string {
	var keys []string
	for _, a := range w.Actions() {
		keys = append(keys, a.Key)
	}
	return strings.Join(keys, ", ")
}

// judge compares what came out with what a line expects.
func (o *outcome) judge(answer *engine.Answer, err error) error {
	got := describe(answer, err)
	switch kindOf(err) {
	case accepted:
		if len(o.refusals) > 0 || o.code != "" || o.stage != "" && o.stage != answer.Stage {
			return &mismatch{want: o.String(), got: got, fatal: true}
		}
		return nil
	case refusedByRules:
		var refused *engine.Refused
		errors.As(err, &refused)
		if len(o.refusals) == 0 || !allMet(o.refusals, refused.Grounds) {
			return &mismatch{want: o.String(), got: got, fatal: len(o.refusals) == 0}
		}
		return nil
	case badInput:
		code, words := badCode(err)
		if o.code != code || !strings.Contains(words, o.words) {
			return &mismatch{want: o.String(), got: got, fatal: o.code == ""}
		}
		return nil
	}
	return err
}

func (o *outcome) String() string {
	switch {
	case o.code != "" && o.words != "":
		return "bad input " + o.code + " saying " + o.words
	case o.code != "":
		return "bad input " + o.code
	case o.stage != "":
		return "stage " + o.stage
	case len(o.refusals) == 0:
		return "that it is accepted"
	}
	var parts []string
	for _, g := range o.refusals {
		part := g.article
		if part == "" {
			part = "any article"
		}
		if g.words != "" {
			part += ": " + g.words
		}
		parts = append(parts, part)
	}
	return "a refusal citing " + strings.Join(parts, " and ")
}

func allMet(want []refusal, grounds []engine.Ground) bool {
	for _, w := range want {
		met := false
		for _, g := range grounds {
			met = met || w.meets(g)
		}
		if !met {
			return false
		}
	}
	return true
}

// shutDoor stands for the article of a refusal that came before the rules
// were asked: a server lets some posts nowhere near them.
const shutDoor engine.Article = "(shut door)"

// meets reports whether a ground cites the article and contains the words, in
// either language or as its code.
func (w refusal) meets(g engine.Ground) bool {
	if w.article != "" && g.Article != shutDoor && plain(w.article) != plain(string(g.Article)) {
		return false
	}
	if w.words == "" || w.words == g.Code || holds(g.Words, w.words) {
		return true
	}
	for _, m := range g.Missing {
		if holds(m, w.words) {
			return true
		}
	}
	return false
}

func holds(w engine.Words, text string) bool {
	return strings.Contains(w.Zh, text) || strings.Contains(w.En, text)
}

func plain(article string) string { return strings.ReplaceAll(article, " ", "") }

// sort is how an act came out.
type sort int

const (
	accepted       sort = iota
	refusedByRules      // on grounds
	badInput            // wrong, unknown or late input
	broken              // anything else
)

func kindOf(err error) sort {
	var refused *engine.Refused
	switch {
	case err == nil:
		return accepted
	case errors.As(err, &refused):
		return refusedByRules
	}
	if code, _ := badCode(err); code != "" {
		return badInput
	}
	return broken
}

// badCode is the code of bad input and what it says.
func badCode(err error) (code, words string) {
	var invalid *engine.Invalid
	var missing *engine.NotFound
	var conflict *engine.Conflict
	var unpublished *calendar.NotLoaded
	switch {
	case errors.As(err, &invalid):
		return invalid.Code, invalid.Words.Zh + " " + invalid.Words.En
	case errors.As(err, &missing):
		return "not-found", missing.Error()
	case errors.As(err, &conflict):
		return conflict.Code, conflict.Words.Zh + " " + conflict.Words.En
	case errors.As(err, &unpublished):
		return "calendar-not-loaded", unpublished.Error()
	}
	return "", ""
}

// describe says how an act came out, with all grounds.
func describe(answer *engine.Answer, err error) string {
	var refused *engine.Refused
	switch {
	case err == nil:
		return "stage " + answer.Stage
	case errors.As(err, &refused):
		var b strings.Builder
		b.WriteString("a refusal:")
		for _, g := range refused.Grounds {
			fmt.Fprintf(&b, "\n      %s: %s (%s) [%s]", g.Article, g.Words.Zh, g.Words.En, g.Code)
			for _, m := range g.Missing {
				fmt.Fprintf(&b, "\n        - %s (%s)", m.Zh, m.En)
			}
		}
		return b.String()
	}
	if code, words := badCode(err); code != "" {
		return "bad input " + code + ": " + words
	}
	return err.Error()
}
