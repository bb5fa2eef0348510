package engine

import (
	"encoding/json"
	"fmt"
	"time"

	"jinchu/calendar"
	"jinchu/ledger"
	"jinchu/register"
)

// Event is one act, as it stands in the log. The payload is its JSON; the
// leaf of the ledger carries no more than what [ledger.Leaf] says.
type Event struct {
	County   register.CountyID `json:"-"`
	Case     CaseID            `json:"-"`
	Seq      int64             `json:"-"`
	At       time.Time         `json:"-"` // instant, UTC, microseconds
	Rule     string            `json:"-"` // hash of the rule's sentence
	Kind     string            `json:"-"` // coarse kind
	Workflow string            `json:"workflow,omitempty"`
	Parent   CaseID            `json:"parent,omitempty"`
	Person   register.PersonID `json:"person,omitempty"`
	Org      register.OrgID    `json:"org,omitempty"`
	Path     string            `json:"path,omitempty"`

	Action   string                     `json:"action"`
	From     string                     `json:"from"`
	To       string                     `json:"to"`
	On       calendar.Date              `json:"on"`
	By       Signer                     `json:"by"`
	Fields   map[string]json.RawMessage `json:"fields,omitempty"`
	Due      []Deadline                 `json:"due,omitempty"`
	Claims   []ClaimChange              `json:"claims,omitempty"`
	Register []string                   `json:"register,omitempty"` // chains of the register changed with it
	Flags    []string                   `json:"flags,omitempty"`
	Reason   string                     `json:"reason,omitempty"`
	NewRound bool                       `json:"new_round,omitempty"`
	Ends     bool                       `json:"ends,omitempty"`

	values map[string]any // Fields as Go values, where decided here
}

// Signer is who acted, as known at that moment.
type Signer struct {
	Office register.OfficeID `json:"office"`
	Post   register.Post     `json:"post"`
	Org    register.OrgID    `json:"org"`
	Person register.PersonID `json:"person,omitempty"`
}

// ClaimChange is one claim taken, used, released or voided.
type ClaimChange struct {
	Op   Op     `json:"op"`
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

// Flags an act can carry.
const (
	FlagBackDated = "back-dated" // recorded after the day it happened
	FlagLate      = "late"       // done after its deadline
)

// Seal makes the ledger entry of an event on top of the chain's head.
func (e *Event) Seal(prev ledger.Hash, salt [32]byte) (ledger.Entry, error) {
	payload, err := json.Marshal(e)
	if err != nil {
		return ledger.Entry{}, fmt.Errorf("event %s/%d: %w", e.Case, e.Seq, err)
	}
	return ledger.Seal(ledger.Leaf{
		County: string(e.County), Case: string(e.Case), Kind: e.Kind, N: e.Seq, At: e.At,
		Prev: prev, Rule: e.Rule, Who: string(e.By.Office),
	}, payload, salt)
}

// Unseal reads an event back from its entry.
func Unseal(county register.CountyID, id CaseID, leaf ledger.Leaf, payload []byte) (*Event, error) {
	e := &Event{County: county, Case: id, Seq: leaf.N, At: leaf.At, Rule: leaf.Rule, Kind: leaf.Kind}
	if err := json.Unmarshal(payload, e); err != nil {
		return nil, fmt.Errorf("event %s/%d: %w", id, leaf.N, err)
	}
	return e, nil
}
