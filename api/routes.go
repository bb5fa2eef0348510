package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jinchu/register"
)

// scope is what a route opens to the posts that may call it. Within it the
// engine decides about each case: what is outside is not found.
type scope string

const (
	public   scope = "public"   // anybody, without a token
	self     scope = "self"     // the caller's own office
	reach    scope = "reach"    // own organization and below; county posts: the county; departments: where they were asked
	answers  scope = "answers"  // one's own acts; a committee: those of the organizations below it; county posts and auditors: the county's
	whole    scope = "county"   // everything of the county
	registry scope = "registry" // organizations and people within reach; the administrator: the county
	keeping  scope = "keeping"  // changes of the register, of the kinds the engine lets the post change, within reach
)

// The sets of posts. An administrator keeps the register and sees no cases;
// an auditor reads everything and changes nothing; a department answers what
// it was asked and knows nobody else.
var (
	everyone = register.Posts
	actors   = without(everyone, register.Auditor, register.Administrator)
	openers  = without(actors, register.DepartmentOfficer)
	readers  = without(everyone, register.Administrator)
	knowers  = without(everyone, register.DepartmentOfficer)
	assessed = without(readers, register.DepartmentOfficer)
	keepers  = without(everyone, register.GeneralBranchChief, register.DepartmentOfficer, register.Inspector, register.Auditor)
	nobody   []register.Post // a public route asks for no post
)

func without(posts []register.Post, less ...register.Post) []register.Post {
	return slices.DeleteFunc(slices.Clone(posts), func(p register.Post) bool { return slices.Contains(less, p) })
}

// route is one row: an endpoint, who may call it, and over what. A door takes
// and gives JSON; a page is anything else.
type route struct {
	method, path string
	posts        []register.Post
	scope        scope
	summary      string
	door         func(*server, huma.API, huma.Operation)
	page         func(*server) http.HandlerFunc
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes is the authorization matrix. Nothing is served that has no row here.
var routes = []route{
	{get, "/api/v1/me", everyone, self, "本人岗位 · the caller's office", door(me), nil},

	{post, "/api/v1/cases", openers, reach, "立案 · open a case", created(open), nil},
	{post, "/api/v1/cases/{id}/acts", actors, reach, "办理 · act in a case", door(act), nil},
	{get, "/api/v1/cases/{id}", readers, reach, "案件与可办事项 · a case with its outlook", door(readCase), nil},
	{get, "/api/v1/cases/{id}/events", readers, reach, "办理记录 · the events of a case", door(readEvents), nil},
	{get, "/api/v1/cases/{id}/responsibility", readers, reach, "责任清单 · who answers for a case, and what they saw", sheetDoor(responsibility), nil},
	{get, "/api/v1/worklist", readers, reach, "待办 · cases in the caller's hands", door(worklist), nil},
	{get, "/api/v1/due", readers, reach, "将到期 · cases due by a day", door(due), nil},
	{get, "/api/v1/overdue", readers, reach, "已超期 · cases overdue today", door(overdue), nil},

	{get, "/api/v1/supervision/figures", slices.Concat(overseers, committees), reach, "督办统计 · the figures of supervision", sheetDoor(readFigures), nil},
	{get, "/api/v1/circulars", slices.Concat(overseers, committees), reach, "通报 · the circulars", sheetDoor(readCirculars), nil},
	{get, "/api/v1/assessments", assessed, reach, "年度考评 · the annual assessments", sheetDoor(readAssessments), nil},
	{get, "/api/v1/quarters", nobody, public, "季度抽查 · the quarters that are drawn from", door(readQuarters), nil},
	{get, "/api/v1/quarters/{quarter}", nobody, public, "季度抽查公开记录 · what is published of a quarter", door(readQuarter), nil},
	{get, "/api/v1/quarters/{quarter}/sample", overseers, whole, "抽查清单 · the checks opened so far", sheetDoor(readSample), nil},
	{get, "/api/v1/quarters/{quarter}/filings", overseers, whole, "会议备案 · the filings of a quarter", sheetDoor(readFilings), nil},
	{get, "/api/v1/quarters/{quarter}/bundle", overseers, whole, "公开数据包 · the bundle of a quarter, to be verified offline", bundleDoor, nil},
	{get, "/api/v1/offices/{id}/deeds", readers, answers, "岗位经办事项及结果 · what an office has signed, and how it turned out", sheetDoor(officeDeeds), nil},
	{get, "/api/v1/people/{id}/deeds", readers, answers, "个人经办事项及结果 · what a person has signed, and how it turned out", sheetDoor(personDeeds), nil},

	{get, "/api/v1/orgs", everyone, registry, "组织及其直接下级 · an organization and those below it", door(readOrgs), nil},
	{get, "/api/v1/orgs/{id}", everyone, registry, "组织 · an organization", door(readOrg), nil},
	{get, "/api/v1/orgs/{id}/people", knowers, registry, "组织内人员 · the people of an organization", door(readPeople), nil},
	{get, "/api/v1/orgs/{id}/offices", knowers, registry, "组织内岗位 · the offices of an organization", door(readOffices), nil},
	{get, "/api/v1/people/{id}", knowers, registry, "人员 · a person", door(readPerson), nil},
	{post, "/api/v1/register", keepers, keeping, "登记变更 · change the register", door(changeRegister), nil},

	{get, "/api/v1/workflows", nobody, public, "程序清单 · the workflows", door(readWorkflows), nil},
	{get, "/api/v1/workflows/{key}/rulebook", nobody, public, "规则手册 · the rulebook", nil, drawn("text/markdown; charset=utf-8", rulebook)},
	{get, "/api/v1/workflows/{key}/diagram.svg", nobody, public, "流程图 · the diagram", nil, drawn("image/svg+xml", svg)},
	{get, "/api/v1/workflows/{key}/diagram.mmd", nobody, public, "流程图 · the diagram as Mermaid", nil, drawn("text/plain; charset=utf-8", mermaid)},
	{get, "/api/openapi.json", nobody, public, "OpenAPI", nil, openAPI},
	{get, "/problems/{code}", nobody, public, "问题说明", nil, explain},
	{get, "/{$}", nobody, public, "首页", nil, front},
	{get, "/front.css", nobody, public, "首页样式", nil, frontFile("front.css", "text/css; charset=utf-8")},
	{get, "/icon.svg", nobody, public, "图标", nil, frontFile("icon.svg", "image/svg+xml")},
}

func (r *route) pattern() string { return r.method + " " + r.path }

func (r *route) allows(p register.Post) bool { return slices.Contains(r.posts, p) }

// documented reports whether the row belongs to the interface, and so into
// the OpenAPI document.
func (r *route) documented() bool { return strings.HasPrefix(r.path, "/api/v1/") }

// operation is the row as the OpenAPI document shows it.
func (r *route) operation() huma.Operation {
	id := strings.NewReplacer("/api/v1/", "", "/", "-", "{", "", "}", "", ".", "-").Replace(r.path)
	op := huma.Operation{Method: r.method, Path: r.path, OperationID: strings.ToLower(r.method) + "-" + id,
		Summary: r.summary, MaxBodyBytes: maxBody, Extensions: map[string]any{"x-scope": string(r.scope)}}
	if r.scope != public {
		op.Security = []map[string][]string{{"token": {}}}
		op.Extensions["x-posts"] = r.posts
	}
	return op
}

// door makes a handler of the form the rows want. The caller and the instant
// are in the call; errors become problems here and nowhere else.
func door[I, O any](h func(context.Context, *server, *call, *I) (*O, error)) func(*server, huma.API, huma.Operation) {
	return func(s *server, doors huma.API, op huma.Operation) {
		huma.Register(doors, op, func(ctx context.Context, in *I) (*O, error) {
			c := callOf(ctx)
			out, err := h(ctx, s, c, in)
			if err != nil {
				return nil, s.problemOf(ctx, err).in(c.en)
			}
			return out, nil
		})
	}
}

// created is a door whose success is 201.
func created[I, O any](h func(context.Context, *server, *call, *I) (*O, error)) func(*server, huma.API, huma.Operation) {
	inner := door(h)
	return func(s *server, doors huma.API, op huma.Operation) {
		op.DefaultStatus = http.StatusCreated
		inner(s, doors, op)
	}
}
