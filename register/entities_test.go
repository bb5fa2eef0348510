package register

import (
	"errors"
	"strings"
	"testing"

	"jinchu/calendar"
)

// empty is the register of a county before anything is known; with a [Draft]
// over it, it is whatever a test puts there.
type empty struct{}

func (empty) Org(OrgID) (*Org, bool)          { return nil, false }
func (empty) Below(OrgID) []*Org              { return nil }
func (empty) Person(PersonID) (*Person, bool) { return nil, false }
func (empty) Lookup(string) (*Person, bool)   { return nil, false }
func (empty) Office(OfficeID) (*Office, bool) { return nil, false }
func (empty) Members(OrgID) []*Person         { return nil }
func (empty) Officers(OrgID) []*Office        { return nil }
func (empty) Kin(PersonID) []Kin              { return nil }
func (empty) Plan(OrgID, int) (*Plan, bool)   { return nil, false }
func (empty) Pools() []*Pool                  { return nil }
func (empty) Err() error                      { return nil }

func draft(es ...Entity) *Draft {
	d := NewDraft(empty{})
	for _, e := range es {
		d.Put(e)
	}
	return d
}

var (
	day1 = calendar.MustParse("2026-01-01")
	day2 = calendar.MustParse("2026-06-01")
)

const longest = "a23456789b123456789c123456789d123456789e123456789f123456789g"

// TestValid changes one thing of a valid entity and names the fault.
func TestValid(t *testing.T) {
	type changes map[string]func() Entity
	org := func(change func(*Org)) func() Entity {
		return func() Entity {
			o := &Org{ID: "o", Kind: Branch, Name: "东园社区党支部", Parent: "c", Path: "r/c/o"}
			change(o)
			return o
		}
	}
	person := func(change func(*Person)) func() Entity {
		return func() Entity {
			p := &Person{ID: "p", Name: "林示例", Standing: Applicant, Sex: "2", Ethnicity: "01", Education: "21", Org: "o"}
			change(p)
			return p
		}
	}
	office := func(change func(*Office)) func() Entity {
		return func() Entity {
			o := &Office{ID: "w", Person: "p", Post: BranchSecretary, Org: "o", From: day1}
			change(o)
			return o
		}
	}
	kin := func(k Kin) func() Entity { return func() Entity { return &k } }
	plan := func(p Plan) func() Entity { return func() Entity { return &p } }
	pool := func(p Pool) func() Entity { return func() Entity { return &p } }

	for code, cases := range map[string]changes{
		"": {
			"org":                 org(func(*Org) {}),
			"longest id":          org(func(o *Org) { o.ID, o.Path = longest, "r/c/"+longest }),
			"county":              org(func(o *Org) { *o = Org{ID: "420683", Kind: County, Name: "县", Path: "420683"} }),
			"department":          org(func(o *Org) { o.Kind, o.Duty = Department, Police }),
			"approving":           org(func(o *Org) { o.Kind, o.Approves = Committee, true }),
			"village party":       org(func(o *Org) { o.Kind, o.Village = Committee, true }),
			"dissolved":           org(func(o *Org) { o.From, o.Until = day1, day2 }),
			"person":              person(func(*Person) {}),
			"name of 50":          person(func(p *Person) { p.Name = strings.Repeat("林", 50) }),
			"middle dot":          person(func(p *Person) { p.Name = "阿依·示例" }),
			"nothing known":       person(func(p *Person) { *p = Person{ID: "p", Name: "林示例", Standing: Outside} }),
			"hash without number": person(func(p *Person) { p.IDHash, p.IDTail = strings.Repeat("0", 64), "0021" }),
			"bar":                 person(func(p *Person) { p.Bars = []Bar{{"fraud", day1, day2}} }),
			"office":              office(func(*Office) {}),
			"office of a day":     office(func(o *Office) { o.Until = day1.AddDays(1) }),
			"kin":                 kin(Kin{A: "a", B: "b", Degree: Spouse}),
			"plan":                plan(Plan{Org: "c", Year: 2026, Quota: 0, Targets: map[string]int{"women": 30}}),
			"pool":                pool(Pool{ID: "s", Prefix: "鄂枣", Digits: 4, First: 1, Last: 9999}),
			"pool of one form":    pool(Pool{ID: "s", Digits: 1, First: 0, Last: 0}),
		},
		"bad-identifier": {
			"org without":     org(func(o *Org) { o.ID = "" }),
			"org with slash":  org(func(o *Org) { o.ID, o.Path = "a/b", "r/a/b" }),
			"org too long":    org(func(o *Org) { o.ID = longest + "h" }),
			"person without":  person(func(p *Person) { p.ID = "" }),
			"person by name":  person(func(p *Person) { p.ID = "林示例" }),
			"person's org":    person(func(p *Person) { p.Org = "o:1" }),
			"office without":  office(func(o *Office) { o.ID = "" }),
			"office no org":   office(func(o *Office) { o.Org = "" }),
			"office's person": office(func(o *Office) { o.Person = "p 1" }),
			"kin of nobody":   kin(Kin{B: "b", Degree: Spouse}),
			"kin with tilde":  kin(Kin{A: "a", B: "b~c", Degree: Spouse}),
			"plan of nobody":  plan(Plan{Year: 2026}),
			"pool without":    pool(Pool{Digits: 1}),
		},
		"bad-name": {
			"org without":     org(func(o *Org) { o.Name = " " }),
			"person without":  person(func(p *Person) { p.Name = "" }),
			"name of 51":      person(func(p *Person) { p.Name = strings.Repeat("林", 51) }),
			"line break":      person(func(p *Person) { p.Name = "林\n示例" }),
			"delete":          person(func(p *Person) { p.Name = "林\u0085示例" }),
			"broken encoding": person(func(p *Person) { p.Name = "\xc1\xd6" }),
		},
		"unknown-kind": {"org": org(func(o *Org) { o.Kind = "club" })},
		"no-parent": {
			"org":      org(func(o *Org) { o.Parent = "" }),
			"own head": org(func(o *Org) { o.Parent = "o" }),
		},
		"bad-path": {
			"other end":     org(func(o *Org) { o.Path = "r/c/x" }),
			"part of an id": org(func(o *Org) { o.Path = "r/c/xo" }),
			"county below":  org(func(o *Org) { *o = Org{ID: "420683", Kind: County, Name: "县", Path: "42/420683"} }),
			"county's head": org(func(o *Org) { *o = Org{ID: "420683", Kind: County, Name: "县", Parent: "42", Path: "420683"} }),
		},
		"bad-duty": {
			"department without": org(func(o *Org) { o.Kind = Department }),
			"unknown":            org(func(o *Org) { o.Kind, o.Duty = Department, "tax" }),
			"branch with":        org(func(o *Org) { o.Duty = Police }),
		},
		"bad-term": {
			"org":    org(func(o *Org) { o.From, o.Until = day2, day1 }),
			"office": office(func(o *Office) { o.From, o.Until = day2, day1 }),
		},
		"may-not-approve": {
			"branch":          org(func(o *Org) { o.Approves = true }),
			"leading group":   org(func(o *Org) { o.Kind, o.Approves = LeadingGroup, true }),
			"general branch":  org(func(o *Org) { o.Kind, o.Approves = GeneralBranch, true }),
			"county":          org(func(o *Org) { *o = Org{ID: "420683", Kind: County, Name: "县", Path: "420683", Approves: true} }),
			"temporary":       org(func(o *Org) { o.Kind, o.Approves, o.Temporary = Committee, true, true }),
			"village's party": org(func(o *Org) { o.Kind, o.Approves, o.Village = Committee, true, true }),
		},
		"unknown-standing": {
			"none":  person(func(p *Person) { p.Standing = "" }),
			"other": person(func(p *Person) { p.Standing = "friend" }),
		},
		"unknown-sanction": {"person": person(func(p *Person) { p.Sanction = "scolded" })},
		"unknown-code": {
			"sex":       person(func(p *Person) { p.Sex = "3" }),
			"ethnicity": person(func(p *Person) { p.Ethnicity = "57" }),
			"education": person(func(p *Person) { p.Education = "本科" }),
		},
		"bad-bar": {
			"no reason":      person(func(p *Person) { p.Bars = []Bar{{"", day1, day2}} }),
			"no day":         person(func(p *Person) { p.Bars = []Bar{{"fraud", day1, day1}} }),
			"without an end": person(func(p *Person) { p.Bars = []Bar{{"fraud", day1, calendar.Date{}}} }),
		},
		"bad-id-number": {
			"hash alone":   person(func(p *Person) { p.IDHash = strings.Repeat("0", 64) }),
			"sealed alone": person(func(p *Person) { p.IDSealed = []byte{1} }),
			"tail alone":   person(func(p *Person) { p.IDTail = "0021" }),
			"short hash":   person(func(p *Person) { p.IDSealed, p.IDHash, p.IDTail = []byte{1}, "00", "0021" }),
			"long tail":    person(func(p *Person) { p.IDSealed, p.IDHash, p.IDTail = []byte{1}, strings.Repeat("0", 64), madeUp.Reveal() }),
		},
		"unknown-post": {
			"none":  office(func(o *Office) { o.Post = "" }),
			"other": office(func(o *Office) { o.Post = "king" }),
			"clock": office(func(o *Office) { o.Post = Clock }),
		},
		"bad-pair": {
			"reversed": kin(Kin{A: "b", B: "a", Degree: Spouse}),
			"oneself":  kin(Kin{A: "a", B: "a", Degree: Spouse}),
		},
		"unknown-degree": {"kin": kin(Kin{A: "a", B: "b", Degree: "friend"})},
		"bad-year":       {"plan": plan(Plan{Org: "c", Year: 1920})},
		"bad-quota":      {"plan": plan(Plan{Org: "c", Year: 2026, Quota: -1})},
		"bad-target":     {"plan": plan(Plan{Org: "c", Year: 2026, Targets: map[string]int{"women": 101}})},
		"bad-prefix":     {"pool": pool(Pool{ID: "s", Prefix: "A 1", Digits: 4, Last: 9})},
		"bad-digits": {
			"none": pool(Pool{ID: "s", Last: 9}),
			"many": pool(Pool{ID: "s", Digits: 13, Last: 9}),
		},
		"bad-range": {
			"downwards": pool(Pool{ID: "s", Digits: 4, First: 10, Last: 9}),
			"negative":  pool(Pool{ID: "s", Digits: 4, First: -1, Last: 9}),
			"too wide":  pool(Pool{ID: "s", Digits: 4, First: 1, Last: 10000}),
		},
	} {
		for name, make := range cases {
			err := make().Valid()
			var fault *Fault
			switch {
			case code == "" && err != nil:
				t.Errorf("%s: %v", name, err)
			case code != "" && (!errors.As(err, &fault) || fault.Code != code):
				t.Errorf("%s: got %v, want %s", name, err, code)
			case code != "" && (fault.Zh == "" || fault.En == "" || fault.Where == "" || strings.Contains(fault.En, "%!")):
				t.Errorf("%s: unfinished fault %+v", name, fault)
			}
		}
	}
}

func TestCodes(t *testing.T) {
	for _, c := range []struct {
		table Codes
		n     int
		code  string
		want  string
	}{
		{Sexes, 4, "2", "女性"}, {Ethnicities, 56, "56", "基诺族"}, {Educations, 40, "21", "大学本科毕业"},
	} {
		if got, ok := c.table.Name(c.code); !ok || got != c.want || len(c.table) != c.n {
			t.Errorf("%s: %q of %d codes", c.code, got, len(c.table))
		}
		if _, ok := c.table.Name(""); ok {
			t.Error("the empty code has a name")
		}
	}
}

func TestCloseKinInBothDirections(t *testing.T) {
	d := draft(NewKin("b", "a", Spouse), NewKin("a", "c", OtherKin),
		&Kin{A: "a", B: "d", Degree: DirectBlood, Ended: true}, NewKin("b", "c", CloseInLaw))
	for _, c := range []struct {
		a, b PersonID
		want Degree
	}{
		{"a", "b", Spouse}, {"b", "c", CloseInLaw},
		{"a", "c", ""}, // too far
		{"a", "d", ""}, // ended
		{"a", "a", ""}, // oneself
		{"b", "d", ""}, // never recorded
		{"", "b", ""},
	} {
		for _, pair := range [][2]PersonID{{c.a, c.b}, {c.b, c.a}} {
			k, ok := CloseKin(d, pair[0], pair[1])
			if ok != (c.want != "") || k.Degree != c.want {
				t.Errorf("%v: %v %v, want %q", pair, ok, k, c.want)
			}
		}
	}
}

func TestApprovingCommittee(t *testing.T) {
	d := draft(
		&Org{ID: "r", Kind: County, Path: "r"},
		&Org{ID: "town", Kind: Committee, Parent: "r", Path: "r/town", Approves: true},
		&Org{ID: "village", Kind: Committee, Parent: "town", Path: "r/town/village", Village: true},
		&Org{ID: "general", Kind: GeneralBranch, Parent: "village", Path: "r/town/village/general"},
		&Org{ID: "branch", Kind: Branch, Parent: "general", Path: "r/town/village/general/branch"},
		&Org{ID: "group", Kind: LeadingGroup, Parent: "r", Path: "r/group"},
		&Org{ID: "inner", Kind: Committee, Parent: "group", Path: "r/group/inner", Approves: true, Until: day2},
		&Org{ID: "office", Kind: Branch, Parent: "group", Path: "r/group/office"},
		&Org{ID: "lost", Kind: Branch, Parent: "nowhere", Path: "nowhere/lost"},
	)
	for id, want := range map[OrgID]OrgID{
		"branch": "town", "village": "town", "town": "town",
		"r": "", "office": "", "lost": "", "unknown": "", "": "",
	} {
		got, ok := ApprovingCommittee(d, id)
		if ok != (want != "") || ok && got.ID != want {
			t.Errorf("%q is approved by %v, want %q", id, got, want)
		}
	}
	for id, want := range map[OrgID]string{"r": "inner town", "group": "inner", "town": "", "unknown": ""} {
		var got []string
		for _, o := range ApprovingBelow(d, id) {
			got = append(got, string(o.ID))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("below %q approve %v, want %q", id, got, want)
		}
	}
}

func TestOverAndLive(t *testing.T) {
	town, twin := &Org{Path: "r/town"}, &Org{Path: "r/town2/x"}
	if town.Over(twin) || !town.Over(town) || !town.Over(&Org{Path: "r/town/x"}) || town.Over(&Org{Path: "r"}) {
		t.Error("Over does not follow the path")
	}
	o := &Org{From: day1, Until: day2}
	w := &Office{From: day1, Until: day2}
	for day, want := range map[calendar.Date]bool{day1.AddDays(-1): false, day1: true, day2.AddDays(-1): true, day2: false} {
		if o.Live(day) != want || w.Held(day) != want {
			t.Errorf("%s: live %v, held %v", day, o.Live(day), w.Held(day))
		}
	}
	if !(&Org{}).Live(day1) || !(&Office{From: day1}).Held(day2) {
		t.Error("an open end ends")
	}
}

func TestPerson(t *testing.T) {
	p := &Person{ID: "p", Standing: Full, Bars: []Bar{{"fraud", day1, day2}}}
	if !p.HasVote() || !p.Member() || p.With(Probationary, day1).HasVote() || p.Standing != Full {
		t.Error("only a full member has a vote, and With leaves the person alone")
	}
	if q := (&Person{Standing: Full, Sanction: PartyProbation}); q.HasVote() || !q.Member() {
		t.Error("留党察看 takes the vote, not the membership")
	}
	for day, want := range map[calendar.Date]bool{day1.AddDays(-1): false, day1: true, day2.AddDays(-1): true, day2: false} {
		if _, barred := p.BarredOn(day); barred != want {
			t.Errorf("barred on %s: %v", day, barred)
		}
	}
}

func TestPool(t *testing.T) {
	base := Pool{ID: "a", Prefix: "A", Digits: 3, First: 100, Last: 199}
	if s := base.Serial(7); s != "A007" {
		t.Errorf("serial %s", s)
	}
	for _, c := range []struct {
		other Pool
		want  bool
	}{
		{Pool{Prefix: "A", Digits: 3, First: 199, Last: 300}, true},
		{Pool{Prefix: "A", Digits: 3, First: 0, Last: 100}, true},
		{Pool{Prefix: "A", Digits: 3, First: 150, Last: 150}, true},
		{Pool{Prefix: "A", Digits: 3, First: 0, Last: 999}, true},
		{Pool{Prefix: "A1", Digits: 2, First: 50, Last: 60}, true}, // A150
		{Pool{Prefix: "", Digits: 3, First: 100, Last: 199}, false},
		{Pool{Prefix: "A", Digits: 3, First: 200, Last: 300}, false},
		{Pool{Prefix: "A", Digits: 3, First: 0, Last: 99}, false},
		{Pool{Prefix: "A", Digits: 4, First: 100, Last: 199}, false}, // A0100
		{Pool{Prefix: "A", Digits: 4, First: 1000, Last: 1999}, false},
		{Pool{Prefix: "A2", Digits: 2, First: 50, Last: 60}, false},
		{Pool{Prefix: "A1X", Digits: 1, First: 0, Last: 9}, false},
		{Pool{Prefix: "B", Digits: 3, First: 100, Last: 199}, false},
	} {
		if base.Overlaps(&c.other) != c.want || c.other.Overlaps(&base) != c.want {
			t.Errorf("%+v: overlap is not %v", c.other, c.want)
		}
	}
	if wide := (Pool{Prefix: "A", Digits: 3, Last: 999}); wide.Overlaps(&Pool{Prefix: "A1X", Digits: 1, Last: 9}) {
		t.Error("A1X0 is no number of three digits behind A")
	}
}

func (empty) Quarter(QuarterID) (*Quarter, bool) { return nil, false }
func (empty) Filings(OrgID) []*Filing            { return nil }
func (empty) LastFiling(QuarterID) int           { return 0 }
func (empty) FilingsOf(QuarterID) []*Filing      { return nil }
