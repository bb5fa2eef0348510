package inmem

import (
	"context"
	"slices"
	"strings"

	"jinchu/engine"
)

// Rows implements [engine.Store].
func (s *Store) Rows(_ context.Context, q *engine.Query) ([]engine.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []engine.Row
	for _, r := range s.of(q.County).rows {
		if selects(q, r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b engine.Row) int {
		return comparePlace(engine.Cursor{DueOn: a.DueOn, ID: a.ID}, engine.Cursor{DueOn: b.DueOn, ID: b.ID})
	})
	limit := 50
	if q.Limit > 0 {
		limit = min(q.Limit, 1000)
	}
	return out[:min(limit, len(out))], nil
}

func selects(q *engine.Query, r engine.Row) bool {
	place := engine.Cursor{DueOn: r.DueOn, ID: r.ID}
	switch {
	case q.Path != "" && r.Path != q.Path && !within(r.Path, q.Path),
		q.Workflow != "" && r.Workflow != q.Workflow,
		len(q.Stages) > 0 && !slices.Contains(q.Stages, r.Stage),
		q.Person != "" && r.Person != q.Person,
		q.Parent != "" && r.Parent != q.Parent,
		q.Open && r.Ended,
		!q.DueBy.IsZero() && (r.DueOn.IsZero() || r.DueOn.After(q.DueBy)),
		q.After != engine.Cursor{} && comparePlace(place, q.After) <= 0:
		return false
	}
	return true
}

func within(path, above string) bool {
	return len(path) > len(above) && path[:len(above)] == above && path[len(above)] == '/'
}

// comparePlace is the order of lists: by due date, none last, then by
// identifier.
func comparePlace(a, b engine.Cursor) int {
	if a.DueOn != b.DueOn {
		switch {
		case a.DueOn.IsZero():
			return 1
		case b.DueOn.IsZero():
			return -1
		}
		return a.DueOn.Compare(b.DueOn)
	}
	return strings.Compare(string(a.ID), string(b.ID))
}
