package engine

import (
	"container/list"
	"context"
	"sync"

	"jinchu/ledger"
	"jinchu/register"
)

// load is a case as it stands: from memory, where it is known, or else folded
// from its events. What is in memory may be behind; the commit notices.
func (e *Engine) load(ctx context.Context, county register.CountyID, id CaseID) (*Case, error) {
	if !register.Plain(string(id)) {
		return nil, &NotFound{"case"} // not an identifier; the store is not asked
	}
	if c := e.cases.get(county, id); c != nil {
		return c, nil
	}
	c, err := e.Refold(ctx, county, id)
	if err == nil {
		e.cases.put(c)
	}
	return c, err
}

// Refold folds a case from its events in the store, past any memory.
func (e *Engine) Refold(ctx context.Context, county register.CountyID, id CaseID) (*Case, error) {
	entries, err := e.store.Log(ctx, county, string(id), 0)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, &NotFound{"case " + string(id)}
	}
	var c *Case
	for _, entry := range entries {
		if c, err = e.Fold(c, county, id, entry); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Fold adds one entry of a case's chain to the case; nil begins it.
func (e *Engine) Fold(c *Case, county register.CountyID, id CaseID, entry ledger.Entry) (*Case, error) {
	event, err := unsealed(county, id, entry)
	if err != nil {
		return nil, err
	}
	return e.apply(c, event, entry.Hash)
}

// apply folds an event into a case by the case's own workflow.
func (e *Engine) apply(c *Case, event *Event, head ledger.Hash) (*Case, error) {
	key := event.Workflow
	if c != nil {
		key = c.Workflow
	}
	w := e.workflows[key]
	if w == nil {
		return nil, &NotFound{"workflow " + key}
	}
	return Apply(w, c, event, head)
}

// unsealed is the event of an entry.
func unsealed(county register.CountyID, id CaseID, entry ledger.Entry) (*Event, error) {
	leaf, err := ledger.ParseLeaf(entry.Leaf)
	if err != nil {
		return nil, err
	}
	return Unseal(county, id, leaf, entry.Payload)
}

// events are the events of a case after a seq.
func (e *Engine) events(ctx context.Context, county register.CountyID, id CaseID, after int64) ([]*Event, error) {
	entries, err := e.store.Log(ctx, county, string(id), after)
	if err != nil {
		return nil, err
	}
	out := make([]*Event, 0, len(entries))
	for _, entry := range entries {
		event, err := unsealed(county, id, entry)
		if err != nil {
			return nil, err
		}
		out = append(out, event)
	}
	return out, nil
}

// hotCases keeps the cases used last, so that an act on one of them needs no
// read. The commit's compare-and-swap guards against what it does not know.
type hotCases struct {
	mu    sync.Mutex
	limit int
	byID  map[caseKey]*list.Element
	order *list.List // most recently used first; values are *Case
}

type caseKey struct {
	county register.CountyID
	id     CaseID
}

func newHotCases(limit int) *hotCases {
	return &hotCases{limit: limit, byID: map[caseKey]*list.Element{}, order: list.New()}
}

func (h *hotCases) get(county register.CountyID, id CaseID) *Case {
	h.mu.Lock()
	defer h.mu.Unlock()
	el := h.byID[caseKey{county, id}]
	if el == nil {
		return nil
	}
	h.order.MoveToFront(el)
	return el.Value.(*Case)
}

// put keeps a case unless a later one is known already.
func (h *hotCases) put(c *Case) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := caseKey{c.County, c.ID}
	if el := h.byID[key]; el != nil {
		if el.Value.(*Case).Seq < c.Seq {
			el.Value = c
		}
		h.order.MoveToFront(el)
		return
	}
	h.byID[key] = h.order.PushFront(c)
	if h.order.Len() > h.limit {
		last := h.order.Back()
		old := h.order.Remove(last).(*Case)
		delete(h.byID, caseKey{old.County, old.ID})
	}
}

func (h *hotCases) drop(county register.CountyID, id CaseID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if el := h.byID[caseKey{county, id}]; el != nil {
		h.order.Remove(el)
		delete(h.byID, caseKey{county, id})
	}
}
