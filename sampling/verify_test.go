package sampling

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func bundle(t testing.TB) Bundle {
	t.Helper()
	b := Bundle{Opening: opening(2, "t01"), Keys: keys(), Filings: ten()}
	for i := 5; i < 10; i++ {
		b.Filings[i].Point = 2
	}
	f := frame(t, b.Opening, b.Filings)
	for point := 1; point <= 2; point++ {
		s := draw(t, f, point)
		b.Records = append(b.Records, Record{f.Digest(point), s.Digest()})
		b.Lines = s.Lines
	}
	return b
}

func TestVerifyHolds(t *testing.T) {
	b := bundle(t)
	slices.Reverse(b.Filings)
	slices.Reverse(b.Lines)
	if faults := Verify(b); len(faults) > 0 {
		t.Error(faults)
	}
}

// Each change is found, and named.
func TestVerifyNamesWhatDoesNotHold(t *testing.T) {
	for want, change := range map[string]func(*Bundle){
		"opening: ":                          func(b *Bundle) { b.Opening.Algorithm = "spotcheck/v2" },
		"key of org: it was not revealed":    func(b *Bundle) { delete(b.Keys, "org") },
		"key of org: it is not the one":      func(b *Bundle) { b.Keys["org"] = Key{1} },
		"key of usr: the party made no":      func(b *Bundle) { b.Keys["usr"] = Key{1} },
		"key of dic: it is also the key of ": sameKey,
		"frame: sampling: filing 10":         func(b *Bundle) { b.Filings = b.Filings[1:] },
		"frame of filing 3: it was neither":  func(b *Bundle) { b.Filings[2].Point = 0 },
		"frame: 1 records for 2 points":      func(b *Bundle) { b.Records = b.Records[:1] },
		"frame of point 1: ":                 func(b *Bundle) { b.Filings[0].Branch = "b002" },
		"frame of point 2: ":                 func(b *Bundle) { b.Filings[9].Cases = []string{"other"} },
		"selection of point 1: ":             func(b *Bundle) { b.Records[0].Selection[0] ^= 1 },
		"selection of point 2: ":             func(b *Bundle) { b.Opening.Quota = Ratio{9, 10} },
		"line of filing 1: it was drawn and": func(b *Bundle) { b.Lines = b.Lines[1:] },
		"line of filing 2: it was not drawn": func(b *Bundle) { b.Lines = append(b.Lines, Line{N: 2}) },
		"was drawn: reason":                  func(b *Bundle) { b.Lines[0].Reason = Late },
		"was drawn: method":                  func(b *Bundle) { b.Lines[0].Method = "phone" },
		"was drawn: ticket":                  func(b *Bundle) { b.Lines[0].Ticket[31] ^= 1 },
	} {
		b := bundle(t)
		b.Keys = maps.Clone(b.Keys)
		change(&b)
		var got []string
		for _, fault := range Verify(b) {
			got = append(got, fault.String())
		}
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("instead of %q: %q", want, got)
		}
	}
}

func sameKey(b *Bundle) {
	b.Keys["dic"] = b.Keys["org"]
	b.Opening.Commitments[1].Hash = b.Keys["org"].Commit("dic", q)
}

func TestOpeningsThatAreRefused(t *testing.T) {
	for want, change := range map[string]func(*Opening){
		"quarter":       func(o *Opening) { o.Quarter = "2026Q1" },
		"quota 0/10":    func(o *Opening) { o.Quota.Num = 0 },
		"quota 11/10":   func(o *Opening) { o.Quota.Num = 11 },
		"rate -1/10":    func(o *Opening) { o.Online.Num = -1 },
		"0 top-up":      func(o *Opening) { o.Points = 0 },
		"no party":      func(o *Opening) { o.Commitments = nil },
		`party "Org"`:   func(o *Opening) { o.Commitments[0].Party = "Org" },
		`party "dic"`:   func(o *Opening) { o.Commitments[0].Party = "dic" },
		"no stratum":    func(o *Opening) { o.Strata = nil },
		`stratum "t01"`: func(o *Opening) { o.Strata = []string{"t01", "t01"} },
		"is empty":      func(o *Opening) { o.Methods = nil },
		"weight 0":      func(o *Opening) { o.TopUpMethods[0].Weight = 0 },
		`method "a b"`:  func(o *Opening) { o.TopUpMethods[0].Method = "a b" },
	} {
		o := opening(1, "t01")
		change(&o)
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("instead of %q: %v", want, err)
		}
	}
}

// BenchmarkDraw draws quarters of 500,000 filings in 4,100 strata: ten of them
// are 5,000,000 in 41,000. With -short a tenth of that.
func BenchmarkDraw(b *testing.B) {
	filings, strata := 500_000, 4_100
	if testing.Short() {
		filings, strata = filings/10, strata/10
	}
	o := opening(3)
	for s := range strata {
		o.Strata = append(o.Strata, fmt.Sprintf("t%05d", s))
	}
	all := make([]Filing, filings)
	for i := range all {
		all[i] = Filing{N: i + 1, Stratum: o.Strata[i%strata], Branch: fmt.Sprintf("b%02d", i/strata%50),
			Cases: []string{fmt.Sprintf("c%07d", i)}, Point: 1 + 3*i/filings}
		if i%50 == 0 {
			all[i].Withdrawn = i + 1
		}
	}
	lots := keys().Lots(q)
	b.ReportAllocs()
	for b.Loop() {
		f := frame(b, o, all)
		if s, err := f.Draw(3, lots); err != nil || len(s.Lines) < filings*3/10*98/100 {
			b.Fatal(len(s.Lines), err)
		}
	}
	took := b.Elapsed()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N)/float64(filings), "ns/filing")
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
}
