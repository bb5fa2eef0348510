package api

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/spotcheck"
	"jinchu/workflows"
)

// supervised is a town with what the county does about it, and two committees
// with power to approve.
func supervised(t *testing.T, adjust ...func(*Config)) *town {
	tw := newTown(t, adjust...)
	e, err := engine.NewEngine(tw.store, nil, calendar.National(), rand.Reader, smallWorkflow(), workflows.Quarters(), workflows.SpotChecks(),
		workflows.Supervision(), workflows.Circular(), workflows.Assessment())
	if err != nil {
		t.Fatal(err)
	}
	seal, err := spotcheck.NewSeal(make([]byte, register.MasterLen))
	if err != nil {
		t.Fatal(err)
	}
	cfg := tw.server.Config
	cfg.Engine, tw.engine = e, e
	cfg.Draws = &spotcheck.Keeper{Engine: e, County: county, Holders: []spotcheck.Holder{party("dic"), party("org")}, Seal: seal}
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

func TestFiguresAndCircularsAsTables(t *testing.T) {
	tw := supervised(t)
	issue := `{"workflow":"circular","action":"issue-circular","person":"","org":"` + string(county) + `","fields":{"kind":"monthly","period":"2024-01","orders":[{"key":"beicheng","text":"hint/-/1 urge/2024-02-05/2"}],"remarks":"请按期整改"}}`
	tw.post("county-head", "/api/v1/cases", issue).want(http.StatusCreated)
	for _, form := range []string{"csv", "xlsx"} {
		rows := tw.get("organizer", "/api/v1/supervision/figures?from=2026-01-01&to=2026-12-31&format="+form).rowsOf(form)
		if len(rows) != 2 || rows[0][2] != "备案" || !slices.Equal(rows[1], []string{"beicheng", "beicheng组织", "0", "0", "0", "0", "0", "0", "0", "0"}) {
			t.Errorf("%s: figures %q", form, rows)
		}
		rows = tw.get("organizer", "/api/v1/circulars?format="+form).rowsOf(form)
		if len(rows) != 4 || rows[1][1] != "月督办" || rows[1][2] != "2024-01" || rows[1][20] != "请按期整改" || len(rows[1][21]) != 64 {
			t.Fatalf("%s: circular %q", form, rows)
		}
		if got := strings.Join(rows[2][5:20], "|") + "\n" + strings.Join(rows[3][5:20], "|"); got !=
			"未销号督办单|beicheng|beicheng组织||||||||||提示||1\n未销号督办单|beicheng|beicheng组织||||||||||催办|2024-02-05|2" {
			t.Errorf("%s: orders %q", form, got)
		}
	}
}

// The figures of a quarter's circular stand in columns, as numbers.
func TestQuarterlyCircularAsTable(t *testing.T) {
	c := []CircularView{{ID: "c1", Kind: "quarterly", Period: "2026Q2", Version: 1, Figures: []engine.Item{{Key: "beicheng", Text: workflows.Figures{Filed: 11, Open: 2}.String()}},
		Shortfalls: []engine.Item{{Key: "merged", Text: workflows.Shortfall{Filed: 11, Checked: 3, Need: 4}.String()}}, Digest: "d"}}
	table := circularsTable(c, map[string]string{"beicheng": "北城"}, nil, true)
	if got := fmt.Sprint(table.Rows[1][5:17]); got != "[figures beicheng 北城 11 0 0 0 0 0 0 2 <nil>]" {
		t.Error(got)
	}
	if got := fmt.Sprint(table.Rows[2][5:17]); got != "[below quota merged  11 3 <nil> <nil> <nil> <nil> <nil> <nil> 4]" {
		t.Error(got)
	}
}

// An order is in the lists of those it is addressed to and those above, with
// whose it is and by when.
func TestOrdersStandInLists(t *testing.T) {
	tw := supervised(t)
	tw.post("county-head", "/api/v1/cases", `{"workflow":"supervision","action":"issue-order","org":"dongyuan","fields":{"level":"urge","basis":"督办","problems":[{"key":"1","text":"台账不全"}]}}`).want(http.StatusCreated)
	lines := func(as, path string) []LineView {
		var got ListView
		tw.get(as, path).want(http.StatusOK).decode(&got)
		return got.Items
	}
	tw.now = "2026-08-10T09:00:00+08:00"
	for as, want := range map[string]int{"secretary": 1, "committee-secretary": 1, "county-reviewer": 1, "auditor": 1, "west": 0, "laojie": 0} {
		for _, path := range []string{"/api/v1/worklist?all=true&workflow=supervision", "/api/v1/overdue"} {
			got := lines(as, path)
			if len(got) != want {
				t.Errorf("%s in %s: %+v", as, path, got)
			} else if want == 1 && (got[0].OrgName != "dongyuan组织" || got[0].Stage.Zh != "已下达" || got[0].DueAction == "" || !got[0].Overdue) {
				t.Errorf("%s in %s: %+v", as, path, got[0])
			}
		}
	}
	var page CaseView
	tw.get("secretary", "/api/v1/cases/"+string(lines("secretary", "/api/v1/overdue")[0].ID)).want(http.StatusOK).decode(&page)
	if !strings.Contains(fmt.Sprint(page), "urge") {
		t.Errorf("the level is not in the case: %+v", page)
	}
}
