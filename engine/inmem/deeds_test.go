package inmem_test

import (
	"fmt"
	"testing"

	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/ledger"
	"jinchu/register"
)

func TestDeeds(t *testing.T) {
	s := inmem.New()
	record(t, s, &register.Office{ID: "clock", Person: "ma", Post: register.BranchSecretary, Org: "east", From: day}, person("ma", "east"))
	for i := range 3 {
		head := ledger.Hash{}
		for n := int64(1); n <= 2; n++ {
			c := commitOf(s.View(ctx, county), engine.CaseID(fmt.Sprint("c", i)), "lin", n, head)
			want(t, "commit", s.Commit(ctx, c), nil)
			head = c.Entry.Hash
		}
	}
	for _, q := range []engine.DeedQuery{{Office: "clock", Limit: 4}, {Person: "ma", Limit: 4}} {
		q.County = county
		first, next, err := s.Deeds(ctx, &q)
		if err != nil || len(first) != 4 || next == nil || *next != (engine.DeedCursor{Case: "c1", Seq: 2}) {
			t.Fatalf("%+v: %d deeds, next %v, %v", q, len(first), next, err)
		}
		q.After = *next
		rest, next, err := s.Deeds(ctx, &q)
		if err != nil || len(rest) != 2 || next != nil || rest[0].DeedCursor != (engine.DeedCursor{Case: "c2", Seq: 1}) {
			t.Errorf("%+v: %v, next %v, %v", q, rest, next, err)
		}
	}
	for _, q := range []engine.DeedQuery{{County: county, Office: "wu"}, {County: county, Person: "lin"}, {County: "420684", Office: "clock"}} {
		if found, next, err := s.Deeds(ctx, &q); len(found) != 0 || next != nil || err != nil {
			t.Errorf("%+v: %v, %v, %v", q, found, next, err)
		}
	}
}
