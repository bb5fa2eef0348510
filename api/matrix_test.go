package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"jinchu/register"
)

// The document and the table say the same: every row of the interface is
// documented as it stands, and nothing is documented without a row.
func TestTableAndDocumentAgree(t *testing.T) {
	tw := newTown(t)
	documented := map[string]*huma.Operation{}
	for path, item := range tw.server.doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put,
			"PATCH": item.Patch, "DELETE": item.Delete, "HEAD": item.Head, "OPTIONS": item.Options} {
			if op != nil {
				documented[method+" "+path] = op
			}
		}
	}
	for i := range routes {
		r := &routes[i]
		op := documented[r.pattern()]
		delete(documented, r.pattern())
		switch {
		case !r.documented() && op == nil:
		case !r.documented():
			t.Errorf("%s is no part of the interface but documented", r.pattern())
		case op == nil:
			t.Errorf("%s is not documented", r.pattern())
		case (len(op.Security) > 0) != (r.scope != public):
			t.Errorf("%s: security %v with scope %s", r.pattern(), op.Security, r.scope)
		}
	}
	for pattern := range documented {
		t.Errorf("%s has no row", pattern)
	}
}

func TestRowsAreWhole(t *testing.T) {
	for i := range routes {
		r := &routes[i]
		if (r.door == nil) == (r.page == nil) {
			t.Errorf("%s: a row has a door or a page", r.pattern())
		}
		if (len(r.posts) == 0) != (r.scope == public) {
			t.Errorf("%s: scope %s with posts %v", r.pattern(), r.scope, r.posts)
		}
	}
}

func TestNothingIsServedWithoutARow(t *testing.T) {
	m := &tableMux{ServeMux: http.NewServeMux(), server: newTown(t).server}
	defer func() {
		if recover() == nil {
			t.Error("a route without a row was taken")
		}
	}()
	m.HandleFunc("GET /api/v1/secrets", func(http.ResponseWriter, *http.Request) {})
}

// The matrix as the domain expert reads it, written apart from the table.
func TestMatrixOfChanges(t *testing.T) {
	never := map[string][]register.Post{
		"POST /api/v1/cases":           {register.Auditor, register.Administrator, register.DepartmentOfficer},
		"POST /api/v1/cases/{id}/acts": {register.Auditor, register.Administrator},
		"POST /api/v1/register":        {register.Auditor, register.DepartmentOfficer, register.Inspector, register.GeneralBranchChief},
	}
	for i := range routes {
		r := &routes[i]
		posts, known := never[r.pattern()]
		if r.method != get && !known {
			t.Errorf("%s changes something and is not in this test", r.pattern())
		}
		for _, p := range register.Posts {
			if r.method != get && r.allows(p) == slices.Contains(posts, p) {
				t.Errorf("%s by %s: allowed is %v", r.pattern(), p, r.allows(p))
			}
		}
		if strings.Contains(r.path, "/cases") && r.allows(register.Administrator) {
			t.Errorf("%s: an administrator sees cases", r.pattern())
		}
	}
}

var bodies = map[string]string{
	"POST /api/v1/cases":           goodOpening,
	"POST /api/v1/cases/{id}/acts": goodTalk,
	"POST /api/v1/register":        `{"reason":"test","changes":[{"kind":"person","entity":{"id":"new","name":"郑示例","org":"dongyuan","standing":"outside"}}]}`,
}

var parameter = regexp.MustCompile(`/\{\w+\}`)

// Every route by every post over HTTP: who has no row is forbidden, who has
// one gets past the gate, and nobody gets in without a token.
func TestEveryRouteByEveryPost(t *testing.T) {
	tw := drawnTown(t)
	place := tw.open()
	for i := range routes {
		r := &routes[i]
		path := strings.Replace(r.path, "{quarter}", "2026Q2", 1)
		switch {
		case strings.HasPrefix(path, "/api/v1/cases/{id}"):
			path = place + strings.TrimPrefix(path, "/api/v1/cases/{id}")
		case path == "/api/v1/people/{id}":
			path = "/api/v1/people/lin"
		case path == "/api/v1/due":
			path += "?by=2026-12-31"
		case path == "/api/v1/supervision/figures":
			path += "?from=2026-01-01&to=2026-12-31"
		case path == "/{$}":
			path = "/"
		}
		if r.scope == public {
			path = strings.NewReplacer("{key}", "small", "{code}", "stale").Replace(path)
			if got := tw.ask("", r.method, path, "").status; got == 401 || got == 403 || got == 404 {
				t.Errorf("%s by nobody: %d", r.pattern(), got)
			}
			continue
		}
		tw.ask("", r.method, parameter.ReplaceAllString(path, "/x"), bodies[r.pattern()]).problem(401, "no-token")
		for _, p := range register.Posts {
			own := strings.NewReplacer("/orgs/{id}", "/orgs/"+string(officeOrg[p]),
				"/offices/{id}", "/offices/"+string(p), "/people/{id}", "/people/p-"+string(p)).Replace(path)
			got := tw.any(string(p), r.method, own, bodies[r.pattern()])
			tw.judge(r, p, got)
		}
	}
}

// judge compares one answer with the row.
func (tw *town) judge(r *route, p register.Post, got *reply) {
	tw.t.Helper()
	if !r.allows(p) {
		if got.status != http.StatusForbidden {
			tw.t.Errorf("%s by %s: %d, want 403", r.pattern(), p, got.status)
		}
		return
	}
	outOfReach := got.status == http.StatusNotFound &&
		slices.Contains([]register.Post{register.DepartmentOfficer, register.GeneralBranchChief}, p)
	if got.status == 401 || got.status == 403 || got.status == 404 && !outOfReach || got.status >= 500 {
		tw.t.Errorf("%s by %s: %d %s", r.pattern(), p, got.status, got.body)
	}
}

// any sends a request of any method with what a POST needs.
func (tw *town) any(as, method, path, body string) *reply {
	tw.next++
	return tw.ask(as, method, path, body, header{"Idempotency-Key", strings.Repeat("k", tw.next%100+1)}, header{"If-Match", `"1"`})
}

// S111: an auditor reads everything and changes nothing.
func TestAuditorChangesNothing(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	before := tw.get("auditor", place+"/events").want(http.StatusOK)
	for pattern, body := range bodies {
		_, path, _ := strings.Cut(pattern, " ")
		path = strings.Replace(path, "/api/v1/cases/{id}", place, 1)
		tw.post("auditor", path, body, header{"If-Match", `"1"`}).problem(403, "post-not-allowed")
	}
	after := tw.get("auditor", place+"/events").want(http.StatusOK)
	if string(before.body) != string(after.body) {
		t.Fatalf("before %s\nafter %s", before.body, after.body)
	}
}

func TestAdministratorSeesNoCases(t *testing.T) {
	tw := newTown(t)
	place := tw.open()
	for _, path := range []string{place, place + "/events", place + "/responsibility",
		"/api/v1/offices/secretary/deeds", "/api/v1/people/p-secretary/deeds", "/api/v1/worklist", "/api/v1/overdue", "/api/v1/due?by=2027-01-01"} {
		tw.get("admin", path).problem(403, "post-not-allowed")
	}
	tw.get("admin", "/api/v1/people/xu").want(http.StatusOK)
}
