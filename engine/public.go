package engine

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// Public is what of an error may stand in a log: what the errors in it say of
// themselves by a method Public() string, which promises to name no person and
// to repeat nothing that somebody wrote; "" where none says anything. The whole
// text of an error is for whoever asked for the work.
func Public(err error) string {
	switch e := err.(type) { // each level is looked at by itself
	case interface{ Public() string }:
		return e.Public()
	case interface{ Unwrap() error }:
		return Public(e.Unwrap())
	case interface{ Unwrap() []error }:
		var parts []string
		for _, one := range e.Unwrap() {
			if text := Public(one); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, "; ")
	}
	return ""
}

// Public is the action with the codes and the articles of the grounds.
func (r *Refused) Public() string {
	parts := make([]string, len(r.Grounds))
	for i, g := range r.Grounds {
		parts[i] = fmt.Sprintf("%s (%s)", g.Code, g.Article)
	}
	return r.Action + " refused: " + strings.Join(parts, ", ")
}

// Public is the code, and the field where it is one and no subject of the
// register.
func (e *Invalid) Public() string {
	if strings.Contains(e.Where, ":") {
		return "invalid: " + e.Code
	}
	return "invalid: " + e.Code + ": " + e.Where
}

// Public tells what kind of thing was not found.
func (e *NotFound) Public() string {
	kind, _, _ := strings.Cut(e.What, " ")
	return kind + " not found"
}

// Public is the code.
func (e *Conflict) Public() string { return "conflict: " + e.Code }

// Public tells by its number what failed below the store, where it has one.
func (e *Unavailable) Public() string {
	var (
		system   syscall.Errno
		state    interface{ SQLState() string } // of PostgreSQL
		numbered interface{ Code() int }        // of SQLite
	)
	const text = "store unavailable"
	switch {
	case errors.As(e.Err, &system):
		return text + ": " + system.Error()
	case errors.As(e.Err, &state):
		return text + ": SQLSTATE " + state.SQLState()
	case errors.As(e.Err, &numbered):
		return fmt.Sprintf("%s: SQLite error %d", text, numbered.Code())
	}
	return text
}

// Public is the case with what may be told of its fault. The identifier is
// random and says nothing about anybody.
func (f *CaseFault) Public() string {
	text := Public(f.Err)
	if text == "" {
		text = "faulty"
	}
	return fmt.Sprintf("case %s: %s", f.Case, text)
}

// Public is the cases with what may be told of their faults.
func (f *CaseFaults) Public() string { return f.join((*CaseFault).Public) }
