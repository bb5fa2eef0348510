package simulate

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
)

func TestNobodyIsReal(t *testing.T) {
	cfg := config(t, 400, 1)
	keys, err := register.NewKeys(bytes.Repeat([]byte{7}, register.MasterLen))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Keys = keys
	p := newTestPlay(t, cfg)
	people := p.county.people
	for _, l := range p.lives {
		people = append(people, l.person)
	}
	hashes, ids := map[string]bool{}, map[register.PersonID]bool{}
	bytesOfRunes := map[int]int{}
	for _, person := range people {
		surname, ok := strings.CutSuffix(person.Name, "示例")
		if !ok || surname == "" {
			t.Fatalf("a name that could be somebody's: %q", person.Name)
		}
		r, _ := utf8.DecodeRuneInString(surname)
		bytesOfRunes[utf8.RuneLen(r)]++
		number, err := keys.Open(zaoyang, person.ID, person.IDSealed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := register.ParseID(number.Reveal(), person.Birth, true); err != nil || !strings.HasPrefix(number.Reveal(), "99") {
			t.Fatalf("%s: %v", person.ID, err)
		}
		if number.Sex() != person.Sex || hashes[person.IDHash] || ids[person.ID] {
			t.Fatalf("%s: sex, number or identifier of somebody else", person.ID)
		}
		hashes[person.IDHash], ids[person.ID] = true, true
	}
	if bytesOfRunes[4] == 0 {
		t.Error("no name outside the basic plane")
	}
}

func newTestPlay(t *testing.T, cfg Config) *play {
	t.Helper()
	e := newEngine(t, inmem.New(), "zaoyang")
	p, err := newPlay(t.Context(), e, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cast(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	return p
}

// Villages of one name have members of one name; only identifiers tell them
// apart.
func TestNamesRepeat(t *testing.T) {
	p := newTestPlay(t, config(t, 1, 1))
	type place struct{ village, person string }
	seen := map[place]register.OrgID{}
	twice := 0
	for _, b := range p.county.branches {
		for _, m := range b.members {
			at := place{b.org.Name, m.Name}
			if other, ok := seen[at]; ok && other != b.org.ID {
				twice++
			}
			seen[at] = b.org.ID
		}
	}
	if twice == 0 {
		t.Error("no two people of one name in two villages of one name")
	}
}

func TestAccounts(t *testing.T) {
	p := large(t)
	for _, a := range p.report.Accounts {
		office, org, err := p.engine.Who(t.Context(), engine.Actor{County: zaoyang, Office: a.Office}, morning(lastDay))
		if err != nil || office.Post != a.Post || org.Name != a.Org {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if len(p.report.Accounts) < 12 {
		t.Errorf("%d accounts", len(p.report.Accounts))
	}
}
