package engine_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/ledger"
	"jinchu/register"
)

const zaoyang register.CountyID = "420683"

var (
	registerNow = time.Date(2026, 6, 10, 1, 0, 0, 0, time.UTC)
	today       = calendar.DateOf(registerNow)
)

func person(id register.PersonID, org register.OrgID, s register.Standing) *register.Person {
	return &register.Person{ID: id, Name: "林示例", Org: org, Standing: s}
}

func branch(id, parent register.OrgID, path string) *register.Org {
	return &register.Org{ID: id, Kind: register.Branch, Name: "示例支部", Parent: parent, Path: path}
}

// office is held by the person of the same name.
func office(id string, post register.Post, org register.OrgID) *register.Office {
	return &register.Office{ID: register.OfficeID(id), Person: register.PersonID(id), Post: post, Org: org, From: today.AddDays(-30)}
}

// small is the register of a county with two towns of one branch each, and
// somebody in every post that matters to the first.
func small() []register.Entity {
	town := func(id register.OrgID) *register.Org {
		return &register.Org{ID: id, Kind: register.Committee, Name: "示例镇党委", Parent: "420683", Path: "420683/" + string(id), Approves: true}
	}
	es := []register.Entity{
		&register.Org{ID: "420683", Kind: register.County, Name: "枣阳市委组织部", Path: "420683"},
		&register.Org{ID: "police", Kind: register.Department, Name: "枣阳市公安局", Parent: "420683", Path: "420683/police", Duty: register.Police},
		town("t1"), town("t2"),
		branch("b1", "t1", "420683/t1/b1"), branch("b2", "t2", "420683/t2/b2"),
		person("p1", "b1", register.Activist), person("p2", "b2", register.Full),
		&register.Pool{ID: "s1", Prefix: "A", Digits: 4, First: 1, Last: 100},
	}
	for _, o := range []*register.Office{
		office("admin", register.Administrator, "420683"), office("reviewer", register.CountyReviewer, "420683"),
		office("head", register.CountyHead, "420683"), office("inspector", register.Inspector, "420683"),
		office("auditor", register.Auditor, "420683"), office("officer", register.DepartmentOfficer, "police"),
		office("t1-reviewer", register.CommitteeReviewer, "t1"), office("t1-secretary", register.CommitteeSecretary, "t1"),
		office("t1-organizer", register.Organizer, "t1"), office("b1-secretary", register.BranchSecretary, "b1"),
		office("b1-commissioner", register.OrgCommissioner, "b1"),
	} {
		es = append(es, person(o.Person, "b2", register.Full), o)
	}
	ended := office("retired", register.Administrator, "420683")
	ended.Until = today
	return append(es, person("retired", "b2", register.Full), ended)
}

type desk struct {
	t      *testing.T
	store  *inmem.Store
	engine *engine.Engine
}

// open opens an engine over the small county. A store laid over the one in
// memory may disturb it.
func open(t *testing.T, over ...func(engine.Store) engine.Store) *desk {
	t.Helper()
	d := &desk{t: t, store: inmem.New()}
	d.engine = d.over(d.store)
	if err := d.change(string(engine.ClockOffice), small()...); err != nil {
		t.Fatal(err)
	}
	for _, o := range over {
		d.engine = d.over(o(d.store))
	}
	return d
}

func (d *desk) over(s engine.Store) *engine.Engine {
	e, err := engine.NewEngine(s, nil, calendar.National(), rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

func (d *desk) change(who string, es ...register.Entity) error {
	return d.changeFor(who, "", es...)
}

func (d *desk) changeFor(who, reason string, es ...register.Entity) error {
	return d.engine.Change(context.Background(), actor(who), es, today, reason, registerNow)
}

func actor(who string) engine.Actor {
	return engine.Actor{County: zaoyang, Office: register.OfficeID(who)}
}

func (d *desk) view() engine.View { return d.store.View(context.Background(), zaoyang) }

func (d *desk) log(chain string) []ledger.Entry {
	entries, err := d.store.Log(context.Background(), zaoyang, chain, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	return entries
}

// code is what an error is about: "" for none, the code of an Invalid or a
// Conflict, of the first ground of a refusal, or "not-found".
func code(err error) string {
	var invalid *engine.Invalid
	var refused *engine.Refused
	var missing *engine.NotFound
	var conflict *engine.Conflict
	switch {
	case err == nil:
		return ""
	case errors.As(err, &invalid):
		return invalid.Code
	case errors.As(err, &refused):
		return refused.Grounds[0].Code
	case errors.As(err, &missing):
		return "not-found"
	case errors.As(err, &conflict):
		return conflict.Code
	}
	return "unexpected: " + err.Error()
}

// Who may change what: everybody in the table who is not named may not, or,
// being out of reach of it, does not find it.
func TestChangeRights(t *testing.T) {
	const (
		admin     = "admin"
		county    = "reviewer head"
		committee = "t1-reviewer t1-secretary t1-organizer"
		own       = "b1-secretary b1-commissioner"
		others    = "inspector auditor officer"
	)
	everybody := strings.Fields(strings.Join([]string{admin, county, committee, own, others}, " "))
	for _, c := range []struct {
		name    string
		e       register.Entity
		may     string
		blind   string // cannot reach it: not found
		forbids string // of the rest, if not "not-permitted"
	}{
		{name: "organization", e: branch("b3", "t1", "420683/t1/b3"), may: admin},
		{name: "office", e: office("p1", register.OrgCommissioner, "b1"), may: admin},
		{name: "plan", e: &register.Plan{Org: "t1", Year: 2026, Quota: 10}, may: admin + " " + county},
		{name: "pool", e: &register.Pool{ID: "s2", Prefix: "A", Digits: 4, First: 101, Last: 200}, may: admin + " " + county},
		{name: "kin within reach", e: register.NewKin("p1", "p2", register.Spouse), may: admin + " " + committee},
		{name: "kin out of reach", e: register.NewKin("p2", "head", register.Spouse), may: admin, blind: committee},
		{name: "new person", e: person("p3", "b1", register.Applicant), may: strings.Join([]string{admin, county, committee, own}, " ")},
		{name: "new person elsewhere", e: person("p3", "b2", register.Outside), may: admin + " " + county, blind: committee + " " + own},
		{name: "new person nowhere", e: person("p3", "", register.Outside), may: admin + " " + county, blind: committee + " " + own},
		{name: "data of a person", e: &register.Person{ID: "p1", Name: "林更正", Org: "b1", Standing: register.Activist}, may: strings.Join([]string{admin, county, committee, own}, " ")},
		{name: "data of a person elsewhere", e: &register.Person{ID: "p2", Name: "林更正", Org: "b2", Standing: register.Full}, may: admin + " " + county, blind: committee + " " + own},
		{name: "person taken over", e: person("p2", "b1", register.Full), may: admin + " " + county, blind: committee + " " + own},
		{name: "person given away", e: person("p1", "b2", register.Activist), may: admin + " " + county, blind: committee + " " + own},
		{name: "new member", e: person("p3", "b1", register.Full), may: admin},
		{name: "standing", e: person("p1", "b1", register.Full), may: admin},
		{name: "standing since", e: &register.Person{ID: "p1", Name: "林示例", Org: "b1", Standing: register.Activist, Since: today}, may: admin},
		{name: "party age", e: &register.Person{ID: "p1", Name: "林示例", Org: "b1", Standing: register.Activist, PartyAge: today}, may: admin},
		{name: "sanction", e: &register.Person{ID: "p1", Name: "林示例", Org: "b1", Standing: register.Activist, Sanction: register.PartyProbation}, may: admin},
		{name: "bar", e: &register.Person{ID: "p1", Name: "林示例", Org: "b1", Standing: register.Activist,
			Bars: []register.Bar{{Why: "fraud", From: today, Until: today.AddDays(9)}}}, may: admin},
		{name: "applicant with a sanction", e: &register.Person{ID: "p3", Name: "林示例", Org: "b1", Standing: register.Applicant, Sanction: register.OrderedCorrection}, may: admin},
	} {
		for _, who := range everybody {
			want := "not-permitted"
			switch {
			case contains(c.may, who):
				want = ""
			case contains(c.blind, who):
				want = "not-found"
			}
			d := open(t)
			if got := code(d.changeFor(who, "首次录入", c.e)); got != want {
				t.Errorf("%s by %s: %q, want %q", c.name, who, got, want)
			}
			if kept := len(d.log(c.e.Subject().Chain())); (want == "") != (kept > 0 && kept != d.before(c.e)) {
				t.Errorf("%s by %s: %d entries kept", c.name, who, kept)
			}
		}
	}
}

func contains(list, who string) bool {
	for _, w := range strings.Fields(list) {
		if w == who {
			return true
		}
	}
	return false
}

// before is how many entries the small county holds of a subject.
func (d *desk) before(e register.Entity) int {
	for _, s := range small() {
		if s.Subject() == e.Subject() {
			return 1
		}
	}
	return 0
}

func TestChangeRefuses(t *testing.T) {
	sealed := func(id register.PersonID, hash string) *register.Person {
		p := person(id, "b1", register.Outside)
		p.IDSealed, p.IDHash, p.IDTail = []byte{1}, strings.Repeat(hash, 64), "0013"
		return p
	}
	var nobody *register.Person
	for _, c := range []struct {
		name, who, reason string
		on                calendar.Date
		es                []register.Entity
		code, where       string
	}{
		{name: "office ended", who: "retired", es: []register.Entity{person("p3", "b1", register.Outside)}, code: "office-ended"},
		{name: "office unknown", who: "nobody", es: []register.Entity{person("p3", "b1", register.Outside)}, code: "office-ended"},
		{name: "tomorrow", who: "admin", on: today.AddDays(1), es: []register.Entity{person("p3", "b1", register.Outside)}, code: "future-date", where: "on"},
		{name: "yesterday without a reason", who: "admin", on: today.AddDays(-1), es: []register.Entity{person("p3", "b1", register.Outside)}, code: "back-dated", where: "reason"},
		{name: "standing without a reason", who: "admin", es: []register.Entity{person("p1", "b1", register.Full)}, code: "reason-needed", where: "reason"},
		{name: "a blank is no reason", who: "admin", reason: " ", es: []register.Entity{person("p1", "b1", register.Full)}, code: "reason-needed"},
		{name: "nothing", who: "admin", es: []register.Entity{nil}, code: "empty", where: "entities[0]"},
		{name: "nobody", who: "admin", es: []register.Entity{person("p3", "b1", register.Outside), nobody}, code: "empty", where: "entities[1]"},
		{name: "twice", who: "admin", es: []register.Entity{person("p3", "b1", register.Outside), person("p3", "b1", register.Outside)}, code: "twice", where: "person:p3"},
		{name: "no name", who: "b1-secretary", es: []register.Entity{&register.Person{ID: "p3", Org: "b1", Standing: register.Outside}}, code: "bad-name", where: "person:p3.name"},
		{name: "child before its parent", who: "admin", es: []register.Entity{branch("b4", "t4", "420683/t4/b4")}, code: "unknown-org", where: "org:b4.parent"},
		{name: "the calendar's office", who: "admin", es: []register.Entity{&register.Office{ID: engine.ClockOffice, Person: "p1", Post: register.OrgCommissioner, Org: "b1"}}, code: "reserved", where: "office:clock.id"},
		{name: "post in the wrong place", who: "admin", es: []register.Entity{office("p1", register.CountyHead, "b1")}, code: "post-misplaced", where: "office:p1.post"},
		{name: "one ID number for two", who: "b1-secretary", es: []register.Entity{sealed("p3", "a"), sealed("p4", "a")}, code: "id-taken", where: "person:p4.id_hash"},
		{name: "pools of one batch", who: "head", es: []register.Entity{
			&register.Pool{ID: "s2", Prefix: "A", Digits: 4, First: 101, Last: 200}, &register.Pool{ID: "s3", Prefix: "A", Digits: 4, First: 200, Last: 300}},
			code: "pool-overlaps", where: "pool:s3.first"},
		{name: "plan of a branch", who: "head", es: []register.Entity{&register.Plan{Org: "b1", Year: 2026}}, code: "no-power", where: "plan:b1-2026.org"},
	} {
		d := open(t)
		if c.on.IsZero() {
			c.on = today
		}
		err := d.engine.Change(context.Background(), actor(c.who), c.es, c.on, c.reason, registerNow)
		if got := code(err); got != c.code {
			t.Errorf("%s: got %q, want %q", c.name, got, c.code)
			continue
		}
		var invalid *engine.Invalid
		if errors.As(err, &invalid) && (c.where != "" && invalid.Where != c.where || invalid.Words.Zh == "" || invalid.Words.En == "") {
			t.Errorf("%s: %+v, want where %q", c.name, invalid, c.where)
		}
		if _, kept := d.view().Person("p3"); kept {
			t.Errorf("%s: a part of the batch was kept", c.name)
		}
	}
}

// A branch gives the first ID number; the committee corrects it.
func TestChangeOfAnIDNumber(t *testing.T) {
	d := open(t)
	with := func(hash string) *register.Person {
		p := person("p1", "b1", register.Activist)
		p.IDSealed, p.IDHash, p.IDTail = []byte{1}, strings.Repeat(hash, 64), "0013"
		return p
	}
	for i, step := range []struct {
		who  string
		e    *register.Person
		want string
	}{
		{"b1-secretary", with("a"), ""},
		{"b1-secretary", with("b"), "not-permitted"},
		{"b1-secretary", person("p1", "b1", register.Activist), "not-permitted"},
		{"t1-reviewer", with("b"), ""},
	} {
		if got := code(d.change(step.who, step.e)); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
	if _, ok := d.view().Lookup(strings.Repeat("a", 64)); ok {
		t.Error("the number before the correction is still found")
	}
}

func TestChangeIsRecorded(t *testing.T) {
	d := open(t)
	moved := person("p1", "b1", register.Probationary)
	on := today.AddDays(-3)
	err := d.engine.Change(context.Background(), actor("admin"), []register.Entity{moved}, on, " 首次录入 ", registerNow)
	if err != nil {
		t.Fatal(err)
	}
	entries := d.log("person:p1")
	if len(entries) != 2 {
		t.Fatalf("%d entries", len(entries))
	}
	leaf, err := ledger.ParseLeaf(entries[1].Leaf)
	if err != nil || leaf.Who != "admin" || !leaf.At.Equal(registerNow) || leaf.N != 2 {
		t.Errorf("leaf %+v, %v", leaf, err)
	}
	var event struct {
		On     calendar.Date
		Reason string
		By     engine.Signer
		Entity register.Person
	}
	if err := json.Unmarshal(entries[1].Payload, &event); err != nil {
		t.Fatal(err)
	}
	want := engine.Signer{Office: "admin", Post: register.Administrator, Org: "420683", Person: "admin"}
	if event.On != on || event.Reason != "首次录入" || event.By != want || event.Entity.Standing != register.Probationary {
		t.Errorf("event %+v", event)
	}
}

func TestChangeLeavesATraceOfARefusal(t *testing.T) {
	d := open(t)
	if got := code(d.change("inspector", branch("b3", "t1", "420683/t1/b3"))); got != "not-permitted" {
		t.Fatal(got)
	}
	traces := d.store.Refusals(zaoyang)
	if len(traces) != 1 || traces[0].Office != "inspector" || traces[0].Action != engine.ChangeRegister ||
		traces[0].Codes[0] != "not-permitted" || traces[0].Articles[0] != engine.RegisterArticle {
		t.Errorf("traces %+v", traces)
	}
}

// A county is imported in one batch, and again without any effect.
func TestChangeImportsACounty(t *testing.T) {
	d := &desk{t: t, store: inmem.New()}
	d.engine = d.over(d.store)
	rows, ok, err := register.Divisions(zaoyang)
	if err != nil || !ok {
		t.Fatal(err)
	}
	var es []register.Entity
	for _, o := range register.Orgs(rows, zaoyang, "枣阳市") {
		es = append(es, o)
	}
	for range 2 {
		if err := d.change(string(engine.ClockOffice), es...); err != nil {
			t.Fatal(err)
		}
	}
	v, branches := d.view(), 0
	for _, town := range v.Below("420683") {
		branches += len(v.Below(town.ID))
	}
	if chains := d.store.Chains(zaoyang); len(chains) != 1+4+18+561 || branches != 561 {
		t.Errorf("%d chains, %d branches", len(chains), branches)
	}
	if n := len(d.log("org:420683001001")); n != 1 {
		t.Errorf("the second import added to a chain: %d entries", n)
	}
	if got := code(d.change(string(engine.ClockOffice), es[0], branch("x", "420683001", "420683/x"))); got != "bad-path" {
		t.Errorf("a bad path: %q", got)
	}
}

func TestOfficers(t *testing.T) {
	d := open(t)
	for who, want := range map[string]string{"b1-secretary": "", "t1-reviewer": "", "admin": "", "officer": "not-found"} {
		got, err := d.engine.Officers(context.Background(), actor(who), "b1", registerNow)
		if code(err) != want || want == "" && len(got) != 2 {
			t.Errorf("%s sees %d officers, %v", who, len(got), err)
		}
	}
}
