package register

import (
	"errors"
	"strings"
	"testing"
)

// county is a small register: a town with two branches, one of them ended.
func county() *Draft {
	return draft(
		&Org{ID: "420683", Kind: County, Name: "县委组织部", Path: "420683"},
		&Org{ID: "police", Kind: Department, Name: "公安局", Parent: "420683", Path: "420683/police", Duty: Police},
		&Org{ID: "town", Kind: Committee, Name: "镇党委", Parent: "420683", Path: "420683/town", Approves: true},
		&Org{ID: "village", Kind: Committee, Name: "村党委", Parent: "town", Path: "420683/town/village", Village: true},
		&Org{ID: "east", Kind: Branch, Name: "东支部", Parent: "town", Path: "420683/town/east"},
		&Org{ID: "gone", Kind: Branch, Name: "旧支部", Parent: "town", Path: "420683/town/gone", Until: day1},
		&Person{ID: "p1", Name: "林示例", Standing: Full, Org: "gone", IDHash: "h1"},
		&Person{ID: "p2", Name: "王示例", Standing: Full, Org: "east"},
		&Office{ID: "w1", Person: "p1", Post: BranchSecretary, Org: "gone", From: day1.AddDays(-9)},
		&Pool{ID: "s1", Prefix: "A", Digits: 3, First: 100, Last: 199},
		&Plan{Org: "town", Year: 2026, Quota: 9},
	)
}

func TestCheck(t *testing.T) {
	org := func(id OrgID, kind OrgKind, parent OrgID, path string) *Org {
		return &Org{ID: id, Kind: kind, Name: "示例支部", Parent: parent, Path: path}
	}
	hash := strings.Repeat("0", 64)
	for _, c := range []struct {
		name string
		e    Entity
		code string // "" for none
		in   string // the field
	}{
		{"new branch", org("west", Branch, "town", "420683/town/west"), "", ""},
		{"renamed branch", org("east", Branch, "town", "420683/town/east"), "", ""},
		{"not valid", org("west", Branch, "", "west"), "no-parent", "org:west.parent"},
		{"no superior", org("west", Branch, "north", "420683/north/west"), "unknown-org", "org:west.parent"},
		{"under a branch", org("west", Branch, "east", "420683/town/east/west"), "bad-parent", "org:west.parent"},
		{"under a department", org("west", Branch, "police", "420683/police/west"), "bad-parent", "org:west.parent"},
		{"path past the superior", org("west", Branch, "town", "420683/west"), "bad-path", "org:west.path"},
		{"moved", org("east", Branch, "village", "420683/town/village/east"), "org-fixed", "org:east.parent"},
		{"made another kind", org("east", GeneralBranch, "town", "420683/town/east"), "org-fixed", "org:east.parent"},
		{"second county", &Org{ID: "420684", Kind: County, Name: "邻县", Path: "420684"}, "bad-county", "org:420684.id"},
		{"person", &Person{ID: "p3", Name: "赵示例", Standing: Outside, Org: "east"}, "", ""},
		{"person nowhere", &Person{ID: "p3", Name: "赵示例", Standing: Outside}, "", ""},
		{"unknown org", &Person{ID: "p3", Name: "赵示例", Standing: Outside, Org: "north"}, "unknown-org", "person:p3.org"},
		{"ended org", &Person{ID: "p3", Name: "赵示例", Standing: Outside, Org: "gone"}, "org-ended", "person:p3.org"},
		{"stays in an ended org", &Person{ID: "p1", Name: "林示例", Standing: Full, Org: "gone"}, "", ""},
		{"office", &Office{ID: "w2", Person: "p2", Post: BranchSecretary, Org: "east"}, "", ""},
		{"vacant office", &Office{ID: "w2", Post: BranchSecretary, Org: "east"}, "no-person", "office:w2.person"},
		{"office of nobody known", &Office{ID: "w2", Person: "p9", Post: BranchSecretary, Org: "east"}, "unknown-person", "office:w2.person"},
		{"office nowhere", &Office{ID: "w2", Person: "p2", Post: BranchSecretary, Org: "north"}, "unknown-org", "office:w2.org"},
		{"office of an ended org", &Office{ID: "w2", Person: "p2", Post: BranchSecretary, Org: "gone"}, "org-ended", "office:w2.org"},
		{"county post in a branch", &Office{ID: "w2", Person: "p2", Post: CountyHead, Org: "east"}, "post-misplaced", "office:w2.post"},
		{"administrator of a town", &Office{ID: "w2", Person: "p2", Post: Administrator, Org: "town"}, "post-misplaced", "office:w2.post"},
		{"term ended", &Office{ID: "w1", Person: "p1", Post: BranchSecretary, Org: "gone", From: day1.AddDays(-9), Until: day1}, "", ""},
		{"term handed over", &Office{ID: "w1", Person: "p2", Post: BranchSecretary, Org: "gone"}, "office-fixed", "office:w1.id"},
		{"kin", NewKin("p1", "p2", Spouse), "", ""},
		{"kin of nobody known", NewKin("p1", "p9", Spouse), "unknown-person", "kin:p1~p9.b"},
		{"nobody's kin", NewKin("p0", "p1", Spouse), "unknown-person", "kin:p0~p1.a"},
		{"plan", &Plan{Org: "town", Year: 2027, Quota: 5}, "", ""},
		{"plan of a village", &Plan{Org: "village", Year: 2026}, "no-power", "plan:village-2026.org"},
		{"plan of nobody", &Plan{Org: "north", Year: 2026}, "unknown-org", "plan:north-2026.org"},
		{"pool", &Pool{ID: "s2", Prefix: "A", Digits: 3, First: 200, Last: 299}, "", ""},
		{"pool made longer", &Pool{ID: "s1", Prefix: "A", Digits: 3, First: 100, Last: 250}, "", ""},
		{"pool overlapping", &Pool{ID: "s2", Prefix: "A1", Digits: 2, First: 0, Last: 5}, "pool-overlaps", "pool:s2.first"},
		{"known ID number", &Person{ID: "p3", Name: "赵示例", Standing: Outside, IDSealed: []byte{1}, IDHash: hash, IDTail: "0021"}, "id-taken", "person:p3.id_hash"},
		{"own ID number", &Person{ID: "p4", Name: "钱示例", Standing: Outside, IDSealed: []byte{1}, IDHash: hash, IDTail: "0021"}, "", ""},
	} {
		d := county()
		d.Put(&Person{ID: "p4", Name: "钱示例", Standing: Outside, IDHash: hash})
		err := Check(d, "420683", c.e, day1)
		var fault *Fault
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.code != "" && (!errors.As(err, &fault) || fault.Code != c.code || fault.Where != c.in):
			t.Errorf("%s: got %v, want %s at %s", c.name, err, c.code, c.in)
		}
	}
}

// A register that fails to answer is not a register without the answer.
func TestCheckReportsTheViewsFailure(t *testing.T) {
	broken := errors.New("disk gone")
	err := Check(failing{NewDraft(empty{}), broken}, "420683", NewKin("a", "b", Spouse), day1)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct {
	View
	err error
}

func (f failing) Err() error { return f.err }

func TestPostsHaveAPlace(t *testing.T) {
	for _, p := range Posts {
		if len(postsOf[p]) == 0 {
			t.Errorf("%s fits nowhere", p)
		}
	}
	if len(postsOf) != len(Posts) || Clock.Fits(County) {
		t.Error("somebody could be the clock")
	}
}

// A draft over a draft answers every question as the lower one would if the
// changes were made there.
func TestDraftAnswersWithItsChanges(t *testing.T) {
	base := county()
	d := NewDraft(base)
	d.Put(&Org{ID: "west", Kind: Branch, Parent: "town", Path: "420683/town/west"})
	d.Put(&Person{ID: "p2", Name: "王示例", Standing: Full, Org: "west"}) // moved
	d.Put(&Person{ID: "p0", Name: "新示例", Standing: Outside, Org: "west"})
	d.Put(&Person{ID: "p1", Name: "林示例", Standing: Full, Org: "gone", IDHash: "h2"}) // number corrected
	d.Put(&Office{ID: "w0", Person: "p2", Post: BranchSecretary, Org: "west"})
	d.Put(NewKin("p2", "p1", Spouse))
	d.Put(&Pool{ID: "s0"})
	d.Put(&Plan{Org: "town", Year: 2026, Quota: 11})

	join := func(ids ...string) string { return strings.Join(ids, " ") }
	var below, east, west, officers, pools []string
	for _, o := range d.Below("town") {
		below = append(below, string(o.ID))
	}
	for _, p := range d.Members("east") {
		east = append(east, string(p.ID))
	}
	for _, p := range d.Members("west") {
		west = append(west, string(p.ID))
	}
	for _, o := range d.Officers("west") {
		officers = append(officers, string(o.ID))
	}
	for _, p := range d.Pools() {
		pools = append(pools, p.ID)
	}
	for what, pair := range map[string][2]string{
		"below town":       {join(below...), "east gone village west"},
		"members of east":  {join(east...), ""},
		"members of west":  {join(west...), "p0 p2"},
		"officers of west": {join(officers...), "w0"},
		"pools":            {join(pools...), "s0 s1"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", what, pair[0], pair[1])
		}
	}
	if _, ok := d.Lookup("h1"); ok {
		t.Error("the number corrected is still found")
	}
	if p, ok := d.Lookup("h2"); !ok || p.ID != "p1" {
		t.Error("the corrected number is not found")
	}
	if p, ok := NewDraft(base).Lookup("h1"); !ok || p.ID != "p1" {
		t.Error("a number below the draft is not found")
	}
	if p, _ := d.Plan("town", 2026); p.Quota != 11 {
		t.Errorf("plan %+v", p)
	}
	if _, ok := CloseKin(d, "p1", "p2"); !ok || len(d.Kin("p1")) != 1 || len(base.Kin("p1")) != 0 {
		t.Error("kin of the draft")
	}
	if _, ok := d.Office("w0"); !ok {
		t.Error("office of the draft")
	}
	if _, ok := base.Org("west"); ok {
		t.Error("the register below was changed")
	}
}
