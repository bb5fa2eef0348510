package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
)

// The tests run the whole API over a store in memory, a small county and a
// small workflow that has what the API has to show.

const county register.CountyID = "420683"

var (
	branchRole     = engine.NewRole("branch", "党支部", "the branch", engine.OwnCase, register.BranchSecretary, register.OrgCommissioner)
	committeeRole  = engine.NewRole("committee", "基层党委", "the committee", engine.Above, register.CommitteeReviewer, register.CommitteeSecretary)
	departmentRole = engine.NewRole("department", "联审部门", "the department", engine.Consulted, register.DepartmentOfficer)
	clockRole      = engine.Clock

	applied = engine.NewStage("applied", "已申请", "applied")
	talked  = engine.NewStage("talked", "已谈话", "talked to")
	asked   = engine.NewStage("asked", "征求意见中", "opinions asked")
	done    = engine.EndStage("done", "已办结", "done")
	lapsed  = engine.EndStage("lapsed", "已失效", "lapsed")

	submit = engine.NewAction("submit-application", "递交申请", "apply").At(1)
	talk   = engine.NewAction("record-talk", "谈话", "talk")
	ask    = engine.NewAction("ask", "征求意见", "ask for opinions")
	answer = engine.NewAction("answer", "回复意见", "answer")
	finish = engine.NewAction("finish", "办结", "finish")
	lapse  = engine.NewAction("lapse", "失效", "lapse")

	receivedOn = engine.DateField("received", "收到申请书日期", "received on")
	talker     = engine.PersonField("talker", "谈话人", "talker")
	note       = engine.TextField("note", "备注", "note")
	opinion    = engine.ChoiceField("opinion", "意见", "opinion", engine.Option{Key: "none", Words: engine.Words{Zh: "无", En: "none"}})

	talkerIsMember = engine.Cond("talker-is-member", "谈话人是党员", "the talker is a member").Cite("细则 7").Reading(talker).
			Holds(func(s *engine.Situation) bool {
			id, _ := talker.Given(s)
			p, ok := s.View.Person(id)
			return ok && p.Member()
		})
)

func smallWorkflow() *engine.Workflow {
	return &engine.Workflow{
		Key: "small", Words: engine.Words{Zh: "小程序", En: "small"},
		Rules: []engine.Rule{
			engine.Art("细则 6", branchRole.May(submit).In(engine.New).To(applied).Taking(receivedOn)),
			engine.Art("细则 7", branchRole.May(talk).In(applied).To(talked).Giving(talker).Taking(note).If(talkerIsMember)),
			engine.Art("三级预审", committeeRole.May(ask).In(talked).To(asked)),
			engine.Art("三级预审", departmentRole.May(answer).In(asked).Stays().Giving(opinion)),
			engine.Art("三级预审", committeeRole.May(finish).In(asked).To(done)),
			engine.Art("三级预审", clockRole.May(lapse).In(asked).To(lapsed)),
		},
		Dues: []engine.DueRule{
			engine.Due(talk).Within(engine.Months(1)).Of(engine.Entry).In(applied).Cite("细则 7"),
			engine.Due(finish).Within(engine.Span{Unit: engine.InWorkdays, N: 5}).Of(engine.Entry).In(asked).Cite("三级预审"),
		},
		Statute: map[engine.Article]engine.Words{"细则 6": {}, "细则 7": {}, "三级预审": {}},
		Consults: func(c *engine.Case, o *register.Org) bool {
			return o.Duty == register.Police && c.Last(ask.Key) != nil
		},
	}
}

// town is a small county served over HTTP.
type town struct {
	t       *testing.T
	handler http.Handler
	server  *server
	engine  *engine.Engine
	store   *breakable
	now     string // the instant of requests
	tokens  map[string]string
	log     *bytes.Buffer
	next    int // of idempotency keys
}

// breakable is a store that can be made to fail.
type breakable struct {
	engine.Store
	down bool
}

func (b *breakable) Commit(ctx context.Context, c *engine.Commit) error {
	if b.down {
		return &engine.Unavailable{Err: io.ErrUnexpectedEOF}
	}
	return b.Store.Commit(ctx, c)
}

// officeOf is the organization of the office a test has for each post.
var officeOrg = map[register.Post]register.OrgID{
	register.BranchSecretary: "dongyuan", register.OrgCommissioner: "dongyuan", register.GeneralBranchChief: "zongzhi",
	register.CommitteeReviewer: "beicheng", register.CommitteeSecretary: "beicheng", register.Organizer: "beicheng",
	register.DepartmentOfficer: "police", register.CountyReviewer: register.OrgID(county), register.CountyHead: register.OrgID(county),
	register.Inspector: register.OrgID(county), register.Auditor: register.OrgID(county), register.Administrator: register.OrgID(county),
}

func newTown(t *testing.T, adjust ...func(*Config)) *town {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	store := &breakable{Store: inmem.New()}
	e, err := engine.NewEngine(store, nil, calendar.National(), random, smallWorkflow())
	if err != nil {
		t.Fatal(err)
	}
	tw := &town{t: t, engine: e, store: store, now: "2026-06-10T09:00:00+08:00", tokens: map[string]string{}, log: &bytes.Buffer{}}
	tw.settle()
	keys, err := register.NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	static := StaticTokens{}
	cfg := Config{Engine: e, County: county, Tokens: static, Now: func() time.Time { return instant(tw.now) }, Demo: true,
		Keys: keys, Rand: random, Log: slog.New(slog.NewJSONHandler(tw.log, nil))}
	for _, f := range adjust {
		f(&cfg)
	}
	tw.handler, tw.server = build(cfg)
	for _, o := range offices() {
		text, sum, err := NewToken(random)
		if err != nil {
			t.Fatal(err)
		}
		static[sum] = Token{County: county, Office: o.ID, Label: "test"}
		tw.tokens[string(o.ID)] = text
	}
	return tw
}

func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func offices() []*register.Office {
	from := calendar.MustParse("2024-01-01")
	var out []*register.Office
	for post, org := range officeOrg {
		out = append(out, &register.Office{ID: register.OfficeID(post), Post: post, Org: org, Person: register.PersonID("p-" + post), From: from})
	}
	return append(out,
		&register.Office{ID: "west", Person: "qian", Post: register.BranchSecretary, Org: "xiyuan", From: from},
		&register.Office{ID: "laojie", Person: "qian", Post: register.BranchSecretary, Org: "laojie", From: from},
		&register.Office{ID: "above", Person: "qian", Post: register.OrgCommissioner, Org: "zongzhi", From: from},
		&register.Office{ID: "health", Person: "qian", Post: register.DepartmentOfficer, Org: "health", From: from},
		&register.Office{ID: "former", Person: "qian", Post: register.BranchSecretary, Org: "dongyuan", From: from, Until: calendar.MustParse("2026-06-01")},
	)
}

// settle fills the register.
func (tw *town) settle() {
	root := string(county)
	under := func(id, parent string, kind register.OrgKind, path string) *register.Org {
		return &register.Org{ID: register.OrgID(id), Kind: kind, Name: id + "组织", Parent: register.OrgID(parent), Path: path}
	}
	police, health := under("police", root, register.Department, root+"/police"), under("health", root, register.Department, root+"/health")
	police.Duty, health.Duty = register.Police, register.Health
	all := []register.Entity{
		under(root, "", register.County, root),
		under("beicheng", root, register.Committee, root+"/beicheng"),
		under("zongzhi", "beicheng", register.GeneralBranch, root+"/beicheng/zongzhi"),
		under("dongyuan", "beicheng", register.Branch, root+"/beicheng/dongyuan"),
		under("laojie", "zongzhi", register.Branch, root+"/beicheng/zongzhi/laojie"),
		under("nancheng", root, register.Committee, root+"/nancheng"),
		under("xiyuan", "nancheng", register.Branch, root+"/nancheng/xiyuan"),
		police, health,
	}
	since := calendar.MustParse("2010-07-01")
	for id, standing := range map[string]register.Standing{"lin": register.Outside, "zhou": register.Outside, "qian": register.Full} {
		all = append(all, &register.Person{ID: register.PersonID(id), Name: id + "示例", Org: "dongyuan", Standing: standing, Since: since})
	}
	all = append(all, &register.Person{ID: "xu", Name: "徐示例", Org: "xiyuan", Standing: register.Outside})
	all = append(all, &register.Person{ID: "han", Name: "韩示例", Org: "laojie", Standing: register.Outside})
	for post, org := range officeOrg {
		all = append(all, &register.Person{ID: register.PersonID("p-" + post), Name: "吴示例", Org: org, Standing: register.Full, Since: since})
	}
	for _, o := range offices() {
		all = append(all, o)
	}
	clock := engine.Actor{County: county, Office: engine.ClockOffice}
	if err := tw.engine.Change(context.Background(), clock, all, calendar.MustParse("2024-01-01"), "initial register", instant("2024-01-02T09:00:00+08:00")); err != nil {
		tw.t.Fatal(err)
	}
}

// reply is an answer over HTTP.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// header is a request header of a test.
type header struct{ name, value string }

// ask sends a request as the holder of an office, "" for nobody.
func (tw *town) ask(as, method, path, body string, headers ...header) *reply {
	tw.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if as != "" {
		r.Header.Set("Authorization", "Bearer "+tw.tokens[as])
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	w := httptest.NewRecorder()
	tw.handler.ServeHTTP(w, r)
	return &reply{tw.t, w.Code, w.Result().Header, w.Body.Bytes()}
}

func (tw *town) get(as, path string, headers ...header) *reply {
	tw.t.Helper()
	return tw.ask(as, http.MethodGet, path, "", headers...)
}

// post sends a POST under a fresh idempotency key.
func (tw *town) post(as, path, body string, headers ...header) *reply {
	tw.t.Helper()
	tw.next++
	key := header{"Idempotency-Key", "key-" + strings.Repeat("x", tw.next)}
	return tw.ask(as, http.MethodPost, path, body, append([]header{key}, headers...)...)
}

// open opens a case for lin and returns where it is.
func (tw *town) open() string {
	tw.t.Helper()
	return tw.openFor("lin")
}

func (tw *town) openFor(person string) string {
	tw.t.Helper()
	r := tw.post("secretary", "/api/v1/cases", `{"workflow":"small","person":"`+person+`","org":"dongyuan"}`)
	r.want(http.StatusCreated)
	return r.header.Get("Location")
}

// act does one act on what is seen now.
func (tw *town) act(as, place, body string) *reply {
	tw.t.Helper()
	seen := tw.get("auditor", place).header.Get("ETag")
	return tw.post(as, place+"/acts", body, header{"If-Match", seen})
}

func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// problem demands a problem document of a kind, in two languages, that
// points at its explanation.
func (r *reply) problem(status int, code string) *Problem {
	r.t.Helper()
	r.want(status)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Fatalf("content type %q: %s", got, r.body)
	}
	p := &Problem{}
	r.decode(p)
	if p.Code != code || p.Status != status || p.Title == "" || p.Detail == "" || p.DetailEn == "" || p.Type == "" {
		r.t.Fatalf("want %q: %s", code, r.body)
	}
	return p
}

func (r *reply) decode(into any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, into); err != nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
}
