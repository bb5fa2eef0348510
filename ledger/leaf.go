// Package ledger makes the record of a case checkable by outsiders: every event
// carries a leaf, and every leaf names the hash of the one before it.
//
// Purpose: to write an event's evidence in the same transaction as the act
// (Seal), and to recompute the whole chain of a case later (Chain), offline and
// without trust in the database it was read from.
//
// Data held: none beyond a running Chain. The bytes it makes and checks are the
// leaf (canonical JSON by RFC 8785: coarse facts and pseudonyms, kept for ever),
// the leaf hash, the payload (opaque bytes, stored and hashed as they are) and
// the payload's 32-byte salt. A leaf never contains names, ID or telephone
// numbers, addresses, free text, file names, reasons or tallies. The package
// admits only short printable ASCII without spaces, which keeps prose out; the
// rest is the caller's duty.
//
// Guarantees: one leaf has exactly one encoding. A changed byte in a leaf, hash,
// payload or salt, and a missing, repeated, swapped or foreign event, is found
// by Chain and named by case and sequence number. Deleting payload and salt
// together leaves the chain valid (erasure).
//
// Not found by a chain alone: a tail cut off, a last event forged anew, a chain
// rewritten throughout, and an erasure nobody ordered. For the first three
// compare Chain.Head with the head kept elsewhere (the case row, the log's
// checkpoint); for the last look for the event that ordered it.
//
// The package is pure: no clock, no I/O, no randomness of its own.
package ledger

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	// maxN is the largest integer that canonical JSON carries exactly.
	maxN = 1<<53 - 1
	// maxText bounds each text of a leaf, in bytes.
	maxText = 128
	// ruleLen is the number of hex digits of Leaf.Rule.
	ruleLen = 16

	timeLayout = "2006-01-02T15:04:05.000000Z"
)

// Leaf is the part of an event that stays for ever and that outsiders see. Its
// texts are 1 to 128 bytes of printable ASCII without space, '"' and '\'.
type Leaf struct {
	County string    // county code, as 420683; in the leaf so that a chain cannot be moved between counties
	Case   string    // case id
	Kind   string    // coarse kind: case.open, case.step, case.close, filing, config, role, ...
	N      int64     // place in the case's chain, 1 to 2^53-1 without gaps
	At     time.Time // instant of the act; written in UTC, cut to microseconds
	Prev   Hash      // leaf hash of event N-1; zero if and only if N is 1
	PC     Hash      // commitment to the payload, see Commit
	Rule   string    // first 16 lower-case hex digits of the rule's hash; empty where no rule applies
	Who    string    // pseudonym of the actor: an office's id, never a person's name
}

// Bytes returns the leaf as canonical JSON (RFC 8785), keys sorted. It does not
// validate: only the bytes of a leaf that Seal accepts are sure to parse again.
func (l Leaf) Bytes() []byte {
	return l.append(make([]byte, 0, usualLeaf))
}

func (l *Leaf) append(b []byte) []byte {
	b = append(b, `{"at":"`...)
	b = l.At.UTC().AppendFormat(b, timeLayout)
	b = append(b, `","case":"`...)
	b = append(b, l.Case...)
	b = append(b, `","county":"`...)
	b = append(b, l.County...)
	b = append(b, `","kind":"`...)
	b = append(b, l.Kind...)
	b = append(b, `","n":`...)
	b = strconv.AppendInt(b, l.N, 10)
	b = append(b, `,"pc":"`...)
	b = hex.AppendEncode(b, l.PC[:])
	b = append(b, `","prev":"`...)
	b = hex.AppendEncode(b, l.Prev[:])
	if l.Rule != "" {
		b = append(b, `","rule":"`...)
		b = append(b, l.Rule...)
	}
	b = append(b, `","v":1,"who":"`...)
	b = append(b, l.Who...)
	return append(b, `"}`...)
}

// check reports why l has no place in a chain, or nil.
func (l *Leaf) check() error {
	texts := [...]struct{ name, text string }{
		{"county", l.County}, {"case", l.Case}, {"kind", l.Kind}, {"who", l.Who},
	}
	for _, t := range texts {
		if why := textFault(t.text); why != "" {
			return fmt.Errorf("ledger: %s %s", t.name, why)
		}
	}
	year := l.At.UTC().Year()
	switch {
	case l.Rule != "" && !isRule(l.Rule):
		return errors.New("ledger: rule is not 16 lower-case hex digits")
	case l.N < 1 || l.N > maxN:
		return fmt.Errorf("ledger: n is %d, outside 1 to 2^53-1", l.N)
	case l.N == 1 && !l.Prev.IsZero():
		return errors.New("ledger: first event has a predecessor")
	case l.N > 1 && l.Prev.IsZero():
		return fmt.Errorf("ledger: event %d has no predecessor", l.N)
	case l.At.IsZero() || year < 1 || year > 9999:
		return errors.New("ledger: instant is missing or outside the years 1 to 9999")
	}
	return nil
}

func isRule(s string) bool {
	for i := 0; i < len(s); i++ {
		if hexDigit(s[i]) > 15 {
			return false
		}
	}
	return len(s) == ruleLen
}

// textFault admits what JSON carries without an escape, less the space: so text
// cannot break out of its quotes and prose does not fit in.
func textFault(s string) string {
	if s == "" {
		return "is empty"
	}
	if len(s) > maxText {
		return "is longer than 128 bytes"
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return fmt.Sprintf("has byte %#02x at %d; only printable ASCII without space, quote and backslash is allowed", c, i)
		}
	}
	return ""
}
