package story

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/supervise"
)

// worlds are three counties in which the same happens: in two of them one
// meeting is drawn when it is filed, in the third none.
type worlds struct {
	t                      *testing.T
	first, second, neither *drawnWorld
}

func newWorlds(t *testing.T) *worlds {
	t.Helper()
	ws := &worlds{t, newDrawnWorld(t, 1), newDrawnWorld(t, 2), newDrawnWorld(t, 0)}
	if ws.first.driver.county != ws.second.driver.county || ws.first.driver.county != ws.neither.driver.county {
		t.Fatal("several counties")
	}
	for _, name := range []string{"a1", "b1"} {
		if id := ws.first.id(name); id != ws.second.id(name) || id != ws.neither.id(name) {
			t.Fatal("the cases have different names")
		}
	}
	return ws
}

func (ws *worlds) each(do func(*drawnWorld)) {
	do(ws.first)
	do(ws.second)
	do(ws.neither)
}

// same asks the same in the three worlds, wants the same bytes, and gives them.
func (ws *worlds) same(who, method, path, body, day string) string {
	ws.t.Helper()
	var answers []string
	ws.each(func(w *drawnWorld) {
		answer := blotted(w.ask(who, method, path, body, day))
		if method == "POST" {
			answer = withoutIDs(answer)
		}
		answers = append(answers, answer)
	})
	if answers[0] != answers[1] || answers[0] != answers[2] {
		ws.t.Errorf("%s sees the draw on %s in %s %s %s:\n%s", who, day, method, path, body, strings.Join(answers, "\n"))
	}
	return answers[0]
}

// below are those of the story who may not know of the draw.
var below = []string{"wu", "xu", "chen", "song", "gang", "tao"}

// operations are the rows of the table of routes as the API documents them:
// method, path, and the parameters of each.
func (ws *worlds) operations() map[string][]parameter {
	ws.t.Helper()
	_, body, _ := strings.Cut(ws.first.ask("", "GET", "/api/openapi.json", "", "2026-06-20"), "\r\n\n")
	var doc struct {
		Paths map[string]map[string]struct{ Parameters []parameter }
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		ws.t.Fatal(err)
	}
	out := map[string][]parameter{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			out[strings.ToUpper(method)+" "+path] = op.Parameters
		}
	}
	return out
}

type parameter struct {
	Name, In string
	Required bool
	Schema   struct{ Enum []string }
}

// questions are all that can be asked with GET: every path with everything
// that can stand in it, and each of its parameters in turn.
func (ws *worlds) questions() []string {
	out := []string{"/", "/?lang=en"}
	for op, parameters := range ws.operations() {
		path, isGet := strings.CutPrefix(op, "GET ")
		if !isGet {
			continue
		}
		for _, p := range ws.filled(path) {
			var required, optional []string
			for _, q := range parameters {
				switch {
				case q.In != "query":
				case q.Required:
					required = append(required, q.Name+"="+ws.valuesOf(q)[0])
				default:
					for _, v := range ws.valuesOf(q) {
						optional = append(optional, q.Name+"="+v)
					}
				}
			}
			for _, with := range append(optional, "") {
				out = append(out, p+"?"+strings.Join(append(slices.Clone(required), with), "&"))
				if slices.Contains(optional, "all=true") {
					out = append(out, p+"?"+strings.Join(append(slices.Clone(required), with, "all=true"), "&"))
				}
			}
		}
	}
	for i, q := range out {
		out[i] = strings.ReplaceAll(strings.TrimRight(q, "?&"), "?&", "?")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// valuesOf are values to ask with. A parameter that this test does not know
// has to be named here.
func (ws *worlds) valuesOf(q parameter) []string {
	known := map[string][]string{
		"workflow": {"spot-check", "supervision", "quarter", "admission"}, "stage": {"selected", "issued"}, "all": {"true"}, "limit": {"1"},
		"by": {"2026-12-31"}, "from": {"2026-04-01"}, "to": {"2026-06-30"}, "year": {"2026"}, "period": {"2026Q2"}, "after": {"1"},
		"org": ws.ids("org"), "under": ws.ids("org"), "cursor": {},
	}
	values, ok := known[q.Name]
	if !ok && q.Schema.Enum == nil {
		ws.t.Fatalf("there is no value here for the parameter %s", q.Name)
	}
	return append(values, q.Schema.Enum...)
}

// ids are the identifiers of everything of a kind that the story names, and of
// the checks, whether they were opened or not.
func (ws *worlds) ids(kind string) (out []string) {
	n := ws.first.runner.names
	switch kind {
	case "case":
		for _, name := range []string{"a1", "b1"} {
			out = append(out, string(ws.first.id(name)), ws.first.check(name))
		}
	case "org":
		for _, o := range n.orgs {
			out = append(out, string(o.ID))
		}
	case "person":
		for name, p := range n.people {
			if !strings.Contains(name, ".") { // those without names are all alike
				out = append(out, string(p.ID))
			}
		}
	case "office":
		for _, offices := range n.offices {
			out = append(out, string(offices[0].ID))
		}
	}
	return out
}

// filled are a path of the table with everything that can stand in it.
func (ws *worlds) filled(path string) (out []string) {
	marks := regexp.MustCompile(`\{[a-z]+\}`).FindAllString(path, -1)
	if len(marks) == 0 {
		return []string{path}
	}
	var values []string
	switch noun := strings.Split(path, "/")[3]; {
	case len(marks) > 1:
	case noun == "cases":
		values = ws.ids("case")
	case noun == "orgs":
		values = ws.ids("org")
	case noun == "people":
		values = ws.ids("person")
	case noun == "offices":
		values = ws.ids("office")
	case noun == "quarters":
		values = []string{"2026Q2"}
	case noun == "workflows":
		values = []string{"spot-check"}
	}
	if len(values) == 0 {
		ws.t.Fatalf("nothing is known here that could stand in %s", path)
	}
	for _, v := range values {
		out = append(out, strings.Replace(path, marks[0], v, 1))
	}
	return out
}

// attempts are what can be tried with POST, by the path of the table; none of
// it may succeed where it is about a check, and all of it is answered alike.
func (ws *worlds) attempts() map[string][]string {
	n := ws.first.runner.names
	order := `{"workflow":"supervision","action":"issue-order","org":%q%s,"fields":{"level":"hint","problems":[{"key":"1","text":"台账"}],"basis":"督办"}}`
	opening := []string{fmt.Sprintf(order, n.orgs["dongyuan"].ID, ""), fmt.Sprintf(order, n.orgs["xiyuan"].ID, ""), fmt.Sprintf(order, n.county, "")}
	acts := []string{fmt.Sprintf(`{"action":"approve","fields":{"committee_members":9,"committee_yes":9},"seen":%d}`, ws.first.seq("a1"))}
	for _, name := range []string{"a1", "b1"} {
		opening = append(opening,
			fmt.Sprintf(order, n.orgs["dongyuan"].ID, fmt.Sprintf(`,"parent":%q`, ws.first.check(name))),
			fmt.Sprintf(`{"workflow":"accountability","action":"open-accountability","org":%q,"parent":%q}`, n.orgs["dongyuan"].ID, ws.first.check(name)),
			fmt.Sprintf(`{"workflow":"spot-check","action":"draw-check","org":%q,"person":%q,"parent":%q,"fields":{"filing":"2026Q2-000001"}}`,
				n.county, n.people["lin"].ID, ws.first.id(name)))
	}
	for _, action := range []string{"rectify-check", "recheck", "assign-inspectors", "drop-check", "withdraw-filing"} {
		acts = append(acts, fmt.Sprintf(`{"action":%q,"seen":1}`, action))
	}
	return map[string][]string{
		"/api/v1/cases":           opening,
		"/api/v1/cases/{id}/acts": acts,
		"/api/v1/register":        {`{"reason":"更正","changes":[{"kind":"person","entity":{"id":"p-none","name":"无"}}]}`},
	}
}

// TestTheDrawIsInvisible asks everything that branch, committee and department
// can ask, in both worlds and in one where nobody is drawn, and wants the same
// bytes: when the inspectors have been told, and when they are late and the
// county has been ordered to assign them. After the point the worlds differ, so
// that the test could fail.
func TestTheDrawIsInvisible(t *testing.T) {
	ws := newWorlds(t)
	ws.areDrawn("2026-05-31")
	ws.answerAlike("2026-05-31", below...)
	ws.actAlike("2026-06-21T00:00")
	ws.areLate("2026-06-20")
	ws.answerAlike("2026-06-20", below...)
	ws.tryAlike("2026-06-20")
	ws.areListedAlike("2026-07-01")
	ws.differAfterThePoint("2026-07-01")
}

// TestFewKnowBeforeTheMeeting asks the same as those of the county who neither
// assign inspectors nor were assigned. When the meetings have begun they find
// what was drawn, so that the test could fail.
func TestFewKnowBeforeTheMeeting(t *testing.T) {
	ws := newWorlds(t)
	ws.areDrawn("2026-05-31")
	county := []string{"pan", "mei", "yue"}
	ws.answerAlike("2026-05-31", county...)
	for _, who := range county {
		if got := ws.first.ask(who, "GET", "/api/v1/cases/"+ws.first.check("a1"), "", "2026-06-01"); !strings.HasPrefix(got, "200") {
			t.Errorf("%s does not find the check when the meeting has begun: %s", who, got)
		}
	}
	if got := ws.first.ask("mei", "GET", "/api/v1/cases/"+ws.first.check("a1")+"/events", "", "2026-06-01"); strings.Count(got, `"look-at-check"`) != 1 {
		t.Errorf("that the head looked, twice, does not stand on record once: %s", got)
	}
}

// areDrawn wants the county to know who was drawn.
func (ws *worlds) areDrawn(day string) {
	ws.t.Helper()
	for name, w := range map[string]*drawnWorld{"a1": ws.first, "b1": ws.second} {
		if got := w.ask("han", "GET", "/api/v1/cases/"+w.check(name), "", day); !strings.HasPrefix(got, "200") {
			ws.t.Fatalf("%s was not drawn: %s", name, got)
		}
		if got := w.ask("han", "GET", "/api/v1/quarters/2026Q2/sample", "", day); !strings.Contains(got, w.check(name)) {
			ws.t.Fatalf("%s is not in the sample: %s", name, got)
		}
	}
}

// areLate wants the county department to be under an order about the check.
func (ws *worlds) areLate(day string) {
	ws.t.Helper()
	for name, w := range map[string]*drawnWorld{"a1": ws.first, "b1": ws.second} {
		if got := w.ask("han", "GET", "/api/v1/worklist?workflow=supervision&all=true", "", day); !strings.Contains(got, w.check(name)) {
			ws.t.Fatalf("no order was raised about the check of %s: %s", name, got)
		}
	}
}

// answerAlike asks everything that can be asked.
func (ws *worlds) answerAlike(day string, asking ...string) {
	ws.t.Helper()
	for _, question := range ws.questions() {
		for _, who := range asking {
			ws.same(who, "GET", question, "", day)
		}
	}
}

// actAlike wants the acts of branch and committee to be answered alike.
func (ws *worlds) actAlike(until string) {
	ws.t.Helper()
	var answers []string
	ws.each(func(w *drawnWorld) {
		answers = append(answers, blotted(strings.Join(w.playTo(until), "\n")))
	})
	if answers[0] != answers[1] || answers[0] != answers[2] || !strings.Contains(answers[0], "record-meeting") {
		ws.t.Errorf("the acts are answered differently:\n%s", strings.Join(answers, "\n\n"))
	}
}

// tryAlike tries everything that can be posted.
func (ws *worlds) tryAlike(day string) {
	ws.t.Helper()
	attempts := ws.attempts()
	for op := range ws.operations() {
		path, isPost := strings.CutPrefix(op, "POST ")
		if !isPost {
			continue
		}
		if attempts[path] == nil {
			ws.t.Fatalf("nothing is tried here with %s", op)
		}
		for _, p := range ws.filled(path) {
			for _, body := range attempts[path] {
				for _, who := range below {
					ws.same(who, "POST", p, body, day)
				}
			}
		}
	}
	if got := ws.same("chen", "POST", "/api/v1/cases", attempts["/api/v1/cases"][0], day); !strings.Contains(got, "order-number") {
		ws.t.Errorf("the committee issues no order, which the county's could leave a gap beside: %s", got)
	}
	if got := ws.same("song", "POST", "/api/v1/cases/"+string(ws.first.id("a1"))+"/acts", attempts["/api/v1/cases/{id}/acts"][0], day); !strings.HasPrefix(got, "422") {
		ws.t.Errorf("approved before the point: %s", got)
	}
}

// areListedAlike: the inspectors are late in two worlds and in different cases;
// the list of the month, which everybody reads, says nothing of it.
func (ws *worlds) areListedAlike(day string) {
	ws.t.Helper()
	ws.each(func(w *drawnWorld) {
		now := calendar.MustParse(day).Start()
		if n, err := supervise.IssueMonthly(w.t.Context(), w.driver.engine, w.driver.county, now, now); n != 1 || err != nil {
			w.t.Fatal(n, err)
		}
	})
	var lists []string
	ws.each(func(w *drawnWorld) {
		lists = append(lists, withoutIDs(w.ask("chen", "GET", "/api/v1/circulars", "", day)))
	})
	if !strings.Contains(lists[0], "2026-06") || lists[0] != lists[1] || lists[0] != lists[2] {
		ws.t.Errorf("the monthly list tells of the draw:\n%s", strings.Join(lists, "\n"))
	}
}

// differAfterThePoint: what was drawn is not approved, what was not is.
func (ws *worlds) differAfterThePoint(day string) {
	ws.t.Helper()
	path := "/api/v1/cases/" + string(ws.first.id("a1")) + "/acts"
	body := ws.attempts()["/api/v1/cases/{id}/acts"][0]
	for _, w := range []*drawnWorld{ws.first, ws.second} {
		if err := w.driver.Clock(w.t.Context(), calendar.MustParse(day).Start().Add(30*time.Minute)); err != nil {
			ws.t.Fatal(err)
		}
	}
	if a := ws.first.ask("song", "POST", path, body, day); !strings.HasPrefix(a, "422") || !strings.Contains(a, "no-open-check") {
		ws.t.Errorf("after the point the check that was drawn keeps from approving: %s", a)
	}
	if b := ws.second.ask("song", "POST", path, body, day); !strings.HasPrefix(b, "200") {
		ws.t.Errorf("after the point what was not drawn is approved: %s", b)
	}
}
