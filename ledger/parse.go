package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseLeaf reads a leaf that Bytes wrote. It accepts exactly the bytes that
// the result encodes to again: other key orders, spaces, escapes, further
// members and trailing bytes are errors, as is any leaf that Seal would refuse.
// The instant of the result is in UTC.
func ParseLeaf(b []byte) (Leaf, error) {
	s := scanner{rest: string(b)}
	l := s.leaf()
	if s.err != nil {
		return Leaf{}, s.err
	}
	if err := l.check(); err != nil {
		return Leaf{}, err
	}
	var room [usualLeaf]byte
	if !bytes.Equal(l.append(room[:0]), b) {
		return Leaf{}, errors.New("ledger: leaf is not in canonical form")
	}
	return l, nil
}

// scanner walks the one order in which the members may stand. After the first
// error it only returns zero values.
type scanner struct {
	rest string
	err  error
}

// leaf reads up to the last quote; ParseLeaf's comparison judges what follows.
func (s *scanner) leaf() (l Leaf) {
	l.At = s.instant(s.between(`{"at":"`, `"`))
	l.Case = s.between(`,"case":"`, `"`)
	l.County = s.between(`,"county":"`, `"`)
	l.Kind = s.between(`,"kind":"`, `"`)
	l.N = s.integer(s.between(`,"n":`, `,`))
	l.PC = s.hash(s.between(`"pc":"`, `"`))
	l.Prev = s.hash(s.between(`,"prev":"`, `"`))
	if strings.HasPrefix(s.rest, `,"rule":`) {
		l.Rule = s.between(`,"rule":"`, `"`)
	}
	l.Who = s.between(`,"v":1,"who":"`, `"`)
	return l
}

// between takes open, then the text up to the first end, and end itself.
func (s *scanner) between(open, end string) string {
	if s.err != nil {
		return ""
	}
	rest, ok := strings.CutPrefix(s.rest, open)
	if !ok {
		s.fail(open + " expected")
		return ""
	}
	text, rest, ok := strings.Cut(rest, end)
	if !ok {
		s.fail("no end after " + open)
		return ""
	}
	s.rest = rest
	return text
}

func (s *scanner) instant(text string) time.Time {
	if s.err != nil {
		return time.Time{}
	}
	t, err := time.Parse(timeLayout, text)
	if err != nil {
		s.fail("instant is not in UTC with microseconds")
	}
	return t
}

func (s *scanner) integer(text string) int64 {
	if s.err != nil {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		s.fail("n is not an integer")
	}
	return n
}

func (s *scanner) hash(text string) Hash {
	if s.err != nil {
		return Hash{}
	}
	h, ok := hashOf(text)
	if !ok {
		s.fail("hash is not 64 lower-case hex digits")
	}
	return h
}

func (s *scanner) fail(why string) {
	s.err = fmt.Errorf("ledger: leaf is malformed: %s", why)
}
