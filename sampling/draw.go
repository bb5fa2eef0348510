package sampling

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// chance is a filing in the draw of its stratum.
type chance struct {
	filing *Filing
	ticket Hash
	branch int    // index among the stratum's branches
	reason Reason // empty until drawn
	method string // as drawn; empty until then, or until it is asked for
	at     int    // point at which it was drawn
}

// ranked is a chance with the first bytes of its ticket, so that most are told
// apart without looking at it.
type ranked struct {
	lead uint64
	*chance
}

func (c *chance) draw(why Reason, point int) { c.reason, c.at = why, point }

// Draw is everything drawn up to a top-up point, 1 to Opening.Points, with the
// choices of earlier points as they were made then (design, "Top-up points").
// It fails if a filing that is held and not [Failsafe] has no lot.
func (f *Frame) Draw(point int, lots Lots) (Selection, error) {
	h, err := f.draw(point, lots.dealer())
	return h.Selection, err
}

// history is everything drawn up to a point, and since when each line stands.
type history struct {
	Selection
	at []int // point at which it was drawn, of each line
}

func (f *Frame) draw(point int, lots dealer) (history, error) {
	if point < 1 || point > f.opening.Points {
		return history{}, fmt.Errorf("sampling: point %d is not 1 to %d", point, f.opening.Points)
	}
	drawn, count := make([]*chance, len(f.filings)), 0 // at N-1, which sorts them
	for _, stratum := range f.byStratum(point) {
		chances, err := f.deal(stratum, lots)
		if err != nil {
			return history{}, err
		}
		for p := 1; p <= point; p++ {
			topUp(f.opening.Quota, chances, p)
		}
		for _, c := range chances {
			if c.reason != "" {
				drawn[c.filing.N-1] = c.chance
				count++
			}
		}
	}
	h := history{Selection{Quarter: f.opening.Quarter, Lines: make([]Line, 0, count)}, make([]int, 0, count)}
	for _, c := range drawn {
		if c != nil {
			h.Lines, h.at = append(h.Lines, f.line(c, lots)), append(h.at, c.at)
		}
	}
	return h, nil
}

// byStratum parts the filings that were held by a point.
func (f *Frame) byStratum(point int) [][]*Filing {
	out := make([][]*Filing, len(f.opening.Strata))
	for i := range out {
		out[i] = make([]*Filing, 0, len(f.filings)/len(out)*5/4+1) // grows where it must
	}
	for _, one := range f.filings {
		if one.Held() && one.Point <= point {
			s := f.home[one.N-1]
			out[s] = append(out[s], one)
		}
	}
	return out
}

// deal gives the filings of a stratum their lots and puts them in the order of
// (ticket, fid); those below the threshold and the forced ones are drawn.
func (f *Frame) deal(stratum []*Filing, lots dealer) ([]ranked, error) {
	all, chances := make([]chance, len(stratum)), make([]ranked, len(stratum))
	branches := make(map[string]int, min(len(stratum), 64))
	for i, one := range stratum {
		c := &all[i]
		c.filing, chances[i].chance = one, c
		if one.Forced != "" {
			c.draw(one.Forced, one.Point)
		}
		if one.Forced == Failsafe {
			continue
		}
		var ok bool
		if c.ticket, ok = lots.ticket(f.draws[one.N-1]); !ok {
			return nil, fmt.Errorf("sampling: filing %d has no ticket: the share of a party is missing", one.N)
		}
		chances[i].lead = binary.BigEndian.Uint64(c.ticket[:])
		if one.Forced != "" {
			continue
		}
		b, known := branches[one.Branch]
		if !known {
			b = len(branches)
			branches[one.Branch] = b
		}
		c.branch = b
		if f.opening.Online.Online(c.ticket) {
			c.draw(Online, one.Point)
			c.method = f.method(c, lots) // while its shares are at hand
		}
	}
	slices.SortFunc(chances, byTicket)
	return chances, nil
}

func byTicket(a, b ranked) int {
	if a.lead != b.lead {
		return cmp.Compare(a.lead, b.lead)
	}
	if order := bytes.Compare(a.ticket[:], b.ticket[:]); order != 0 {
		return order
	}
	return cmp.Compare(a.filing.N, b.filing.N)
}

// in reports that the filing counts for the quota at a point: R of the design.
func (c *chance) in(point int) bool { return c.filing.Forced == "" && c.filing.Point <= point }

// tally is how far a stratum is from its quota.
type tally struct {
	filings, drawn    int
	branches, covered int
	seen, has         []bool // branches in R, and those with a drawn filing
}

func (t *tally) draw(c *chance) {
	t.drawn++
	if !t.has[c.branch] {
		t.has[c.branch] = true
		t.covered++
	}
}

func count(chances []ranked, point int) *tally {
	t := &tally{seen: make([]bool, len(chances)), has: make([]bool, len(chances))}
	for _, c := range chances {
		if !c.in(point) {
			continue
		}
		t.filings++
		if !t.seen[c.branch] {
			t.seen[c.branch] = true
			t.branches++
		}
		if c.reason != "" {
			t.draw(c.chance)
		}
	}
	return t
}

// topUp makes the choices of one point in one stratum: the next tickets until
// the quota of filings is met, then the next of uncovered branches until that
// of branches is (design, "Top-up points" and "Bytes": at point k).
func topUp(quota Ratio, chances []ranked, point int) {
	t := count(chances, point)
	take := func(why Reason, enough func() bool, fits func(*chance) bool) {
		for i := 0; i < len(chances) && !enough(); i++ {
			if c := chances[i]; c.in(point) && c.reason == "" && fits(c.chance) {
				c.draw(why, point)
				t.draw(c.chance)
			}
		}
	}
	take(TopUp, func() bool { return t.drawn >= quota.Need(t.filings) },
		func(*chance) bool { return true })
	take(TopUpBranch, func() bool { return t.covered >= quota.Need(t.branches) },
		func(c *chance) bool { return !t.has[c.branch] })
}

// line is what gets published of a drawn filing. A fail-safe one has no ticket:
// zeros stand for it.
func (f *Frame) line(c *chance, lots dealer) Line {
	method := c.method
	if method == "" {
		method = f.method(c, lots)
	}
	n := c.filing.N
	return Line{N: n, Draw: f.draws[n-1], Stratum: c.filing.Stratum, Reason: c.reason, Method: method, Ticket: c.ticket}
}

// method is how a drawn filing is checked. A fail-safe one has no lot: it gets
// the first method of the list.
func (f *Frame) method(c *chance, lots dealer) string {
	switch draw := f.draws[c.filing.N-1]; c.reason {
	case Failsafe:
		return f.opening.Methods[0].Method
	case Online, Carry:
		return f.opening.Methods.Pick(lots.method(draw))
	default: // nobody could plan to attend
		return f.opening.TopUpMethods.Pick(lots.method(draw))
	}
}
