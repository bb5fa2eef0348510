package sampling

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// Reason is why a filing is checked (design, "Bytes": result lines).
type Reason string

// The reasons. The last three are forced: checked besides the quota and never
// counted in it.
const (
	Online      Reason = "online"       // its ticket is below the threshold
	TopUp       Reason = "topup"        // next ticket, for the quota of filings
	TopUpBranch Reason = "topup-branch" // next ticket of an uncovered branch
	Late        Reason = "late"         // filed too late for its meeting
	Carry       Reason = "carry"        // a case's withdrawn filing was drawn last quarter and not inspected
	Failsafe    Reason = "failsafe"     // the share of a party did not come in time
)

func (r Reason) forced() bool { return r == Late || r == Carry || r == Failsafe }

// Line is one drawn filing (design, "Bytes": result lines).
type Line struct {
	N       int    // number of the filing
	Draw    int    // number of the filing whose id is its draw id
	Stratum string // where it counts
	Reason  Reason // why it is checked
	Method  string // how it is checked, unless overridden
	Ticket  Hash   // zeros if Failsafe
}

// Selection is what was drawn in a quarter up to a point, in the order of the
// filings' numbers.
type Selection struct {
	Quarter Quarter
	Lines   []Line
}

// Bytes are the result lines as they are published and hashed (design, "Bytes":
// result lines):
//
//	fid TAB draw_id TAB stratum TAB reason TAB method TAB ticket-hex LF
func (s *Selection) Bytes() []byte {
	var b []byte
	for i := range s.Lines {
		b = s.appendLine(b, &s.Lines[i])
	}
	return b
}

// Digest is the SHA-256 of the result lines (design, "Bytes": digest).
func (s *Selection) Digest() Hash {
	h := history{*s, make([]int, len(s.Lines))}
	return h.digests(1)[0]
}

// digests are those of all that was drawn by each point.
func (h *history) digests(points int) []Hash {
	sums, out := newSums(points), make([]Hash, points)
	var b []byte
	for i := range h.Lines {
		b = h.appendLine(b[:0], &h.Lines[i])
		for _, one := range sums[max(0, h.at[i]-1):] {
			_, _ = one.Writer.Write(b) // a hash takes everything
		}
	}
	for i := range sums {
		out[i] = sums[i].digest()
	}
	return out
}

// sum hashes in pieces of some size, which is faster than by the line.
type sum struct {
	hash.Hash
	*bufio.Writer
}

// newSums are hashes, one for each point.
func newSums(points int) []sum {
	s := make([]sum, points)
	for i := range s {
		h := sha256.New()
		s[i] = sum{h, bufio.NewWriter(h)}
	}
	return s
}

func (s sum) digest() (h Hash) {
	_ = s.Flush() // a hash takes everything
	s.Sum(h[:0])
	return h
}

func (s *Selection) appendLine(b []byte, l *Line) []byte {
	b = append(s.Quarter.appendID(b, l.N), '\t')
	b = append(s.Quarter.appendID(b, l.Draw), '\t')
	b = append(append(b, l.Stratum...), '\t')
	b = append(append(b, l.Reason...), '\t')
	b = append(append(b, l.Method...), '\t')
	return append(hex.AppendEncode(b, l.Ticket[:]), '\n')
}
