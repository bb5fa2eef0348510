package story

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"jinchu/api"
	"jinchu/calendar"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
	"jinchu/supervise"
	"jinchu/workflows"
)

// Two branches of a town file a meeting each. In one world the first is drawn
// when it is filed, in the other the second.
const twoMeetings = `# two meetings, one of them drawn
profile zaoyang
quarters drawn
org    committee beicheng 北城街道党工委
org    branch dongyuan 东园党支部 in beicheng
org    branch xiyuan 西园党支部 in beicheng
person lin 1999-03-02 in dongyuan
person zhou 1999-03-02 in xiyuan
member wu secretary of dongyuan
member xu secretary of xiyuan
members 20 in dongyuan
members 20 in xiyuan
staff chen committee-reviewer of beicheng
staff song committee-secretary of beicheng
staff gang police-officer
staff han county-head
2025-04-15 open admission a1 for lin by wu
2025-04-15 open admission b1 for zhou by xu
fast-forward a1 to qualified on 2026-05-20
fast-forward b1 to qualified on 2026-05-20
2026-05-21 clock
2026-05-21 wu file-meeting a1 time=2026-06-01T09:00 place=村部
2026-05-21 xu file-meeting b1 time=2026-06-01T09:00 place=村部
2026-05-21T10:00 clock
2026-05-31T10:00 clock
2026-06-01 wu record-meeting a1 present=15 yes=15
2026-06-01 xu record-meeting b1 present=15 yes=15
2026-06-02 wu submit-dossier a1
2026-06-02 xu submit-dossier b1
2026-06-10 song committee-talk a1 talk_opinion=同意
2026-06-10 song committee-talk b1 talk_opinion=同意
2026-06-20T08:00 clock
`

// drawnWorld is a county after the two meetings, served over HTTP.
type drawnWorld struct {
	t      *testing.T
	driver *EngineDriver
	runner *runner
	server *httptest.Server
	tokens officesByToken
}

type officesByToken struct {
	county  register.CountyID
	offices map[[32]byte]register.OfficeID
}

func (o officesByToken) Lookup(_ context.Context, sum [32]byte) (api.Token, bool, error) {
	office, ok := o.offices[sum]
	return api.Token{County: o.county, Office: office}, ok, nil
}

// holdersFor are keys under which, of the filings 1 and 2, the wanted one alone
// is drawn when it is filed; 0 wants neither.
func holdersFor(t *testing.T, county register.CountyID, wanted int) []spotcheck.Holder {
	t.Helper()
	q := workflows.DrawQuarter(county, "2026Q2")
	online := sampling.Ratio{Num: 3, Den: 10}
	for first := range 200 {
		k := knownKey{"org", byte(first)}
		drawn := func(n int) bool {
			return online.Online(sampling.Combine(q, n, map[string]sampling.Hash{"org": k.key().Share(q, n)}).Ticket)
		}
		if drawn(1) == (wanted == 1) && drawn(2) == (wanted == 2) {
			return []spotcheck.Holder{k}
		}
	}
	t.Fatal("no such keys")
	return nil
}

func newDrawnWorld(t *testing.T, wanted int) *drawnWorld {
	t.Helper()
	d, err := NewEngineDriver(inmem.New(), "invisible", workflows.All, workflows.LoadProfile)
	if err != nil {
		t.Fatal(err)
	}
	county, _, err := d.Begin(t.Context(), "invisible", "zaoyang", nil)
	if err != nil {
		t.Fatal(err)
	}
	d.stories = 0 // the story's own beginning gets the same county
	d.holders = holdersFor(t, county, wanted)
	f, err := Parse("invisible.txt", twoMeetings)
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{ctx: t.Context(), driver: d, file: f, now: f.first.Start()}
	for i := range f.Lines {
		if err := r.play(&f.Lines[i]); err != nil {
			t.Fatal(f.Lines[i].Text, err)
		}
	}
	w := &drawnWorld{t: t, driver: d, runner: r, tokens: officesByToken{d.county, map[[32]byte]register.OfficeID{}}}
	draws, err := d.keeper(d.engine)
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(api.New(api.Config{Engine: d.engine, County: d.county, Tokens: w.tokens, Demo: true, Draws: draws,
		Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler)}))
	t.Cleanup(w.server.Close)
	return w
}

// ask sends a request as somebody of the story and gives the whole answer.
func (w *drawnWorld) ask(who, method, path, body string, day string) string {
	w.t.Helper()
	office := w.runner.names.offices[who][0].ID
	w.tokens.offices[api.HashToken("jc_"+who)] = office
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer jc_"+who)
	req.Header.Set("X-Jinchu-Now", calendar.MustParse(day).Start().Add(9*time.Hour).Format(time.RFC3339))
	req.Header.Set("Idempotency-Key", "once")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%d %s %s\n%s", resp.StatusCode, resp.Header.Get("ETag"), resp.Header.Get("Link"), answer)
}

// blotted is an answer without what the parties committed to: the worlds have
// different keys, and a hash of one tells nothing.
func (w *drawnWorld) blotted(answer string) string {
	w.t.Helper()
	q, _ := w.driver.engine.View(w.t.Context(), w.driver.county).Quarter("2026Q2")
	for _, p := range q.Parties {
		if !strings.Contains(answer, p.Commitment) {
			w.t.Errorf("the commitment of %s is not published: %s", p.Name, answer)
		}
		answer = strings.ReplaceAll(answer, p.Commitment, "commitment of "+p.Name)
	}
	return answer
}

// hashes are heads of chains: they have salts, which in a world with fewer acts
// are others.
var hashes = regexp.MustCompile(`[0-9a-f]{64}`)

// check is the case of the check of a filing, whether it was opened or not.
func (w *drawnWorld) check(name string) string {
	k, err := w.driver.keeper(w.driver.engine)
	if err != nil {
		w.t.Fatal(err)
	}
	n := map[string]int{"a1": 1, "b1": 2}[name]
	f := &register.Filing{ID: register.NewFilingID("2026Q2", n)}
	return string(k.CheckID(f, string(w.runner.names.cases[name].id)))
}

var randomID = regexp.MustCompile(`[0-9a-z]{26}`)

// withoutIDs leaves out the random identifiers of cases.
func withoutIDs(text string) string { return randomID.ReplaceAllString(text, "") }

// TestTheDrawIsInvisible asks everything that branch, committee and department
// can ask, in both worlds and in one where nobody is drawn, and wants the same
// bytes. After the point the worlds differ, so that the test could fail.
func TestTheDrawIsInvisible(t *testing.T) {
	first, second, neither := newDrawnWorld(t, 1), newDrawnWorld(t, 2), newDrawnWorld(t, 0)
	if first.driver.county != second.driver.county {
		t.Fatal("two counties")
	}
	a1 := first.runner.names.cases["a1"].id
	if second.runner.names.cases["a1"].id != a1 {
		t.Fatal("the cases have different names")
	}
	for who, w := range map[string]*drawnWorld{"a1": first, "b1": second} {
		if got := w.ask("han", "GET", "/api/v1/cases/"+w.check(who), "", "2026-06-20"); !strings.HasPrefix(got, "200") {
			t.Fatalf("%s was not drawn: %s", who, got)
		}
		if got := w.ask("han", "GET", "/api/v1/quarters/2026Q2/sample", "", "2026-06-20"); !strings.Contains(got, w.check(who)) {
			t.Fatalf("%s is not in the sample: %s", who, got)
		}
	}
	approve := `{"action":"approve","fields":{"committee_members":9,"committee_yes":9},"seen":%d}`
	seen := func(w *drawnWorld, name string) int64 {
		s, err := w.driver.Look(t.Context(), w.runner.names.cases[name].id, w.runner.now)
		if err != nil {
			t.Fatal(err)
		}
		return s.Seq
	}
	const quarter = "/api/v1/quarters/2026Q2"
	paths := func(w *drawnWorld) []string {
		out := []string{"/api/v1/worklist", "/api/v1/worklist?all=true", "/api/v1/worklist?all=true&limit=1", "/api/v1/worklist?workflow=spot-check&all=true",
			"/api/v1/worklist?workflow=quarter&all=true", "/api/v1/due?by=2026-12-31", "/api/v1/due?by=2026-12-31&limit=1", "/api/v1/overdue", "/api/v1/orgs", "/api/v1/me",
			"/", "/?lang=en", "/api/v1/circulars", "/api/v1/circulars?format=csv", "/api/v1/assessments", "/api/v1/assessments?format=csv",
			"/api/v1/supervision/figures?from=2026-04-01&to=2026-06-30", "/api/v1/supervision/figures?from=2026-04-01&to=2026-06-30&format=csv", "/api/v1/quarters", quarter}
		for _, more := range []string{"/sample", "/filings", "/bundle"} {
			out = append(out, quarter+more, quarter+more+"?format=csv")
		}
		for _, name := range []string{"a1", "b1"} {
			id := string(w.runner.names.cases[name].id)
			out = append(out, "/api/v1/cases/"+id, "/api/v1/cases/"+id+"/events", "/api/v1/cases/"+id+"/responsibility",
				"/api/v1/cases/"+w.check(name), "/api/v1/cases/"+w.check(name)+"/events", "/api/v1/cases/"+w.check(name)+"/responsibility")
		}
		return out
	}
	for _, who := range []string{"wu", "xu", "chen", "song", "gang"} {
		for i, path := range paths(first) {
			answer := func(w *drawnWorld) string {
				text := w.ask(who, "GET", paths(w)[i], "", "2026-06-20")
				if path == quarter {
					text = w.blotted(text)
				}
				return text
			}
			a, b, c := answer(first), answer(second), answer(neither)
			if a != b || hashes.ReplaceAllString(a, "") != hashes.ReplaceAllString(c, "") {
				t.Errorf("%s sees the draw in %s:\n%s\n%s\n%s", who, path, a, b, c)
			}
		}
	}
	for _, name := range []string{"a1", "b1"} {
		path := "/api/v1/cases/" + string(first.runner.names.cases[name].id) + "/acts"
		a := first.ask("song", "POST", path, fmt.Sprintf(approve, seen(first, name)), "2026-06-20")
		b := second.ask("song", "POST", path, fmt.Sprintf(approve, seen(second, name)), "2026-06-20")
		if a != b || !strings.HasPrefix(a, "422") {
			t.Errorf("the committee learns of the draw of %s:\n%s\n%s", name, a, b)
		}
	}
	// The inspectors are late in both worlds and in different cases; the list of
	// the month, which everybody reads, says nothing of it.
	for _, w := range []*drawnWorld{first, second, neither} {
		day := calendar.MustParse("2026-07-01").Start()
		if n, err := supervise.IssueMonthly(t.Context(), w.driver.engine, w.driver.county, day, day); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	a, b, c := first.ask("chen", "GET", "/api/v1/circulars", "", "2026-07-01"), second.ask("chen", "GET", "/api/v1/circulars", "", "2026-07-01"),
		neither.ask("chen", "GET", "/api/v1/circulars", "", "2026-07-01")
	if !strings.Contains(a, "2026-06") || withoutIDs(a) != withoutIDs(b) || withoutIDs(a) != withoutIDs(c) {
		t.Errorf("the monthly list tells of the draw:\n%s\n%s\n%s", a, b, c)
	}
	for _, w := range []*drawnWorld{first, second} {
		if err := w.driver.Clock(t.Context(), calendar.MustParse("2026-07-01").Start().Add(30*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	path := "/api/v1/cases/" + string(a1) + "/acts"
	after := fmt.Sprintf(approve, seen(first, "a1"))
	if a := first.ask("song", "POST", path, after, "2026-07-01"); !strings.HasPrefix(a, "422") || !strings.Contains(a, "no-open-check") {
		t.Errorf("after the point the check that was drawn keeps from approving: %s", a)
	}
	if b := second.ask("song", "POST", path, after, "2026-07-01"); !strings.HasPrefix(b, "200") {
		t.Errorf("after the point what was not drawn is approved: %s", b)
	}
}
