package sampling

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Filing is one branch meeting that was filed: the unit of the draw (design,
// "Unit"). Names are visible ASCII without commas, quotes and backslashes.
type Filing struct {
	N       int      // number in county and quarter, from 1 without gaps
	Stratum string   // grassroots committee, one of Opening.Strata
	Branch  string   // identifies the branch in its stratum
	Cases   []string // cases on the agenda, at least one

	// Point is the first top-up point, from 1, at which it was on record that
	// the meeting was held or the filing withdrawn; 0 as long as neither is.
	Point int
	// Withdrawn is the last number that was given out when the filing was
	// withdrawn, a cancelled meeting included; 0 if it was not.
	Withdrawn int
	// Forced is Late, Carry or Failsafe for a filing that is checked besides
	// the quota, and empty for all others.
	Forced Reason
}

// Held reports that the meeting took place (design, "Top-up points": R).
func (f *Filing) Held() bool { return f.Point > 0 && f.Withdrawn == 0 }

// DrawNumber is the number of the filing whose id is the draw id of filing own:
// its own, or the smallest draw number among the withdrawn filings whose cases
// it contains (design, "Bytes": draw_id). A [Frame] works it out for all.
func DrawNumber(own int, withdrawn ...int) int {
	if len(withdrawn) == 0 {
		return own
	}
	return slices.Min(withdrawn)
}

// Frame is the filings of a quarter under its opening, checked and in the order
// of their numbers, each with its draw id. It is read-only; it shares the
// filings' strings and cases with whoever gave them.
type Frame struct {
	opening Opening
	filings []*Filing // at N-1
	draws   []int     // draw numbers, at N-1
	home    []int     // index of the stratum in the opening, at N-1
	strata  map[string]int
}

// NewFrame checks the filings of a quarter, in any order, and returns their
// frame. The error joins what is wrong: with the opening, with numbers, strata
// or names, or with a case that was filed again before its earlier filing was
// withdrawn, which would let a branch fish for a ticket (design, "Bytes" and
// "File").
func NewFrame(o Opening, filings []Filing) (*Frame, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	f := &Frame{opening: o, filings: make([]*Filing, len(filings)), home: make([]int, len(filings)), strata: make(map[string]int, len(o.Strata))}
	if len(filings) > MaxFilings {
		return nil, fmt.Errorf("sampling: %d filings are more than the %d that a quarter can number", len(filings), MaxFilings)
	}
	for i, s := range o.Strata {
		f.strata[s] = i
	}
	var errs []error
	for i := range filings {
		errs = append(errs, f.place(&filings[i])...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return f, f.findDraws()
}

// place puts a filing where its number says; the numbers have no gap if each
// finds its place.
func (f *Frame) place(one *Filing) (errs []error) {
	refuse := func(form string, args ...any) {
		errs = append(errs, fmt.Errorf("sampling: filing %d: "+form, append([]any{one.N}, args...)...))
	}
	home, known := f.strata[one.Stratum]
	switch {
	case one.N < 1 || one.N > len(f.filings):
		refuse("its number is not 1 to %d, the count of filings", len(f.filings))
	case f.filings[one.N-1] != nil:
		refuse("its number is there twice")
	default:
		f.filings[one.N-1], f.home[one.N-1] = one, home
	}
	if !known {
		refuse("stratum %q is not in the opening", one.Stratum)
	}
	if !isName(one.Branch) {
		refuse("branch %q is not a name", one.Branch)
	}
	if len(one.Cases) == 0 || slices.ContainsFunc(one.Cases, func(c string) bool { return !isName(c) }) {
		refuse("it has no case, or one that is not a name")
	}
	cases := one.sorted()
	for i := 1; i < len(cases); i++ {
		if cases[i] == cases[i-1] {
			refuse("case %s is there twice", cases[i])
		}
	}
	if one.Point < 0 || one.Point > f.opening.Points {
		refuse("point %d is not 0 to %d", one.Point, f.opening.Points)
	}
	if w := one.Withdrawn; w != 0 && (w < one.N || w > len(f.filings)) {
		refuse("it cannot have been withdrawn after filing %d", w)
	}
	if one.Forced != "" && !one.Forced.forced() {
		refuse("%q forces no check", one.Forced)
	}
	return errs
}

// findDraws follows the quarter: before number n is given out, what was
// withdrawn after n-1 has passed its draw number on to its cases.
func (f *Frame) findDraws() error {
	var withdrawn []*Filing
	for _, one := range f.filings {
		if one.Withdrawn > 0 {
			withdrawn = append(withdrawn, one)
		}
	}
	slices.SortStableFunc(withdrawn, func(a, b *Filing) int { return cmp.Compare(a.Withdrawn, b.Withdrawn) })
	f.draws = make([]int, len(f.filings))
	cases := map[string]past{}
	var errs []error
	for i, one := range f.filings {
		for ; len(withdrawn) > 0 && withdrawn[0].Withdrawn < one.N; withdrawn = withdrawn[1:] {
			f.passOn(withdrawn[0], cases)
		}
		var earlier []int
		for _, c := range one.Cases {
			p := cases[c]
			if p.standing != 0 {
				errs = append(errs, fmt.Errorf("sampling: filing %d: case %s stood in filing %d, which was not withdrawn", one.N, c, p.standing))
			}
			if p.draw != 0 {
				earlier = append(earlier, p.draw)
			}
			if !one.Held() {
				p.standing = one.N
				cases[c] = p
			}
		}
		f.draws[i] = DrawNumber(one.N, earlier...)
	}
	return errors.Join(errs...)
}

// past is what earlier filings of the quarter mean to a case; 0 for nothing.
type past struct {
	draw     int // number that withdrawn ones passed on
	standing int // the one that was neither held nor withdrawn so far
}

// passOn gives a withdrawn filing's draw number to its cases.
func (f *Frame) passOn(one *Filing, cases map[string]past) {
	draw := f.draws[one.N-1]
	for _, c := range one.Cases {
		if before := cases[c].draw; before != 0 {
			cases[c] = past{draw: min(draw, before)}
		} else {
			cases[c] = past{draw: draw}
		}
	}
}

// DrawID is the id from which the ticket of filing n is made, n from 1 to the
// count of filings (design, "Bytes": draw_id).
func (f *Frame) DrawID(n int) string { return f.opening.Quarter.ID(f.draws[n-1]) }

// Digest commits to the frame of a top-up point, from 1: all filings that were
// held or withdrawn by then (design, "Top-up points": frame hash). It is
//
//	SHA256("spotcheck/v1/frame" LF quarter LF point LF lines before LF)
//
// with a line for each filing whose point it is, in the order of fid, as in a
// bundle, and the hex digest of the point before it, zeros before the first:
//
//	number SP stratum SP branch SP point SP withdrawn SP forced SP cases LF
//
// Numbers are six digits, forced is the reason or "-", and the cases stand in
// byte order, parted by commas. Draw ids follow from these.
func (f *Frame) Digest(point int) Hash { return f.digests(point)[point-1] }

// digests are those of the points up to the last. Each filing is hashed once,
// however many points there are.
func (f *Frame) digests(last int) []Hash {
	s := newSums(last)
	for i := range s {
		fmt.Fprintf(s[i].Writer, "%s/frame\n%s\n%d\n", Version, f.opening.Quarter, i+1)
	}
	var line []byte
	for _, one := range f.filings {
		if one.Point > 0 && one.Point <= last {
			line = append(one.appendText(line[:0]), '\n')
			_, _ = s[one.Point-1].Writer.Write(line) // a hash takes everything
		}
	}
	out, before := make([]Hash, last), Hash{}
	for i := range s {
		fmt.Fprintf(s[i].Writer, "%s\n", before)
		before = s[i].digest()
		out[i] = before
	}
	return out
}

// cases are those of filing n in byte order, none if there is no such filing.
func (f *Frame) cases(n int) []string {
	if n < 1 || n > len(f.filings) {
		return nil
	}
	return f.filings[n-1].sorted()
}

// sorted are the cases in byte order.
func (f *Filing) sorted() []string {
	if len(f.Cases) < 2 || slices.IsSorted(f.Cases) {
		return f.Cases
	}
	return slices.Sorted(slices.Values(f.Cases))
}

// appendCases writes the cases in byte order, parted by commas.
func (f *Filing) appendCases(b []byte) []byte {
	for i, c := range f.sorted() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, c...)
	}
	return b
}
