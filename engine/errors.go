package engine

import (
	"fmt"
	"strings"
)

// Ground is one reason of a refusal: the condition that does not hold, the
// article behind it, and what is missing.
type Ground struct {
	Code    string  `json:"code"`
	Article Article `json:"article"`
	Words   Words   `json:"words"`
	Missing []Words `json:"missing,omitempty"`
}

// Refused is the answer of the rules: no, on all of these grounds. Nothing
// was changed.
type Refused struct {
	Action  string   `json:"action"`
	Grounds []Ground `json:"grounds"`
}

func (r *Refused) Error() string {
	parts := make([]string, len(r.Grounds))
	for i, g := range r.Grounds {
		parts[i] = fmt.Sprintf("%s (%s)", g.Words.Zh, g.Article)
		if len(g.Missing) > 0 {
			parts[i] += ": " + joinZh(g.Missing)
		}
	}
	return r.Action + " refused: " + strings.Join(parts, "; ")
}

func joinZh(ws []Words) string {
	zh := make([]string, len(ws))
	for i, w := range ws {
		zh[i] = w.Zh
	}
	return strings.Join(zh, "、")
}

// Invalid is bad input: where it is, what is wrong, what to do. Nothing was
// changed.
type Invalid struct {
	Code  string // stable, for programs: unknown-field, wrong-type, future-date ...
	Where string // the field or part of the input
	Words Words  // what is wrong and what to do
}

func (e *Invalid) Error() string { return e.Code + ": " + e.Where + ": " + e.Words.En }

func invalid(code, where, zh, en string) *Invalid {
	return &Invalid{Code: code, Where: where, Words: Words{zh, en}}
}

// NotFound is the answer for what does not exist and for what is outside the
// actor's reach alike.
type NotFound struct{ What string }

func (e *NotFound) Error() string { return e.What + " not found" }

// Conflict tells that somebody else was first: the case has moved on, or the
// key was used for something else. Since are the events the actor had not
// seen.
type Conflict struct {
	Code  string // "stale", "key-reused", "claimed"
	Words Words
	Seq   int64 // where the case stands now
	Since []*Event
}

func (e *Conflict) Error() string { return e.Code + ": " + e.Words.En }

// Unavailable tells that the answer is not known: the store failed. The same
// idempotency key tells later whether the act was kept.
type Unavailable struct{ Err error }

func (e *Unavailable) Error() string { return "store unavailable: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *Unavailable) Unwrap() error { return e.Err }
