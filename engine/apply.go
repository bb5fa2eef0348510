package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"jinchu/calendar"
	"jinchu/ledger"
)

// Apply folds one event into a case: the case after it. A nil case is opened
// by its first event. The event says everything; no rule, profile or calendar
// is asked, so that the fold of an old log never changes.
func Apply(w *Workflow, c *Case, e *Event, head ledger.Hash) (*Case, error) {
	if c == nil {
		c = Blank(e)
	}
	if e.Seq != c.Seq+1 || e.From != c.Stage {
		return nil, fmt.Errorf("event %s/%d from %q does not follow %d in %q", e.Case, e.Seq, e.From, c.Seq, c.Stage)
	}
	if e.values == nil {
		if err := e.decodeValues(w); err != nil {
			return nil, err
		}
	}
	next := c.with(w, e)
	next.Due, next.Head = e.Due, head
	return next, nil
}

// Blank is the case before its first event.
func Blank(e *Event) *Case {
	return &Case{County: e.County, ID: e.Case, Workflow: e.Workflow, Parent: e.Parent,
		Person: e.Person, Org: e.Org, Path: e.Path, Stage: New.Key, Round: 1, OpenedOn: e.On}
}

// with is the case after an event, but for its deadlines and its head.
func (c *Case) with(w *Workflow, e *Event) *Case {
	n := *c
	n.Seq, n.At, n.Ended, n.LastOn = e.Seq, e.At, c.Ended || e.Ends, calendar.Max(c.LastOn, e.On)
	if c.Seq == 0 {
		n.OpenedOn = e.On
	}
	n.trail = &Trace{Action: e.Action, From: e.From, Seq: e.Seq, On: e.On, Office: e.By.Office,
		Person: e.By.Person, Org: e.By.Org, Round: c.Round, Prev: c.trail}
	if c.Seq > 0 && e.Org != "" {
		n.Org, n.Path = e.Org, e.Path
	}
	if e.NewRound {
		n.Round++
	}
	if e.To != c.Stage {
		n.Stage, n.StageOn, n.StageSeq = e.To, e.On, e.Seq
	}
	if len(e.values) > 0 {
		n.facts = maps.Clone(c.facts)
		if n.facts == nil {
			n.facts = make(map[string][]Fact, len(e.values))
		}
		for key, v := range e.values {
			n.addFact(w.fields[key], Fact{Value: v, Round: c.Round, Seq: e.Seq, On: e.On, By: e.By.Office})
		}
	}
	if len(e.Claims) > 0 {
		n.Held = maps.Clone(c.Held)
		n.hold(e.Claims)
	}
	return &n
}

// addFact adds a value. A field that is not repeated keeps one value a round;
// the log keeps the ones before it.
func (c *Case) addFact(f *Field, fact Fact) {
	old := slices.Clip(c.facts[f.Key])
	if n := len(old); n > 0 && !f.Repeated && old[n-1].Round == fact.Round {
		old = slices.Clip(old[:n-1])
	}
	c.facts[f.Key] = append(old, fact)
}

func (c *Case) hold(claims []ClaimChange) {
	if c.Held == nil {
		c.Held = map[string]string{}
	}
	for _, ch := range claims {
		switch ch.Op {
		case Take, Use:
			c.Held[ch.Kind] = ch.Key
		case Release, Void:
			delete(c.Held, ch.Kind)
		}
	}
}

// decodeValues reads the fields of a stored event back as Go values.
func (e *Event) decodeValues(w *Workflow) error {
	e.values = make(map[string]any, len(e.Fields))
	for key, raw := range e.Fields {
		f := w.fields[key]
		if f == nil {
			return fmt.Errorf("event %s/%d: field %q is not known", e.Case, e.Seq, key)
		}
		v, err := f.decodeJSON(json.RawMessage(raw))
		if err != nil {
			return fmt.Errorf("event %s/%d: field %q: %w", e.Case, e.Seq, key, err)
		}
		e.values[key] = v
	}
	return nil
}
