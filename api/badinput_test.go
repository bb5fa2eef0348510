package api

import (
	"net/http"
	"strings"
	"testing"

	"jinchu/engine"
)

const (
	goodOpening = `{"workflow":"small","person":"lin","org":"dongyuan"}`
	goodTalk    = `{"action":"record-talk","fields":{"talker":"qian"}}`
)

func TestBadOpenings(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		code, in   string // in: the part of the request it points at
	}{
		{"unknown member", `{"workflow":"small","person":"lin","org":"dongyuan","colour":"red"}`, 400, "unknown-field", "body.colour"},
		{"member in other case", `{"Workflow":"small","person":"lin","org":"dongyuan"}`, 400, "missing-field", "body"},
		{"unknown field", `{"workflow":"small","person":"lin","org":"dongyuan","fields":{"colour":"red"}}`, 400, "unknown-field", "colour"},
		{"member of wrong type", `{"workflow":"small","person":7,"org":"dongyuan"}`, 400, "wrong-type", "body.person"},
		{"field of wrong type", `{"workflow":"small","person":"lin","org":"dongyuan","fields":{"received":7}}`, 400, "wrong-type", "received"},
		{"no such day", `{"workflow":"small","person":"lin","org":"dongyuan","on":"2026-02-30"}`, 400, "wrong-type", "body.on"},
		{"missing member", `{"workflow":"small","person":"lin"}`, 400, "missing-field", "body"},
		{"nobody named", `{"workflow":"small","org":"dongyuan"}`, 400, "missing-field", "person"},
		{"not JSON", `{"workflow":`, 400, "not-json", "body"},
		{"two documents", goodOpening + goodOpening, 400, "not-json", "body"},
		{"no body", ``, 400, "missing-field", "body"},
		{"too large", `{"workflow":"` + strings.Repeat("x", maxBody) + `"}`, 413, "too-large", ""},
		{"future-dated", `{"workflow":"small","person":"lin","org":"dongyuan","on":"2026-06-11"}`, 400, "future-date", "on"},
		{"back-dated without a reason", `{"workflow":"small","person":"lin","org":"dongyuan","on":"2026-06-09"}`, 400, "back-dated", "reason"},
		{"unknown workflow", `{"workflow":"big","person":"lin","org":"dongyuan"}`, 400, "unknown-workflow", "workflow"},
		{"unknown action", `{"workflow":"small","action":"fly","person":"lin","org":"dongyuan"}`, 400, "unknown-action", "action"},
		{"no such organization", `{"workflow":"small","person":"lin","org":"nowhere"}`, 404, "not-found", ""},
		{"organization out of reach", `{"workflow":"small","person":"lin","org":"xiyuan"}`, 404, "not-found", ""},
		{"no such person", `{"workflow":"small","person":"nobody","org":"dongyuan"}`, 404, "not-found", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newTown(t).post("secretary", "/api/v1/cases", c.body).problem(c.status, c.code)
			if p.Where != c.in {
				t.Errorf("points at %q, want %q", p.Where, c.in)
			}
		})
	}
}

func TestBadActs(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	acts := place + "/acts"
	one := header{"If-Match", `"1"`}

	tw.post("secretary", acts, goodTalk).problem(428, "precondition-missing")
	for _, bad := range []string{`1`, `W/"1"`, `*`, `"0"`, `"x"`} {
		tw.post("secretary", acts, goodTalk, header{"If-Match", bad}).problem(400, "bad-precondition")
	}
	tw.post("secretary", acts, `{"action":"record-talk","seen":2}`, one).problem(400, "bad-precondition")
	tw.ask("secretary", http.MethodPost, acts, goodTalk, one).problem(400, "idempotency-key-missing")
	tw.post("secretary", acts, `{"action":"record-talk","fields":{"talker":"ghost"}}`, one).problem(400, "unknown-person")
	tw.post("secretary", acts, goodTalk, one, header{"Content-Type", "text/xml"}).problem(415, "media-type")
	tw.post("secretary", "/api/v1/cases/0000000000/acts", goodTalk, one).problem(404, "not-found")
}

func TestStaleSeenTellsWhatHappened(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	tw.act("secretary", place, goodTalk).want(http.StatusOK)

	r := tw.post("committee-reviewer", place+"/acts", `{"action":"ask"}`, header{"If-Match", `"1"`})
	p := r.problem(412, "stale")
	if p.Seq != 2 || len(p.Since) != 1 || p.Since[0].Action != "record-talk" || r.header.Get("ETag") != `"2"` {
		t.Fatalf("seq %d, since %+v, ETag %s", p.Seq, p.Since, r.header.Get("ETag"))
	}
	tw.post("committee-reviewer", place+"/acts", `{"action":"ask","seen":1}`).problem(412, "stale")
}

func TestKeys(t *testing.T) {
	tw := newTown(t)
	key := header{"Idempotency-Key", "one"}
	first := tw.ask("secretary", http.MethodPost, "/api/v1/cases", goodOpening, key).want(http.StatusCreated)
	again := tw.ask("secretary", http.MethodPost, "/api/v1/cases", goodOpening, key).want(http.StatusCreated)
	if string(first.body) != string(again.body) || again.header.Get("Idempotency-Replayed") != "true" {
		t.Fatalf("first %s, again %s (%s)", first.body, again.body, again.header.Get("Idempotency-Replayed"))
	}
	other := strings.Replace(goodOpening, "lin", "zhou", 1)
	tw.ask("secretary", http.MethodPost, "/api/v1/cases", other, key).problem(422, "key-reused")

	// The same act again, from somebody who has looked at the case since.
	place := first.header.Get("Location")
	key = header{"Idempotency-Key", "two"}
	tw.ask("secretary", http.MethodPost, place+"/acts", goodTalk, key, header{"If-Match", `"1"`}).want(http.StatusOK)
	repeat := tw.ask("secretary", http.MethodPost, place+"/acts", goodTalk, key, header{"If-Match", `"2"`}).want(http.StatusOK)
	if repeat.header.Get("ETag") != `"2"` || repeat.header.Get("Idempotency-Replayed") != "true" {
		t.Fatalf("the repeat was not the first answer: %s", repeat.body)
	}
}

func TestRefusalGivesItsGrounds(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	p := tw.act("secretary", place, `{"action":"record-talk","fields":{"talker":"zhou"}}`).problem(422, "refused")
	if len(p.Grounds) != 1 {
		t.Fatalf("grounds: %+v", p.Grounds)
	}
	g := p.Grounds[0]
	if g.Code != "talker-is-member" || g.Article != "细则 7" || g.Zh != "谈话人是党员" || !strings.Contains(p.Detail, "谈话人是党员") {
		t.Fatalf("ground: %+v, detail %q", g, p.Detail)
	}
	p = tw.act("committee-reviewer", place, goodTalk).problem(422, "refused")
	if p.Grounds[0].Code != "role" {
		t.Fatalf("grounds: %+v", p.Grounds)
	}
}

func TestTokens(t *testing.T) {
	tw := newTown(t)
	tw.get("", "/api/v1/me").problem(401, "no-token")
	tw.get("", "/api/v1/me", header{"Authorization", "Bearer jc_guess"}).problem(401, "bad-token")
	tw.get("", "/api/v1/me", header{"Authorization", "Basic jc_guess"}).problem(401, "no-token")
	r := tw.get("former", "/api/v1/me")
	r.problem(401, "office-ended")
	if r.header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
	tw.get("former", "/api/v1/me", header{NowHeader, "2026-05-31T23:59:00+08:00"}).want(http.StatusOK)

	static := tw.server.Tokens.(StaticTokens)
	change := func(as string, f func(*Token)) {
		sum := HashToken(tw.tokens[as])
		token := static[sum]
		f(&token)
		static[sum] = token
	}
	change("secretary", func(k *Token) { k.County = "420684" })
	tw.get("secretary", "/api/v1/me").problem(401, "bad-token")
	change("auditor", func(k *Token) { k.Expires.UnmarshalText([]byte("2026-06-10")) })
	tw.get("auditor", "/api/v1/me").problem(401, "bad-token")
	tw.get("auditor", "/api/v1/me", header{NowHeader, "2026-06-09T23:59:00+08:00"}).want(http.StatusOK)
	change("west", func(k *Token) { k.Office = engine.ClockOffice })
	tw.get("west", "/api/v1/me").problem(401, "bad-token")
}

// What is out of reach answers byte for byte like what does not exist.
func TestOutOfReachIsNotFound(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	for _, c := range []struct{ as, there, nowhere string }{
		{"west", place, "/api/v1/cases/0123456789abcdefghjkmnpqrs"},
		{"auditor", "/api/v1/cases/person:lin", "/api/v1/cases/0123456789abcdefghjkmnpqrs"}, // a chain of the register
		{"west", place + "/events", "/api/v1/cases/0123456789abcdefghjkmnpqrs/events"},
		{"department-officer", place, "/api/v1/cases/0123456789abcdefghjkmnpqrs"},
		{"general-secretary", place, "/api/v1/cases/0123456789abcdefghjkmnpqrs"},
		{"west", "/api/v1/orgs/dongyuan", "/api/v1/orgs/nowhere"},
		{"west", "/api/v1/orgs/beicheng", "/api/v1/orgs/nowhere"},
		{"west", "/api/v1/orgs/dongyuan/people", "/api/v1/orgs/nowhere/people"},
		{"west", "/api/v1/orgs/dongyuan/offices", "/api/v1/orgs/nowhere/offices"},
		{"west", "/api/v1/orgs?under=dongyuan", "/api/v1/orgs?under=nowhere"},
		{"west", "/api/v1/people/lin", "/api/v1/people/nobody"},
		{"west", "/api/v1/worklist?org=dongyuan", "/api/v1/worklist?org=nowhere"},
	} {
		there, nowhere := tw.get(c.as, c.there), tw.get(c.as, c.nowhere)
		there.problem(404, "not-found")
		if string(there.body) != string(nowhere.body) {
			t.Errorf("%s tells %s from %s:\n%s\n%s", c.as, c.there, c.nowhere, there.body, nowhere.body)
		}
	}
	tw.get("secretary", place).want(http.StatusOK)
	there := tw.post("west", place+"/acts", goodTalk, header{"If-Match", `"1"`})
	nowhere := tw.post("west", "/api/v1/cases/0123456789abcdefghjkmnpqrs/acts", goodTalk, header{"If-Match", `"1"`})
	there.problem(404, "not-found")
	if string(there.body) != string(nowhere.body) {
		t.Errorf("%s\n%s", there.body, nowhere.body)
	}
}

func TestUnpublishedYear(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	tw.act("secretary", place, goodTalk).want(http.StatusOK)
	tw.now = "2026-12-30T09:00:00+08:00"
	p := tw.act("committee-reviewer", place, `{"action":"ask"}`).problem(422, "calendar-not-loaded")
	if !strings.Contains(p.Detail, "2027") || !strings.Contains(p.DetailEn, "2027") {
		t.Fatalf("does not name the year: %q %q", p.Detail, p.DetailEn)
	}
	tw.get("committee-reviewer", place).want(http.StatusOK) // reading goes on
}

func TestStoreDown(t *testing.T) {
	tw := newTown(t)
	tw.store.down = true
	r := tw.post("secretary", "/api/v1/cases", goodOpening)
	r.problem(503, "unavailable")
	if r.header.Get("Retry-After") == "" || strings.Contains(string(r.body), "EOF") {
		t.Fatalf("Retry-After %q, body %s", r.header.Get("Retry-After"), r.body)
	}
}

func TestParameters(t *testing.T) {
	tw := newTown(t)
	tw.get("secretary", "/api/v1/worklist?colour=red").problem(400, "unknown-parameter")
	tw.get("secretary", "/api/v1/worklist?limit=0").problem(400, "wrong-type")
	tw.get("secretary", "/api/v1/worklist?limit=many").problem(400, "wrong-type")
	tw.get("secretary", "/api/v1/worklist?cursor=!!").problem(400, "bad-cursor")
	tw.get("secretary", "/api/v1/worklist?cursor=eHl6").problem(400, "bad-cursor")
	tw.get("secretary", "/api/v1/due").problem(400, "missing-field")
	tw.get("secretary", "/api/v1/due?by=tomorrow").problem(400, "wrong-type")
	tw.get("secretary", "/api/v1/me", header{NowHeader, "noon"}).problem(400, "wrong-type")
}

func TestClockIsSetInDemonstrationsOnly(t *testing.T) {
	tw := newTown(t, func(c *Config) { c.Demo = false })
	tw.get("secretary", "/api/v1/me", header{NowHeader, "2026-05-01T09:00:00+08:00"}).problem(400, "clock-not-settable")
	tw.get("secretary", "/api/v1/me").want(http.StatusOK)
}

func TestAddresses(t *testing.T) {
	tw := newTown(t)
	tw.get("secretary", "/api/v1/nothing").problem(404, "no-route")
	tw.get("", "/api/").problem(404, "no-route")
	tw.get("", "/elsewhere").problem(404, "no-route")
	r := tw.ask("secretary", http.MethodPut, "/api/v1/me", "")
	r.problem(405, "method-not-allowed")
	if r.header.Get("Allow") != "GET" {
		t.Errorf("Allow %q", r.header.Get("Allow"))
	}
	tw.get("", "/api/v1/workflows/big/rulebook").problem(404, "not-found")
	tw.get("", "/api/v1/workflows/small/rulebook").problem(501, "not-supported")
}

func TestLanguage(t *testing.T) {
	tw := newTown(t)
	zh := tw.get("", "/api/v1/me").problem(401, "no-token")
	en := tw.get("", "/api/v1/me", header{"Accept-Language", "en-GB,zh;q=0.5"}).problem(401, "no-token")
	if zh.Title != kinds["no-token"].title.Zh || en.Title != kinds["no-token"].title.En || en.Detail != en.DetailEn {
		t.Fatalf("zh %+v, en %+v", zh, en)
	}
	doc := tw.post("secretary", "/api/v1/cases", `{}`, header{"Accept-Language", "en"}).problem(400, "missing-field")
	if doc.Title != kinds["missing-field"].title.En {
		t.Fatalf("%+v", doc)
	}
}
