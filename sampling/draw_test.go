package sampling

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// population makes filings with withdrawals, refilings and forced checks.
func population(r *rand.Rand, strata []string, points int) []Filing {
	count := 1 + r.IntN(120)
	out := make([]Filing, count)
	var free []string // cases whose filing was withdrawn
	for i := range out {
		one := &out[i]
		*one = Filing{N: i + 1, Stratum: strata[r.IntN(len(strata))], Branch: fmt.Sprint("b", r.IntN(15)), Cases: []string{fmt.Sprint("c", i)}, Point: 1 + r.IntN(points)}
		if len(free) > 0 && r.IntN(2) == 0 {
			at := r.IntN(len(free))
			one.Cases = append(one.Cases, free[at])
			free = slices.Delete(free, at, at+1)
		}
		switch r.IntN(8) {
		case 0:
			one.Withdrawn = one.N
			free = append(free, one.Cases...)
		case 1:
			one.Forced = []Reason{Late, Carry, Failsafe}[r.IntN(3)]
		}
	}
	return out
}

// The quota is met at every point and in every stratum, for filings and for
// branches, by filings that count; what was drawn stays drawn.
func TestQuotaIsMet(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	seen := map[Reason]int{}
	for range 300 {
		strata := []string{"t01", "t02", "t03"}[:1+r.IntN(3)]
		filings := population(r, strata, 3)
		f := frame(t, opening(3, strata...), filings)
		before := map[int]Line{}
		for point := 1; point <= 3; point++ {
			drawn := map[int]Line{}
			for _, l := range draw(t, f, point).Lines {
				drawn[l.N] = l
				seen[l.Reason]++
			}
			for n, l := range before {
				if drawn[n] != l {
					t.Fatalf("filing %d was drawn as %v and is now %v", n, l, drawn[n])
				}
			}
			for _, s := range strata {
				checkQuota(t, s, point, filings, drawn)
			}
			before = drawn
		}
	}
	for _, reason := range []Reason{Online, TopUp, TopUpBranch, Late, Carry, Failsafe} {
		if seen[reason] == 0 {
			t.Errorf("no filing was drawn as %s: the test says nothing of it", reason)
		}
	}
}

func checkQuota(t *testing.T, stratum string, point int, filings []Filing, drawn map[int]Line) {
	t.Helper()
	n, got, topUps := 0, 0, 0
	branches := map[string]bool{}
	for _, one := range filings {
		l, isDrawn := drawn[one.N]
		if one.Stratum != stratum {
			continue
		}
		if one.Withdrawn > 0 || one.Point > point {
			if isDrawn {
				t.Fatalf("filing %d is drawn and was not held", one.N)
			}
			continue
		}
		if one.Forced != "" {
			if l.Reason != one.Forced {
				t.Fatalf("filing %d is forced as %s and drawn as %q", one.N, one.Forced, l.Reason)
			}
			continue
		}
		n++
		branches[one.Branch] = branches[one.Branch] || isDrawn
		if isDrawn {
			got++
		}
		if l.Reason == TopUp {
			topUps++
		}
	}
	covered := 0
	for _, has := range branches {
		if has {
			covered++
		}
	}
	if need := (3*n + 9) / 10; got < need || point == 1 && topUps > need {
		t.Fatalf("stratum %s: %d of %d drawn at point %d, %d by top-up", stratum, got, n, point, topUps)
	}
	if need := (3*len(branches) + 9) / 10; covered < need {
		t.Fatalf("stratum %s: %d of %d branches at point %d", stratum, covered, len(branches), point)
	}
}

// What verification takes for the draw of each point is what was drawn then.
func TestHistoryIsWhatWasDrawnThen(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for range 100 {
		f := frame(t, opening(3, "t01", "t02"), population(r, []string{"t01", "t02"}, 3))
		last, err := f.draw(3, keys().dealer(q))
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range last.digests(3) {
			then := draw(t, f, i+1)
			is(t, "selection", got, then.Digest().String())
		}
	}
}

func TestOrderOfInputNeverMatters(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		o := opening(2, "t01", "t02")
		filings := population(r, o.Strata, 2)
		f := frame(t, o, filings)
		want := draw(t, f, 2)
		mixed := slices.Clone(filings)
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		for i := range mixed {
			mixed[i].Cases = slices.Clone(mixed[i].Cases)
			slices.Reverse(mixed[i].Cases)
		}
		slices.Reverse(o.Strata)
		slices.Reverse(o.Commitments)
		g := frame(t, o, mixed)
		got := draw(t, g, 2)
		if string(got.Bytes()) != string(want.Bytes()) || g.Digest(2) != f.Digest(2) {
			t.Fatal("the order of the filings changed the draw or the frame")
		}
	}
}

// However often a case is withdrawn and filed again, alone or among others, its
// ticket is that of its first filing.
func TestRefilingKeepsTheTicket(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		filings := ten()
		first := 1 + r.IntN(3)
		mine := []int{first}
		for n := first + 1; n <= 10; n++ {
			if r.IntN(2) == 0 {
				continue
			}
			filings[mine[len(mine)-1]-1].Withdrawn = mine[len(mine)-1] + r.IntN(n-mine[len(mine)-1])
			filings[n-1].Cases = append(filings[n-1].Cases, fmt.Sprint("c", first))
			mine = append(mine, n)
		}
		f := frame(t, opening(1, "t01"), filings)
		for n := 1; n <= 10; n++ {
			want := n
			if slices.Contains(mine, n) {
				want = first
			}
			if f.DrawID(n) != q.ID(want) {
				t.Fatalf("filings %v are of one case, and %d has draw id %s", mine, n, f.DrawID(n))
			}
		}
	}
}

// The smallest draw id counts if several filings were withdrawn, also where it
// was itself carried; a withdrawal after the refiling is fishing.
func TestDrawIDsOfSeveral(t *testing.T) {
	filings := ten()
	filings[1].Withdrawn, filings[3].Withdrawn, filings[4].Withdrawn = 2, 6, 5
	filings[4].Cases = []string{"c2", "c5"}       // draw id of 2
	filings[8].Cases = []string{"c4", "c5", "c9"} // of 4 and of 5, which is 2
	f := frame(t, opening(1, "t01"), filings)
	if f.DrawID(5) != q.ID(2) || f.DrawID(9) != q.ID(2) {
		t.Errorf("draw ids are %s and %s", f.DrawID(5), f.DrawID(9))
	}
	filings[3].Withdrawn = 9
	if _, err := NewFrame(opening(1, "t01"), filings); err == nil || !strings.Contains(err.Error(), "case c4 stood in filing 4") {
		t.Errorf("filed again before it was withdrawn: %v", err)
	}
	held := ten()
	held[9].Cases = held[0].Cases // put off at a meeting that was held
	if f := frame(t, opening(1, "t01"), held); f.DrawID(10) != q.ID(10) {
		t.Errorf("after a held meeting the draw id is %s", f.DrawID(10))
	}
}

func TestFramesThatAreRefused(t *testing.T) {
	for want, change := range map[string]func([]Filing) []Filing{
		"filing 11: its number is not 1 to 10": func(f []Filing) []Filing { f[3].N = 11; return f },
		"filing 5: its number is there twice":  func(f []Filing) []Filing { f[3].N = 5; return f },
		"filing 10: its number is not 1 to 9":  func(f []Filing) []Filing { return slices.Delete(f, 3, 4) },
		`stratum "t02" is not in the opening`:  func(f []Filing) []Filing { f[3].Stratum = "t02"; return f },
		"is not a name":                        func(f []Filing) []Filing { f[3].Branch = "a\tb"; return f },
		"it has no case":                       func(f []Filing) []Filing { f[3].Cases = nil; return f },
		"or one that is not a name":            func(f []Filing) []Filing { f[3].Cases = []string{"a,b"}; return f },
		"point 2 is not 0 to 1":                func(f []Filing) []Filing { f[3].Point = 2; return f },
		"withdrawn after filing 3":             func(f []Filing) []Filing { f[3].Withdrawn = 3; return f },
		"withdrawn after filing 11":            func(f []Filing) []Filing { f[3].Withdrawn = 11; return f },
		`"online" forces no check`:             func(f []Filing) []Filing { f[3].Forced = Online; return f },
	} {
		if _, err := NewFrame(opening(1, "t01"), change(ten())); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("instead of %q: %v", want, err)
		}
	}
}

// A filing without a ticket is an error unless it is checked for that.
func TestMissingShare(t *testing.T) {
	filings := ten()
	all := keys().Lots(q)
	lots := func(draw int) (Lot, bool) {
		lot, _ := all(draw)
		return lot, draw != 8
	}
	if _, err := frame(t, opening(1, "t01"), filings).Draw(1, lots); err == nil || !strings.Contains(err.Error(), "filing 8 has no ticket") {
		t.Errorf("missing share: %v", err)
	}
	filings[7].Forced = Failsafe
	s, err := frame(t, opening(1, "t01"), filings).Draw(1, lots)
	if err != nil || !slices.Contains(s.Lines, Line{N: 8, Draw: 8, Stratum: "t01", Reason: Failsafe, Method: "attend"}) {
		t.Errorf("fail-safe: %v (%v)", s.Lines, err)
	}
}

// Filings that share a draw id share the ticket: the smaller number goes first.
func TestTiesGoByNumber(t *testing.T) {
	filings := []Filing{
		{N: 1, Stratum: "t01", Branch: "b1", Cases: []string{"c1", "c2"}, Withdrawn: 1, Point: 1},
		{N: 2, Stratum: "t01", Branch: "b1", Cases: []string{"c1"}, Point: 1},
		{N: 3, Stratum: "t01", Branch: "b1", Cases: []string{"c2"}, Point: 1},
	}
	o := opening(1, "t01")
	o.Online.Num = 0
	s := draw(t, frame(t, o, filings), 1)
	if len(s.Lines) != 1 || s.Lines[0].N != 2 || s.Lines[0].Draw != 1 || s.Lines[0].Reason != TopUp {
		t.Errorf("drawn: %v", s.Lines)
	}
}

// The digest of a point leaves out what came later.
func TestFrameDigestStaysAfterItsPoint(t *testing.T) {
	filings := ten()
	early := frame(t, opening(2, "t01"), filings[:9]).Digest(1)
	filings[9].Point = 2
	later := frame(t, opening(2, "t01"), filings)
	if later.Digest(1) != early || later.Digest(2) == early {
		t.Error("a filing of point 2 changed the digest of point 1, or is in none")
	}
}
