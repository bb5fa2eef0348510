package sampling

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
)

// text gathers what is written, and keeps the first error.
type text struct {
	w   io.Writer
	b   []byte
	err error
}

func (t *text) flush() {
	if t.err == nil {
		_, t.err = t.w.Write(t.b)
	}
	t.b = t.b[:0]
}

// comma parts the elements of an array or object.
func (t *text) comma(i int) []byte {
	if i > 0 {
		t.b = append(t.b, ',')
	}
	return t.b
}

// list writes a member whose elements are strings, one on a line. Nothing in
// them needs to be escaped, see isName.
func (t *text) list(name string, n int, element func(to []byte, i int) []byte) {
	t.b = fmt.Appendf(t.b, "%q:[", name)
	for i := range n {
		t.b = append(t.comma(i), "\n\""...)
		t.b = append(element(t.b, i), '"')
		if len(t.b) > 1<<16 {
			t.flush()
		}
	}
	t.b = append(t.b, "\n],\n"...)
}

func (t *text) opening(o *Opening) {
	t.b = fmt.Appendf(t.b, "{\n\"algorithm\":\"%s\",\n\"quarter\":\"%s\",\n\"quota\":\"%s\",\n\"online\":\"%s\",\n\"commitments\":[",
		o.Algorithm, o.Quarter, o.Quota, o.Online)
	for i, c := range o.Commitments {
		t.b = fmt.Appendf(t.comma(i), "\n{\"party\":\"%s\",\"commitment\":\"%s\"}", c.Party, c.Hash)
	}
	t.b = append(t.b, "\n],\n"...)
	t.list("strata", len(o.Strata), func(to []byte, i int) []byte { return append(to, o.Strata[i]...) })
	t.weights("methods", o.Methods)
	t.weights("topup_methods", o.TopUpMethods)
	if len(o.Dates) > 0 {
		t.list("dates", len(o.Dates), func(to []byte, i int) []byte { return append(to, o.Dates[i]...) })
	}
	t.b = fmt.Appendf(t.b, "\"lead_days\":%d,\n\"points\":%d\n}", o.LeadDays, o.Points)
}

func (t *text) weights(name string, w Weights) {
	t.b = fmt.Appendf(t.b, "%q:[", name)
	for i, one := range w {
		t.b = fmt.Appendf(t.comma(i), "\n{\"method\":\"%s\",\"weight\":%d}", one.Method, one.Weight)
	}
	t.b = append(t.b, "\n],\n"...)
}

// appendText is the filing in a bundle:
//
//	number SP stratum SP branch SP point SP withdrawn SP forced SP cases
func (f *Filing) appendText(b []byte) []byte {
	b = append(appendNumber(b, f.N), ' ')
	b = append(append(b, f.Stratum...), ' ')
	b = append(append(b, f.Branch...), ' ')
	b = append(strconv.AppendInt(b, int64(f.Point), 10), ' ')
	b = append(appendNumber(b, f.Withdrawn), ' ')
	b = append(append(b, cmp.Or(f.Forced, none)...), ' ')
	return f.appendCases(b)
}

// appendText is the drawn filing in a bundle:
//
//	number SP draw-number SP stratum SP reason SP method SP ticket-hex
func (l *Line) appendText(b []byte) []byte {
	b = append(appendNumber(b, l.N), ' ')
	b = append(appendNumber(b, l.Draw), ' ')
	b = append(append(b, l.Stratum...), ' ')
	b = append(append(b, l.Reason...), ' ')
	b = append(append(b, l.Method...), ' ')
	return hex.AppendEncode(b, l.Ticket[:])
}

// appendText is the result in a bundle:
//
//	number SP case SP check SP outcome SP method SP overridden SP day
func (r *Result) appendText(b []byte) []byte {
	b = append(appendNumber(b, r.N), ' ')
	b = append(append(b, r.Case...), ' ')
	b = append(append(b, cmp.Or(r.Check, none)...), ' ')
	b = append(append(b, r.Outcome...), ' ')
	b = append(append(b, cmp.Or(r.Method, none)...), ' ')
	if r.Overridden {
		b = append(b, overridden...)
	} else {
		b = append(b, none...)
	}
	return append(append(b, ' '), cmp.Or(r.On, none)...)
}

// overridden stands in a result whose method or inspectors were overridden.
const overridden = "overridden"

// writable refuses what no file can hold.
func (b *Bundle) writable() error {
	var s spelling
	s.opening(&b.Opening)
	s.names("keys", 0, slices.Sorted(maps.Keys(b.Keys))...)
	for i := range b.Filings {
		one := &b.Filings[i]
		s.numbers("filing", one.N, MaxFilings, one.N, one.Point, one.Withdrawn)
		s.names("filing", one.N, one.Stratum, one.Branch, cmp.Or(string(one.Forced), "x"))
		s.names("filing", one.N, one.Cases...)
		if len(one.Cases) == 0 {
			s.names("filing", one.N, "") // a filing is of one case at least
		}
	}
	for i := range b.Lines {
		l := &b.Lines[i]
		s.numbers("line", l.N, MaxFilings, l.N, l.Draw)
		s.names("line", l.N, l.Stratum, string(l.Reason), l.Method)
	}
	for i := range b.Results {
		r := &b.Results[i]
		s.numbers("result", r.N, MaxFilings, r.N)
		s.names("result", r.N, r.Case, cmp.Or(r.Check, "x"), string(r.Outcome), cmp.Or(r.Method, "x"), cmp.Or(r.On, "x"))
	}
	return s.err
}

// spelling keeps the first thing that cannot be written.
type spelling struct{ err error }

func (s *spelling) names(where string, n int, names ...string) {
	for _, name := range names {
		if s.err == nil && !isName(name) {
			s.err = fmt.Errorf("sampling: bundle: %s %d: %q is not a name that can be written", where, n, name)
		}
	}
}

func (s *spelling) numbers(where string, n, top int, numbers ...int) {
	for _, number := range numbers {
		if s.err == nil && (number < 0 || number > top) {
			s.err = fmt.Errorf("sampling: bundle: %s %d: %d is not 0 to %d", where, n, number, top)
		}
	}
}

func (s *spelling) opening(o *Opening) {
	s.names("opening", 0, o.Algorithm, string(o.Quarter))
	s.numbers("opening", 0, most, o.Quota.Num, o.Quota.Den, o.Online.Num, o.Online.Den, o.Points, o.LeadDays)
	for i, c := range o.Commitments {
		s.names("commitment", i+1, c.Party)
	}
	s.names("stratum", len(o.Strata), o.Strata...)
	s.names("date", len(o.Dates), o.Dates...)
	for i, w := range slices.Concat(o.Methods, o.TopUpMethods) {
		s.names("method", i+1, w.Method)
		s.numbers("method", i+1, most, w.Weight)
	}
}
