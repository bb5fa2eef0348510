package sampling

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestDeriveKey(t *testing.T) {
	master := make([]byte, MasterLen)
	for i := range master {
		master[i] = byte(i)
	}
	seen := map[Key]string{}
	for _, party := range []string{"dic", "org"} {
		for _, quarter := range []Quarter{"420683/2026Q1", "420683/2026Q2", "420684/2026Q1"} {
			k, err := DeriveKey(master, party, quarter)
			if err != nil || seen[k] != "" {
				t.Fatalf("%s %s: %v, the same as that of %q", party, quarter, err, seen[k])
			}
			seen[k] = party + " " + string(quarter)
			if again, _ := DeriveKey(bytes.Clone(master), party, quarter); again != k {
				t.Error("two servers with one secret have two keys")
			}
		}
	}
	k, _ := DeriveKey(master, "dic", q)
	is(t, "key", Hash(k), "0a23d0536ec27fd9f7a396a884ded01fb0231b966d0ac09b1925060c7b536e3f")
	for want, f := range map[string]func() (Key, error){
		"31 bytes instead of 32": func() (Key, error) { return DeriveKey(master[1:], "dic", q) },
		`party "DIC"`:            func() (Key, error) { return DeriveKey(master, "DIC", q) },
		`quarter "2026Q1"`:       func() (Key, error) { return DeriveKey(master, "dic", "2026Q1") },
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("instead of %q: %v", want, err)
		}
	}
}

func TestQuarterEndsInChina(t *testing.T) {
	for quarter, want := range map[Quarter]string{
		"420683/2026Q1": "2026-03-31T16:00:00Z", "420683/2026Q3": "2026-09-30T16:00:00Z", "420683/2026Q4": "2026-12-31T16:00:00Z",
	} {
		if got := quarter.End().UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s ends at %s, not %s", quarter, got, want)
		}
		if next, _ := QuarterOf("420683", quarter.End()); next == quarter {
			t.Errorf("the end of %s lies in it", quarter)
		}
		if last, _ := QuarterOf("420683", quarter.End().Add(-1)); last != quarter {
			t.Errorf("the last instant before the end of %s lies in %s", quarter, last)
		}
	}
}
