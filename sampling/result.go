package sampling

import (
	"cmp"
	"fmt"
	"slices"
)

// Outcome is how the check of a case ended.
type Outcome string

// The outcomes. A check that failed ends as cleared or rejected once the defects
// were re-checked.
const (
	Passed   Outcome = "passed"   // nothing was found that blocks approval
	Failed   Outcome = "failed"   // something was, and stands
	Cleared  Outcome = "cleared"  // failed, rectified, and found in order by others
	Rejected Outcome = "rejected" // failed, and not to be rectified
	Pending  Outcome = "open"     // not concluded when the bundle was made
	NotHeld  Outcome = "not-held" // no check was held
)

// concluded reports an outcome that somebody found, on a day, by a method.
func (o Outcome) concluded() bool {
	return o == Passed || o == Failed || o == Cleared || o == Rejected
}

func (o Outcome) known() bool { return o.concluded() || o == Pending || o == NotHeld }

// Result is what came of the check of one case of a drawn filing.
type Result struct {
	N          int     // number of the filing
	Case       string  // one of the filing's cases
	Check      string  // identifier of the check's own case, "" where none was opened
	Outcome    Outcome // how it ended
	Method     string  // as carried out, "" where it was not
	Overridden bool    // method or inspectors were overridden by an act with a reason
	On         string  // day it was concluded, YYYY-MM-DD, "" where it was not
}

// check says in one clause what does not hold in a result by itself and beside
// the method that was drawn; "" for nothing.
func (r *Result) check(method string) string {
	switch {
	case !r.Outcome.known():
		return fmt.Sprintf("outcome %q is not known", r.Outcome)
	case r.Outcome.concluded() && (r.Check == "" || r.Method == "" || r.On == ""):
		return fmt.Sprintf("it is %s without the check, its method or its day", r.Outcome)
	case !r.Outcome.concluded() && r.On != "":
		return fmt.Sprintf("it is %s and has a day of conclusion", r.Outcome)
	case r.On != "" && !isDate(r.On):
		return fmt.Sprintf("%q is no day like 2026-01-31", r.On)
	case r.Method != "" && r.Method != method && !r.Overridden:
		return fmt.Sprintf("it was checked by %s, drawn was %s, and no override is on record", r.Method, method)
	}
	return ""
}

func byCase(a, b *Result) int {
	return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Case, b.Case))
}

// verifyResults finds what does not hold in the results: each case of a drawn
// filing has one, and nothing else has any.
func verifyResults(drawn []Line, cases func(n int) []string, results []Result) (faults []Fault) {
	blame := func(n int, which, why string) {
		faults = append(faults, Fault{Part: PartResult, N: n, Why: "case " + which + ": " + why})
	}
	rest := inOrder(results, byCase)
	stray := func() {
		blame(rest[0].N, rest[0].Case, "it was not drawn, or its result is there twice")
		rest = rest[1:]
	}
	for i := range drawn {
		line := &drawn[i]
		for _, c := range cases(line.N) {
			want := Result{N: line.N, Case: c}
			for len(rest) > 0 && byCase(&rest[0], &want) < 0 {
				stray()
			}
			if len(rest) == 0 || byCase(&rest[0], &want) != 0 {
				blame(line.N, c, "it was drawn and has no result")
				continue
			}
			if why := rest[0].check(line.Method); why != "" {
				blame(line.N, c, why)
			}
			rest = rest[1:]
		}
	}
	for len(rest) > 0 {
		stray()
	}
	return faults
}

// inOrder is the list in an order, copied where it is not in it already.
func inOrder[T any](list []T, order func(a, b *T) int) []T {
	for i := 1; i < len(list); i++ {
		if order(&list[i-1], &list[i]) > 0 {
			list = slices.Clone(list)
			slices.SortStableFunc(list, func(a, b T) int { return order(&a, &b) })
			break
		}
	}
	return list
}
