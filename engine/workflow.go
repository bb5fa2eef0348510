package engine

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"jinchu/register"
)

// Workflow is a part of the regulation: its sentences, its deadlines, and
// what is proved about it. Compile it before use.
type Workflow struct {
	Key        string
	Words      Words
	Rules      []Rule
	Dues       []DueRule
	Params     []*Param
	Invariants []Invariant
	Waivers    []Waiver
	// Statute is the text of every article that may be cited.
	Statute map[Article]Words

	// Consults reports whether a department was asked about a case, and so may
	// know of it.
	Consults func(*Case, *register.Org) bool
	// Veil keeps cases from some who reach them; nil keeps none.
	Veil *Veil
	// Impersonal tells that its cases are about an organization and no person.
	Impersonal bool
	// Traces tells that its cases trace back what was done in the case they
	// depend on: [Situation.Handled] says by whom.
	Traces bool
	// Edition is the parameter that holds the first day of the 2026 edition of
	// the rules; conditions cite the number their article had before it.
	Edition *Param
	// Older is the number an article had before that edition, "" where it is
	// the same text under the same name.
	Older func(Article) Article

	profile  *Profile
	stages   []Stage
	actions  []Action
	byAction map[string][]*Rule
	byStage  map[string][]*Rule
	byID     map[string]*Rule
	fields   map[string]*Field
	machines sync.Pool
}

// Compile resolves the dates in force with the profile, indexes the
// sentences and builds the stage machine. It reports sentences that cannot
// stand beside each other; what can be proved beyond that is [Workflow.Check]'s.
func (w *Workflow) Compile(profile *Profile) error {
	w.profile = profile
	w.byAction, w.byStage, w.byID = map[string][]*Rule{}, map[string][]*Rule{}, map[string]*Rule{}
	w.fields, w.stages, w.actions = map[string]*Field{}, nil, nil
	var errs []error
	for i := range w.Rules {
		errs = append(errs, w.compileRule(&w.Rules[i]))
	}
	for i := range w.Dues {
		d := &w.Dues[i]
		d.Since, d.Until = d.since.resolve(profile), d.until.resolve(profile)
		if w.byAction[d.Action.Key] == nil {
			errs = append(errs, fmt.Errorf("deadline of %q: no rule allows the action", d.Action.Key))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("workflow %s: %w", w.Key, err)
	}
	w.machines.New = func() any { return w.newMachine() }
	return nil
}

func (w *Workflow) compileRule(r *Rule) error {
	r.Since, r.Until = r.since.resolve(w.profile), r.until.resolve(w.profile)
	r.ID = r.hash()
	r.event = r.Action.Key + "#" + r.ID
	if old := w.byID[r.ID]; old != nil {
		return fmt.Errorf("rule %q stands twice", r.Sentence())
	}
	w.byID[r.ID] = r
	if w.byAction[r.Action.Key] == nil {
		w.actions = append(w.actions, r.Action)
	}
	w.byAction[r.Action.Key] = append(w.byAction[r.Action.Key], r)
	for _, s := range r.From {
		w.addStage(s)
		w.byStage[s.Key] = append(w.byStage[s.Key], r)
	}
	if !r.Stay {
		w.addStage(r.To)
	}
	for _, f := range slices.Concat(r.Required, r.Optional) {
		if old := w.fields[f.Key]; old != nil && old != f {
			return fmt.Errorf("field %q is declared twice", f.Key)
		}
		w.fields[f.Key] = f
	}
	for _, d := range r.Derived {
		if old := w.fields[d.Field.Key]; old != nil && old != d.Field {
			return fmt.Errorf("field %q is declared twice", d.Field.Key)
		}
		w.fields[d.Field.Key] = d.Field
	}
	return nil
}

func (w *Workflow) addStage(s Stage) {
	if !slices.ContainsFunc(w.stages, func(t Stage) bool { return t.Key == s.Key }) {
		w.stages = append(w.stages, s)
	}
}

// Stages are the stages in the order of the sentences.
func (w *Workflow) Stages() []Stage { return w.stages }

// Actions are the actions in the order of the sentences.
func (w *Workflow) Actions() []Action { return w.actions }

// Stage finds a stage by its key.
func (w *Workflow) Stage(key string) (Stage, bool) {
	for _, s := range w.stages {
		if s.Key == key {
			return s, true
		}
	}
	return Stage{}, false
}

// Action finds an action by its key.
func (w *Workflow) Action(key string) (Action, bool) {
	if rs := w.byAction[key]; rs != nil {
		return rs[0].Action, true
	}
	return Action{}, false
}

// Field finds a field by its key.
func (w *Workflow) Field(key string) (*Field, bool) { f, ok := w.fields[key]; return f, ok }

// Rule finds a rule by the hash of its sentence.
func (w *Workflow) Rule(id string) (*Rule, bool) { r, ok := w.byID[id]; return r, ok }

// RulesOf are the rules of an action.
func (w *Workflow) RulesOf(action string) []*Rule { return w.byAction[action] }

// RulesIn are the rules that start from a stage.
func (w *Workflow) RulesIn(stage string) []*Rule { return w.byStage[stage] }

// Profile is the profile the workflow was compiled with.
func (w *Workflow) Profile() *Profile { return w.profile }
