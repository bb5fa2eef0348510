package spotcheck_test

import (
	"bytes"
	"testing"

	"jinchu/register"
	"jinchu/spotcheck"
	"jinchu/workflows"
)

// The database tells which tickets draw to who has the master key as well, and
// asks no party for it; to nobody else. The documents say so.
func TestWhatTheDatabaseTells(t *testing.T) {
	c := newCounty(t, 12)
	k := c.keeper(c.engine)
	do(t, k.Open, "2026-06-26T00:30")
	c.fileAll("2026-06-26T09:00", "2026-07-06T09:00")
	do(t, k.Ask, "2026-06-26T10:00")
	for _, f := range c.filings("2026Q3") {
		for party, sealed := range f.Shares {
			share, _ := partyOf(c, party).Share(t.Context(), workflows.DrawQuarter(c.id, "2026Q3"), f.N)
			if bytes.Contains(sealed, share[:8]) {
				t.Errorf("the share of %s in %s lies open", party, f.ID)
			}
		}
	}
	for i := range c.holders {
		c.holders[i] = party{name: c.holders[i].Party(), silent: func() bool { return true }}
	}
	stranger := c.keeper(c.engine)
	other, err := spotcheck.NewSeal(bytes.Repeat([]byte{1}, register.MasterLen))
	if err != nil {
		t.Fatal(err)
	}
	stranger.Seal = other
	if n := do(t, stranger.Tell, "2026-07-05T00:30"); n != 0 {
		t.Errorf("without the master key %d checks come out", n)
	}
	if n := do(t, c.keeper(c.engine).Tell, "2026-07-05T00:30"); n == 0 {
		t.Error("with it none comes out")
	}
}

func partyOf(c *county, name string) spotcheck.Holder {
	for _, h := range c.holders {
		if h.Party() == name {
			return h
		}
	}
	c.t.Fatalf("there is no party %s", name)
	return nil
}
