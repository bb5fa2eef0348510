package simulate

import (
	"bytes"
	"slices"
	"testing"

	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
)

// tampered are ways to make a bundle say something else.
var tampered = map[string]func(*sampling.Bundle){
	"a filing dropped": func(b *sampling.Bundle) { b.Filings = slices.Delete(b.Filings, 0, 1) },
	"filings renumbered": func(b *sampling.Bundle) {
		b.Filings[0].N, b.Filings[1].N = b.Filings[1].N, b.Filings[0].N
		b.Filings[0], b.Filings[1] = b.Filings[1], b.Filings[0]
	},
	"a weight changed": func(b *sampling.Bundle) { b.Opening.TopUpMethods[0].Weight++; b.Opening.Methods[0].Weight++ },
	"another seed": func(b *sampling.Bundle) {
		key := b.Keys["org"]
		key[0] ^= 1
		b.Keys["org"] = key
	},
	"a result swapped": func(b *sampling.Bundle) {
		i := slices.IndexFunc(b.Results, func(r sampling.Result) bool { return r.Outcome == sampling.Passed })
		b.Results[i].Outcome = sampling.Failed
	},
}

// TestEveryQuarterHolds exports every quarter of the play that is closed: each
// bundle is verified, and none is after a change.
func TestEveryQuarterHolds(t *testing.T) {
	p := large(t)
	k := &spotcheck.Keeper{Engine: p.engine, County: zaoyang}
	quarters, err := k.Quarters(t.Context(), lastDay)
	if err != nil {
		t.Fatal(err)
	}
	closed, busy := 0, 0
	for _, q := range quarters {
		if q.ClosedOn.IsZero() {
			if !q.ID.Last().AddDays(35).After(lastDay) {
				t.Errorf("%s is not closed", q.ID)
			}
			continue
		}
		closed++
		file := exported(t, k, q.ID)
		b := read(t, file)
		if faults := sampling.Verify(*b); len(faults) > 0 {
			t.Fatalf("%s does not hold: %v", q.ID, faults)
		}
		if passed := slices.ContainsFunc(b.Results, func(r sampling.Result) bool { return r.Outcome == sampling.Passed }); !passed || len(b.Filings) < 2 {
			continue
		}
		busy++
		for what, change := range tampered {
			b := read(t, file)
			change(b)
			if faults := sampling.Verify(*b); len(faults) == 0 {
				t.Errorf("%s holds with %s", q.ID, what)
			}
		}
	}
	if closed < 10 || busy < 5 {
		t.Errorf("%d quarters closed, %d with checks", closed, busy)
	}
}

func exported(t *testing.T, k *spotcheck.Keeper, q register.QuarterID) []byte {
	t.Helper()
	b, err := k.Bundle(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := b.Encode(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func read(t *testing.T, file []byte) *sampling.Bundle {
	t.Helper()
	b, err := sampling.DecodeBundle(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
