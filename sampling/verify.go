package sampling

import (
	"fmt"
	"maps"
	"slices"
)

// Record is what went into the ledger at a top-up point, before inspections
// began (design, "Top-up points").
type Record struct {
	Frame     Hash // Frame.Digest
	Selection Hash // Selection.Digest
}

// Bundle is what is published when a quarter is closed (design, "Close and
// reveal").
type Bundle struct {
	Opening Opening
	Keys    Keys     // revealed, of every party
	Filings []Filing // all of the quarter, in any order
	Records []Record // of the points, in their order
	Lines   []Line   // drawn up to the last point, in any order
}

// Part is a part of a bundle that may not hold.
type Part string

// The parts, in the order in which they are verified.
const (
	PartOpening   Part = "opening"   // the opening record, see Opening.Check
	PartKey       Part = "key"       // a party's key: missing, unknown, not committed to, shared
	PartFrame     Part = "frame"     // the filings, or the frame digest of a point
	PartSelection Part = "selection" // the selection digest of a point
	PartLine      Part = "line"      // a published line: missing, not drawn, different
)

// Fault is one thing in a bundle that does not hold.
type Fault struct {
	Part  Part
	Party string // of a key
	Point int    // of a frame or a selection; 0 for the filings themselves
	N     int    // filing of a line
	Why   string // in one clause, without keys or tickets
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
// if all does (design, "Verify"). A broken opening, key or set of filings ends
// it: nothing can be drawn from them.
func Verify(b Bundle) []Fault {
	if err := b.Opening.Check(); err != nil {
		return []Fault{{Part: PartOpening, Why: err.Error()}}
	}
	if faults := b.verifyKeys(); len(faults) > 0 {
		return faults
	}
	frame, err := NewFrame(b.Opening, b.Filings)
	if err != nil {
		return []Fault{{Part: PartFrame, Why: err.Error()}}
	}
	faults := b.verifyPending()
	if got, want := len(b.Records), b.Opening.Points; got != want {
		faults = append(faults, Fault{Part: PartFrame, Why: fmt.Sprintf("%d records for %d points", got, want)})
	}
	lots := b.Keys.Lots(b.Opening.Quarter)
	var last Selection
	for point := 1; point <= b.Opening.Points; point++ {
		if last, err = frame.Draw(point, lots); err != nil {
			return append(faults, Fault{Part: PartSelection, Point: point, Why: err.Error()})
		}
		if point > len(b.Records) {
			continue
		}
		if frame.Digest(point) != b.Records[point-1].Frame {
			faults = append(faults, Fault{Part: PartFrame, Point: point, Why: "the digest is not that of the filings"})
		}
		if last.Digest() != b.Records[point-1].Selection {
			faults = append(faults, Fault{Part: PartSelection, Point: point, Why: "the digest is not that of the draw"})
		}
	}
	return append(faults, compare(last.Lines, b.Lines)...)
}

func (b *Bundle) verifyKeys() (faults []Fault) {
	blame := func(party, why string) { faults = append(faults, Fault{Part: PartKey, Party: party, Why: why}) }
	committed, holder := map[string]bool{}, map[Key]string{}
	for _, c := range b.Opening.Commitments {
		committed[c.Party] = true
		key, revealed := b.Keys[c.Party]
		switch {
		case !revealed:
			blame(c.Party, "it was not revealed")
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
			faults = append(faults, Fault{Part: PartFrame, N: one.N, Why: "it was neither held nor withdrawn by the last point"})
		}
	}
	slices.SortFunc(faults, func(x, y Fault) int { return x.N - y.N })
	return faults
}

// compare names the filings whose published line is not the drawn one.
func compare(drawn, published []Line) (faults []Fault) {
	blame := func(n int, why string) { faults = append(faults, Fault{Part: PartLine, N: n, Why: why}) }
	open := make(map[int]Line, len(drawn))
	for _, l := range drawn {
		open[l.N] = l
	}
	for _, l := range published {
		want, ok := open[l.N]
		delete(open, l.N)
		switch {
		case !ok:
			blame(l.N, "it was not drawn, or is there twice")
		case l != want:
			blame(l.N, "it is not the line that was drawn: "+l.differs(want))
		}
	}
	for n := range open {
		blame(n, "it was drawn and is missing")
	}
	slices.SortStableFunc(faults, func(x, y Fault) int { return x.N - y.N })
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
