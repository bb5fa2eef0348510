package sampling

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func bundle(t testing.TB) Bundle {
	t.Helper()
	filings := ten()
	for i := 5; i < 10; i++ {
		filings[i].Point = 2
	}
	return *closed(t, opening(2, "t01"), filings)
}

// results are checks of all that was drawn: passed, failed, cleared, open and
// not held in turn.
func results(f *Frame, lines []Line) (out []Result) {
	for _, l := range lines {
		for _, c := range f.cases(l.N) {
			r := Result{N: l.N, Case: c, Check: "k" + c, Method: l.Method, On: "2026-02-11"}
			switch r.Outcome = []Outcome{Passed, Failed, Cleared, Rejected, Pending, NotHeld}[len(out)%6]; r.Outcome {
			case Pending:
				r.On = ""
			case NotHeld:
				r.Check, r.Method, r.On = "", "", ""
			}
			out = append(out, r)
		}
	}
	return out
}

func TestVerifyHolds(t *testing.T) {
	b := bundle(t)
	slices.Reverse(b.Filings)
	slices.Reverse(b.Lines)
	slices.Reverse(b.Results)
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
		"result of filing 1: case c1: it wa": func(b *Bundle) { b.Results = b.Results[1:] },
		"c1: it was not drawn, or its resul": func(b *Bundle) { b.Results = append(b.Results, b.Results[0]) },
		"c2: it was not drawn, or its resul": func(b *Bundle) { b.Results = append(b.Results, Result{N: 2, Case: "c2"}) },
		"case c9: it was not drawn":          func(b *Bundle) { b.Results[0].Case = "c9" },
		`outcome "fine" is not known`:        func(b *Bundle) { b.Results[0].Outcome = "fine" },
		"it is passed without the check":     func(b *Bundle) { b.Results[0].Check = "" },
		"passed without the check, its meth": func(b *Bundle) { b.Results[0].Method = "" },
		"it is open and has a day":           func(b *Bundle) { b.Results[0].Outcome = Pending },
		`"2026-02-30" is no day`:             func(b *Bundle) { b.Results[0].On = "2026-02-30" },
		"checked by phone, drawn was attend": func(b *Bundle) { b.Results[0].Method = "phone" },
		"digest: it is not that of the bund": func(b *Bundle) { b.Stated = Hash{1} },
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

// A method that was overridden on record holds.
func TestVerifyAllowsOverrides(t *testing.T) {
	b := bundle(t)
	b.Results[0].Method, b.Results[0].Overridden = "phone", true
	if faults := Verify(b); len(faults) > 0 {
		t.Error(faults)
	}
}

// Each filing that is wrong is a fault of its own.
func TestVerifyNamesEachFiling(t *testing.T) {
	b := bundle(t)
	b.Filings[2].Stratum, b.Filings[4].Branch = "t02", "b 5"
	if faults := Verify(b); len(faults) != 2 {
		t.Error(faults)
	}
}

// Without a key nothing can be told of the draw, unless something else is wrong.
func TestUnrevealedIsNotTampered(t *testing.T) {
	b := bundle(t)
	b.Keys = maps.Clone(b.Keys)
	if got := Judge(Verify(b)); got != Holds {
		t.Errorf("revealed: %v", got)
	}
	delete(b.Keys, "dic")
	if got := Judge(Verify(b)); got != Unknown {
		t.Errorf("without a key: %v", Verify(b))
	}
	for name, change := range map[string]func(b *Bundle){
		"filing": func(b *Bundle) { b.Filings[0].Branch = "b002" },
		"key":    func(b *Bundle) { b.Keys["org"] = Key{1} },
		"result": func(b *Bundle) { b.Results = b.Results[1:] },
		"digest": func(b *Bundle) { b.Stated = Hash{1} },
	} {
		b := bundle(t)
		b.Keys = maps.Clone(b.Keys)
		delete(b.Keys, "dic")
		change(&b)
		if got := Judge(Verify(b)); got != Broken {
			t.Errorf("without a key and with another %s: %v", name, Verify(b))
		}
	}
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
		"2 dates for 1": func(o *Opening) { o.Dates = []string{"2026-01-31", "2026-02-28"} },
		`"2026-02-29"`:  func(o *Opening) { o.Dates = []string{"2026-02-29"} },
		"of point 2 is": func(o *Opening) { o.Points, o.Dates = 2, []string{"2026-02-28", "2026-01-31"} },
		"-1 lead days":  func(o *Opening) { o.LeadDays = -1 },
	} {
		o := opening(1, "t01")
		change(&o)
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("instead of %q: %v", want, err)
		}
	}
}

// A quarter that goes on is not tampered with: there is nothing to tell yet.
// What its records say of the filings is held against them all the same.
func TestARunningQuarterCannotBeTold(t *testing.T) {
	b := bundle(t)
	b.Keys, b.Lines, b.Results, b.Records = nil, nil, nil, b.Records[:1]
	b.Filings[9].Point = 0
	if faults := Verify(b); Judge(faults) != Unknown {
		t.Errorf("a running quarter: %v", faults)
	}
	b.Filings[0].Branch = "b002"
	if faults := Verify(b); Judge(faults) != Broken {
		t.Errorf("a filing changed behind a point on record: %v", faults)
	}
}
