package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// One case from its opening to its end over HTTP.
func TestACaseFromOpeningToEnd(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	var c CaseView
	r := tw.get("secretary", place).want(http.StatusOK)
	r.decode(&c)
	if r.header.Get("ETag") != `"1"` || c.Stage.Key != "applied" || c.Subject.Name != "lin示例" || c.DueOn.String() != "2026-07-10" {
		t.Fatalf("ETag %s: %s", r.header.Get("ETag"), r.body)
	}
	if len(c.Outlook.Can) != 1 || c.Outlook.Can[0].Action.Key != "record-talk" || c.Outlook.Can[0].Required[0].Kind != "person" {
		t.Fatalf("outlook %+v", c.Outlook)
	}
	tw.act("secretary", place, `{"action":"record-talk","fields":{"talker":"qian","note":"只给本支部看"}}`).want(http.StatusOK)
	tw.act("committee-reviewer", place, `{"action":"ask"}`).want(http.StatusOK)
	tw.act("department-officer", place, `{"action":"answer","fields":{"opinion":"none"}}`).want(http.StatusOK)
	last := tw.act("committee-reviewer", place, `{"action":"finish"}`).want(http.StatusOK)
	var a engine.Answer
	last.decode(&a)
	if a.Stage != "done" || a.Seq != 5 || last.header.Get("ETag") != `"5"` {
		t.Fatalf("answer %s", last.body)
	}
	var events []EventView
	tw.get("auditor", place+"/events?after=3").want(http.StatusOK).decode(&events)
	if len(events) != 2 || events[0].Seq != 4 || events[1].To != "done" || events[0].Post != register.DepartmentOfficer {
		t.Fatalf("events %+v", events)
	}
	tw.get("auditor", place).want(http.StatusOK).decode(&c)
	if !c.Ended || c.Facts["talker"] != "qian" || len(c.Trail) != 5 {
		t.Fatalf("case %+v", c)
	}
}

// A reader sees what another server has done since it last looked.
func TestReadersCatchUp(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	tw.get("secretary", place).want(http.StatusOK)
	other, err := engine.NewEngine(tw.store, nil, calendar.National(), rand.NewChaCha8([32]byte{2}), smallWorkflow())
	if err != nil {
		t.Fatal(err)
	}
	move := engine.Move{Case: engine.CaseID(strings.TrimPrefix(place, "/api/v1/cases/")), Action: talk.Key,
		Fields: map[string]any{talker.Key: register.PersonID("qian")}}
	if _, err := other.Act(t.Context(), engine.Actor{County: county, Office: "secretary"}, move, instant(tw.now)); err != nil {
		t.Fatal(err)
	}
	if got := tw.get("secretary", place).header.Get("ETag"); got != `"2"` {
		t.Errorf("ETag %s after another server's act", got)
	}
}

// A department sees the case it was asked about, without what others wrote.
func TestDepartmentSeesWhatItWasAsked(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	tw.act("secretary", place, `{"action":"record-talk","fields":{"talker":"qian","note":"只给本支部看"}}`).want(http.StatusOK)
	tw.get("department-officer", place).problem(404, "not-found")
	if n := len(tw.list("department-officer", "/api/v1/worklist").Items); n != 0 {
		t.Fatalf("%d cases before being asked", n)
	}
	tw.act("committee-reviewer", place, `{"action":"ask"}`).want(http.StatusOK)
	tw.act("department-officer", place, `{"action":"answer","fields":{"opinion":"none"}}`).want(http.StatusOK)
	dossier := tw.get("department-officer", place).want(http.StatusOK)
	events := tw.get("department-officer", place+"/events").want(http.StatusOK)
	if strings.Contains(string(dossier.body)+string(events.body), "只给本支部看") || !strings.Contains(string(events.body), "opinion") {
		t.Fatalf("%s\n%s", dossier.body, events.body)
	}
	if n := len(tw.list("department-officer", "/api/v1/worklist?all=true").Items); n != 1 {
		t.Fatalf("%d cases in the list of the department that was asked", n)
	}
	if n := len(tw.list("health", "/api/v1/worklist?all=true").Items); n != 0 {
		t.Fatalf("%d cases in the list of the department that was not", n)
	}
}

func (tw *town) list(as, path string) ListView {
	tw.t.Helper()
	var l ListView
	tw.get(as, path).want(http.StatusOK).decode(&l)
	return l
}

func TestWorklistIsWhatIsInHand(t *testing.T) {
	tw := newTown(t)
	tw.open()
	talkedTo := tw.openFor("zhou")
	tw.act("secretary", talkedTo, goodTalk).want(http.StatusOK)
	for _, c := range []struct {
		as, path string
		want     string
	}{
		{"secretary", "/api/v1/worklist", "lin"},
		{"secretary", "/api/v1/worklist?all=true", "lin zhou"},
		{"secretary", "/api/v1/worklist?all=true&stage=talked", "zhou"},
		{"committee-reviewer", "/api/v1/worklist", "zhou"},
		{"committee-reviewer", "/api/v1/worklist?all=true&org=dongyuan", "lin zhou"},
		{"committee-reviewer", "/api/v1/worklist?workflow=other", ""},
		{"west", "/api/v1/worklist?all=true", ""},
		{"auditor", "/api/v1/worklist", ""},
		{"auditor", "/api/v1/worklist?all=true", "lin zhou"},
		{"county-head", "/api/v1/due?by=2026-07-09", ""},
		{"county-head", "/api/v1/due?by=2026-07-10", "lin"},
		{"county-head", "/api/v1/overdue", ""},
	} {
		if got := people(tw.list(c.as, c.path)); got != c.want {
			t.Errorf("%s by %s: %q, want %q", c.path, c.as, got, c.want)
		}
	}
	tw.now = "2026-07-10T23:59:59+08:00"
	if got := people(tw.list("county-head", "/api/v1/overdue")); got != "" {
		t.Errorf("on the last day: %q", got)
	}
	tw.now = "2026-07-11T00:00:00+08:00"
	l := tw.list("county-head", "/api/v1/overdue")
	if people(l) != "lin" || !l.Items[0].Overdue || l.Items[0].PersonName != "lin示例" {
		t.Errorf("the day after: %+v", l)
	}
}

// A case below the actor's organization is seen, but not in hand where the
// rule wants the case's own organization.
func TestWorklistOfOwnCases(t *testing.T) {
	tw := newTown(t)
	tw.post("laojie", "/api/v1/cases", `{"workflow":"small","person":"han","org":"laojie"}`).want(http.StatusCreated)
	for path, want := range map[string]string{"/api/v1/worklist": "", "/api/v1/worklist?all=true": "han"} {
		if got := people(tw.list("above", path)); got != want {
			t.Errorf("%s above: %q, want %q", path, got, want)
		}
	}
	if got := people(tw.list("laojie", "/api/v1/worklist")); got != "han" {
		t.Errorf("in the branch: %q", got)
	}
}

func people(l ListView) string {
	return strings.Join(each(l.Items, func(v LineView) string { return string(v.Person) }), " ")
}

// Pages follow each other by cursor and by Link, and none is seen twice.
func TestPages(t *testing.T) {
	tw := newTown(t)
	for range 5 {
		tw.open() // the small workflow lets one person have many
	}
	next, seen := "/api/v1/worklist?all=true&limit=2", map[engine.CaseID]bool{}
	pages := 0
	for ; next != ""; pages++ {
		r := tw.get("secretary", next).want(http.StatusOK)
		var l ListView
		r.decode(&l)
		for _, item := range l.Items {
			if seen[item.ID] {
				t.Fatalf("%s twice", item.ID)
			}
			seen[item.ID] = true
		}
		link, _, _ := strings.Cut(strings.TrimPrefix(r.header.Get("Link"), "<"), ">")
		if (link != "") != (l.Next != "") || link != "" && !strings.Contains(link, "all=true") {
			t.Fatalf("link %q, next %q", link, l.Next)
		}
		next = link
	}
	if len(seen) != 5 || pages != 3 {
		t.Fatalf("%d cases on %d pages", len(seen), pages)
	}
}

func TestPeopleAreMasked(t *testing.T) {
	tw := newTown(t)
	digits := "99068319900307001"
	number := digits + string(register.CheckDigit(digits))
	change := func(idNumber string) *reply {
		return tw.post("admin", "/api/v1/register", `{"reason":"test","changes":[{"kind":"person","id_number":"`+idNumber+
			`","entity":{"id":"he","name":"何示例","org":"dongyuan","standing":"outside"}}]}`)
	}
	change(number).want(http.StatusNoContent)
	change(number[:17]+"?").problem(400, "bad-id-number")
	tw.post("admin", "/api/v1/register", `{"reason":"test","changes":[{"kind":"person","entity":{"id":"he","name":"何示例","org":"dongyuan","standing":"outside","birth":"1990-03-07","sex":"1","id_tail":"0000"}}]}`).
		problem(400, "unknown-field")
	// A change without the number keeps it.
	tw.post("admin", "/api/v1/register", `{"reason":"test","changes":[{"kind":"person","entity":{"id":"he","name":"何示例","org":"dongyuan","standing":"outside","birth":"1990-03-07","sex":"1","work":"farmer"}}]}`).
		want(http.StatusNoContent)
	for _, path := range []string{"/api/v1/people/he", "/api/v1/orgs/dongyuan/people"} {
		body := string(tw.get("secretary", path).want(http.StatusOK).body)
		if strings.Contains(body, number) || strings.Contains(body, "sealed") || !strings.Contains(body, "**************"+number[14:]) {
			t.Errorf("%s: %s", path, body)
		}
	}
	if strings.Contains(tw.log.String(), number) || strings.Contains(tw.log.String(), "何示例") {
		t.Error("the log names a person")
	}
}

func TestRegisterOverHTTP(t *testing.T) {
	tw := newTown(t)
	entry := `{"reason":"test","changes":[{"kind":"org","entity":{"id":"new","kind":"branch","name":"新支部","parent":"beicheng","path":"420683/beicheng/new"%s}}]}`
	tw.post("admin", "/api/v1/register", strings.Replace(entry, "%s", `,"colour":"red"`, 1)).problem(400, "unknown-field")
	tw.post("admin", "/api/v1/register", strings.Replace(entry, "%s", `,"until":7`, 1)).problem(400, "wrong-type")
	entry = strings.Replace(entry, "%s", "", 1)
	tw.post("admin", "/api/v1/register", strings.Replace(entry, `"org"`, `"thing"`, 1)).problem(400, "wrong-type")
	tw.post("committee-reviewer", "/api/v1/register", entry).problem(422, "refused")
	tw.post("admin", "/api/v1/register", entry).want(http.StatusNoContent)
	var orgs []register.Org
	tw.get("committee-reviewer", "/api/v1/orgs").want(http.StatusOK).decode(&orgs)
	var ids []string
	for _, o := range orgs {
		ids = append(ids, string(o.ID))
	}
	if got := strings.Join(ids, " "); got != "beicheng dongyuan new zongzhi" {
		t.Errorf("organizations %q", got)
	}
	tw.get("admin", "/api/v1/orgs/dongyuan/offices").want(http.StatusOK)
}

func TestMe(t *testing.T) {
	tw := newTown(t)
	var m MeView
	tw.get("organizer", "/api/v1/me").want(http.StatusOK).decode(&m)
	if m.Post != register.Organizer || m.Org != "beicheng" || m.Today != calendar.MustParse("2026-06-10") {
		t.Errorf("%+v", m)
	}
	// Midnight in Shanghai, not in UTC.
	tw.get("organizer", "/api/v1/me", header{NowHeader, "2026-06-10T16:00:00Z"}).decode(&m)
	if m.Today != calendar.MustParse("2026-06-11") {
		t.Errorf("today %s", m.Today)
	}
}

func TestOpenAPIGolden(t *testing.T) {
	const golden = "testdata/openapi.json"
	got := newTown(t).get("", "/api/openapi.json").want(http.StatusOK).body
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code says; read the difference after: go test ./api -update", golden)
	}
	var doc struct{ OpenAPI string }
	if err := json.Unmarshal(got, &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %q, %v", doc.OpenAPI, err)
	}
}

// drawAll gives every drawing the same short text.
func drawAll(c *Config) {
	write := func(w io.Writer, wf *engine.Workflow) error { _, err := io.WriteString(w, "<svg>"+wf.Key); return err }
	c.Draw = Draw{Rulebook: write, SVG: write, Mermaid: write}
}

func TestRegulation(t *testing.T) {
	tw := newTown(t, drawAll)
	for path, kind := range map[string]string{"rulebook": "text/markdown; charset=utf-8", "diagram.svg": "image/svg+xml", "diagram.mmd": "text/plain; charset=utf-8"} {
		r := tw.get("", "/api/v1/workflows/small/"+path).want(http.StatusOK)
		if r.header.Get("Content-Type") != kind || string(r.body) != "<svg>small" {
			t.Errorf("%s: %s %s", path, r.header.Get("Content-Type"), r.body)
		}
	}
	var ws []WorkflowView
	tw.get("", "/api/v1/workflows").want(http.StatusOK).decode(&ws)
	if len(ws) != 1 || len(ws[0].Actions) != 6 || ws[0].Actions[1].Fields[0].Key != "talker" || !ws[0].Stages[4].End {
		t.Errorf("%+v", ws)
	}
	tw = newTown(t, func(c *Config) {
		c.Draw.SVG = func(io.Writer, *engine.Workflow) error { return errors.New("out of ink") }
	})
	p := tw.get("", "/api/v1/workflows/small/diagram.svg")
	p.problem(500, "internal")
	if strings.Contains(string(p.body), "ink") || !strings.Contains(tw.log.String(), "ink") {
		t.Errorf("body %s", p.body)
	}
}

func TestEveryProblemIsExplained(t *testing.T) {
	tw := newTown(t)
	for code, k := range kinds {
		body := string(tw.get("", "/problems/"+code).want(http.StatusOK).body)
		if !strings.Contains(body, k.title.Zh) || !strings.Contains(body, k.title.En) {
			t.Errorf("%s: %s", code, body)
		}
	}
	tw.get("", "/problems/none").problem(404, "not-found")
}
