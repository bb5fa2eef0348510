package inmem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/ledger"
	"jinchu/register"
)

const county register.CountyID = "420683"

var (
	ctx = context.Background()
	day = calendar.On(2026, time.March, 2)
	at  = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
)

func salt(n int) (s [32]byte) { s[0], s[1] = 1, byte(n); return s }

func signer() engine.Signer {
	return engine.Signer{Office: "clock", Post: register.Clock, Org: "420683"}
}

// record keeps entities on a view of now.
func record(t *testing.T, s *inmem.Store, entities ...register.Entity) {
	t.Helper()
	if err := s.Record(ctx, recordOf(s.View(ctx, county), entities...)); err != nil {
		t.Fatal(err)
	}
}

func recordOf(v engine.View, entities ...register.Entity) *engine.Record {
	r := &engine.Record{County: county, Entities: entities, By: signer(), At: at, On: day, Reason: "test", View: v}
	for i := range entities {
		r.Salts = append(r.Salts, salt(i))
	}
	return r
}

// town is a county with a branch, two people and a pool of three serials.
func town(t *testing.T) *inmem.Store {
	t.Helper()
	s := inmem.New()
	record(t, s,
		&register.Org{ID: "420683", Kind: register.County, Name: "组织部", Path: "420683"},
		&register.Org{ID: "east", Kind: register.Branch, Name: "东园党支部", Parent: "420683", Path: "420683/east"},
		person("lin", "east"), person("ma", "east"),
		&register.Office{ID: "wu", Person: "ma", Post: register.BranchSecretary, Org: "east", From: day},
		register.NewKin("ma", "lin", register.Spouse),
		&register.Plan{Org: "east", Year: 2026, Quota: 2, Targets: map[string]int{"women": 30}},
		&register.Pool{ID: "pool", Prefix: "26", Digits: 2, First: 1, Last: 3})
	return s
}

func person(id, org string) *register.Person {
	return &register.Person{ID: register.PersonID(id), Name: "林示例", Org: register.OrgID(org), Standing: register.Outside,
		IDHash: hash(id), IDTail: "0011", Bars: []register.Bar{{Why: "fraud", From: day, Until: day.AddDays(1)}}}
}

// hash is what stands for the keyed hash of an ID number.
func hash(id string) string { return (id + strings.Repeat("0", 64))[:64] }

// commitOf is an act of a case with claims, seq n on top of head.
func commitOf(v engine.View, id engine.CaseID, who register.PersonID, n int64, head ledger.Hash, claims ...engine.ClaimChange) *engine.Commit {
	e := &engine.Event{County: county, Case: id, Seq: n, At: at, Kind: "case.step", Action: "act", On: day, By: signer(), Claims: claims}
	entry, err := e.Seal(head, salt(int(n)))
	if err != nil {
		panic(err)
	}
	return &engine.Commit{County: county, Entry: entry, Event: e, View: v, Office: "wu",
		Case: &engine.Case{County: county, ID: id, Person: who, Org: "east", Path: "420683/east", Stage: "applied", Seq: n, Head: entry.Hash}}
}

func take(kind, key string) engine.ClaimChange { return change(engine.Take, kind, key) }

func change(op engine.Op, kind, key string) engine.ClaimChange {
	return engine.ClaimChange{Op: op, Kind: kind, Key: key}
}

func want(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || want == nil && got != nil {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestRegisterIsKept(t *testing.T) {
	s := town(t)
	v := s.View(ctx, county)
	lin, ok := v.Person("lin")
	if !ok || lin.Name != "林示例" || len(lin.Bars) != 1 {
		t.Errorf("person: %+v %v", lin, ok)
	}
	if p, ok := v.Lookup(hash("ma")); !ok || p.ID != "ma" {
		t.Errorf("lookup: %+v %v", p, ok)
	}
	if m := v.Members("east"); len(m) != 2 || m[0].ID != "lin" || m[1].ID != "ma" {
		t.Errorf("members: %v", m)
	}
	if o := v.Below("420683"); len(o) != 1 || o[0].ID != "east" {
		t.Errorf("below: %v", o)
	}
	if o := v.Officers("east"); len(o) != 1 || o[0].ID != "wu" {
		t.Errorf("officers: %v", o)
	}
	if a, b := v.Kin("lin"), v.Kin("ma"); len(a) != 1 || len(b) != 1 || a[0] != b[0] {
		t.Errorf("kin: %v %v", a, b)
	}
	if p, ok := v.Plan("east", 2026); !ok || p.Quota != 2 || p.Targets["women"] != 30 {
		t.Errorf("plan: %+v %v", p, ok)
	}
	if _, ok := s.View(ctx, "420684").Org("east"); ok {
		t.Error("another county sees the branch")
	}
	moved := *lin
	moved.Org = "420683"
	record(t, s, &moved)
	v = s.View(ctx, county)
	if len(v.Members("east")) != 1 || len(v.Members("420683")) != 1 {
		t.Error("a moved person stands in two lists, or in none")
	}
}

func TestEntitiesAreNotShared(t *testing.T) {
	s := inmem.New()
	p := person("lin", "east")
	record(t, s, p)
	p.Name, p.Bars[0].Why = "改示例", "changed"
	kept, _ := s.View(ctx, county).Person("lin")
	if kept.Name != "林示例" || kept.Bars[0].Why != "fraud" {
		t.Errorf("the caller changed what is kept: %+v", kept)
	}
}

func TestChains(t *testing.T) {
	s := town(t)
	changed := person("lin", "east").With(register.Applicant, day)
	record(t, s, changed)
	kinds := map[string]string{"org:east": "config", "person:lin": "role", "office:wu": "role", "kin:lin~ma": "config", "plan:east-2026": "config", "pool:pool": "config"}
	for chain, kind := range kinds {
		entries, err := s.Log(ctx, county, chain, 0)
		if err != nil || len(entries) == 0 {
			t.Fatalf("%s: %d entries, %v", chain, len(entries), err)
		}
		c := ledger.NewChain(string(county), chain)
		for _, e := range entries {
			leaf, err := c.Add(e)
			if err != nil || leaf.Kind != kind || leaf.Who != "clock" {
				t.Errorf("%s: %+v, %v", chain, leaf, err)
			}
		}
	}
	entries, _ := s.Log(ctx, county, "person:lin", 1)
	if len(entries) != 1 {
		t.Fatalf("%d entries after the first, want 1", len(entries))
	}
	var event struct {
		Kind, Reason string
		Entity       register.Person
	}
	if err := json.Unmarshal(entries[0].Payload, &event); err != nil || event.Kind != "person" || event.Reason != "test" || event.Entity.Standing != register.Applicant {
		t.Errorf("payload %s: %v", entries[0].Payload, err)
	}
	if none, err := s.Log(ctx, county, "person:lin", 2); len(none) != 0 || err != nil {
		t.Errorf("after the last: %d, %v", len(none), err)
	}
}

func TestCompareAndSwap(t *testing.T) {
	s := town(t)
	first := commitOf(s.View(ctx, county), "a1", "lin", 1, ledger.Hash{})
	want(t, "first", s.Commit(ctx, first), nil)
	want(t, "again", s.Commit(ctx, first), engine.ErrStale)
	want(t, "gap", s.Commit(ctx, commitOf(nil, "a1", "lin", 3, first.Entry.Hash)), engine.ErrStale)
	want(t, "next", s.Commit(ctx, commitOf(nil, "a1", "lin", 2, first.Entry.Hash)), nil)
	if entries, _ := s.Log(ctx, county, "a1", 0); len(entries) != 2 {
		t.Errorf("%d entries, want 2", len(entries))
	}
}

// TestStaleAnswers wants an act to fail on whatever its view answered that
// has changed since, and on nothing else.
func TestStaleAnswers(t *testing.T) {
	lin := person("lin", "east").With(register.Applicant, day)
	look := map[string]func(engine.View){
		"person":  func(v engine.View) { v.Person("lin") },
		"members": func(v engine.View) { v.Members("east") },
		"lookup":  func(v engine.View) { v.Lookup(hash("lin")) },
		"kin":     func(v engine.View) { v.Kin("lin") },
		"none":    func(v engine.View) { v.Person("wei") },
		"serial":  func(v engine.View) { v.NextSerial() },
		"holder":  func(v engine.View) { v.Holder("live", "lin") },
		"held":    func(v engine.View) { v.Held("live", "") },
		"by":      func(v engine.View) { v.HeldBy("live", "") },
		"child":   func(v engine.View) { v.Children("a0") },
		"other":   func(v engine.View) { v.Person("ma"); v.Plan("east", 2026); v.Officers("east"); v.Org("east") },
	}
	steps := []struct {
		name  string
		do    func(*testing.T, *inmem.Store)
		stale []string
	}{
		{"a person changes", func(t *testing.T, s *inmem.Store) { record(t, s, lin) }, []string{"person", "members", "lookup"}},
		{"a person is new", func(t *testing.T, s *inmem.Store) { record(t, s, person("wei", "east")) }, []string{"none", "members"}},
		{"kin end", func(t *testing.T, s *inmem.Store) {
			k := register.NewKin("ma", "lin", register.Spouse)
			k.Ended = true
			record(t, s, k)
		}, []string{"kin"}},
		{"a claim is taken", func(t *testing.T, s *inmem.Store) {
			want(t, "commit", s.Commit(ctx, commitOf(nil, "b", "lin", 1, ledger.Hash{}, take("live", "lin"))), nil)
		}, []string{"holder", "held", "by"}},
		{"a pool is new", func(t *testing.T, s *inmem.Store) {
			record(t, s, &register.Pool{ID: "a", Prefix: "25", Digits: 1, First: 1, Last: 1})
		}, []string{"serial"}},
		{"a child is opened", func(t *testing.T, s *inmem.Store) {
			c := commitOf(nil, "c", "lin", 1, ledger.Hash{})
			c.Case.Parent = "a0"
			want(t, "commit", s.Commit(ctx, c), nil)
		}, []string{"child"}},
	}
	for _, step := range steps {
		stale := map[string]bool{}
		for _, name := range step.stale {
			stale[name] = true
		}
		for name, ask := range look {
			s := town(t)
			v := s.View(ctx, county)
			ask(v)
			step.do(t, s)
			ask(v) // a later answer does not make the first one fresh
			var expected error
			if stale[name] {
				expected = engine.ErrStale
			}
			want(t, step.name+"/"+name+"/commit", s.Commit(ctx, commitOf(v, "x", "ma", 1, ledger.Hash{})), expected)
			want(t, step.name+"/"+name+"/refusal", s.Refusal(ctx, &engine.Refusal{County: county, View: v}), expected)
			want(t, step.name+"/"+name+"/record", s.Record(ctx, recordOf(v, &register.Org{ID: "w", Kind: register.Branch, Name: "x", Parent: "420683", Path: "w"})), expected)
		}
	}
}

func TestClaims(t *testing.T) {
	s := town(t)
	heads, seqs := map[engine.CaseID]ledger.Hash{}, map[engine.CaseID]int64{}
	act := func(id engine.CaseID, who register.PersonID, claims ...engine.ClaimChange) error {
		c := commitOf(nil, id, who, seqs[id]+1, heads[id], claims...)
		err := s.Commit(ctx, c)
		if err == nil {
			heads[id], seqs[id] = c.Entry.Hash, seqs[id]+1
		}
		return err
	}
	serial := func() string { n, _ := s.View(ctx, county).NextSerial(); return n }
	const form = engine.SerialKind
	want(t, "take", act("a", "lin", take(form, "2601"), take("live", "lin")), nil)
	want(t, "taken by another", act("b", "ma", take("live", "lin")), engine.ErrClaimed)
	want(t, "serial of another", act("b", "ma", take(form, "2601")), engine.ErrClaimed)
	want(t, "second live serial", act("b", "lin", take(form, "2602")), engine.ErrClaimed)
	want(t, "release of what another holds", act("b", "ma", change(engine.Release, "live", "lin")), engine.ErrStale)
	if entries, _ := s.Log(ctx, county, "b", 0); len(entries) != 0 {
		t.Error("a failed act left an event")
	}
	if got := serial(); got != "2602" {
		t.Errorf("next serial %s, want 2602", got)
	}
	want(t, "void and take", act("a", "lin", change(engine.Void, form, "2601"), take(form, "2602")), nil)
	if id, ok := s.View(ctx, county).Holder(form, "2601"); !ok || id != "a" {
		t.Errorf("a void serial is held by %q %v, want a", id, ok)
	}
	want(t, "release", act("a", "lin", change(engine.Release, "live", "lin"), change(engine.Release, form, "2602")), nil)
	want(t, "take again", act("b", "lin", take("live", "lin")), nil)
	want(t, "serial given back", act("b", "lin", take(form, "2602")), engine.ErrClaimed)
	want(t, "last serial", act("b", "lin", take(form, "2603")), nil)
	if _, ok := s.View(ctx, county).NextSerial(); ok {
		t.Error("a fourth serial of three")
	}
	want(t, "use", act("b", "lin", change(engine.Use, form, "2603")), nil)
	v := s.View(ctx, county)
	if keys := v.Held(form, "26"); len(keys) != 1 || keys[0] != "2603" {
		t.Errorf("held %v, want [2603]", keys)
	}
	if people := v.HeldBy("live", ""); len(people) != 1 || people[0] != "lin" {
		t.Errorf("held by %v, want [lin]", people)
	}
	if c := s.Claims(county); len(c) != 4 || c[0].State != "void" || c[2].State != "used" {
		t.Errorf("claims %+v", c)
	}
}

func TestEffectsGoWithTheAct(t *testing.T) {
	s := town(t)
	c := commitOf(s.View(ctx, county), "a", "lin", 1, ledger.Hash{}, take("live", "lin"))
	c.Effects, c.Salts = []register.Entity{person("lin", "east").With(register.Applicant, day)}, [][32]byte{salt(9)}
	want(t, "act", s.Commit(ctx, c), nil)
	if p, _ := s.View(ctx, county).Person("lin"); p.Standing != register.Applicant {
		t.Errorf("standing %s", p.Standing)
	}
	entries, _ := s.Log(ctx, county, "person:lin", 1)
	var event struct{ Case engine.CaseID }
	if len(entries) != 1 || json.Unmarshal(entries[0].Payload, &event) != nil || event.Case != "a" {
		t.Errorf("the change does not name the case: %s", entries[0].Payload)
	}
	bad := commitOf(nil, "a", "lin", 2, c.Entry.Hash, take("live", "x"))
	bad.Effects, bad.Salts = []register.Entity{&register.Person{ID: "lin"}}, [][32]byte{salt(9)}
	if s.Commit(ctx, bad) == nil {
		t.Error("an entity that is not valid was kept")
	}
	if _, ok := s.View(ctx, county).Holder("live", "x"); ok {
		t.Error("half of an act was kept")
	}
}

func TestAnswers(t *testing.T) {
	s := town(t)
	c := commitOf(nil, "a", "lin", 1, ledger.Hash{})
	c.Key, c.Digest, c.Answer = "k", "d", []byte("yes")
	want(t, "first", s.Commit(ctx, c), nil)
	next := commitOf(nil, "a", "lin", 2, c.Entry.Hash)
	next.Key = "k"
	want(t, "key again", s.Commit(ctx, next), engine.ErrKeyUsed)
	digest, kept, ok, err := s.Answer(ctx, county, "wu", "k")
	if digest != "d" || string(kept) != "yes" || !ok || err != nil {
		t.Errorf("answer %q %q %v %v", digest, kept, ok, err)
	}
	next.Office = "chen"
	want(t, "key of another office", s.Commit(ctx, next), nil)
	if _, _, ok, _ := s.Answer(ctx, county, "wu", ""); ok {
		t.Error("an answer without a key")
	}
}

func TestRows(t *testing.T) {
	s := town(t)
	due := map[engine.CaseID]int{"a": 5, "b": 0, "c": 3, "d": 5, "e": 0}
	for id, n := range due {
		c := commitOf(nil, id, "lin", 1, ledger.Hash{})
		if n > 0 {
			c.Case.Due = []engine.Deadline{{Action: "act", On: day.AddDays(n)}}
		}
		c.Case.Ended = id == "e"
		if id == "d" {
			c.Case.Path = "420683/eastern"
		}
		want(t, string(id), s.Commit(ctx, c), nil)
	}
	for _, c := range []struct {
		q    engine.Query
		want string
	}{
		{engine.Query{}, "cadbe"},
		{engine.Query{Limit: 2}, "ca"},
		{engine.Query{After: engine.Cursor{DueOn: day.AddDays(5), ID: "a"}}, "dbe"},
		{engine.Query{After: engine.Cursor{ID: "b"}}, "e"},
		{engine.Query{Open: true}, "cadb"},
		{engine.Query{DueBy: day.AddDays(4)}, "c"},
		{engine.Query{Path: "420683/east"}, "cabe"},
		{engine.Query{Path: "420683"}, "cadbe"},
		{engine.Query{Stages: []string{"none"}}, ""},
		{engine.Query{Person: "ma"}, ""},
	} {
		c.q.County = county
		rows, err := s.Rows(ctx, &c.q)
		got := ""
		for _, r := range rows {
			got += string(r.ID)
		}
		if got != c.want || err != nil {
			t.Errorf("%+v: %q %v, want %q", c.q, got, err, c.want)
		}
	}
}

// TestConcurrent lets many hands take serials and move one case: every seq is
// won once, every serial given once.
func TestConcurrent(t *testing.T) {
	s := town(t)
	record(t, s, &register.Pool{ID: "big", Prefix: "99", Digits: 3, First: 1, Last: 500})
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := map[int64]int{}
	for i := range 8 {
		wg.Go(func() {
			for n := int64(1); n <= 20; {
				if s.Commit(ctx, commitOf(s.View(ctx, county), "shared", "lin", n, ledger.Hash{byte(min(n-1, 1))})) == nil {
					mu.Lock()
					won[n]++
					mu.Unlock()
				}
				row, _ := s.Row(county, "shared")
				n = row.Seq + 1
			}
		})
		wg.Go(func() {
			for k := range 10 {
				id := engine.CaseID(fmt.Sprintf("w%d-%d", i, k))
				for {
					v := s.View(ctx, county)
					serial, _ := v.NextSerial()
					err := s.Commit(ctx, commitOf(v, id, register.PersonID(id), 1, ledger.Hash{}, take(engine.SerialKind, serial)))
					if err == nil {
						break
					}
					if !errors.Is(err, engine.ErrStale) && !errors.Is(err, engine.ErrClaimed) {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	for n := int64(1); n <= 20; n++ {
		if won[n] != 1 {
			t.Errorf("seq %d was won %d times", n, won[n])
		}
	}
	if claims := s.Claims(county); len(claims) != 80 {
		t.Errorf("%d serials for 80 cases", len(claims))
	}
}

func TestInspection(t *testing.T) {
	s := town(t)
	want(t, "refusal", s.Refusal(ctx, &engine.Refusal{County: county, Action: "approve", Codes: []string{"stage"}}), nil)
	want(t, "stale refusal", s.Refusal(ctx, &engine.Refusal{County: county, Case: "a", Seq: 3}), engine.ErrStale)
	if r := s.Refusals(county); len(r) != 1 || r[0].Action != "approve" || r[0].Codes[0] != "stage" {
		t.Errorf("refusals %+v", r)
	}
	if c := s.Counties(); len(c) != 1 || c[0] != county {
		t.Errorf("counties %v", c)
	}
	if c := s.Chains(county); len(c) != 8 {
		t.Errorf("chains %v", c)
	}
}
