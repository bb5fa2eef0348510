package engine

import (
	"context"
	"slices"

	"jinchu/register"
)

// handled are the people who handled what a case traces back, in the order of
// their identifiers: in the case at the root, which the finding is about in
// the end, everybody who acted and everybody whom an act named to introduce,
// to talk or to inspect; in a check or an order on the way to it, those who
// answer for what it found. Whoever sends inspectors has handled nothing of
// what they find, and the members of a body that votes are not told. It is
// found in the log, as [Engine.Responsibility] is.
func (e *Engine) handled(ctx context.Context, c *Case) ([]register.PersonID, error) {
	people := []register.PersonID{}
	for id := c.Parent; id != ""; {
		turns, err := e.replay(ctx, c.County, id)
		if err != nil {
			return nil, err
		}
		for _, t := range turns {
			people = append(people, e.handlersOf(t)...)
		}
		id = turns[0].before.Parent
	}
	slices.Sort(people)
	return slices.Compact(people), nil
}

// handlersOf are those of one event.
func (e *Engine) handlersOf(t turn) []register.PersonID {
	w := e.workflows[t.before.Workflow]
	var people []register.PersonID
	root := t.before.Parent == ""
	if t.event.By.Person != "" && (root || w.Capacity(t.event.Action) != AsHandled) {
		people = append(people, t.event.By.Person)
	}
	for _, f := range w.given(t.event) {
		people = append(people, w.named(f, t.event.values[f.Key])...)
	}
	return people
}
