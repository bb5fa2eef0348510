package ledger

import (
	"errors"
	"fmt"
	"strings"
)

// Entry is one event as its row stores it.
type Entry struct {
	Leaf    []byte   // canonical JSON, see Leaf.Bytes
	Hash    Hash     // LeafHash of Leaf
	Payload []byte   // opaque; empty once erased
	Salt    [32]byte // key of the payload commitment; all zeros once erased
}

// Erased reports that payload and salt are both deleted, so that the leaf
// stands for itself. Seal never makes such an entry: its salts are not zero.
func (e Entry) Erased() bool {
	return len(e.Payload) == 0 && e.Salt == [32]byte{}
}

// Seal commits l to payload under salt and returns the row to store. It sets
// l.PC, whatever stood there, and cuts l.At to microseconds. The salt must be 32
// fresh random bytes; all zeros are refused because they mean "erased". An error
// means that l has no place in any chain; whether it is the next one of its case
// only a Chain, or the case row's head, can tell. The entry shares payload.
func Seal(l Leaf, payload []byte, salt [32]byte) (Entry, error) {
	if salt == [32]byte{} {
		return Entry{}, errors.New("ledger: salt is all zeros")
	}
	if err := l.check(); err != nil {
		return Entry{}, err
	}
	l.PC = Commit(salt, payload)
	leaf := l.Bytes()
	return Entry{Leaf: leaf, Hash: LeafHash(leaf), Payload: payload, Salt: salt}, nil
}

// Broken says that the events of a case do not form its chain.
type Broken struct {
	County, Case string // the chain under verification, whatever the leaf claims
	N            int64  // the first event that does not hold, counted from 1
	Why          string // the check that it fails
}

// Error names case and event.
func (b *Broken) Error() string {
	return fmt.Sprintf("ledger: county %s case %s event %d: %s", b.County, b.Case, b.N, b.Why)
}

// Chain verifies the events of one case in order. It is not safe for use by
// several goroutines at once.
type Chain struct {
	county, caseID string
	n              int64
	head           Hash
	broken         *Broken
}

// NewChain returns a chain before its first event.
func NewChain(county, caseID string) *Chain {
	return &Chain{county: county, caseID: caseID}
}

// Head returns the number of events that hold so far and the leaf hash of the
// last one; 0 and the zero Hash before the first.
func (c *Chain) Head() (n int64, h Hash) { return c.n, c.head }

// Add recomputes everything about the next event and returns its leaf. Of an
// erased entry (Entry.Erased) it checks all but the payload; the caller decides
// whether the erasure was ordered. The error is always a *Broken. It is final:
// every later Add returns it again and Head stays at the last event that held.
func (c *Chain) Add(e Entry) (Leaf, error) {
	if c.broken != nil {
		return Leaf{}, c.broken
	}
	l, why := c.check(e)
	if why != "" {
		c.broken = &Broken{County: c.county, Case: c.caseID, N: c.n + 1, Why: why}
		return Leaf{}, c.broken
	}
	c.n, c.head = l.N, e.Hash
	return l, nil
}

// check returns the leaf of e, or why e is not the next event.
func (c *Chain) check(e Entry) (l Leaf, why string) {
	if LeafHash(e.Leaf) != e.Hash {
		return l, "leaf does not match its stored hash"
	}
	l, err := ParseLeaf(e.Leaf)
	switch {
	case err != nil:
		return l, strings.TrimPrefix(err.Error(), "ledger: ")
	case l.County != c.county:
		return l, "leaf belongs to county " + l.County
	case l.Case != c.caseID:
		return l, "leaf belongs to case " + l.Case
	case l.N != c.n+1:
		return l, fmt.Sprintf("leaf is event %d", l.N)
	case l.Prev != c.head:
		return l, "leaf does not continue the event before it"
	case !e.Erased() && e.Salt == [32]byte{}:
		return l, "salt is missing"
	case !e.Erased() && Commit(e.Salt, e.Payload) != l.PC:
		return l, "payload and salt do not match the leaf's commitment"
	}
	return l, ""
}
