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
	t := table{frame: f, lots: lots, place: make([]int32, len(f.filings)), branches: map[string]int{}}
	for _, stratum := range f.byStratum(point) {
		if err := t.deal(stratum); err != nil {
			return history{}, err
		}
		for p := 1; p <= point; p++ {
			t.topUp(p)
		}
		t.clear()
	}
	return t.history(), nil
}

// byStratum parts the filings that were held by a point.
func (f *Frame) byStratum(point int) [][]*Filing {
	in := func(one *Filing) bool { return one.Held() && one.Point <= point }
	sizes := make([]int, len(f.opening.Strata))
	for i, one := range f.filings {
		if in(one) {
			sizes[f.home[i]]++
		}
	}
	rest, out := make([]*Filing, len(f.filings)), make([][]*Filing, len(sizes))
	for s, size := range sizes {
		out[s], rest = rest[:0:size], rest[size:]
	}
	for i, one := range f.filings {
		if in(one) {
			out[f.home[i]] = append(out[f.home[i]], one)
		}
	}
	return out
}

// table is where one stratum after the other is drawn, on the same space.
type table struct {
	frame *Frame
	lots  dealer

	chances  []chance
	ranking  []ranked       // the chances by (ticket, fid)
	branches map[string]int // of the stratum
	tally    tally

	lines []Line  // of all strata so far
	at    []int   // point at which each was drawn
	place []int32 // of the line of a filing in lines, from 1, at N-1; 0 for none
}

// deal gives the filings of a stratum their tickets and puts them in order;
// those below the threshold and the forced ones are drawn. Filings of a stratum
// lie far apart in memory: they are all fetched before the slow part begins.
func (t *table) deal(stratum []*Filing) error {
	t.chances, t.ranking = t.chances[:0], t.ranking[:0]
	clear(t.branches)
	for _, one := range stratum {
		t.chances = append(t.chances, chance{filing: one, branch: t.branch(one)})
	}
	for i := range t.chances {
		c := &t.chances[i]
		if err := t.chance(c); err != nil {
			return err
		}
		t.ranking = append(t.ranking, ranked{binary.BigEndian.Uint64(c.ticket[:]), c})
	}
	slices.SortFunc(t.ranking, byTicket)
	return nil
}

// branch is the index of a filing's branch among those of the stratum.
func (t *table) branch(one *Filing) int {
	b, known := t.branches[one.Branch]
	if !known {
		b = len(t.branches)
		t.branches[one.Branch] = b
	}
	return b
}

// chance finds the ticket of a filing.
func (t *table) chance(c *chance) error {
	one := c.filing
	if one.Forced != "" {
		c.draw(one.Forced, one.Point)
	}
	if one.Forced == Failsafe {
		return nil
	}
	var ok bool
	if c.ticket, ok = t.lots.ticket(t.frame.draws[one.N-1]); !ok {
		return fmt.Errorf("sampling: filing %d has no ticket: the share of a party is missing", one.N)
	}
	if one.Forced == "" && t.frame.opening.Online.Online(c.ticket) {
		c.draw(Online, one.Point)
		c.method = t.method(c) // while its shares are at hand
	}
	return nil
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

// clear takes the drawn filings of the stratum off the table.
func (t *table) clear() {
	for i := range t.chances {
		if c := &t.chances[i]; c.reason != "" {
			t.lines, t.at = append(t.lines, t.line(c)), append(t.at, c.at)
			t.place[c.filing.N-1] = int32(len(t.lines))
		}
	}
}

// history is everything that was drawn, in the order of the filings' numbers.
func (t *table) history() history {
	h := history{Selection{Quarter: t.frame.opening.Quarter, Lines: make([]Line, 0, len(t.lines))}, make([]int, 0, len(t.lines))}
	for _, place := range t.place {
		if place > 0 {
			h.Lines, h.at = append(h.Lines, t.lines[place-1]), append(h.at, t.at[place-1])
		}
	}
	return h
}

// in reports that the filing counts for the quota at a point: R of the design.
func (c *chance) in(point int) bool { return c.filing.Forced == "" && c.filing.Point <= point }

// tally is how far a stratum is from its quota.
type tally struct {
	filings, drawn    int
	branches, covered int
	seen, has         []bool // branches in R, and those with a drawn filing
}

func (t *tally) reset(branches int) {
	*t = tally{seen: slices.Grow(t.seen[:0], branches)[:branches], has: slices.Grow(t.has[:0], branches)[:branches]}
	clear(t.seen)
	clear(t.has)
}

func (t *tally) count(c *chance) {
	t.filings++
	if !t.seen[c.branch] {
		t.seen[c.branch] = true
		t.branches++
	}
	if c.reason != "" {
		t.draw(c)
	}
}

func (t *tally) draw(c *chance) {
	t.drawn++
	if !t.has[c.branch] {
		t.has[c.branch] = true
		t.covered++
	}
}

func (t *table) count(point int) {
	t.tally.reset(len(t.branches))
	for i := range t.chances {
		if c := &t.chances[i]; c.in(point) {
			t.tally.count(c)
		}
	}
}

// topUp makes the choices of one point in the stratum: the next tickets until
// the quota of filings is met, then the next of uncovered branches until that
// of branches is (design, "Top-up points" and "Bytes": at point k).
func (t *table) topUp(point int) {
	t.count(point)
	tally, quota := &t.tally, t.frame.opening.Quota
	take := func(why Reason, enough func() bool, fits func(*chance) bool) {
		for i := 0; i < len(t.ranking) && !enough(); i++ {
			if c := t.ranking[i].chance; c.reason == "" && c.in(point) && fits(c) {
				c.draw(why, point)
				tally.draw(c)
			}
		}
	}
	take(TopUp, func() bool { return tally.drawn >= quota.Need(tally.filings) },
		func(*chance) bool { return true })
	take(TopUpBranch, func() bool { return tally.covered >= quota.Need(tally.branches) },
		func(c *chance) bool { return !tally.has[c.branch] })
}

// line is what gets published of a drawn filing. A fail-safe one has no ticket:
// zeros stand for it.
func (t *table) line(c *chance) Line {
	method := c.method
	if method == "" {
		method = t.method(c)
	}
	n := c.filing.N
	return Line{N: n, Draw: t.frame.draws[n-1], Stratum: c.filing.Stratum, Reason: c.reason, Method: method, Ticket: c.ticket}
}

// method is how a drawn filing is checked. A fail-safe one has no lot: it gets
// the first method of the list.
func (t *table) method(c *chance) string {
	o := &t.frame.opening
	switch draw := t.frame.draws[c.filing.N-1]; c.reason {
	case Failsafe:
		return o.Methods[0].Method
	case Online, Carry:
		return o.Methods.Pick(t.lots.method(draw))
	default: // nobody could plan to attend
		return o.TopUpMethods.Pick(t.lots.method(draw))
	}
}
