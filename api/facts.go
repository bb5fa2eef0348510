package api

import (
	"slices"
	"strconv"
	"strings"

	"jinchu/engine"
)

// holding is what a case holds, read by the keys of its workflow's fields.
// Nothing is held under a key that the workflow does not have.
type holding struct {
	workflow *engine.Workflow // nil where the engine knows it no more
	c        *engine.Case
}

func (s *server) holding(c *engine.Case) holding {
	w, _ := s.Engine.Workflow(c.Workflow)
	return holding{w, c}
}

func (h holding) value(key string) any {
	if h.workflow == nil {
		return nil
	}
	f, ok := h.workflow.Field(key)
	if !ok {
		return nil
	}
	fact, _ := h.c.Fact(f)
	return fact.Value
}

func (h holding) text(key string) string         { v, _ := h.value(key).(string); return v }
func (h holding) number(key string) int64        { v, _ := h.value(key).(int64); return v }
func (h holding) items(key string) []engine.Item { v, _ := h.value(key).([]engine.Item); return v }

// choice is a choice with its words, nil where none was made.
func (h holding) choice(key string) *Named {
	chosen := h.text(key)
	if chosen == "" {
		return nil
	}
	n := optionOf(h.workflow, key, chosen)
	return &n
}

// optionOf is one option of a field with its words; one that is not known any
// more keeps its key.
func optionOf(w *engine.Workflow, field, key string) Named {
	if w != nil {
		if f, ok := w.Field(field); ok {
			if i := slices.IndexFunc(f.Options, func(o engine.Option) bool { return o.Key == key }); i >= 0 {
				return named(key, f.Options[i].Words)
			}
		}
	}
	return Named{Key: key}
}

// numbers reads the form in which figures are kept: "filed=10 checked=3".
func numbers(text string) map[string]int64 {
	out := map[string]int64{}
	for part := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(part, "=")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			out[name] = n
		}
	}
	return out
}

// figureCells are numbers in the order of their names, blank where there are
// none.
func figureCells(text string, names ...string) []any {
	of := numbers(text)
	out := make([]any, len(names))
	for i, name := range names {
		if n, ok := of[name]; ok {
			out[i] = n
		}
	}
	return out
}
