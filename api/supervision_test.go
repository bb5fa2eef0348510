package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// supervised is a town with circulars and two committees with power to approve.
func supervised(t *testing.T) *town {
	tw := newTown(t)
	e, err := engine.NewEngine(tw.store, nil, calendar.National(), rand.Reader, smallWorkflow(), workflows.Circular())
	if err != nil {
		t.Fatal(err)
	}
	cfg := tw.server.Config
	cfg.Engine, tw.engine = e, e
	tw.handler, tw.server = build(cfg)
	clock := engine.Actor{County: county, Office: engine.ClockOffice}
	for _, id := range []register.OrgID{"beicheng", "nancheng"} {
		o, err := e.Org(t.Context(), clock, id, instant(tw.now))
		if err != nil {
			t.Fatal(err)
		}
		approving := *o
		approving.Approves = true
		if err := e.Change(t.Context(), clock, []register.Entity{&approving}, calendar.Date{}, "test", instant(tw.now)); err != nil {
			t.Fatal(err)
		}
	}
	return tw
}

func TestFiguresByReach(t *testing.T) {
	tw := supervised(t)
	const path = "/api/v1/supervision/figures?from=2026-01-01&to=2026-12-31"
	committees := func(as string) []string {
		var got FiguresView
		if err := json.Unmarshal(tw.get(as, path).want(http.StatusOK).body, &got); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range got.Committees {
			out = append(out, string(c.Committee))
		}
		return out
	}
	for as, want := range map[string]int{"auditor": 2, "county-head": 2, "county-reviewer": 2, "inspector": 2, "committee-reviewer": 1, "organizer": 1} {
		got := committees(as)
		if len(got) != want || got[0] != "beicheng" {
			t.Errorf("%s sees %v", as, got)
		}
	}
	for _, as := range []string{"secretary", "department-officer", "admin"} {
		tw.get(as, path).problem(403, "post-not-allowed")
	}
	for _, span := range []string{"from=2026-01-02&to=2026-01-01", "from=2024-01-01&to=2026-01-02"} {
		tw.get("auditor", "/api/v1/supervision/figures?"+span).problem(400, "bad-span")
	}
	tw.get("auditor", "/api/v1/supervision/figures?from=2026-01-01&to=never").problem(400, "wrong-type")
	tw.get("auditor", "/api/v1/supervision/figures?from=2026-01-01").problem(400, "missing-field")
}

// A circular goes to every committee, with the lines its digest is of.
func TestCirculars(t *testing.T) {
	tw := supervised(t)
	issue := `{"workflow":"circular","action":"issue-circular","person":"","org":"` + string(county) + `","fields":{"kind":"monthly","period":"2024-01","orders":[{"key":"beicheng","text":"urge/2024-02-05/2"}],"remarks":"请按期整改"}}`
	tw.post("county-head", "/api/v1/cases", issue).want(http.StatusCreated)
	for _, as := range []string{"committee-secretary", "auditor"} {
		var got []CircularView
		if err := json.Unmarshal(tw.get(as, "/api/v1/circulars?kind=monthly&period=2024-01").want(http.StatusOK).body, &got); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0].Version != 1 || len(got[0].Orders) != 1 || got[0].Remarks != "请按期整改" {
			t.Fatalf("%s: %+v", as, got)
		}
		if sum := hashHex(got[0].Canonical); sum != got[0].Digest {
			t.Errorf("the digest is %s, that of the lines %s", got[0].Digest, sum)
		}
	}
	for _, none := range []string{"?kind=quarterly", "?period=2024-02"} {
		if got := string(tw.get("auditor", "/api/v1/circulars"+none).want(http.StatusOK).body); got[:2] != "[]" {
			t.Errorf("%s: %s", none, got)
		}
	}
	tw.get("auditor", "/api/v1/circulars?kind=yearly").problem(400, "wrong-type")
}

func hashHex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
