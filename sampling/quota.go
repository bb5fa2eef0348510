package sampling

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// most bounds numerators, denominators and weights, so that no product with a
// number of filings overflows.
const most = 1_000_000

// Ratio is a part of a whole in integers, 3/10 for 30 percent (design, "Bytes":
// online, need).
type Ratio struct{ Num, Den int }

// String is "3/10".
func (r Ratio) String() string { return fmt.Sprintf("%d/%d", r.Num, r.Den) }

// Need is how many of n have to be drawn: the quota rounded up (design,
// "Bytes": need).
func (r Ratio) Need(n int) int { return (n*r.Num + r.Den - 1) / r.Den }

// Online reports whether a ticket lies below the threshold, so that its filing
// is drawn on the day it is filed (design, "Bytes": online).
func (r Ratio) Online(ticket Hash) bool { return scale(ticket, r.Den) < r.Num }

func (r Ratio) valid() bool { return r.Num >= 0 && r.Num <= r.Den && r.Den > 0 && r.Den <= most }

// scale is floor(h * m / 2^256) with h as a big-endian integer: h taken evenly
// to 0..m-1. It is also the threshold test, since h*m < n*2^256 if and only if
// this is below n.
func scale(h Hash, m int) int {
	var carry uint64
	for at := len(h) - 8; at >= 0; at -= 8 {
		high, low := bits.Mul64(binary.BigEndian.Uint64(h[at:]), uint64(m))
		_, over := bits.Add64(low, carry, 0)
		carry = high + over // cannot overflow: high is at most m-1
	}
	return int(carry)
}

// Weight is one way to check and how often it is taken.
type Weight struct {
	Method string
	Weight int
}

// Weights is the published list of ways to check, in the order in which it is
// walked (design, "Bytes": method).
type Weights []Weight

// Pick walks the list by a method hash (design, "Bytes": method). The list must
// be valid as in [Opening.Check].
func (w Weights) Pick(method Hash) string {
	sum := 0
	for _, one := range w {
		sum += one.Weight
	}
	j := scale(method, sum)
	for _, one := range w {
		if j < one.Weight {
			return one.Method
		}
		j -= one.Weight
	}
	return "" // of an empty list only
}
