package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/looplab/fsm"
)

// The stage machine is the oracle of stages, not the holder of state. It is
// compiled from the rules, one event per rule, and pooled: an act sets the
// state, fires the rule's event and reads where it led. Conditions run before
// it, in [Decide]; no callbacks, no context that can be cancelled.

func (w *Workflow) newMachine() *fsm.FSM {
	var events fsm.Events
	for i := range w.Rules {
		r := &w.Rules[i]
		if !r.Stay {
			events = append(events, fsm.EventDesc{Name: r.event, Src: keysOf(r.From), Dst: r.To.Key})
			continue
		}
		for _, s := range r.From {
			events = append(events, fsm.EventDesc{Name: r.event, Src: []string{s.Key}, Dst: s.Key})
		}
	}
	return fsm.NewFSM(New.Key, events, nil)
}

func keysOf(stages []Stage) []string {
	keys := make([]string, len(stages))
	for i, s := range stages {
		keys[i] = s.Key
	}
	return keys
}

// next asks the machine where a rule leads from a stage.
func (w *Workflow) next(stage string, r *Rule) (string, error) {
	m := w.machines.Get().(*fsm.FSM)
	m.SetState(stage)
	err := m.Event(context.Background(), r.event)
	var stays fsm.NoTransitionError
	if err != nil && !errors.As(err, &stays) {
		// The instance is not put back: after a surprise it is not trusted.
		return "", fmt.Errorf("stage machine of %s: %w", w.Key, err)
	}
	to := m.Current()
	w.machines.Put(m)
	return to, nil
}
