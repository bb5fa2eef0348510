package engine

import (
	"context"
	"errors"
	"time"

	"jinchu/calendar"
	"jinchu/ledger"
	"jinchu/register"
)

// Store keeps cases, their events, the register and the claims. It decides
// nothing. Every method names the county; nothing crosses counties.
//
// Errors are [Unavailable] where the outcome is not known, or one of the
// errors below.
type Store interface {
	// View is the county as known now. It reads lazily and may answer from
	// memory: Commit and Record notice when what it answered has changed.
	View(ctx context.Context, county register.CountyID) View

	// Log returns the entries of a chain (a case, or a subject of the
	// register) with a seq greater than after, oldest first; none where the
	// chain does not exist.
	Log(ctx context.Context, county register.CountyID, chain string, after int64) ([]ledger.Entry, error)

	// Commit keeps one act: the event, the case's row, the claims, the changes
	// of the register and the answer under the key, all or nothing, durably.
	// It fails with ErrStale where the case or what the view answered has
	// changed since, ErrClaimed where a claim was taken by somebody else, and
	// ErrKeyUsed where the key holds an answer already.
	Commit(ctx context.Context, c *Commit) error

	// Record keeps changes of the register outside any case, all or nothing.
	// It fails with ErrStale where what the view answered has changed since.
	Record(ctx context.Context, r *Record) error

	// Answer is what was answered under a key; ok is false where nothing was.
	Answer(ctx context.Context, county register.CountyID, office register.OfficeID, key string) (digest string, answer []byte, ok bool, err error)

	// Refusal keeps the trace of a refused act. It holds codes and articles
	// only, nothing a person wrote. It fails with ErrStale where the case or
	// what the view answered has changed since: a refusal rests on what is,
	// like an act.
	Refusal(ctx context.Context, r *Refusal) error

	// Rows lists cases by their rows, ordered by (due, id) with cases without
	// a deadline last.
	Rows(ctx context.Context, q *Query) ([]Row, error)

	// Deeds lists what was signed in cases, as the query selects it, ordered by
	// (case, seq). It looks at a bounded number of events: next is where to go
	// on, also where it found nothing so far, and nil at the end. A case begun
	// meanwhile may stand before the place reached, and is then not listed.
	Deeds(ctx context.Context, q *DeedQuery) (deeds []Deed, next *DeedCursor, err error)
}

// Errors of a Store that the door handles.
var (
	ErrStale   = errors.New("changed since it was read")
	ErrClaimed = errors.New("claimed by somebody else")
	ErrKeyUsed = errors.New("idempotency key already used")
)

// SerialKind is the kind of the claim on an admission form serial. Its keys
// are given out once, whatever becomes of them, and a person holds one at a
// time.
const SerialKind = "form-serial"

// Commit is one act to be kept.
type Commit struct {
	County  register.CountyID
	Case    *Case        // as it is after the act; Seq-1 is expected in the store
	Entry   ledger.Entry // of the event
	Event   *Event
	Effects []register.Entity
	Salts   [][32]byte // one per effect
	View    View       // the view the decision was made on
	Office  register.OfficeID
	Key     string // "" keeps no answer
	Digest  string
	Answer  []byte
}

// Record is a change of the register to be kept.
type Record struct {
	County   register.CountyID
	Entities []register.Entity
	Salts    [][32]byte // one per entity
	By       Signer
	At       time.Time // instant of the recording
	On       calendar.Date
	Reason   string
	View     View
}

// RegisterEvent is the payload of an event in a chain of the register.
type RegisterEvent struct {
	Kind   register.Kind   `json:"kind"`
	On     calendar.Date   `json:"on"`
	By     Signer          `json:"by"`
	Case   CaseID          `json:"case,omitempty"` // the case whose act made the change
	Reason string          `json:"reason,omitempty"`
	Entity register.Entity `json:"entity"`
}

// Refusal is the trace of a refused act.
type Refusal struct {
	County   register.CountyID
	Case     CaseID // "" where it was to be opened
	Workflow string
	Stage    string
	Action   string
	Office   register.OfficeID
	At       time.Time
	On       calendar.Date
	Codes    []string // of the grounds
	Articles []Article

	Seq  int64 // of the case as it was judged; 0 where it was to be opened
	View View  // the view it was judged on
}

// Row is a case as its row shows it.
type Row struct {
	ID        CaseID            `json:"id"`
	Workflow  string            `json:"workflow"`
	Parent    CaseID            `json:"parent,omitempty"`
	Person    register.PersonID `json:"person"`
	Org       register.OrgID    `json:"org"`
	Path      string            `json:"path"`
	Stage     string            `json:"stage"`
	StageOn   calendar.Date     `json:"stage_on"`
	OpenedOn  calendar.Date     `json:"opened_on"`
	Seq       int64             `json:"seq"`
	Ended     bool              `json:"ended"`
	DueOn     calendar.Date     `json:"due_on,omitzero"`
	DueAction string            `json:"due_action,omitempty"`
	Head      ledger.Hash       `json:"head"`
}

// RowOf is the row of a case.
func RowOf(c *Case) Row {
	r := Row{ID: c.ID, Workflow: c.Workflow, Parent: c.Parent, Person: c.Person, Org: c.Org, Path: c.Path,
		Stage: c.Stage, StageOn: c.StageOn, OpenedOn: c.OpenedOn, Seq: c.Seq, Ended: c.Ended, Head: c.Head}
	if d, ok := c.NextDue(); ok {
		r.DueOn, r.DueAction = d.On, d.Action
	}
	return r
}

// Query selects rows of one county. Zero fields do not select.
type Query struct {
	County   register.CountyID
	Path     string // this organization and all below it
	Workflow string
	Stages   []string
	Person   register.PersonID
	Parent   CaseID
	Open     bool          // not ended
	DueBy    calendar.Date // due on or before this day
	After    Cursor        // exclusive
	Limit    int           // at most 1000; 0 is 50
}

// Cursor is the place of a row in the order of lists.
type Cursor struct {
	DueOn calendar.Date
	ID    CaseID
}

// DeedQuery selects the events of one county's cases by who signed them: an
// office, or whoever held the offices of a person. One of the two is set.
// Nothing of a case outside the path is read, and no cursor names one.
type DeedQuery struct {
	County register.CountyID
	Path   string // cases kept in this organization or below it; "" is all
	Office register.OfficeID
	Person register.PersonID
	After  DeedCursor // exclusive
	Limit  int        // at most 1000; 0 is 50
}

// DeedCursor is the place of an event among those of all cases.
type DeedCursor struct {
	Case CaseID
	Seq  int64
}

// Deed is one signed event.
type Deed struct {
	DeedCursor
	Entry ledger.Entry
}
