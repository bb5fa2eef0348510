package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/spotcheck"
)

// Config is what the API serves and how.
type Config struct {
	Engine *engine.Engine
	// County is the tenant; a token of another county is not known here.
	County register.CountyID
	Tokens Tokens
	// Now is the clock.
	Now func() time.Time
	// Demo lets a request choose its instant with [NowHeader], and shows the
	// demonstration accounts on the first page. Never set it over real data.
	Demo bool
	// Keys seal ID numbers, with nonces from Rand; nil takes no ID numbers.
	Keys *register.Keys
	Rand io.Reader
	// Draw writes the regulation for readers.
	Draw Draw
	// Draws runs the county's spot checks; nil leaves the routes of quarters
	// answering 501.
	Draws *spotcheck.Keeper
	// Front gives what the first page shows; nil shows no figures.
	Front func(context.Context) (FrontPage, error)
	// Log receives one line per request; nil is the default logger.
	Log *slog.Logger
}

// Draw writes a workflow for readers. A nil function leaves its route
// answering 501.
type Draw struct {
	Rulebook func(io.Writer, *engine.Workflow) error // Markdown
	SVG      func(io.Writer, *engine.Workflow) error
	Mermaid  func(io.Writer, *engine.Workflow) error
}

// NowHeader sets the instant of a request in demonstrations and tests, as
// "2026-06-20T09:00:00+08:00". It is refused otherwise.
const NowHeader = "X-Jinchu-Now"

// maxBody is the most a request may carry, in bytes.
const maxBody = 1 << 20

type server struct {
	Config
	rows map[string]*route // by method and pattern
	doc  *huma.OpenAPI
	spec []byte // doc as JSON

	closed kept[register.QuarterID, *published] // quarters: nothing changes in them any more
	front  kept[frontKey, frontFigures]
}

// quartersKept is how many closed quarters are kept in memory: those of a year
// and the one before it.
const quartersKept = 5

// frontTerm is how old the figures of the first page may be.
const frontTerm = time.Minute

// New is the handler of everything under "/". It panics where the table of
// routes is wrong: that is a fault of the program, found by any test.
func New(c Config) http.Handler {
	h, _ := build(c)
	return h
}

func build(c Config) (http.Handler, *server) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	s := &server{Config: c, rows: map[string]*route{}}
	s.closed.most, s.front.most, s.front.term = quartersKept, 1, frontTerm
	mux := &tableMux{ServeMux: http.NewServeMux(), server: s}
	doors := humago.New(mux, documentation())
	for i := range routes {
		s.mount(mux, doors, &routes[i])
	}
	s.doc = doors.OpenAPI()
	s.spec = encodeSpec(s.doc)
	mux.ServeMux.HandleFunc("/", s.noRoute(mux.ServeMux))
	return s.outer(mux.ServeMux), s
}

// documentation is the frame of the OpenAPI document. The document is served
// by a row of the table, not by the library.
func documentation() huma.Config {
	c := huma.DefaultConfig("进出 jinchu", "1")
	c.CreateHooks = nil // no $schema links, which would name the host
	c.DocsPath, c.OpenAPIPath, c.SchemasPath = "", "", ""
	c.RejectUnknownQueryParameters = true
	c.Info.Description = "党员发展与出口审核流程。An act is one POST; a refusal gives every unmet condition with its article. " +
		"Dates are civil dates in Asia/Shanghai, instants are UTC."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token is tied to one office of one county."},
	}
	return c
}

// tableMux is a ServeMux that serves nothing without a row in the table, and
// lets through only what the row allows.
type tableMux struct {
	*http.ServeMux
	server *server
}

// HandleFunc registers a route. It panics where the table has no row for it.
func (m *tableMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	row := m.server.rows[pattern]
	if row == nil {
		panic("api: route without a row in the table: " + pattern)
	}
	m.ServeMux.Handle(pattern, m.server.guard(row, http.HandlerFunc(h)))
}

func (s *server) mount(mux *tableMux, doors huma.API, r *route) {
	if s.rows[r.pattern()] != nil {
		panic("api: two rows for " + r.pattern())
	}
	s.rows[r.pattern()] = r
	if r.door != nil {
		r.door(s, doors, r.operation())
		return
	}
	mux.HandleFunc(r.pattern(), r.page(s))
	if r.documented() {
		doors.OpenAPI().AddOperation(r.drawing())
	}
}
