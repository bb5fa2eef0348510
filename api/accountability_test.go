package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/story"
	"jinchu/workflows"
)

// The admission of S109, to the archive: with a return on the way, and a
// meeting that says who attended.
const archivedCase = `# S109: fraud is found in an archived case
profile zaoyang
org    committee beicheng 北城街道党工委
org    branch    dongyuan 东园党支部 in beicheng
person lin 1999-03-02 in dongyuan
member wu secretary of dongyuan
members 9 in dongyuan
staff  chen committee-reviewer of beicheng
staff  han  county-reviewer

2024-03-02  open admission a1 for lin by wu
fast-forward a1 to reviewed
2025-03-25  han return a1 defects=d1:谈话记录缺签名  -> returned
fast-forward a1 to filed
2025-04-12  wu record-meeting a1 present=10 yes=10 attended=wu,dongyuan.1..9  -> adopted
fast-forward a1 to archived
expect verify ok
`

// answering is a county whose story was played over the API.
type answering struct {
	t      *testing.T
	server *httptest.Server
	tokens *officeTokens
	county register.CountyID
	store  *inmem.Store
}

// officeTokens gives every office a token that says which it is.
type officeTokens struct {
	mu      sync.Mutex
	county  register.CountyID
	offices map[[32]byte]register.OfficeID
}

func (o *officeTokens) Lookup(_ context.Context, sum [32]byte) (Token, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	office, ok := o.offices[sum]
	return Token{County: o.county, Office: office}, ok, nil
}

func (o *officeTokens) token(office register.OfficeID) string {
	text := tokenPrefix + strings.ReplaceAll(string(office), "-", "_")
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offices[HashToken(text)] = office
	return text
}

// playStory plays a story over HTTP and leaves its county served.
func playStory(t *testing.T, text string) *answering {
	t.Helper()
	a := &answering{t: t, store: inmem.New()}
	behind, err := story.NewEngineDriver(a.store, t.Name(), workflows.All, workflows.LoadProfile)
	if err != nil {
		t.Fatal(err)
	}
	driver := story.NewHTTPDriver(behind, http.DefaultClient, func(e *engine.Engine, county register.CountyID) (string, func(register.OfficeID) string, error) {
		a.county, a.tokens = county, &officeTokens{county: county, offices: map[[32]byte]register.OfficeID{}}
		a.server = httptest.NewServer(New(Config{Engine: e, County: county, Tokens: a.tokens, Demo: true,
			Now: func() time.Time { return instant("2026-10-08T09:00:00+08:00") }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}))
		t.Cleanup(a.server.Close)
		return a.server.URL, a.tokens.token, nil
	})
	file, err := story.Parse(t.Name(), text)
	if err != nil {
		t.Fatal(err)
	}
	result, err := story.Run(t.Context(), file, driver)
	if err != nil || !result.OK() {
		t.Fatal(result, err)
	}
	return a
}

// admission is the address of the story's one admission.
func (a *answering) admission() string {
	a.t.Helper()
	for _, chain := range a.store.Chains(a.county) {
		if row, ok := a.store.Row(a.county, engine.CaseID(chain)); ok && row.Workflow == "admission" {
			return "/api/v1/cases/" + chain
		}
	}
	a.t.Fatal("no admission")
	return ""
}

// get asks as the auditor that the driver appoints.
func (a *answering) get(path string, into any) []byte {
	a.t.Helper()
	return a.getAs("f-eye", path, into)
}

func (a *answering) getAs(office register.OfficeID, path string, into any) []byte {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, a.server.URL+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.tokens.token(office))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		a.t.Fatalf("%s: %d %s, %v", path, answer.StatusCode, body, err)
	}
	if into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			a.t.Fatal(err)
		}
	}
	return body
}

// S109: for an archived case every actor, role, step, date and decision is
// listed, introducers and contacts with them, each with the version of the
// rule; of the bodies that voted the totals and nobody's name.
func TestS109EverybodyAnswers(t *testing.T) {
	a := playStory(t, archivedCase)
	place := a.admission()
	var r ResponsibilityView
	body := a.get(place+"/responsibility", &r)
	var events []EventView
	a.get(place+"/events", &events)
	if r.Stage.Key != "archived" || len(events) < 40 {
		t.Fatalf("%d events to %s", len(events), r.Stage.Key)
	}
	acted := slices.DeleteFunc(slices.Clone(r.Entries), func(e AnswerableView) bool { return e.NamedAs != nil })
	if len(acted) != len(events) {
		t.Fatalf("%d acts of %d events", len(acted), len(events))
	}
	for i, ev := range events {
		e := acted[i]
		if e.Seq != ev.Seq || e.Action.Key != ev.Action || e.Office != ev.Office || e.Post != ev.Post || e.Org != ev.Org || e.On != ev.On ||
			!e.At.Equal(ev.At) || e.Rule != ev.Rule || e.From.Key != ev.From || e.To.Key != ev.To {
			t.Errorf("event %d: %+v, answered by %+v", ev.Seq, ev, e)
		}
		if e.Capacity.Zh == "" || e.Capacity.En == "" || e.Action.Zh == "" || e.Article == "" || !e.RuleKnown || e.PersonName == "" || e.OrgName == "" {
			t.Errorf("event %d lacks something: %+v", ev.Seq, e)
		}
		if e.Saw == nil || e.Saw.Seq != ev.Seq-1 || (i > 0) == e.Saw.Head.IsZero() || i > 0 && len(e.Saw.Facts) == 0 {
			t.Errorf("event %d saw %+v", ev.Seq, e.Saw)
		}
	}
	a.checkCapacities(r.Entries)
	a.checkVoters(place, string(body), r.Entries)
}

// checkCapacities wants each capacity of the procedure as often as it is in it.
func (a *answering) checkCapacities(entries []AnswerableView) {
	a.t.Helper()
	got := map[string]int{}
	for _, e := range entries {
		if e.NamedAs != nil {
			got[e.NamedAs.Key]++
			continue
		}
		got[e.Capacity.Key]++
		if e.Capacity.Key == "voted" && !slices.ContainsFunc(e.Said, func(s SaidView) bool { return s.Key == "yes" && s.Value == 10.0 }) {
			a.t.Errorf("a vote without its totals: %+v", e.Said)
		}
		if e.Action.Key == "approve" && !slices.ContainsFunc(e.Said, func(s SaidView) bool { return s.Key == "committee_yes" }) {
			a.t.Errorf("an approval without the committee's totals: %+v", e.Said)
		}
	}
	for key, want := range map[string]int{"introducers": 2, "contacts": 2, "talker": 1, "voted": 2, "returned": 1, "screened": 3,
		"reviewed": 3, "opined": 8, "approved": 2} {
		if got[key] != want {
			a.t.Errorf("%d times %s, not %d: %v", got[key], key, want, got)
		}
	}
}

// checkVoters wants nobody who attended a meeting to be named for that.
func (a *answering) checkVoters(place, body string, entries []AnswerableView) {
	a.t.Helper()
	var c struct {
		Facts struct{ Roster []engine.Seat }
	}
	a.get(place, &c)
	answers := map[register.PersonID]bool{}
	for _, e := range entries {
		answers[e.Person] = true
	}
	silent := 0
	for _, seat := range c.Facts.Roster {
		if !seat.Vote || answers[seat.Person] {
			continue // the person the case is about has none
		}
		if silent++; strings.Contains(body, string(seat.Person)) {
			a.t.Errorf("%s voted, answers for nothing and is named", seat.Person)
		}
	}
	if silent < 4 {
		a.t.Fatalf("only %d of the voters answer for nothing", silent)
	}
}

// A spot check is found under the case it depends on by those who may know of
// it: the county from the draw on; the branch and its committee only what was
// handed to them to rectify. Whether a case was drawn, and passed, does not
// show in what they are told.
func TestChecksAreFoundByWhoMayKnow(t *testing.T) {
	for name, told := range map[string]bool{"X70-nobody-below-the-county-sees-the-draw": false, "S54-a-failed-check-blocks": true} {
		text, err := os.ReadFile("../workflows/testdata/stories/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		a := playStory(t, string(text))
		place := a.admission()
		var all ResponsibilityView
		a.get(place+"/responsibility", &all)
		checked, offices := 0, map[register.Post]register.OfficeID{}
		for _, e := range all.Entries {
			offices[e.Post] = e.Office
			if e.Workflow == "spot-check" && e.Capacity.Key == "checked" {
				checked++
			}
		}
		if checked == 0 {
			t.Errorf("%s: the auditor finds no check", name)
		}
		for _, post := range []register.Post{register.BranchSecretary, register.CommitteeSecretary} {
			var own ResponsibilityView
			body := a.getAs(offices[post], place+"/responsibility", &own)
			var deeds DeedsView
			about := a.getAs(offices[post], "/api/v1/offices/"+string(offices[register.BranchSecretary])+"/deeds?limit=200", &deeds)
			for what, text := range map[string][]byte{"responsibility": body, "deeds": about} {
				if strings.Contains(string(text), "spot-check") != told {
					t.Errorf("%s: %s of the case tells the %s of a check: %v", name, what, post, !told)
				}
			}
		}
	}
}
