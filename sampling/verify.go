package sampling

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Part is a part of a bundle that may not hold.
type Part string

// The parts, in the order in which they are verified.
const (
	PartOpening   Part = "opening"   // the opening record, see Opening.Check
	PartKey       Part = "key"       // a party's key: missing, unknown, not committed to, shared
	PartFrame     Part = "frame"     // the filings, or the frame digest of a point
	PartSelection Part = "selection" // the selection digest of a point
	PartLine      Part = "line"      // a published line: missing, not drawn, different
	PartResult    Part = "result"    // a result: missing, of nothing drawn, not possible
	PartDigest    Part = "digest"    // the digest that the file states
)

// Fault is one thing in a bundle that does not hold, or cannot be told.
type Fault struct {
	Part  Part
	Party string // of a key
	Point int    // of a frame or a selection; 0 for the filings themselves
	N     int    // filing of a frame, a line or a result
	Why   string // in one clause, without keys or tickets
	Open  bool   // it cannot be told, since a key was not revealed
}

// Verdict is what the faults of a bundle come to.
type Verdict int

// The verdicts. A bundle is Unknown if nothing in it is wrong, but the draw
// cannot be repeated for want of a key.
const (
	Holds Verdict = iota
	Broken
	Unknown
)

// Judge is the verdict on a bundle from what [Verify] found.
func Judge(faults []Fault) Verdict {
	verdict := Holds
	for i := range faults {
		if !faults[i].Open {
			return Broken
		}
		verdict = Unknown
	}
	return verdict
}

// String names part, place and reason.
func (f Fault) String() string {
	switch {
	case f.Party != "":
		return fmt.Sprintf("%s of %s: %s", f.Part, f.Party, f.Why)
	case f.Point > 0:
		return fmt.Sprintf("%s of point %d: %s", f.Part, f.Point, f.Why)
	case f.N > 0:
		return fmt.Sprintf("%s of filing %d: %s", f.Part, f.N, f.Why)
	}
	return fmt.Sprintf("%s: %s", f.Part, f.Why)
}

// Verify repeats the draw of a quarter and returns what does not hold, nothing
// if all does (design, "Verify"). Each ticket is computed once, whatever the
// number of points. A broken opening, key or set of filings leaves the draw and
// the results unverified: nothing can be drawn from them. Of an unrevealed key
// see [Judge]. Whoever changes a bundle can state its digest anew: only the
// digest in the county's log tells that it is the one that was published.
func Verify(b Bundle) []Fault {
	faults := b.verifyQuarter()
	if b.Stated != (Hash{}) && b.Stated != b.Digest() {
		faults = append(faults, Fault{Part: PartDigest, Why: "it is not that of the bundle: something in it was changed"})
	}
	return faults
}

func (b *Bundle) verifyQuarter() []Fault {
	if err := b.Opening.Check(); err != nil {
		return []Fault{{Part: PartOpening, Why: err.Error()}}
	}
	keys := b.verifyKeys()
	if Judge(keys) == Broken {
		return keys
	}
	frame, err := NewFrame(b.Opening, b.Filings)
	if err != nil {
		for _, one := range joined(err) {
			keys = append(keys, Fault{Part: PartFrame, Why: one.Error()})
		}
		return keys
	}
	faults := slices.Concat(keys, b.verifyPending(), b.verifyFrames(frame))
	if b.running() {
		return faults // what is not over yet is open, and nothing is drawn
	}
	lines := inOrder(b.Lines, byNumber)
	drawn := lines // as published, if nothing can be drawn
	if len(keys) == 0 {
		last, err := frame.draw(b.Opening.Points, b.Keys.dealer(b.Opening.Quarter))
		if err != nil {
			return append(faults, Fault{Part: PartSelection, Why: err.Error()})
		}
		faults = append(append(faults, b.verifySelections(last)...), compare(last.Lines, lines)...)
		drawn = last.Lines
	}
	return append(faults, verifyResults(drawn, frame.cases, b.Results)...)
}

// running reports a bundle of a quarter that goes on: no key is revealed, and
// points are still to come.
func (b *Bundle) running() bool { return len(b.Keys) == 0 && len(b.Records) < b.Opening.Points }

// joined are the errors that were joined to one.
func joined(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}

func byNumber(a, b *Line) int { return cmp.Compare(a.N, b.N) }

func (b *Bundle) verifyFrames(frame *Frame) (faults []Fault) {
	if got, want := len(b.Records), b.Opening.Points; got != want {
		faults = append(faults, Fault{Part: PartFrame, Why: fmt.Sprintf("%d records for %d points", got, want), Open: b.running()})
	}
	for i, digest := range frame.digests(b.Opening.Points) {
		if i < len(b.Records) && digest != b.Records[i].Frame {
			faults = append(faults, Fault{Part: PartFrame, Point: i + 1, Why: "the digest is not that of the filings"})
		}
	}
	return faults
}

func (b *Bundle) verifySelections(last history) (faults []Fault) {
	for i, digest := range last.digests(b.Opening.Points) {
		if i < len(b.Records) && digest != b.Records[i].Selection {
			faults = append(faults, Fault{Part: PartSelection, Point: i + 1, Why: "the digest is not that of the draw"})
		}
	}
	return faults
}

func (b *Bundle) verifyKeys() (faults []Fault) {
	blame := func(party, why string) { faults = append(faults, Fault{Part: PartKey, Party: party, Why: why}) }
	committed, holder := map[string]bool{}, map[Key]string{}
	for _, c := range b.Opening.Commitments {
		committed[c.Party] = true
		key, revealed := b.Keys[c.Party]
		switch {
		case !revealed:
			faults = append(faults, Fault{Part: PartKey, Party: c.Party, Why: "it was not revealed", Open: true})
			continue
		case key.Commit(c.Party, b.Opening.Quarter) != c.Hash:
			blame(c.Party, "it is not the one committed to")
		case holder[key] != "":
			blame(c.Party, "it is also the key of "+holder[key])
		}
		holder[key] = c.Party
	}
	for _, party := range slices.Sorted(maps.Keys(b.Keys)) {
		if !committed[party] {
			blame(party, "the party made no commitment")
		}
	}
	return faults
}

// verifyPending finds filings that nobody held or withdrew: a closed quarter has
// none, and one left open would stay out of every frame.
func (b *Bundle) verifyPending() (faults []Fault) {
	for i := range b.Filings {
		if one := &b.Filings[i]; one.Point == 0 {
			faults = append(faults, Fault{Part: PartFrame, N: one.N, Why: "it was neither held nor withdrawn by the last point", Open: b.running()})
		}
	}
	slices.SortFunc(faults, func(x, y Fault) int { return x.N - y.N })
	return faults
}

// compare names the filings whose published line is not the drawn one; both
// lists are in order.
func compare(drawn, published []Line) (faults []Fault) {
	blame := func(n int, why string) { faults = append(faults, Fault{Part: PartLine, N: n, Why: why}) }
	for len(drawn)+len(published) > 0 {
		switch {
		case len(drawn) == 0 || len(published) > 0 && published[0].N < drawn[0].N:
			blame(published[0].N, "it was not drawn, or is there twice")
			published = published[1:]
			continue
		case len(published) == 0 || drawn[0].N < published[0].N:
			blame(drawn[0].N, "it was drawn and is missing")
			drawn = drawn[1:]
			continue
		case drawn[0] != published[0]:
			blame(drawn[0].N, "it is not the line that was drawn: "+published[0].differs(drawn[0]))
		}
		drawn, published = drawn[1:], published[1:]
	}
	return faults
}

// differs names the first field in which two lines are not the same.
func (l Line) differs(want Line) string {
	switch {
	case l.Draw != want.Draw:
		return "draw id"
	case l.Stratum != want.Stratum:
		return "stratum"
	case l.Reason != want.Reason:
		return "reason"
	case l.Method != want.Method:
		return "method"
	}
	return "ticket"
}
